// Heatmaps, units by steps: painted once into a small picture and then stretched. Where cells hold several steps, their
// edges give their positions; all cells but the last one of an axis are equally wide.

import { colourTable } from './colours.js';
import { xOf } from './geometry.js';
import { look } from './look.js';

const pictures = new WeakMap(); // array of values → picture, so that a repeated frame costs nothing

export function drawHeatmap(ctx, heatmap, box, view) {
  const picture = pictureOf(heatmap);
  if (heatmap.columnEdges) return drawCells(ctx, heatmap, picture, box, view);
  const first = Math.max(view.from, heatmap.first);
  const last = Math.min(view.to, heatmap.first + heatmap.columns - 1);
  if (last < first) return;
  const [left, right] = [xOf(first - 0.5, view, box), xOf(last + 0.5, view, box)];
  ctx.imageSmoothingEnabled = last - first + 1 > (right - left) * devicePixelRatio; // averages steps, drops none
  const from = first - heatmap.first;
  ctx.drawImage(picture, from, 0, last - first + 1, heatmap.rows, left, box.y, right - left, box.height);
}

function drawCells(ctx, { rowEdges, columnEdges }, picture, box, view) {
  const span = rowEdges[rowEdges.length - 1] - rowEdges[0];
  const down = edge => box.y + ((edge - rowEdges[0]) / span) * box.height;
  const across = edge => xOf(edge, view, box);
  ctx.imageSmoothingEnabled = false; // cells stand for iterations and keep sharp edges
  for (const [column, columns] of stretches(columnEdges))
    for (const [row, rows] of stretches(rowEdges)) {
      const [left, right] = [across(columnEdges[column]), across(columnEdges[column + columns])];
      const [top, bottom] = [down(rowEdges[row]), down(rowEdges[row + rows])];
      ctx.drawImage(picture, column, row, columns, rows, left, top, right - left, bottom - top);
    }
}

/** [first, count] of groups of equally wide cells: all cells, or all but the last and the last. */
function stretches(edges) {
  const count = edges.length - 1;
  const even = count < 2 || edges[count] - edges[count - 1] === edges[1] - edges[0];
  return even ? [[0, count]] : [[0, count - 1], [count - 1, 1]];
}

function pictureOf(heatmap) {
  let picture = pictures.get(heatmap.values);
  if (picture) return picture;
  picture = document.createElement('canvas');
  [picture.width, picture.height] = [Math.max(1, heatmap.columns), heatmap.rows];
  if (!heatmap.columns) return picture;
  const table = new Uint32Array(colourTable(heatmap.palette).buffer);
  const image = new ImageData(heatmap.columns, heatmap.rows);
  const pixels = new Uint32Array(image.data.buffer);
  const colour = colourOf(heatmap);
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[colour(heatmap.values[i])];
  picture.getContext('2d').putImageData(image, 0, 0);
  pictures.set(heatmap.values, picture);
  return picture;
}

function colourOf({ values, lower, upper, unit }) {
  if (values instanceof Uint8Array) return value => value;
  const { steps, no_value: noValue } = look.colour_table;
  const scale = steps / (upper - lower);
  const none = unit ? value => !(value > -Infinity) : Number.isNaN; // log10 of an exact zero is hatched, not coloured
  return value =>
    none(value) ? noValue : Math.round(Math.min(steps, Math.max(0, (value - lower) * scale)));
}

/** The value of a unit (from 1) at a step, or undefined. */
export function unitAt(heatmap, unit, step) {
  const column = heatmap.columnEdges ? cellAt(heatmap.columnEdges, step) : step - heatmap.first;
  if (column < 0 || column >= heatmap.columns || unit < 1 || unit > heatmap.rows) return undefined;
  return plain(heatmap, heatmap.values[(unit - 1) * heatmap.columns + column]);
}

function plain(heatmap, value) {
  if (!(heatmap.values instanceof Uint8Array)) return value;
  const { steps, no_value: none } = look.colour_table;
  return value === none ? NaN : heatmap.lower + (value / steps) * (heatmap.upper - heatmap.lower);
}

/** The index, from 0, of the cell at a position on the axis; −1 beyond its ends. */
export function cellAt(edges, place) {
  return place < edges[0] ? -1 : edges.findIndex(edge => edge >= place) - 1;
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
