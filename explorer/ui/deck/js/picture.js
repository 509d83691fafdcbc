// Figures as PNG: drawn anew on paper of the theme's colour, twice as fine as the screen's pixels.

import { DASHES } from './lines.js';
import { LEFT } from './geometry.js';
import { drawFigure, shown } from './plot.js';
import { fontOf } from './axes.js';

const FINE = 2;
const HEADING = 34;
const LEGEND_ROW = 24;
const PAD = 12;
const SAMPLE = 40; // a piece of the line, before its name

/** Saves one picture of all `figures`, below each other. */
export function savePicture(name, figures, scene) {
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d');
  const legends = figures.map(figure => legendOf(ctx, figure, scene));
  const heights = figures.map((figure, i) => HEADING + LEGEND_ROW * rowsOf(legends[i]) + figure.height + PAD);
  canvas.width = FINE * scene.width;
  canvas.height = FINE * heights.reduce((a, b) => a + b, 0);
  ctx.scale(FINE, FINE);
  ctx.fillStyle = scene.theme.paper;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  figures.forEach((figure, i) => {
    ctx.save();
    drawHeading(ctx, figure, legends[i], scene);
    ctx.translate(0, heights[i] - figure.height - PAD);
    drawFigure(ctx, figure, { ...scene, height: figure.height });
    ctx.restore();
    ctx.translate(0, heights[i]);
  });
  canvas.toBlob(blob => download(blob, `${name}.png`));
}

/** The curves that are shown, each with its place: as many in a row as there is room for. */
function legendOf(ctx, figure, scene) {
  if (!figure.legend) return [];
  ctx.font = fontOf(scene.theme);
  let [x, row] = [LEFT, 0];
  return shown(figure, figure.panels[0], scene).map(series => {
    const width = SAMPLE + ctx.measureText(series.label).width + 24;
    if (x > LEFT && x + width > scene.width) [x, row] = [LEFT, row + 1];
    x += width;
    return { series, x: x - width, row };
  });
}

function rowsOf(legend) {
  return legend.length ? legend[legend.length - 1].row + 1 : 0;
}

function drawHeading(ctx, figure, legend, { theme }) {
  ctx.fillStyle = theme.text;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.font = `600 ${fontOf(theme, 16)}`;
  ctx.fillText(figure.title, PAD, HEADING / 2 + 2);
  ctx.font = fontOf(theme);
  for (const { series, x, row } of legend) {
    const y = HEADING + LEGEND_ROW * (row + 0.5);
    ctx.strokeStyle = series.colour;
    ctx.lineWidth = series.width;
    ctx.setLineDash(DASHES[series.dash]);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + SAMPLE - 8, y);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillText(series.label, x + SAMPLE, y);
  }
}

function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
