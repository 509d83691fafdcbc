"""What things are called, those too that the catalogue does not know: a cell, task or lens of another package."""

from __future__ import annotations

from explorer.model.cells import CELLS
from explorer.show.words import catalogue, choice_label, say


def cell_label(name: str) -> str:
    return _known("cell", name) or CELLS[name].label or choice_label(name)


def gate_label(name: str) -> str:
    return _known("gate", name) or choice_label(name)


def state_label(name: str) -> str:
    """∂L/∂h_t and its like, as figures name a state's curve."""
    return _known("mark", f"state_{name}") or say("mark", "state_other", state=name)


def lens_question(name: str) -> str:
    return _known("lens_question", name) or f"**{choice_label(name)}**"


def _known(section: str, key: str) -> str:
    return catalogue()[section].get(key, "")
