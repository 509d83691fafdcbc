"""What tells experiments apart, in words: "LSTM, forget-gate bias 1" against "forget-gate bias 5"."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.show.words import choice_label, say
from explorer.show.words.labels import cell_label

UNLABELLED = ("cell", "init", "task")  # choices whose value needs no label


def differing(experiments: Sequence[Experiment]) -> list[str]:
    """Names of the parameters that differ between the experiments in which they have an effect."""
    return [
        name
        for name in table(Experiment)
        if len({getattr(e, name) for e in experiments if name not in e.without_effect}) > 1
    ]


def distinction(experiment: Experiment, names: Sequence[str]) -> str:
    """The experiment's values of the parameters `names` in words; its cell if none of them has an effect."""
    phrases = [_phrase(name, getattr(experiment, name)) for name in names if name not in experiment.without_effect]
    return ", ".join(phrases) or cell_label(experiment.cell)


def value_text(name: str, value: object) -> str:
    """A parameter's value as text for readers."""
    if name == "cell":
        return cell_label(str(value))
    if value is None:
        return say("page", "unset")
    if name == "text":
        return str(value)[:24] or say("page", "own_text")
    return f"{value:.10g}".replace("-", "−") if isinstance(value, int | float) else choice_label(value)


def _phrase(name: str, value: object) -> str:
    text = value_text(name, value)
    if name in UNLABELLED:
        return text
    label = say("label", name)
    return f"{label[0].lower()}{label[1:]} {text}"
