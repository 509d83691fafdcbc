// The unrolled network: steps as columns, marks for their values, and between the columns the gradient sent back.

import { fontOf } from './axes.js';
import { colourTable, translucent } from './colours.js';
import { look } from './look.js';
import { fill, magnitude, signed, words } from './numbers.js';
import { columnOfStep, decadesOf, LEFT_ROOM, meanOf, planOf, roadWidth, ROW, THINNEST } from './plan.js';

const FAR = 3; // decades: the factor from which the page calls a gradient vanished or exploding

/** Draws it all. `at`: part ('forward' or 'backward') and step; `scene`: width, theme. */
export function drawUnrolled(ctx, stage, at, scene) {
  const plan = planOf(stage, scene.width);
  const { theme } = scene;
  drawRowNames(ctx, stage, plan, theme);
  plan.columns.forEach((column, i) => drawColumn(ctx, stage, plan, i, at, scene));
  stage.roads.forEach((road, i) => drawRoad(ctx, stage, road, plan, plan.levels[i], at, theme));
  drawLosses(ctx, stage, plan, theme);
  drawPlace(ctx, plan, at, theme);
}

function drawRowNames(ctx, stage, plan, theme) {
  ctx.fillStyle = theme.text;
  ctx.font = fontOf(theme, look.sizes.label);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  stage.marks.forEach((mark, i) => ctx.fillText(mark.label, LEFT_ROOM - 8, plan.marksTop + (i + 0.5) * ROW, LEFT_ROOM - 10));
  stage.roads.forEach((road, i) => ctx.fillText(`∂L/∂${road.state}`, LEFT_ROOM - 8, plan.levels[i]));
}

function drawColumn(ctx, stage, plan, i, at, { theme }) {
  const [first, last] = plan.columns[i];
  if (at.part === 'forward' && first > at.step) return;
  const side = Math.min(ROW - 3, plan.apart - 2);
  stage.marks.forEach((mark, row) => {
    const [x, y] = [plan.middle(i), plan.marksTop + (row + 0.5) * ROW];
    const value = meanOf(mark.values, first, last);
    ctx.fillStyle = Number.isNaN(value) ? translucent(theme.text, 0.1) : colourAt(mark, value);
    ctx.beginPath();
    ctx.roundRect(x - side / 2, y - (ROW - 3) / 2, side, ROW - 3, 3);
    ctx.fill();
    if (!Number.isNaN(value)) return;
    ctx.fillStyle = theme.text;
    ctx.textAlign = 'center';
    ctx.fillText('×', x, y);
  });
}

function colourAt(mark, value) {
  const table = colourTable(mark.palette);
  const share = Math.min(1, Math.max(0, (value - mark.lower) / (mark.upper - mark.lower)));
  const place = 4 * Math.round(share * look.colour_table.steps);
  return `rgb(${table[place]},${table[place + 1]},${table[place + 2]})`;
}

function roadColour(decades, theme) {
  if (decades <= -FAR) return look.colours.cool;
  return decades >= FAR ? look.colours.warm : theme.text;
}

/** Draws a road from the last column to the walk's place; each piece's width shows the gradient that crosses it. */
function drawRoad(ctx, stage, road, plan, y, at, theme) {
  drawRails(ctx, plan, y, theme);
  const reached = at.part === 'forward' ? plan.columns.length : columnOfStep(plan, at.step);
  for (let i = plan.columns.length - 1; i > reached; i--) {
    const decades = decadesOf(stage, road.sent[plan.columns[i][0] - 1]);
    const width = roadWidth(decades);
    ctx.globalAlpha = width > THINNEST ? 0.75 : 0.6;
    ctx.fillStyle = roadColour(decades, theme);
    const [left, right] = [Math.round(plan.middle(i - 1)), Math.round(plan.middle(i))]; // whole pixels leave no seams
    if (width) ctx.fillRect(left, y - width / 2, right - left, width);
  }
  ctx.globalAlpha = 1;
  if (at.part === 'backward') drawHead(ctx, stage, road, plan, y, at, theme);
}

function drawRails(ctx, plan, y, theme) {
  ctx.strokeStyle = theme.grid;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(plan.middle(0), y);
  ctx.lineTo(plan.middle(plan.columns.length - 1), y);
  ctx.stroke();
}

function drawHead(ctx, stage, road, plan, y, at, theme) {
  const value = road.norm[at.step - 1];
  const x = plan.middle(columnOfStep(plan, at.step));
  const decades = decadesOf(stage, value);
  const text = Number.isFinite(value)
    ? fill(words.head, { size: magnitude(value), decades: signed(decades) })
    : magnitude(value);
  ctx.font = `600 ${fontOf(theme, look.sizes.label)}`;
  const width = ctx.measureText(text).width + 10;
  const left = Math.max(2, Math.min(x - 8 - width, plan.middle(plan.columns.length - 1) - width));
  ctx.fillStyle = theme.paper;
  ctx.globalAlpha = 0.9;
  ctx.fillRect(left, y - 9, width, 18);
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.text;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, left + 5, y);
  ctx.beginPath();
  ctx.moveTo(x - 7, y);
  ctx.lineTo(x + 1, y - 5);
  ctx.lineTo(x + 1, y + 5);
  ctx.fill();
}

function drawLosses(ctx, stage, plan, theme) {
  ctx.fillStyle = theme.text;
  ctx.font = fontOf(theme, look.sizes.label - 1);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  plan.columns.forEach((column, i) => {
    if (stage.every || i === plan.columns.length - 1) ctx.fillText('L', plan.middle(i), plan.height - 16);
  });
}

function drawPlace(ctx, plan, at, theme) {
  const i = columnOfStep(plan, at.step);
  if (i < 0) return;
  ctx.strokeStyle = theme.cross;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(plan.middle(i) - plan.apart / 2 + 0.5, plan.marksTop - 3, plan.apart - 1, plan.marksBottom - plan.marksTop + 6);
  const [first, last] = plan.columns[i];
  ctx.fillStyle = theme.text;
  ctx.font = fontOf(theme, look.sizes.label);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'alphabetic';
  const text = first === last ? fill(words.step, { step: at.step }) : fill(words.step_of, { step: at.step, first, last });
  const half = ctx.measureText(text).width / 2;
  ctx.fillText(text, Math.max(half + 2, Math.min(plan.middle(i), plan.middle(plan.columns.length - 1) - half + 20)), plan.height - 3);
}
