// Axes, grid, colour bar and panel titles.

import { stepTicks, xOf, yOf } from './geometry.js';
import { look, stopsOf } from './look.js';
import { magnitude, short } from './numbers.js';

const TICK = 4;

export function fontOf(theme, size = look.sizes.text) {
  return `${size}px ${theme.font}`;
}

export function drawGrid(ctx, panel, box, theme) {
  if (panel.heatmap) return;
  ctx.strokeStyle = theme.grid;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const [value] of panel.y.ticks) {
    const y = Math.round(yOf(value, panel, box)) + 0.5;
    ctx.moveTo(box.x, y);
    ctx.lineTo(box.x + box.width, y);
  }
  ctx.stroke();
}

export function drawAxes(ctx, panel, box, view, theme, xLabel) {
  ctx.strokeStyle = theme.frame;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(box.x - 0.5, box.y);
  ctx.lineTo(box.x - 0.5, box.y + box.height + 0.5);
  ctx.lineTo(box.x + box.width, box.y + box.height + 0.5);
  ctx.stroke();
  if (panel.mark) drawMark(ctx, panel.mark, box);
  drawYTicks(ctx, panel, box, theme);
  if (panel.title) drawTitle(ctx, panel.title, box, theme);
  if (xLabel !== null) drawXTicks(ctx, box, view, theme, xLabel);
}

function drawMark(ctx, colour, box) {
  ctx.fillStyle = colour;
  ctx.fillRect(box.x - 5, box.y, 4, box.height);
}

function drawYTicks(ctx, panel, box, theme) {
  ctx.fillStyle = theme.text;
  ctx.font = fontOf(theme, look.sizes.label);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  for (const [value, label] of panel.y.ticks) {
    const y = yOf(value, panel, box);
    const inside = Math.min(box.y + box.height - 4, Math.max(box.y + 5, y));
    ctx.fillText(label, box.x - 6, panel.y.decades ? y : inside);
  }
  if (!panel.y.label) return;
  ctx.save();
  ctx.translate(12, box.y + box.height / 2);
  ctx.rotate(-Math.PI / 2);
  ctx.textAlign = 'center';
  ctx.fillText(panel.y.label, 0, 0);
  ctx.restore();
}

function drawXTicks(ctx, box, view, theme, label) {
  const bottom = box.y + box.height;
  ctx.fillStyle = theme.text;
  ctx.strokeStyle = theme.frame;
  ctx.font = fontOf(theme, look.sizes.label);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  ctx.beginPath();
  for (const step of stepTicks(view, box.width)) {
    const x = Math.round(xOf(step, view, box)) + 0.5;
    ctx.moveTo(x, bottom);
    ctx.lineTo(x, bottom + TICK);
    ctx.fillText(step.toLocaleString('en-US'), x, bottom + TICK + 2);
  }
  ctx.stroke();
  ctx.fillText(label, box.x + box.width / 2, bottom + TICK + 17);
}

function drawTitle(ctx, title, box, theme) {
  ctx.fillStyle = theme.text;
  ctx.font = fontOf(theme, look.sizes.label);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(title, box.x, box.y - 3, box.width * 0.7);
}

/** Draws the colour bar beside the first panel; all strips of the figure with this palette share it. */
export function drawColourBar(ctx, heatmap, box, height, theme) {
  const x = box.x + box.width + 8;
  const colours = ctx.createLinearGradient(0, box.y + height, 0, box.y);
  for (const [share, colour] of stopsOf(heatmap.palette)) colours.addColorStop(share, colour);
  ctx.fillStyle = colours;
  ctx.fillRect(x, box.y, look.sizes.bar, height);
  ctx.fillStyle = theme.text;
  ctx.font = fontOf(theme, look.sizes.label - 1);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const middle = (heatmap.lower + heatmap.upper) / 2;
  const named = height > 40 ? [heatmap.lower, middle, heatmap.upper] : [heatmap.lower, heatmap.upper];
  for (const value of named) {
    const share = (value - heatmap.lower) / (heatmap.upper - heatmap.lower);
    const y = box.y + Math.min(height - 4, Math.max(5, (1 - share) * height));
    ctx.fillText(heatmap.unit ? magnitude(value) : barLabel(value), x + look.sizes.bar + 4, y);
  }
}

function barLabel(value) {
  return Number.isInteger(value) ? String(value).replace('-', '−') : short(value);
}
