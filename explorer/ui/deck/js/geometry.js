// Positions: margins, the boxes of a figure's panels, and the time axis that all figures share.

import { look } from './look.js';

const TOP = 8;
const BOTTOM = 38;
const TITLE = 18;
const GAP = 8;
const CLOSE = 2; // above a panel without a title, which belongs to the panel above

/** One box per panel, from top to bottom, in CSS pixels. */
export function boxesOf(figure, width, height) {
  const above = figure.panels.map((panel, i) => spaceAbove(panel, i, figure));
  const room = height - TOP - BOTTOM - above.reduce((a, b) => a + b, 0);
  const shares = figure.panels.reduce((sum, panel) => sum + panel.share, 0);
  const { left, right, bar_room: bar } = look.sizes;
  let top = TOP;
  return figure.panels.map((panel, i) => {
    const box = {
      x: left,
      y: top + above[i],
      width: Math.max(20, width - left - right - (figure.wide ? 0 : bar)),
      height: Math.max(4, (room * panel.share) / shares),
    };
    top = box.y + box.height;
    return box;
  });
}

/** Pixels above a panel: for its title, or the crosshair's values of the first panel; plus the gap to the one above. */
function spaceAbove(panel, i, figure) {
  if (i === 0) return panel.title || !figure.legend ? TITLE : 0;
  return panel.title ? GAP + TITLE : CLOSE;
}

/** The middle of a step, in pixels. */
export function xOf(step, view, box) {
  return box.x + ((step - view.from + 0.5) / (view.to - view.from + 1)) * box.width;
}

/** The step under a pixel, kept within the view. */
export function stepAt(x, view, box) {
  const step = Math.floor(view.from + ((x - box.x) / box.width) * (view.to - view.from + 1));
  return Math.min(view.to, Math.max(view.from, step));
}

/** A value's y in pixels; the units of a heatmap count from the top. */
export function yOf(value, panel, box) {
  const share = (value - panel.y.lower) / (panel.y.upper - panel.y.lower);
  return panel.heatmap ? box.y + share * box.height : box.y + (1 - share) * box.height;
}

/** The whole steps that are labelled on an axis of `width` pixels. */
export function stepTicks(view, width) {
  const most = Math.max(2, Math.floor(width / 70));
  const span = view.to - view.from + 1;
  let apart = 1;
  for (let power = 1; span / apart > most; power *= 10) {
    apart = [1, 2, 5, 10].map(n => n * power).find(n => span / n <= most) ?? 10 * power;
  }
  const ticks = [];
  for (let step = Math.ceil(view.from / apart) * apart; step <= view.to; step += apart) ticks.push(step);
  if (view.from === 1 && ticks[0] === 0) ticks[0] = 1;
  else if (view.from === 1 && ticks[0] - 1 > 0.6 * apart) ticks.unshift(1);
  return ticks;
}
