"""Flags of the command line, made from tables of parameters; values stay text, so that a table's own rules judge them
all at once."""

from __future__ import annotations

import argparse
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, Settings, table
from explorer.show.presets import Preset, all_presets
from explorer.show.words import say


def add_flags(parser: argparse.ArgumentParser, model: type[Settings]) -> None:
    """One for each parameter of the table, with hyphens or as the field is called."""
    for row in table(model).values():
        add_flag(parser, row, say("label", row.name))


def add_flag(parser: argparse.ArgumentParser, row: Parameter, told: str) -> None:
    """One parameter's, with `told` as its help."""
    names = dict.fromkeys((f"--{row.name.replace('_', '-')}", f"--{row.name}"))
    shown = "|".join(row.choices) if row.choices else row.kind.upper()
    parser.add_argument(*names, dest=f"set_{row.name}", metavar=shown, help=told.replace("%", "%%"))


def said(chosen: argparse.Namespace, model: type[Settings]) -> dict[str, Any]:
    """The parameters of the table that were given, by name."""
    values = {name: getattr(chosen, f"set_{name}") for name in table(model)}
    return {name: value for name, value in values.items() if value is not None}


def preset_named(name: str | None) -> Preset | None:
    """None for None.

    Raises:
        ExplorerError: there is no such preset.
    """
    presets = all_presets()
    if name is not None and name not in presets:
        raise ExplorerError("preset", "must be one of " + ", ".join(presets), name)
    return None if name is None else presets[name]


def chosen_experiment(chosen: argparse.Namespace) -> Experiment:
    """The preset's, or the page's own as it opens, changed by the flags."""
    preset = preset_named(chosen.preset)
    changes = said(chosen, Experiment)
    return preset.experiment.replace(**changes) if preset else Experiment.of(changes)
