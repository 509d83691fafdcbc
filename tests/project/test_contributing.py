"""CONTRIBUTING's lists are complete: what ships stands in the listed places, and nowhere else."""

import re
from pathlib import Path

import pytest

from explorer.base.registry import Registry
from explorer.model.cells import CELLS
from explorer.model.tasks import TASKS
from explorer.show.lenses import LENSES
from explorer.show.words import LANGUAGE

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SOURCES = [path for path in sorted((ROOT / "explorer").rglob("*")) if path.suffix in (".py", ".toml", ".js", ".css")]


def chapter(title):
    match = re.search(rf"^## {title}\n(.*?)(?=^## )", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert match, title
    return match[1]


def listed(title, name=""):
    """The paths in the numbered list at the chapter's beginning; a folder ends with a slash."""
    first_list = re.search(r"^1\. .*?(?=\n\n)", chapter(title), flags=re.MULTILINE | re.DOTALL)[0]
    return {path.replace("<name>", name) for path in re.findall(r"`(explorer/[^`]*)`", first_list)}


def naming(pattern):
    """The files that have it in their text or their name."""
    hits = re.compile(pattern, flags=re.IGNORECASE)
    return {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if hits.search(path.name) or hits.search(path.read_text(encoding="utf-8"))
    }


def unlisted(files, places):
    folders = tuple(place for place in places if place.endswith("/"))
    return {file for file in files if file not in places and not file.startswith(folders or "/")}


@pytest.mark.parametrize(
    ("title", "name", "registry"),
    [
        ("Add a cell", "slstm", CELLS),
        ("Add a task", "temporal_order", TASKS),
        ("Add a lens", "lyapunov", LENSES),
    ],
)
def test_what_ships_stands_in_the_listed_places_alone(title, name, registry: Registry):
    assert name in registry
    places = listed(title, name)
    files = {file for file in naming(name.replace("_", ".")) if "/textbook/" not in file}  # about some tasks alone
    assert unlisted(files, places) == set()
    assert {place for place in places if not place.endswith("/")} <= files


def test_a_parameter_is_named_by_its_table_its_words_and_where_it_acts():
    places, files = listed("Add a parameter of an experiment"), naming("input_gain")
    assert places <= files
    upper = {file for file in files if file.split("/")[1] in ("show", "ui", "cli")}
    assert upper == {"explorer/show/words/en/page.toml", "explorer/ui/controls/sidebar.py"}  # the one list: at hand


def test_a_language_is_named_once():
    code = [path for path in SOURCES if path.suffix == ".py"]
    assert [p.name for p in code if f'"{LANGUAGE}"' in p.read_text(encoding="utf-8")] == ["__init__.py"]


def test_every_place_is_there():
    for path in re.findall(r"[`(]((?:explorer|tests|presets)/[\w/.]+)[`)]", TEXT):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("floor", ["engine", "ui"])
def test_a_floors_own_page_speaks_of_what_is_there(floor):
    text = (ROOT / "explorer" / floor / "README.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES if f"/explorer/{floor}/" in path.as_posix())
    for name in re.findall(r"`(_?[a-z]\w+)`", text):
        assert re.search(rf"\b{name}\b", code), name
    for path in re.findall(r"`([a-z_/]+(?:\.py|\.js|/))`", text):
        assert any((ROOT / "explorer" / floor / path).exists() or path in p.as_posix() for p in SOURCES), path
