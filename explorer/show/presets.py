"""Presets: small TOML files, each with a title, what to look at, verdicts and claims about the run, and the experiment.

A preset with scenes is a story (`scenes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from explorer.base import shipped
from explorer.base.errors import ExplorerError, raise_all
from explorer.base.toml_text import parse_toml
from explorer.engine.experiment import Experiment
from explorer.questions.training import TrainingPlan
from explorer.show.claims import claim_error
from explorer.show.scenes import Scene, parse_scenes

FOLDER = shipped.FOLDER / "presets"
STORIES = FOLDER / "stories"
MAX_BYTES = 64 * 1024
KEYS: dict[str, type] = {
    "title": str,
    "look": str,
    "shows": list,
    "claims": list,
    "experiment": dict,
    "training": dict,
    "scene": list,
}
OPTIONAL = ("shows", "claims", "training", "scene")


@dataclass(frozen=True)
class Preset:
    """A setting worth looking at.

    Attributes:
        name: the file's name without suffix and leading number; the command line takes it.
        title: a line for a menu.
        look: what to look at, one or two sentences.
        shows: codes of the verdicts that the run gives; a test checks them for every preset.
        experiment: the settings of the run.
        claims: comparisons that hold for the numbers which title and `look` say, such as ``"-20 > decay"``; see
            `explorer.show.claims`. A test checks them for every preset.
        scenes: the scenes of a story; empty for a plain preset.
        training: the plan of the training, if the preset shows one.
    """

    name: str
    title: str
    look: str
    shows: tuple[str, ...]
    experiment: Experiment
    claims: tuple[str, ...] = ()
    scenes: tuple[Scene, ...] = ()
    training: TrainingPlan | None = None


@cache
def all_presets() -> dict[str, Preset]:
    """Every preset of the project by name, in the order of the files' names."""
    return _read_folder(FOLDER)


@cache
def all_stories() -> dict[str, Preset]:
    """Every story of the project by name, in the order of the files' names."""
    return _read_folder(STORIES)


def _read_folder(folder: Path) -> dict[str, Preset]:
    presets = [read_preset(path) for path in sorted(folder.glob("*.toml"))]
    return {preset.name: preset for preset in presets}


def read_preset(path: Path) -> Preset:
    """The preset in the file at `path`.

    Raises:
        ExplorerError: the file cannot be read, is too large, is not TOML, or is not a valid preset.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ExplorerError("preset", f"must be at most {MAX_BYTES // 1024} KiB", f"{path.stat().st_size} bytes")
        return parse_preset(path.stem.lstrip("0123456789-"), path.read_bytes())
    except OSError as failure:
        raise ExplorerError("preset", "must be a file that can be read", path.name) from failure


def parse_preset(name: str, content: bytes) -> Preset:
    """The preset called `name` in `content`, the bytes of a TOML file.

    Raises:
        ExplorerError: the content is too large, is not TOML, or is not a valid preset.
    """
    if len(content) > MAX_BYTES:
        raise ExplorerError("preset", f"must be at most {MAX_BYTES // 1024} KiB", f"{len(content)} bytes")
    table = parse_toml("preset", name, content, "Its form is title, look and an [experiment] table.")
    errors = [
        ExplorerError(key, "is not part of a preset", "", f"A preset has {', '.join(KEYS)}.")
        for key in table.keys() - KEYS
    ]
    errors += [error for key, kind in KEYS.items() if (error := _key_error(key, kind, table))]
    raise_all(errors)
    raise_all([error for claim in table.get("claims", ()) if (error := claim_error("claims", claim))])
    experiment = Experiment.of(table["experiment"])
    scenes = parse_scenes(table.get("scene", []), experiment)
    training = TrainingPlan.of(table["training"]) if "training" in table else None
    shows, claims = (tuple(table.get(key, ())) for key in ("shows", "claims"))
    return Preset(name, table["title"], table["look"], shows, experiment, claims, scenes, training)


def _key_error(key: str, kind: type, table: dict[str, Any]) -> ExplorerError | None:
    if key not in table:
        return None if key in OPTIONAL else ExplorerError(key, "must be given in a preset", "nothing")
    words: dict[type, str] = {str: "a text", list: "a list of texts", dict: "a table"}
    value = table[key]
    fits = isinstance(value, kind)
    if isinstance(value, list) and key != "scene":  # `parse_scenes` checks each scene
        fits = kind is list and all(isinstance(item, str) for item in value)
    return None if fits else ExplorerError(key, f"must be {words[kind]}", value)
