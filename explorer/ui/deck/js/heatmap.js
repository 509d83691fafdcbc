// Units by steps, painted once into a small picture and then only stretched.

import { colourTable, NO_VALUE, STEPS_OF_COLOUR } from './colours.js';
import { xOf } from './geometry.js';

const pictures = new WeakMap(); // by the array of values, so that frames that come back cost nothing

export function drawHeatmap(ctx, heatmap, box, view, stops) {
  const picture = pictureOf(heatmap, stops);
  const first = Math.max(view.from, heatmap.first);
  const last = Math.min(view.to, heatmap.first + heatmap.columns - 1);
  if (last < first) return;
  const [left, right] = [xOf(first - 0.5, view, box), xOf(last + 0.5, view, box)];
  ctx.imageSmoothingEnabled = last - first + 1 > (right - left) * devicePixelRatio; // average, rather than drop, steps
  const from = first - heatmap.first;
  ctx.drawImage(picture, from, 0, last - first + 1, heatmap.rows, left, box.y, right - left, box.height);
}

function pictureOf(heatmap, stops) {
  let picture = pictures.get(heatmap.values);
  if (picture) return picture;
  picture = document.createElement('canvas');
  [picture.width, picture.height] = [heatmap.columns, heatmap.rows];
  const table = new Uint32Array(colourTable(heatmap.palette, stops).buffer);
  const image = new ImageData(heatmap.columns, heatmap.rows);
  const pixels = new Uint32Array(image.data.buffer);
  const colour = colourOf(heatmap);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[colour(heatmap.values[i])];
  picture.getContext('2d').putImageData(image, 0, 0);
  pictures.set(heatmap.values, picture);
  return picture;
}

function colourOf({ values, lower, upper }) {
  if (values instanceof Uint8Array) return value => value;
  const scale = STEPS_OF_COLOUR / (upper - lower);
  return value =>
    Number.isNaN(value) ? NO_VALUE : Math.round(Math.min(STEPS_OF_COLOUR, Math.max(0, (value - lower) * scale)));
}

/** The value of a unit (from 1) at a step, or undefined. */
export function unitAt(heatmap, unit, step) {
  const column = step - heatmap.first;
  if (column < 0 || column >= heatmap.columns || unit < 1 || unit > heatmap.rows) return undefined;
  return plain(heatmap, heatmap.values[(unit - 1) * heatmap.columns + column]);
}

function plain(heatmap, value) {
  if (!(heatmap.values instanceof Uint8Array)) return value;
  return value === NO_VALUE ? NaN : heatmap.lower + (value / STEPS_OF_COLOUR) * (heatmap.upper - heatmap.lower);
}

/** Mean, least and largest over the units at a step; undefined beyond the strip's end. */
export function columnOf(heatmap, step) {
  if (unitAt(heatmap, 1, step) === undefined) return undefined;
  let [sum, least, largest] = [0, Infinity, -Infinity];
  for (let unit = 1; unit <= heatmap.rows; unit++) {
    const value = unitAt(heatmap, unit, step);
    sum += value;
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  return { mean: sum / heatmap.rows, least, largest };
}
