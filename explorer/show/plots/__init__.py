"""Figures as records (`record`), and the renderers that draw them with plotly and in the deck."""

from __future__ import annotations

from explorer.show.plots.clipping import clipping_figure
from explorer.show.plots.gradients import gradient_figure
from explorer.show.plots.heatmaps import gate_means_figure, gate_names, gates_figure, states_figure
from explorer.show.plots.record import Figure
from explorer.show.plots.shown import Runs

__all__ = ["figures_of"]


def figures_of(runs: Runs) -> list[Figure]:
    """Every figure of these runs, in the order of the page; the gradient's figure comes first."""
    figures = [gradient_figure(runs), states_figure(runs)]
    if gate_names(runs):
        figures += [gates_figure(runs), gate_means_figure(runs)]
    return [*figures, clipping_figure(runs)]
