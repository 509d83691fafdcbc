// The theme's colours, and the colour scales of heatmaps.

import { look, stopsOf } from './look.js';

export function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const { ink, paper } = look.themes.light;
  const text = read('--st-text-color', ink);
  return {
    text,
    paper: read('--st-background-color', paper),
    font: style.fontFamily,
    grid: translucent(text, look.alphas.grid),
    frame: translucent(text, 0.3),
    cross: translucent(text, 0.75),
  };
}

export function translucent(colour, alpha) {
  const [red, green, blue] = channels(colour);
  return `rgba(${red},${green},${blue},${alpha})`;
}

const HEX = /^#[\da-f]{6}$/i;
let probe = null; // a canvas that parses any CSS colour; made at first use

/** Red, green and blue (0 … 255) of any opaque CSS colour. */
export function channels(colour) {
  const hex = HEX.test(colour) ? colour : asHex(colour);
  return [1, 3, 5].map(place => Number.parseInt(hex.slice(place, place + 2), 16));
}

function asHex(colour) {
  probe ??= document.createElement('canvas').getContext('2d');
  probe.fillStyle = colour;
  return probe.fillStyle;
}

const tables = new Map();

/** The colours of a scale as RGBA bytes: one per step, and a transparent one for "no value". */
export function colourTable(scale) {
  if (!tables.has(scale)) tables.set(scale, makeTable(stopsOf(scale)));
  return tables.get(scale);
}

function makeTable(stops) {
  const { steps, no_value: none } = look.colour_table;
  const table = new Uint8ClampedArray(4 * (none + 1));
  for (let step = 0; step <= steps; step++) {
    const share = step / steps;
    const above = Math.max(1, stops.findIndex(([place]) => place >= share));
    const [[from, first], [to, second]] = [stops[above - 1], stops[above]];
    const mixed = (share - from) / (to - from);
    const [a, b] = [channels(first), channels(second)];
    for (let i = 0; i < 3; i++) table[4 * step + i] = a[i] + mixed * (b[i] - a[i]);
    table[4 * step + 3] = 255;
  }
  return table;
}
