// Regions (shaded or hatched) and levels, behind the curves.

import { fontOf } from './axes.js';
import { translucent } from './colours.js';
import { xOf, yOf } from './geometry.js';
import { look } from './look.js';

/** The colour of a region or area, by the name of its look. */
export function shadeOf(name) {
  const { colour, alpha } = look.regions[name];
  return translucent(look.colours[colour], alpha);
}

export function drawRegions(ctx, panel, box, view) {
  for (const region of panel.regions) {
    const area = areaOf(region, panel, box, view);
    if (area.width <= 0 || area.height <= 0) continue;
    ctx.fillStyle = shadeOf(region.look);
    ctx.fillRect(area.x, area.y, area.width, area.height);
    for (const direction of look.regions[region.look].strokes) hatch(ctx, area, direction);
  }
}

function areaOf(region, panel, box, view) {
  if (region.of === 'x') {
    const half = 0.5;
    const left = Math.max(box.x, xOf(region.lower - half, view, box));
    const right = Math.min(box.x + box.width, xOf(region.upper + half, view, box));
    return { x: left, y: box.y, width: right - left, height: box.height };
  }
  const [top, bottom] = [yOf(region.upper, panel, box), yOf(region.lower, panel, box)];
  return { x: box.x, y: top, width: box.width, height: bottom - top };
}

/** Draws the marked areas of a heatmap: polygons, with NaN between the corners of one and the next. */
export function drawAreas(ctx, panel, box, view) {
  for (const area of panel.areas) {
    const path = new Path2D();
    let begun = false;
    area.x.forEach((x, i) => {
      if (Number.isNaN(x)) begun = false;
      else path[begun ? 'lineTo' : 'moveTo'](xOf(x, view, box), yOf(area.y[i], panel, box));
      begun = !Number.isNaN(x);
    });
    ctx.fillStyle = shadeOf(area.look);
    ctx.fill(path);
    for (const direction of look.regions[area.look].strokes) hatch(ctx, box, direction, path);
  }
}

function hatch(ctx, area, direction, within = rectangle(area)) {
  ctx.save();
  ctx.clip(within);
  ctx.strokeStyle = look.colours[look.hatch.colour];
  ctx.lineWidth = 1;
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let x = area.x - area.height; x < area.x + area.width + area.height; x += look.hatch.apart) {
    ctx.moveTo(x, area.y);
    ctx.lineTo(x + direction * area.height, area.y + area.height);
  }
  ctx.stroke();
  ctx.restore();
}

function rectangle({ x, y, width, height }) {
  const path = new Path2D();
  path.rect(x, y, width, height);
  return path;
}

/** Draws the names of regions and levels, and the levels' lines, over the curves. */
export function drawLabels(ctx, panel, box, view, theme) {
  ctx.font = fontOf(theme, look.sizes.label);
  for (const region of panel.regions) nameRegion(ctx, region, panel, box, view, theme);
  for (const level of panel.levels) drawLevel(ctx, level, panel, box, theme);
}

function nameRegion(ctx, region, panel, box, view, theme) {
  const area = areaOf(region, panel, box, view);
  if (region.of === 'x') {
    if (area.width > 0) labelled(ctx, region.label, area.x + area.width / 2, area.y + area.height / 2, box, theme);
    return;
  }
  if (area.height < look.least_named * box.height) return;
  const { side, edge } = look.regions[region.look];
  ctx.fillStyle = theme.text;
  ctx.textAlign = side;
  ctx.textBaseline = edge;
  ctx.fillText(region.label, atSide(side, box), edge === 'top' ? area.y + 4 : area.y + area.height - 3);
}

/** An x just inside of the box's left or right edge. */
function atSide(side, box) {
  return side === 'left' ? box.x + 6 : box.x + box.width - 6;
}

/** Draws a label on a background of its own, kept within the box. */
function labelled(ctx, text, x, y, box, theme) {
  const width = Math.min(ctx.measureText(text).width, box.width - 8);
  const middle = Math.min(box.x + box.width - width / 2 - 4, Math.max(box.x + width / 2 + 4, x));
  ctx.fillStyle = theme.paper;
  ctx.fillRect(middle - width / 2 - 4, y - 9, width + 8, 18);
  ctx.fillStyle = theme.text;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, middle, y, width);
}

function drawLevel(ctx, level, panel, box, theme) {
  const y = Math.round(yOf(level.value, panel, box)) + 0.5;
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = look.sizes.level;
  ctx.setLineDash(look.dashes[level.dash]);
  ctx.beginPath();
  ctx.moveTo(box.x, y);
  ctx.lineTo(box.x + box.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.fillStyle = theme.text;
  ctx.textAlign = level.side;
  ctx.textBaseline = level.below ? 'top' : 'bottom';
  ctx.fillText(level.label, atSide(level.side, box), level.below ? y + 3 : y - 2);
}
