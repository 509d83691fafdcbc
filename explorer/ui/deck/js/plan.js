// The layout of the unrolled network: the positions of its parts, and the widths of its roads.

const MOST_COLUMNS = 32; // with more steps, a column holds several
export const LEFT_ROOM = 92;
const RIGHT_ROOM = 34;
export const ROW = 32; // pixels per kind of marks
const FOOT = 34;
const ROAD_ROOM = 44; // pixels for a road above or below the marks
const FULL = 15; // pixels of a road whose gradient is as large as at the last step
const A_DECADE = 1.15; // pixels less or more per decade
export const THINNEST = 0.8;
const WIDEST = 34;

/** The steps of each column: [first, last]. */
export function columnsFor(steps) {
  const each = Math.ceil(steps / MOST_COLUMNS);
  const columns = [];
  for (let first = 1; first <= steps; first += each) columns.push([first, Math.min(steps, first + each - 1)]);
  return columns;
}

/** The height of the picture in pixels. */
export function heightOf(stage) {
  return topOf(stage) + ROW * stage.marks.length + ROAD_ROOM + FOOT;
}

function topOf(stage) {
  return stage.roads.length > 1 ? ROAD_ROOM : 10;
}

export function planOf(stage, width) {
  const columns = columnsFor(stage.steps);
  const apart = (width - LEFT_ROOM - RIGHT_ROOM) / columns.length;
  const marksTop = topOf(stage);
  const marksBottom = marksTop + ROW * stage.marks.length;
  const below = marksBottom + ROAD_ROOM / 2;
  const levels = stage.roads.length > 1 ? [marksTop - ROAD_ROOM / 2, below] : [below];
  return { columns, apart, marksTop, marksBottom, levels, middle: i => LEFT_ROOM + (i + 0.5) * apart, height: heightOf(stage) };
}

/** The last step of the column under a pixel. */
export function stageStepAt(stage, x, width) {
  const columns = columnsFor(stage.steps);
  const i = Math.floor(((x - LEFT_ROOM) / (width - LEFT_ROOM - RIGHT_ROOM)) * columns.length);
  return columns[Math.min(columns.length - 1, Math.max(0, i))][1];
}

/** The index of the column that holds a step. */
export function columnOfStep(plan, step) {
  return plan.columns.findIndex(([first, last]) => step >= first && step <= last);
}

/** The mean of the values of a column's steps. */
export function meanOf(values, first, last) {
  let sum = 0;
  for (let step = first; step <= last; step++) sum += values[step - 1];
  return sum / (last - first + 1);
}

/** A log10 value relative to that of the gradient at the last step, in decades. */
export function decadesOf(stage, value) {
  const h = stage.roads[stage.roads.length - 1];
  return value - h.norm[stage.steps - 1];
}

export function roadWidth(decades) {
  if (!Number.isFinite(decades)) return 0;
  return Math.min(WIDEST, Math.max(THINNEST, FULL + A_DECADE * decades));
}
