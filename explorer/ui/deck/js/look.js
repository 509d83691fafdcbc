// How figures look: dashes, shades, sizes. The server sends its look.json, which the other renderers read as well.

export const look = {};

/** The stops of a colour scale, whose colours lie at equal distances: share of the range, colour. */
export function stopsOf(scale) {
  const colours = look.scales[scale];
  return colours.map((colour, i) => [i / (colours.length - 1), colour]);
}
