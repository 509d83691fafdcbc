"""Labels of cells, gates, states and lenses, also of those from other packages, which the catalogue does not know."""

from __future__ import annotations

from explorer.model.cells import CELLS
from explorer.show.words import catalogue, choice_label, say


def cell_label(name: str) -> str:
    """A cell's name for readers."""
    return _catalogue_text("cell", name) or CELLS[name].label or choice_label(name)


def gate_label(name: str) -> str:
    """A gate's name for readers."""
    return _catalogue_text("gate", name) or choice_label(name)


def state_label(name: str) -> str:
    """The name of a state's curve in figures, such as ∂L/∂h_t."""
    return _catalogue_text("mark", f"state_{name}") or say("mark", "state_other", state=name)


def lens_question(name: str) -> str:
    """The question of a lens in Markdown; its name if the catalogue has no question."""
    return _catalogue_text("lens_question", name) or f"**{choice_label(name)}**"


def _catalogue_text(section: str, key: str) -> str:
    return catalogue()[section].get(key, "")
