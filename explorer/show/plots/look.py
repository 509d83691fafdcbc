"""How figures look, declared once: `look.json`. Python reads it here; the deck's JavaScript gets it with its texts.

It holds what both sides draw. What only one side draws stands beside the code that draws it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

Value = TypeVar("Value")
Named = Annotated[Mapping[str, Value], AfterValidator(MappingProxyType)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RegionLook(_Part):
    """How a stretch of an axis or a part of a plane is marked.

    Attributes:
        colour, alpha: of its shade; the colour is one of `Look.colours`.
        strokes: directions of the hatch over it: 1 runs down to the right, -1 down to the left; () is no hatch.
        side, edge: where the name of a stretch of the y axis stands; that of an outer one, where a curve that starts
            in it does not run.
    """

    colour: str
    alpha: float
    strokes: tuple[Literal[1, -1], ...]
    side: Literal["left", "right"]
    edge: Literal["top", "bottom"]


class Hatch(_Part):
    """The strokes of every hatch: one of `Look.colours`, and pixels from one to the next."""

    colour: str
    apart: int


class ColourTable(_Part):
    """How a value is a colour: steps from one end of its scale to the other, and the byte that is no value."""

    steps: int
    no_value: int


class Theme(_Part):
    """Colours of text and of what lies behind it; those of .streamlit/config.toml."""

    ink: str
    paper: str


class Alphas(_Part):
    """How much of a colour covers what lies behind: the ink of grid lines, a curve's colour in its band."""

    grid: float
    band: float


class Sizes(_Part):
    """In pixels.

    Attributes:
        text, label: of type; labels are what stands inside a figure.
        left, right: margins beside a figure's panels.
        bar_room: right of the panels, for a colour bar; also where there is none, so that time axes agree.
        bar: the colour bar's width.
        dot: radius of a single point.
        run: width of the curve that stands for a run.
        level: width of a level's line.
    """

    text: int
    label: int
    left: int
    right: int
    bar_room: int
    bar: int
    dot: int
    run: float
    level: int


class Look(_Part):
    """The whole of it.

    Attributes:
        dashes: name → pixels of line and gap in turn; () is solid.
        colours: what has vanished, what explodes, what is neither.
        regions: by the `look` of a `Region` or a hatched `Area`.
        hatch: what all hatches have in common.
        least_named: share of the panel's height below which a stretch of the y axis is not named.
        scales: colour scales of heatmaps, as colours at equal distances. ``states`` has a neutral middle, ``gates`` is
            eight colours of cividis, on ``loss`` paths stand out.
        colour_table: how the values of a heatmap become colours, and bytes where they are sent as such.
        themes: ``light`` and ``dark``.
        alphas, sizes: see there.
    """

    dashes: Named[tuple[int, ...]]
    colours: Named[str]
    regions: Named[RegionLook]
    hatch: Hatch
    least_named: float
    scales: Named[tuple[str, ...]]
    colour_table: ColourTable
    themes: Named[Theme]
    alphas: Alphas
    sizes: Sizes


_TEXT = (Path(__file__).parent / "look.json").read_text(encoding="utf-8")
LOOK = Look.model_validate_json(_TEXT)


def look_data() -> dict[str, Any]:
    """All of `look.json`, for the deck."""
    data: dict[str, Any] = json.loads(_TEXT)
    return data
