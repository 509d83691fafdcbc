"""Figures of lenses show what the lenses found, for every cell, also where there is nothing to find."""

import numpy as np
import pytest

import explorer
from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.questions.lenses.lyapunov import lyapunov
from explorer.questions.lenses.reach import reach
from explorer.show.plots.lenses.fan import fan_figure
from explorer.show.plots.lenses.lyapunov import spectrum_figure
from explorer.show.plots.lenses.reach import reach_column, reach_figure, reach_row
from explorer.show.plots.plotly_renderer import render


def trace_of(**settings):
    return explorer.run(explorer.Experiment(**{"seq_len": 20, "hidden_size": 6, "batch_size": 2, **settings}))


def figures_of(trace):
    e, seen = trace.experiment, reach(trace)
    return [
        fan_figure(jacobian_fan(trace), e),
        spectrum_figure(lyapunov(trace), e),
        reach_figure(seen, 20, 10),
        reach_row(seen, trace, 20),
        reach_column(seen, trace, 10),
    ]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("settings", [{}, {"loss_at": "every"}, {"gain": 0.0}])
def test_every_lens_is_drawn_with_words(cell, settings):
    for figure in figures_of(trace_of(cell=cell, **settings)):
        assert render(figure).layout.height == figure.height
        assert figure.caption
        assert "{" not in figure.alternative


def test_an_overflow_is_marked_and_not_drawn():
    fan, spectrum, *_ = figures_of(trace_of(activation="relu", gain=50.0, seq_len=500))
    for figure in (fan, spectrum):
        assert {region.look for panel in figure.panels for region in panel.regions} == {"not_finite"}


def test_where_no_direction_is_left_the_fan_says_so_and_nowhere_else():
    to_end, single = fan_figure(jacobian_fan(trace_of(gain=0.0)), trace_of(gain=0.0).experiment).panels
    assert [(r.look, r.lower, r.upper) for r in to_end.regions] == [("zero", 0, 19)]
    assert [(r.look, r.lower, r.upper) for r in single.regions] == [("zero", 1, 20)]
    assert not any(panel.regions for panel in fan_figure(jacobian_fan(trace_of()), trace_of().experiment).panels)


def test_the_fan_is_the_lens():
    trace = trace_of(cell="lstm")
    fan = jacobian_fan(trace)
    largest, median, smallest = fan_figure(fan, trace.experiment).panels[0].series
    np.testing.assert_array_equal(largest.values, fan.log10_to_end[:, 0])
    assert (largest.values >= median.values).all()
    assert (median.values >= smallest.values).all()


def test_dead_directions_are_counted():
    figure = spectrum_figure(lyapunov(trace_of(gain=0.0)), trace_of(gain=0.0).experiment)
    (region,) = figure.panels[0].regions
    assert region.look == "zero"
    assert "6 directions" in region.label


def test_the_legend_names_a_curve_once():
    drawn = render(figures_of(trace_of())[0])
    named = [trace.name for trace in drawn.data if trace.showlegend]
    assert len(named) == len(set(named)) == 3
