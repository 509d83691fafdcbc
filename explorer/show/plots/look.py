"""The look of figures, declared once in `look.json`. Python reads it here, the deck's JavaScript with its texts.

It holds what both sides draw. What only one side draws is declared beside the code that draws it.
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
        colour, alpha: the shade; the colour is one of `Look.colours`.
        strokes: directions of the hatch over it: 1 runs down to the right, -1 down to the left; () is no hatch.
        side, edge: where the name of a stretch of the y axis stands; in an outer stretch, away from a curve that
            starts in it.
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
    """How a value becomes a colour: steps from one end of its scale to the other, and the byte for a missing value."""

    steps: int
    no_value: int


class Theme(_Part):
    """Colours of the text and of its background, the same as in .streamlit/config.toml."""

    ink: str
    paper: str


class Alphas(_Part):
    """Opacities, from 0 to 1: of the ink in grid lines, of a curve's colour in its band."""

    grid: float
    band: float


class Sizes(_Part):
    """Sizes in pixels.

    Attributes:
        text, label: sizes of type; labels are the texts inside a figure.
        left, right: margins beside a figure's panels.
        bar_room: room right of the panels for a colour bar; kept without one too, so that time axes agree.
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
    """All of `look.json`.

    Attributes:
        dashes: name → pixels of line and gap in turn; () is solid.
        colours: ``cool`` has vanished, ``warm`` explodes, ``neutral`` is neither.
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
