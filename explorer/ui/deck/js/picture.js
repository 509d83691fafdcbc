// Saves figures on the theme's background colour: as PNG, with twice the screen's resolution, or as SVG.

import { fontOf } from './axes.js';
import { look } from './look.js';
import { drawFigure, shown } from './plot.js';
import { SvgContext } from './svg.js';

const FINE = 2;
const HEADING = 34;
const LEGEND_ROW = 24;
const PAD = 12;
const SAMPLE = 40; // pixels of the sample line before a name

/** Saves one picture of all `figures`, one below the other. */
export function savePicture(name, figures, scene) {
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d');
  const sheet = sheetOf(ctx, figures, scene);
  [canvas.width, canvas.height] = [FINE * sheet.width, FINE * sheet.height];
  ctx.scale(FINE, FINE);
  drawSheet(ctx, sheet, scene);
  canvas.toBlob(blob => download(blob, `${name}.png`));
}

/** Saves one figure as an SVG drawing: sharp at any size, and editable. */
export function saveDrawing(figure, scene) {
  const sheet = sheetOf(document.createElement('canvas').getContext('2d'), [figure], scene);
  const ctx = new SvgContext(sheet.width, sheet.height);
  drawSheet(ctx, sheet, scene);
  download(new Blob([ctx.text], { type: 'image/svg+xml' }), `${figure.name}.svg`);
}

/** The figures with their legends, and the size of the sheet. */
function sheetOf(ctx, figures, scene) {
  const parts = figures.map(figure => {
    const legend = legendOf(ctx, figure, scene);
    return { figure, legend, height: HEADING + LEGEND_ROW * rowsOf(legend) + figure.height + PAD };
  });
  return { parts, width: scene.width, height: parts.reduce((sum, part) => sum + part.height, 0) };
}

function drawSheet(ctx, { parts, width, height }, scene) {
  ctx.fillStyle = scene.theme.paper;
  ctx.fillRect(0, 0, width, height);
  for (const part of parts) {
    ctx.save();
    drawHeading(ctx, part.figure, part.legend, scene);
    ctx.translate(0, part.height - part.figure.height - PAD);
    drawFigure(ctx, part.figure, { ...scene, height: part.figure.height });
    ctx.restore();
    ctx.translate(0, part.height);
  }
}

/** The shown curves, each with its place in the legend; a row holds as many as fit. */
function legendOf(ctx, figure, scene) {
  if (!figure.legend) return [];
  ctx.font = fontOf(scene.theme);
  const { left } = look.sizes;
  let [x, row] = [left, 0];
  return shown(figure, figure.panels[0], scene).map(series => {
    const width = SAMPLE + ctx.measureText(series.label).width + 24;
    if (x > left && x + width > scene.width) [x, row] = [left, row + 1];
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
    ctx.setLineDash(look.dashes[series.dash]);
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
