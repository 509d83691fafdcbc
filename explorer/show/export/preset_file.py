"""An experiment as a preset file, which `explorer.show.presets` reads back to an equal one."""

from __future__ import annotations

import json
from collections.abc import Sequence

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.show.words.verdicts import headline, sentence


def preset_file(trace: Trace) -> str:
    """The experiment of `trace` under its verdict, as TOML."""
    findings = diagnose(trace)
    look = " ".join(sentence(finding) for finding in findings)
    return preset_text(trace.experiment, headline(findings), look, [finding.code for finding in findings])


def preset_text(experiment: Experiment, title: str, look: str, shows: Sequence[str] = ()) -> str:
    """A preset file's text; every parameter is written, so that it stays the same when a default changes.

    Args:
        shows: the codes of the verdicts that the run gives.
    """
    head = [f"title = {_quoted(title)}", f"look = {_quoted(look)}"]
    if shows:
        head.append(f"shows = [{', '.join(_quoted(code) for code in shows)}]")
    values = {name: getattr(experiment, name) for name in table(Experiment)}
    rows = [f"{name} = {_spelled(value)}" for name, value in values.items() if value is not None]  # TOML has no None
    return "\n".join([*head, "", "[experiment]", *rows, ""])


def _spelled(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(text: str) -> str:
    """TOML's basic string: JSON's, which does not escape the one control character that TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
