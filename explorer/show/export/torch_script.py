"""A script that reproduces a run's gradients by torch alone, and says how closely."""

from __future__ import annotations

import textwrap

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.show.export.carried import carried
from explorer.show.export.plain_torch import Chapter, chapters, settings_of
from explorer.show.words import say
from explorer.show.words.verdicts import headline

WIDTH = 116
NPZ = "gradient-flow.npz"


def torch_script(trace: Trace, npz_name: str = NPZ) -> str:
    """The script's text, for a Python with torch and nothing else.

    Args:
        npz_name: of the run's npz, which the script reads where the run's numbers are too many to stand in a text.
    """
    told = carried(trace, npz_name)
    rows = [f"    {name}: {value}" for name, value in settings_of(trace.experiment)]
    needs = say("take_home", "script_alone") if told.inside else say("take_home", "script_npz", name=npz_name)
    head = [headline(diagnose(trace)), "", *_wrapped(say("take_home", "script")), "", *rows, "", *_wrapped(needs)]
    parts = ['"""' + "\n".join(head).replace("\\", "\\\\") + '\n"""\n', *(_part(c) for c in chapters(trace, told))]
    return "\n\n".join(parts)


def _part(chapter: Chapter) -> str:
    rule = f"# {chapter.title} " + "-" * max(4, WIDTH - 3 - len(chapter.title))
    said = [rule, "#", *(f"# {line}" for line in _wrapped(chapter.text))]
    if chapter.equations:
        said += ["#", *(f"#     {line}".rstrip() for line in chapter.equations.splitlines())]
    return "\n".join(said) + f"\n\n{chapter.code}\n"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False)
