// One figure on a canvas: its panels, and over them the crosshair with its values.

import { drawAxes, drawColourBar, drawGrid, fontOf } from './axes.js';
import { boxesOf, xOf, yOf } from './geometry.js';
import { cellAt, columnOf, drawHeatmap, unitAt } from './heatmap.js';
import { dot, drawSeries, valueAt } from './lines.js';
import { look } from './look.js';
import { drawAreas, drawLabels, drawRegions } from './marks.js';
import { fill, reading, short, words } from './numbers.js';

const LONGEST_SHARED_BAR = 100; // pixels, if the figure has strips with another palette

/** `scene`: view (steps), theme, hidden (keys of series), width, height. */
export function drawFigure(ctx, figure, scene) {
  const boxes = boxesOf(figure, scene.width, scene.height);
  figure.panels.forEach((panel, i) => {
    const box = boxes[i];
    drawRegions(ctx, panel, box, scene.view);
    drawGrid(ctx, panel, box, scene.theme);
    drawContent(ctx, figure, panel, box, scene);
    const last = i === figure.panels.length - 1;
    drawAxes(ctx, panel, box, scene.view, scene.theme, last ? figure.x.label : null);
    drawLabels(ctx, panel, box, scene.view, scene.theme);
  });
  drawBar(ctx, figure, boxes, scene);
}

function drawContent(ctx, figure, panel, box, scene) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y - 3, box.width + 4, box.height + 6); // room for half a line's width beyond the frame
  ctx.clip();
  if (panel.heatmap) drawHeatmap(ctx, panel.heatmap, box, scene.view);
  drawAreas(ctx, panel, box, scene.view);
  for (const series of shown(figure, panel, scene)) drawSeries(ctx, series, panel, box, scene.view);
  ctx.restore();
}

export function shown(figure, panel, { hidden }) {
  return panel.series.filter(series => !hidden.has(keyOf(figure, series)));
}

export function keyOf(figure, series) {
  return `${figure.name}/${series.label}`;
}

function drawBar(ctx, figure, boxes, scene) {
  const { heatmap } = figure.panels[0];
  if (!heatmap) return;
  const last = boxes[boxes.length - 1];
  const alone = figure.panels.every(panel => panel.heatmap.palette === heatmap.palette);
  const height = Math.min(alone ? Infinity : LONGEST_SHARED_BAR, Math.round(last.y + last.height - boxes[0].y));
  drawColourBar(ctx, heatmap, boxes[0], height, scene.theme);
}

/** Draws the crosshair at `step`: a line through all panels, a dot on each curve, and values without a legend. */
export function drawCross(ctx, figure, scene, step, pointed) {
  const { view, theme } = scene;
  if (step < view.from || step > view.to) return;
  const boxes = boxesOf(figure, scene.width, scene.height);
  const x = Math.round(xOf(step, view, boxes[0])) + 0.5;
  const bottom = boxes[boxes.length - 1];
  ctx.strokeStyle = theme.cross;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x, boxes[0].y);
  ctx.lineTo(x, bottom.y + bottom.height);
  ctx.stroke();
  figure.panels.forEach((panel, i) => {
    for (const series of shown(figure, panel, scene)) drawDot(ctx, series, panel, boxes[i], view, step, x);
  });
  if (!figure.legend) drawReadings(ctx, figure, boxes, step, pointed, theme);
  drawTag(ctx, fill(words.step, { step: step.toLocaleString('en-US') }), x, bottom, theme);
}

function drawDot(ctx, series, panel, box, view, step, x) {
  const value = series.steps ? NaN : valueAt(series, step);
  if (!Number.isFinite(value)) return;
  const y = yOf(value, panel, box);
  if (y < box.y || y > box.y + box.height) return;
  dot(ctx, x, y, series.colour);
}

/** Draws the values of each panel beside its title, with those of the untitled panels that belong to it. */
function drawReadings(ctx, figure, boxes, step, pointed, theme) {
  let said = [];
  for (let i = figure.panels.length - 1; i >= 0; i--) {
    said.unshift(panelReading(figure.panels[i], step, pointed?.panel === i ? pointed.unit : 0));
    if (!figure.panels[i].title && i > 0) continue;
    drawReading(ctx, said.filter(Boolean).join(' · '), boxes[i], theme);
    said = [];
  }
}

/** The text of a panel without a legend at a step: the value of the unit under the pointer, or of all units. */
export function panelReading(panel, step, unit) {
  if (panel.heatmap?.rowEdges) return cellReading(panel.heatmap, step, unit);
  if (panel.heatmap) {
    const value = unit ? unitAt(panel.heatmap, unit, step) : undefined;
    if (value !== undefined) return fill(words.unit, { unit, value: short(value) });
    const column = columnOf(panel.heatmap, step);
    return column ? fill(words.mean, { value: short(column.mean) }) : '';
  }
  const values = panel.series.map(series => valueAt(series, step)).filter(value => value !== undefined);
  return values.map(value => reading(value, panel.y.decades)).join(' · ');
}

/** The text of a heatmap of decades: the value of the row under the pointer, or the range of all rows. */
function cellReading(heatmap, step, pointed) {
  const { rowEdges: edges, rows } = heatmap;
  const place = edges[0] + ((pointed - 0.5) / rows) * (edges[rows] - edges[0]); // `pointed` counts rows of equal height
  const row = pointed ? cellAt(edges, place) + 1 : 0;
  const value = row ? unitAt(heatmap, row, step) : undefined;
  if (value !== undefined) return fill(words.row, { row: rowName(heatmap, row), value: reading(value, true) });
  const column = columnOf(heatmap, step);
  return column ? fill(words.span, { least: reading(column.least, true), largest: reading(column.largest, true) }) : '';
}

function rowName({ rowEdges }, row) {
  const [first, last] = [rowEdges[row - 1] + 0.5, rowEdges[row] - 0.5];
  return first === last ? String(first) : `${first}–${last}`;
}

function drawReading(ctx, text, box, theme) {
  ctx.fillStyle = theme.text;
  ctx.font = `600 ${fontOf(theme, look.sizes.label)}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  const width = ctx.measureText(text).width;
  ctx.save();
  ctx.fillStyle = theme.paper;
  ctx.fillRect(box.x + box.width - width - 4, box.y - 18, width + 4, 16);
  ctx.restore();
  ctx.fillText(text, box.x + box.width, box.y - 3);
}

function drawTag(ctx, text, x, box, theme) {
  ctx.font = fontOf(theme, look.sizes.label);
  const width = ctx.measureText(text).width + 12;
  const left = Math.min(box.x + box.width - width, Math.max(box.x, x - width / 2));
  const top = box.y + box.height + 3;
  ctx.fillStyle = theme.text;
  ctx.fillRect(left, top, width, 18);
  ctx.fillStyle = theme.paper;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, left + width / 2, top + 9.5);
}
