"""The settings of .streamlit/config.toml, each with its reason: a lost one shows in no other test."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest
from streamlit import config
from threadpoolctl import threadpool_info

from explorer.cli.serve_class import class_environment
from explorer.model.cells import SHIPPED
from explorer.ui.work.memory import free_memory_regularly
from explorer.ui.work.runs import trace_of

ROOT = Path(__file__).parents[2]
CELL_COLOURS = {name: row.colour for name, row in SHIPPED.items()}
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

WANTED = {
    "runner.postScriptGC": (False, "a full collection after every run holds all sessions: 147 ms a step instead of 34"),
    "runner.fastReruns": (False, "twenty moves of a slider in a second made seventeen runs side by side, now two"),
    "server.address": ("127.0.0.1", "the default listens on every network the machine is in"),
    "server.maxUploadSize": (8, "in MB; the default lets anyone send 200 into memory"),
    "server.fileWatcherType": ("none", "watching a busy folder takes more of a core than drawing the page does"),
    "server.showEmailPrompt": (False, "the first start on a new machine asks for an email address and waits for it"),
    "client.showErrorDetails": ("none", "a traceback tells users nothing and strangers too much; the log has it"),
    "client.toolbarMode": ("minimal", "the menu of a developer's tools is not part of the instrument"),
    "browser.gatherUsageStats": (False, "nobody agreed to be counted, and classrooms have no way out to the network"),
    "global.maxCachedMessageAge": (
        50,
        "by default a browser forgets the deck's script after two runs without it, of which the server may just have "
        "been told otherwise: keys pressed in haste then end in a connection error",
    ),
    "global.disableWidgetStateDuplicationWarning": (
        True,
        "a control has its default, which keeps the link short, and is set by presets, which is no mistake",
    ),
}
THEMES = ("light", "dark")
READABLE = 4.5  # WCAG AA


@pytest.mark.parametrize("option", WANTED)
def test_setting_is_kept(option: str) -> None:
    value, reason = WANTED[option]
    section, name = option.split(".")
    assert SETTINGS.get(section, {}).get(name) == value, reason


def test_streamlit_knows_every_setting() -> None:
    """It ignores a misspelt one."""
    known = config.get_config_options()
    written = [f"{section}.{name}" for section, values in SETTINGS.items() if section != "theme" for name in values]
    written += [f"theme.{theme}.{name}" for theme in THEMES for name in SETTINGS["theme"][theme]]
    assert [option for option in written if option not in known] == []


def test_many_sessions_share_two_cores_in_peace() -> None:
    """Not a setting of Streamlit: garbage is collected between runs, and no matrix product takes all cores."""
    free_memory_regularly()
    assert [thread.name for thread in threading.enumerate()].count("housekeeping") == 1
    assert gc.get_freeze_count() > 100_000, "what the imports made is looked at again at every collection"
    assert trace_of.__module__ == "explorer.ui.work.runs"
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert pools
    assert all(pool["num_threads"] == 1 for pool in pools)


def test_every_way_to_serve_keeps_one_arena_of_memory() -> None:
    """glibc gives each thread an arena of its own and keeps what it freed: half of what a hundred sessions hold."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "MALLOC_ARENA_MAX=1 exec $(PYTHON_HERE) -m streamlit run app.py" in makefile
    assert class_environment({})["MALLOC_ARENA_MAX"] == "1"


def test_the_page_starts_without_torch() -> None:
    """torch costs the server 150 to 200 MB and more than a second, so only users of its backend pay for it."""
    code = "import sys, explorer.ui, explorer.ui.page; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "False"


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme: str) -> None:
    colours = SETTINGS["theme"][theme]
    inks, papers = ("textColor", "primaryColor", "linkColor"), ("backgroundColor", "secondaryBackgroundColor")
    for ink, paper in itertools.product(inks, papers):
        assert contrast(colours[ink], colours[paper]) >= READABLE, (ink, paper)


@pytest.mark.parametrize("theme", THEMES)
def test_charts_colour_the_cells_as_the_figures_do(theme: str) -> None:
    palette = SETTINGS["theme"][theme]["chartCategoricalColors"]
    assert palette[:4] == list(CELL_COLOURS.values())[:4]  # the others are shades of these
    assert len(set(palette)) == len(palette) == 10


def test_every_cell_has_a_colour_of_its_own_that_stands_out() -> None:
    assert len(set(CELL_COLOURS.values())) == len(CELL_COLOURS)
    for cell in list(CELL_COLOURS)[4:]:  # the first four are Okabe and Ito's
        for theme in THEMES:
            assert contrast(CELL_COLOURS[cell], SETTINGS["theme"][theme]["backgroundColor"]) >= 3.0, (cell, theme)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two hex colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
