"""The torch script as a notebook (nbformat 4.5), chapter by chapter, with a plot at the end."""

from __future__ import annotations

import json
from typing import Any

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.show.export.carried import script_numbers
from explorer.show.export.plain_torch import chapters, settings_of
from explorer.show.export.torch_script import NPZ
from explorer.show.words import say
from explorer.show.words.verdicts import headline

PICTURE = """
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("step", *mine["norms"], sep="\\t")
    for t in range(0, STEPS + 1, max(1, STEPS // 20)):
        print(t, *(f"{norms[-1, t].item():.2f}" for norms in mine["norms"].values()), sep="\\t")
else:
    for name, norms in mine["norms"].items():
        plt.plot(range(STEPS + 1), norms[-1], label=f"log10 |dL/d{name}|")
    plt.xlabel("step t")
    plt.ylabel("decades")
    plt.legend()
    plt.show()
"""


def notebook(trace: Trace, npz_name: str = NPZ) -> str:
    """The notebook as JSON text; arguments and errors as for `torch_script`."""
    numbers = script_numbers(trace, npz_name)
    rows = "\n".join(f"| {name} | {value} |" for name, value in settings_of(trace))
    needs = say("take_home", "script_alone") if numbers.inside else say("take_home", "script_npz", name=npz_name)
    table = f"| {say('take_home', 'parameter')} | {say('take_home', 'value')} |\n| --- | --- |\n{rows}"
    parts = [_markdown(f"# {headline(diagnose(trace))}\n\n{say('take_home', 'script')} {needs}\n\n{table}")]
    for chapter in chapters(trace, numbers):
        equations = f"\n\n```\n{chapter.equations}\n```" if chapter.equations else ""
        parts += [_markdown(f"## {chapter.title}\n\n{chapter.text}{equations}"), _code(chapter.code, chapter.numbers)]
    if not trace.overflow_step:
        parts += [_markdown(f"## {say('script_title', 'picture')}\n\n{say('script', 'picture')}"), _code(PICTURE)]
    cells = [{"id": f"part-{number}", **part} for number, part in enumerate(parts, start=1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, ensure_ascii=False, indent=1)


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(text: str, folded: bool = False) -> dict[str, Any]:
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": _lines(text.strip("\n")),
    }


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
