// Views: the range of steps that the axes show, both ends included.

const LEAST_STEPS = 4; // of a view; with fewer one does not see a sequence

/** A view of `factor` times as many steps; `step` keeps its place. */
export function zoomedAround({ from, to }, step, factor) {
  return { from: Math.round(step - (step - from) * factor), to: Math.round(step + (to - step) * factor) };
}

/** A view after a pinch: `before` and `now` are the distances of the two fingers. */
export function pinchedBy(view, before, now) {
  return zoomedAround(view, (view.from + view.to) / 2, before / now);
}

/** A view clipped to a sequence of `steps` steps; null if it shows all of them. */
export function keptWithin({ from, to }, steps) {
  const width = Math.max(LEAST_STEPS, to - from + 1);
  const first = Math.max(1, Math.min(from, steps - width + 1));
  return width >= steps ? null : { from: first, to: first + width - 1 };
}
