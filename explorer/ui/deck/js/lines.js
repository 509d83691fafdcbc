// Curves and bands. Values that are not finite leave a gap.

import { translucent } from './colours.js';
import { xOf, yOf } from './geometry.js';
import { look } from './look.js';

export function stepOf(series, index) {
  return series.steps ? series.steps[index] : index + 1;
}

/** The value at a step, interpolated between two points of a straight line; undefined where the series has none. */
export function valueAt(series, step) {
  if (!series.steps) return series.values[step - 1];
  const last = series.steps.length - 1;
  if (last < 1) return step === series.steps[0] ? series.values[0] : undefined;
  if (step < series.steps[0] || step > series.steps[last]) return undefined;
  const next = Math.max(1, series.steps.findIndex(place => place >= step));
  const [a, b] = [series.steps[next - 1], series.steps[next]];
  return series.values[next - 1] + ((step - a) / (b - a)) * (series.values[next] - series.values[next - 1]);
}

export function drawSeries(ctx, series, panel, box, view) {
  if (series.low) drawBand(ctx, series, panel, box, view);
  const [from, to] = visible(series, view);
  ctx.strokeStyle = ctx.fillStyle = series.colour;
  ctx.lineWidth = series.width;
  ctx.lineJoin = 'round';
  ctx.setLineDash(look.dashes[series.dash]);
  ctx.beginPath();
  const alone = []; // points with a gap on either side
  let drawn = 0;
  let broken = true;
  for (let i = from; i <= to; i++) {
    const value = series.values[i];
    if (Number.isFinite(value)) {
      const [x, y] = [xOf(stepOf(series, i), view, box), yOf(value, panel, box)];
      if (broken) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
      drawn += 1;
      if (broken && !Number.isFinite(series.values[i + 1])) alone.push([x, y]);
      broken = false;
    } else broken = true;
  }
  if (drawn > 1) ctx.stroke();
  ctx.setLineDash([]);
  for (const [x, y] of alone) dot(ctx, x, y, series.colour);
}

export function dot(ctx, x, y, colour, radius = look.sizes.dot) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
}

/** The first and last index to draw: those in view, and one more on either side. */
function visible(series, view) {
  const last = series.values.length - 1;
  return series.steps ? [0, last] : [Math.max(0, view.from - 2), Math.min(last, view.to)];
}

/** Draws a band. A lower edge at −∞ is drawn beyond the axis; without a finite upper edge there is no band. */
function drawBand(ctx, series, panel, box, view) {
  const [from, to] = visible(series, view);
  const below = 2 * panel.y.lower - panel.y.upper;
  const there = [];
  for (let i = from; i <= to; i++) if (Number.isFinite(series.high[i])) there.push(i);
  ctx.fillStyle = translucent(series.colour, look.alphas.band);
  ctx.beginPath();
  const edge = (i, value) => ctx.lineTo(xOf(stepOf(series, i), view, box), yOf(value, panel, box));
  for (const i of there) edge(i, series.high[i]);
  for (const i of there.toReversed()) edge(i, Math.max(series.low[i], below));
  ctx.fill();
}
