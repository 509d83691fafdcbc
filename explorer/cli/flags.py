"""Command-line flags, made from tables of parameters. Values stay text, so that the table's rules check them all at
once."""

from __future__ import annotations

import argparse
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Parameter, Settings, table
from explorer.show.presets import Preset, all_presets
from explorer.show.words import say


def add_flags(parser: argparse.ArgumentParser, model: type[Settings]) -> None:
    """Add a flag for each parameter of the table, spelled with hyphens or underscores."""
    for row in table(model).values():
        add_flag(parser, row, say("label", row.name))


def add_flag(parser: argparse.ArgumentParser, row: Parameter, help_text: str) -> None:
    """Add the flag of one parameter; `help_text` is its help."""
    names = dict.fromkeys((f"--{row.name.replace('_', '-')}", f"--{row.name}"))
    metavar = "|".join(row.choices) if row.choices else row.kind.upper()
    parser.add_argument(*names, dest=f"set_{row.name}", metavar=metavar, help=help_text.replace("%", "%%"))


def given_parameters(args: argparse.Namespace, model: type[Settings]) -> dict[str, Any]:
    """The parameters of the table that were given on the command line: name → text."""
    values = {name: getattr(args, f"set_{name}") for name in table(model)}
    return {name: value for name, value in values.items() if value is not None}


def preset_named(name: str | None) -> Preset | None:
    """The preset of this name; None if `name` is None.

    Raises:
        ExplorerError: there is no such preset.
    """
    presets = all_presets()
    if name is not None and name not in presets:
        raise ExplorerError("preset", "must be one of " + ", ".join(presets), name)
    return None if name is None else presets[name]


def chosen_experiment(args: argparse.Namespace) -> Experiment:
    """The preset's experiment, or the page's default one, with the flags applied.

    Raises:
        ExplorerError: the preset is unknown, or a flag's value breaks a rule.
    """
    preset = preset_named(args.preset)
    changes = given_parameters(args, Experiment)
    return preset.experiment.replace(**changes) if preset else Experiment.of(changes)
