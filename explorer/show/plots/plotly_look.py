"""The look in plotly's terms, with the parts that only plotly draws. Colours of a theme are stored by its name."""

from __future__ import annotations

from typing import Any

from explorer.show.plots.look import LOOK
from explorer.show.plots.palette import translucent

FONT = LOOK.sizes.text
LABEL = LOOK.sizes.label
FLOAT32 = 3e38
INK = {name: theme.ink for name, theme in LOOK.themes.items()}
PAPER = {name: theme.paper for name, theme in LOOK.themes.items()}
GRID = {name: translucent(ink, LOOK.alphas.grid) for name, ink in INK.items()}
SHADES = {name: translucent(LOOK.colours[region.colour], region.alpha) for name, region in LOOK.regions.items()}
SHAPES = {(1,): "\\", (-1,): "/", (1, -1): "x"}  # plotly's hatches by the directions of their strokes
OUTLINE = "#CC79A7"  # stands out on the scale from dark blue to yellow
CUT = {"light": "rgba(255,255,255,0.62)", "dark": "rgba(20,23,28,0.66)"}
DASHES = {name: ",".join(f"{pixels}px" for pixels in dash) or name for name, dash in LOOK.dashes.items()}


def filled(look: str) -> dict[str, Any]:
    """Plotly's properties for the shade and hatch of a region or area; plotly draws the shade behind the hatch."""
    strokes = LOOK.regions[look].strokes
    if not strokes:
        return {"fillcolor": SHADES[look]}
    hatch = {"shape": SHAPES[strokes], "size": LOOK.hatch.apart, "solidity": 0.15}
    inks = {"fgcolor": LOOK.colours[LOOK.hatch.colour], "bgcolor": SHADES[look]}
    return {"fillcolor": SHADES[look], "fillpattern": hatch | inks}
