// The theme's colours, and the colour scales of heatmaps.

export function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const text = read('--st-text-color', '#2B2F36');
  return {
    text,
    paper: read('--st-background-color', '#FFFFFF'),
    font: style.fontFamily,
    grid: translucent(text, 0.14),
    frame: translucent(text, 0.3),
    cross: translucent(text, 0.75),
  };
}

export function translucent(colour, alpha) {
  const [red, green, blue] = channels(colour);
  return `rgba(${red},${green},${blue},${alpha})`;
}

const probe = document.createElement('canvas').getContext('2d');

/** Red, green and blue of any colour that CSS can spell without transparency. */
export function channels(colour) {
  probe.fillStyle = colour;
  const hex = probe.fillStyle;
  return [1, 3, 5].map(place => parseInt(hex.slice(place, place + 2), 16));
}

export const STEPS_OF_COLOUR = 254;
export const NO_VALUE = 255;
const tables = new Map();

/** 256 colours as RGBA bytes; the last is transparent and stands for "no value". */
export function colourTable(name, stops) {
  if (!tables.has(name)) tables.set(name, makeTable(stops));
  return tables.get(name);
}

function makeTable(stops) {
  const table = new Uint8ClampedArray(4 * 256);
  for (let step = 0; step <= STEPS_OF_COLOUR; step++) {
    const share = step / STEPS_OF_COLOUR;
    const above = Math.max(1, stops.findIndex(([place]) => place >= share));
    const [[from, first], [to, second]] = [stops[above - 1], stops[above]];
    const mixed = (share - from) / (to - from);
    const [a, b] = [channels(first), channels(second)];
    for (let i = 0; i < 3; i++) table[4 * step + i] = a[i] + mixed * (b[i] - a[i]);
    table[4 * step + 3] = 255;
  }
  return table;
}
