// Views: the steps that the axes show, from the first to the last of them.

const LEAST_STEPS = 4; // on the axis: closer is no picture of a sequence

/** A view of `factor` times as many steps, around one that stays where it is. */
export function zoomedAround({ from, to }, step, factor) {
  return { from: Math.round(step - (step - from) * factor), to: Math.round(step + (to - step) * factor) };
}

/** A view that two fingers have stretched: their distance before, and now. */
export function pinchedBy(view, before, now) {
  return zoomedAround(view, (view.from + view.to) / 2, before / now);
}

/** A view brought into a sequence of so many steps; null where it holds all of them. */
export function keptWithin({ from, to }, steps) {
  const width = Math.max(LEAST_STEPS, to - from + 1);
  const first = Math.max(1, Math.min(from, steps - width + 1));
  return width >= steps ? null : { from: first, to: first + width - 1 };
}
