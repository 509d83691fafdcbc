"""An experiment as a preset file; `explorer.show.presets` reads it back to an equal experiment."""

from __future__ import annotations

import json
from collections.abc import Sequence

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.show.words.supplied import supplied_text
from explorer.show.words.verdicts import headline, sentences


def preset_file(trace: Trace) -> str:
    """The experiment of `trace` as TOML text, with its verdict as the title.

    Raises:
        ExplorerError: the caller supplied arrays, which a preset cannot hold.
    """
    if trace.supplied:
        rule = "holds settings alone, from which this run's supplied arrays cannot be made"
        raise ExplorerError("preset_file", rule, supplied_text(trace), "Save the npz, which has every array.")
    findings = diagnose(trace)
    look = " ".join(sentences(findings))
    return preset_text(trace.experiment, headline(findings), look, [finding.code for finding in findings])


def preset_text(experiment: Experiment, title: str, look: str, shows: Sequence[str] = ()) -> str:
    """The TOML text of a preset. It states every parameter, so a new default does not change the preset.

    Args:
        shows: codes of the verdicts that the run gives.
    """
    head = [f"title = {_toml_string(title)}", f"look = {_toml_string(look)}"]
    if shows:
        head.append(f"shows = [{', '.join(_toml_string(code) for code in shows)}]")
    values = {name: getattr(experiment, name) for name in table(Experiment)}
    rows = [f"{name} = {_toml_value(value)}" for name, value in values.items() if value is not None]  # TOML has no None
    return "\n".join([*head, "", "[experiment]", *rows, ""])


def _toml_value(value: object) -> str:
    return _toml_string(value) if isinstance(value, str) else repr(value)


def _toml_string(text: str) -> str:
    """A basic string of TOML: a JSON string, with U+007F escaped too, because TOML demands it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
