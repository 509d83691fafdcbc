"""A script that reproduces a run's gradients with torch alone, and prints how closely it does."""

from __future__ import annotations

import textwrap

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.show.export.carried import script_numbers
from explorer.show.export.plain_torch import Chapter, chapters, settings_of
from explorer.show.words import say
from explorer.show.words.verdicts import headline

WIDTH = 116
NPZ = "gradient-flow.npz"


def torch_script(trace: Trace, npz_name: str = NPZ) -> str:
    """The text of the script, for a Python with torch and nothing else.

    Args:
        npz_name: name of the run's npz; the script reads it if the run's numbers are too many to embed.

    Raises:
        ExplorerError: the cell has no step in plain torch.
    """
    numbers = script_numbers(trace, npz_name)
    rows = [f"    {name}: {value}" for name, value in settings_of(trace)]
    needs = say("take_home", "script_alone") if numbers.inside else say("take_home", "script_npz", name=npz_name)
    head = [headline(diagnose(trace)), "", *_wrapped(say("take_home", "script")), "", *rows, "", *_wrapped(needs)]
    parts = ['"""' + "\n".join(head).replace("\\", "\\\\") + '\n"""\n', *(_part(c) for c in chapters(trace, numbers))]
    return "\n\n".join(parts)


def _part(chapter: Chapter) -> str:
    rule = f"# {chapter.title} " + "-" * max(4, WIDTH - 3 - len(chapter.title))
    lines = [rule, "#", *(f"# {line}" for line in _wrapped(chapter.text))]
    if chapter.equations:
        lines += ["#", *(f"#     {line}".rstrip() for line in chapter.equations.splitlines())]
    return "\n".join(lines) + f"\n\n{chapter.code}\n"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False)
