"""Sentences about the comparison of a run with torch autograd and with finite differences."""

from __future__ import annotations

from explorer.base.shipped import GET_TORCH
from explorer.questions.proof.check import Check
from explorer.questions.proof.prove import Proof
from explorer.show.words import say
from explorer.show.words.numbers import short


def proof_headline(proof: Proof) -> str:
    """Whether the comparison holds, and for how many steps of the run."""
    if proof.code == "differs":
        return say("proof", "differs")
    if proof.autograd is None and proof.differences is None:
        return say("proof", "nothing")
    key = "held_part" if proof.limit else "held"
    return say("proof", key, steps=f"{proof.steps:,}", all=f"{proof.experiment.seq_len:,}")


def proof_sentences(proof: Proof) -> list[str]:
    """What was compared, the worst error and where, and what was left out and why."""
    sentences, steps = [], f"{proof.steps:,}"
    if proof.autograd is not None:
        numbers = {
            "worst": short(proof.autograd.worst),
            "where": _place(proof.autograd),
            "numbers": f"{proof.compared:,}",
        }
        sentences.append(say("proof", "autograd_part" if proof.limit else "autograd", steps=steps, **numbers))
        reasons = {"time": "too_long", "rounding": "rounding"}
        sentences += [say("proof", reasons[proof.limit], spread=short(proof.spread))] if proof.limit else []
        sentences += [say("proof", "beyond", steps=f"{proof.beyond:,}")] if proof.beyond else []
    elif proof.differences is not None:
        sentences.append(say("proof", "no_torch", get=GET_TORCH))
    if proof.differences is not None:
        worst, where = short(proof.differences.worst), f"`{proof.differences.where}`"
        sentences.append(say("proof", "differences", entries=proof.entries, worst=worst, where=where))
    elif proof.autograd is not None:
        sentences.append(say("proof", "no_differences"))
    return sentences


def _place(check: Check) -> str:
    """The place of the worst error, a field of a trace such as ``states['h']``, in words."""
    field, _, name = check.where.partition("[")
    name = name.strip("']")
    return say("proof_where", field, name=name if field in ("gates", "state_grads", "states") else f"`{name}`")
