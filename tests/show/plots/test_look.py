"""The one look of figures: all names in it exist, both sides read it, and neither repeats it."""

import re
import tomllib

import numpy as np
import pytest
from pydantic import ValidationError

from explorer.show.plots.look import LOOK, Look, look_data
from explorer.show.plots.palette import HEATMAPS, translucent
from explorer.show.plots.plotly_look import DASHES, GRID, SHADES, filled
from explorer.show.plots.record import Axis, Figure, Panel, Series
from explorer.show.plots.samples import as_svg
from tests.project.test_floors import ROOT

PLOTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "explorer/show/plots").rglob("*.py"))}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "explorer/ui/deck/js").glob("*.js"))}
COLOURS = {*LOOK.colours.values(), *(colour for scale in LOOK.scales.values() for colour in scale)}
PARTS = [
    *(key for key in look_data() if key not in ("alphas", "sizes")),
    *(f"{part}.{key}" for part in ("alphas", "sizes") for key in look_data()[part]),
]


def test_every_colour_that_is_named_is_there():
    used = {LOOK.hatch.colour, *(region.colour for region in LOOK.regions.values())}
    assert used == LOOK.colours.keys()
    inks = {colour for theme in LOOK.themes.values() for colour in (theme.ink, theme.paper)}
    assert all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in COLOURS | inks)


def test_nobody_can_change_it():
    with pytest.raises(ValidationError):
        LOOK.sizes.text = 20
    with pytest.raises(TypeError):
        LOOK.dashes["dash"] = (1, 1)
    look_data()["dashes"].clear()
    assert look_data()["dashes"] == {name: list(dash) for name, dash in LOOK.dashes.items()}


def test_a_key_that_nobody_knows_is_an_error():
    with pytest.raises(ValidationError):
        Look.model_validate(look_data() | {"shadow": 3})


@pytest.mark.parametrize("part", PARTS)
def test_both_sides_read_it(part):
    """A part that only one side reads does not belong in the look."""
    assert any(f"LOOK.{part}" in text for name, text in PLOTS.items() if name != "look.py")
    first, *inner = part.split(".")
    reads = rf"\blook\.{part}\b" if not inner else rf"\blook\.{part}\b|\b{inner[0]}\b[^}}]*}} = look\.{first}\b"
    assert any(re.search(reads, text) for text in SCRIPTS.values())


def test_no_colour_stands_in_a_script():
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|rgba?\(\d[^)]*\)")
    assert not [name for name, text in SCRIPTS.items() if colour.search(text)]


def test_no_colour_of_it_stands_in_another_file():
    repeated = {name for name, text in PLOTS.items() if any(colour in text for colour in COLOURS)}
    assert repeated == {"cliff.py"}, "where one descent has the first cell's colour"


def test_the_page_has_the_same_themes():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name, theme in LOOK.themes.items():
        assert (settings[name]["textColor"], settings[name]["backgroundColor"]) == (theme.ink, theme.paper)


def test_colour_scales_run_from_0_to_1():
    for stops in HEATMAPS.values():
        places = [place for place, _ in stops]
        assert (places[0], places[-1]) == (0, 1)
        assert places == sorted(set(places))


def test_plotly_is_told_the_same_in_its_own_terms():
    assert DASHES == {
        "solid": "solid",
        "dash": "7px,4px",
        "dot": "2px,4px",
        "dashdot": "8px,3px,2px,3px",
        "longdash": "14px,5px",
        "longdashdot": "14px,4px,2px,4px",
        "sparse": "2px,8px",
    }
    assert GRID == {"light": "rgba(43,47,54,0.14)", "dark": "rgba(228,230,234,0.14)"}
    assert filled("cool") == {"fillcolor": "rgba(86,180,233,0.13)"}
    hatch = {"fgcolor": "#8A8F98", "bgcolor": "rgba(138,143,152,0.06)", "size": 9, "solidity": 0.15}
    assert filled("not_finite")["fillpattern"] == hatch | {"shape": "x"}
    assert filled("zero")["fillpattern"]["shape"] == "\\"
    assert SHADES.keys() == LOOK.regions.keys()


def test_a_colour_is_translucent_as_css_spells_it():
    assert translucent("#D55E00", 0.12) == "rgba(213,94,0,0.12)"


def test_a_small_picture_has_the_same_dashes():
    ends = np.array([1, 2])
    lines = tuple(Series(dash, ends, ends, "#000000", dash) for dash in ("dash", "solid"))
    drawn = as_svg(Figure("f", "t", "c", "a", Axis("x", 1, 2), (Panel(Axis("y", 1, 2), series=lines),)))
    assert re.findall('stroke-dasharray="([^"]*)"', drawn) == ["7 4", "none"]
