"""What to try next, as a sentence or two."""

from __future__ import annotations

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import Finding, diagnose
from explorer.questions.remedies import Remedy, remedy
from explorer.show.words import say
from explorer.show.words.differences import value_text
from explorer.show.words.numbers import decades, magnitude, part_left
from explorer.show.words.verdicts import far_share

UNSAID = ("cell", "init", "activation")  # sentences name these themselves


def what_next(trace: Trace, tried: bool = True) -> str:
    """What to try next and, where it was `tried`, what came of it."""
    found = remedy(trace, tried)
    texts = [_action(found), *([_outcome(found.outcome)] if found.outcome else [])]
    if found.change and trace.supplied:
        texts.append(say("remedy", "untried"))
    if diagnose(trace)[0].code == "exploding" and found.change and not trace.clip.engaged:
        texts.append(say("remedy", "clip_too"))
    return " ".join(texts)


def _action(found: Remedy) -> str:
    """The change as a sentence, with the first number that it sets."""
    values = [value_text(name, value) for name, value in found.change.items() if name not in UNSAID]
    return say("remedy", found.code, value=values[0] if values else "")


def _outcome(finding: Finding) -> str:
    e = finding.evidence
    values = {"at_step": f"{e.get('at_step', 0):,}", "growth": magnitude(float(e.get("peak", 0.0)))}
    if "decades" in e:
        values |= {"decades": decades(float(e["decades"])), "part": part_left(float(e["decades"]))}
    if "far_decades" in e:
        values["share"] = far_share(float(e["far_decades"]))
    return say("remedy_outcome", finding.code, **values)
