// What is under the pointer on a figure; all positions are in the figure's own pixels.

import { boxesOf, stepAt } from './geometry.js';

const LEAST_DRAG = 8; // pixels; a shorter way is a click

/** Whether a pointer that moved across the figure, from x = `from` to `to`, was dragged. */
export function isDrag({ from, to }) {
  return Math.abs(to - from) >= LEAST_DRAG;
}

export function stepUnder(figure, width, view, x) {
  return stepAt(x, view, boxesOf(figure, width, figure.height)[0]);
}

/** The steps that a drag has crossed, in either direction. */
export function stepsAcross(figure, width, view, { from, to }) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)].map(x => stepUnder(figure, width, view, x));
  return { from: first, to: last };
}

/** The panel at a height, and the row of its heatmap, from 1; null between the panels. */
export function panelUnder(figure, width, y) {
  const boxes = boxesOf(figure, width, figure.height);
  const panel = boxes.findIndex(box => y >= box.y && y < box.y + box.height);
  if (panel < 0) return null;
  const rows = figure.panels[panel].heatmap?.rows ?? 0;
  return { panel, unit: 1 + Math.floor(((y - boxes[panel].y) / boxes[panel].height) * rows) };
}

/** From the top of the first panel to the bottom of the last one. */
export function extentOf(figure, width) {
  const boxes = boxesOf(figure, width, figure.height);
  const last = boxes[boxes.length - 1];
  return { top: boxes[0].y, height: last.y + last.height - boxes[0].y };
}
