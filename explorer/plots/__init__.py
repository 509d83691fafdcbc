"""Figures: what is shown, as records (`record`), and how plotly draws them (`plotly_renderer`)."""

from __future__ import annotations

from explorer.plots.clipping import clipping_figure
from explorer.plots.gradients import compared_gradients, gradient_figure
from explorer.plots.heatmaps import gate_means_figure, gates_figure, states_figure
from explorer.plots.record import Figure
from explorer.trace import Trace

__all__ = ["compared_gradients", "figures_of", "gradient_figure"]


def figures_of(trace: Trace) -> list[Figure]:
    """Every figure of one trace below the gradient's own, in the order of the page."""
    figures = [states_figure(trace)]
    if trace.gates:
        figures += [gates_figure(trace), gate_means_figure(trace)]
    return [*figures, clipping_figure(trace)]
