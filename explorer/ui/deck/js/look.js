// The look of figures: dashes, shades, sizes. The server sends its look.json, which the other renderers use too.

export const look = {};

/** The stops of a colour scale, equally spaced: [share of the range, colour]. */
export function stopsOf(scale) {
  const colours = look.scales[scale];
  return colours.map((colour, i) => [i / (colours.length - 1), colour]);
}
