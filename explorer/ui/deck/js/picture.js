// Figures as PNG: drawn anew on paper of the theme's colour, twice as fine as the screen's pixels.

import { DASHES } from './lines.js';
import { drawFigure } from './plot.js';
import { fontOf } from './axes.js';

const FINE = 2;
const HEADING = 34;
const LEGEND_ROW = 24;
const PAD = 12;

/** Saves one picture of all `figures`, below each other. */
export function savePicture(name, figures, scene) {
  const heights = figures.map(figure => HEADING + (figure.legend ? LEGEND_ROW : 0) + figure.height + PAD);
  const canvas = document.createElement('canvas');
  canvas.width = FINE * scene.width;
  canvas.height = FINE * heights.reduce((a, b) => a + b, 0);
  const ctx = canvas.getContext('2d');
  ctx.scale(FINE, FINE);
  ctx.fillStyle = scene.theme.paper;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  figures.forEach((figure, i) => {
    ctx.save();
    drawHeading(ctx, figure, scene);
    ctx.translate(0, heights[i] - figure.height - PAD);
    drawFigure(ctx, figure, { ...scene, height: figure.height });
    ctx.restore();
    ctx.translate(0, heights[i]);
  });
  canvas.toBlob(blob => download(blob, `${name}.png`));
}

function drawHeading(ctx, figure, { theme }) {
  ctx.fillStyle = theme.text;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.font = `600 ${fontOf(theme, 16)}`;
  ctx.fillText(figure.title, PAD, HEADING / 2 + 2);
  if (!figure.legend) return;
  ctx.font = fontOf(theme);
  let x = 62;
  for (const series of figure.panels[0].series) {
    ctx.strokeStyle = series.colour;
    ctx.lineWidth = series.width;
    ctx.setLineDash(DASHES[series.dash]);
    ctx.beginPath();
    ctx.moveTo(x, HEADING + LEGEND_ROW / 2);
    ctx.lineTo(x + 32, HEADING + LEGEND_ROW / 2);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillText(series.label, x + 40, HEADING + LEGEND_ROW / 2);
    x += 40 + ctx.measureText(series.label).width + 24;
  }
}

function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
