"""Figures show the numbers of the trace: log axes, no normalising, exact zeros and overflows marked as such."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.show.plots import figures_of
from explorer.show.plots.clipping import clipping_figure
from explorer.show.plots.gradients import WIDEST_SPAN, gradient_figure, spanning
from explorer.show.plots.palette import PINS
from explorer.show.plots.plotly_renderer import render, standalone
from explorer.show.plots.record import DASHES, levels_within
from explorer.show.plots.shown import Shown
from explorer.show.plots.ticks import decade_ticks, round_ticks
from tests.project.test_settings import contrast


def alone(**settings):
    return [Shown(trace_of(**settings))]


def trace_of(**settings):
    return explorer.run(explorer.Experiment(**settings))


def regions(figure):
    return {region.look: region for panel in figure.panels for region in panel.regions}


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "gru_reset_before"])
def test_the_curves_are_the_trace(cell):
    trace = trace_of(cell=cell, num_layers=2)
    (panel,) = gradient_figure([Shown(trace)]).panels
    curves = [series for series in panel.series if len(series.steps) > 2]
    assert len(curves) == 2 * len(trace.state_grads)
    np.testing.assert_array_equal(curves[0].values, trace.log10_state_grad_norm["h"][1, 1:])
    assert panel.y.decades
    assert curves[0].colour == CELLS[cell].colour


def test_compared_curves_keep_their_absolute_levels_and_differ_in_dash():
    traces = [trace_of(cell=cell) for cell in ("rnn", "lstm", "gru")]
    runs = [Shown(trace, trace.experiment.cell, dash=dash) for trace, dash in zip(traces, DASHES, strict=False)]
    (panel,) = gradient_figure(runs).panels
    for run in runs:
        curve = next(series for series in panel.series if series.label == run.label)
        np.testing.assert_array_equal(curve.values, run.trace.log10_state_grad_norm["h"][0, 1:])
        assert curve.dash == run.dash
    assert panel.series[1].colour != panel.series[0].colour


def test_linear_theory_is_the_closed_form_of_a_linear_network():
    trace = trace_of(activation="identity", init="orthogonal", gain=0.9, bias_init="zero")
    (panel,) = gradient_figure([Shown(trace)]).panels
    curve, theory = panel.series
    assert theory.values[0] == pytest.approx(curve.values[0], abs=1e-9)
    assert theory.dash == "dot"


def test_a_healthy_gradient_is_not_zoomed_into_drama():
    (panel,) = gradient_figure(alone(cell="lstm", forget_bias=5.0)).panels
    assert panel.y.upper - panel.y.lower >= 8


def test_exact_zeros_are_hatched_and_left_out_of_the_line():
    figure = gradient_figure(alone(activation="relu", gain=0.0, task="noise"))
    assert regions(figure)["zero"].upper == 99
    assert np.isneginf(figure.panels[0].series[0].values[:99]).all()
    assert np.isnan(render(figure).data[1].y[:99]).all()


def test_overflow_is_hatched_with_its_step():
    trace = trace_of(activation="relu", gain=50.0, seq_len=2000)
    gradient, states, clipping = (regions(f)["not_finite"] for f in figures_of([Shown(trace)]))
    assert states.lower == trace.overflow_step
    assert gradient.lower == clipping.lower == 1  # no gradient exists anywhere
    for region in (gradient, states, clipping):
        assert str(trace.overflow_step) in region.label


def test_tiny_numbers_stay_on_the_axis_with_the_floors_of_the_formats():
    (panel,) = gradient_figure(alone(activation="sigmoid", seq_len=500)).panels
    assert panel.y.lower < -350
    assert [round(level.value) for level in levels_within(panel)] == [-38, -308]


def test_clipping_figure_keeps_both():
    figure = clipping_figure(alone(activation="relu", init="identity", gain=1.3, clip="norm"))
    (panel,) = figure.panels
    before, after = panel.series
    assert (before.dash, after.dash) == ("dash", "solid")
    shift = after.values - before.values
    assert np.ptp(shift) == pytest.approx(0, abs=1e-9)
    assert panel.y.lower < after.values.max() < panel.y.upper
    by_value = clipping_figure(alone(clip="value", clip_threshold=1e-3))
    assert len(by_value.panels[0].series) == 1


def test_the_steps_shares_are_those_of_the_trace():
    trace = trace_of(cell="gru")
    (panel,) = clipping_figure([Shown(trace)]).panels
    squares = sum(norms**2 for norms in trace.step_weight_grad_norm.values())
    np.testing.assert_allclose(10 ** panel.series[0].values, np.sqrt(squares), rtol=1e-10)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_renders_with_words(cell, theme):
    trace = trace_of(cell=cell)
    for figure in figures_of([Shown(trace)]):
        drawn = render(figure, theme)
        assert drawn.layout.height == figure.height
        assert figure.caption
        assert figure.alternative
        assert "{" not in figure.caption + figure.alternative
        assert drawn.layout.xaxis.title.text or len(figure.panels) > 1
        assert standalone(figure, theme).layout.paper_bgcolor in ("#FFFFFF", "#14171C")


def test_colour_scales_never_adapt():
    trace = trace_of(cell="lstm", input_gain=0.01)
    _, states, gates, *_ = figures_of([Shown(trace)])
    assert {(p.heatmap.lower, p.heatmap.upper) for p in states.panels} == {(-1.0, 1.0)}
    assert {(p.heatmap.lower, p.heatmap.upper) for p in gates.panels} == {(0.0, 1.0), (-1.0, 1.0)}


@pytest.mark.parametrize(("lower", "upper"), [(-8, 0), (-25, 2), (-350, 1), (-3300, 4), (0, 308)])
def test_ticks_are_whole_decades_and_few(lower, upper):
    positions, labels = decade_ticks(lower, upper)
    assert 3 <= len(positions) <= 9
    assert all(lower <= p <= upper for p in positions)
    assert len(labels) == len(set(labels))


def several(*settings, hidden=()):
    """Runs as the page shows pins: the live one first."""
    traces = [trace_of(**one) for one in settings]
    looks = [("", "solid"), *PINS]
    return [Shown(trace, f"run {i}", *looks[i]) for i, trace in enumerate(traces) if i not in hidden]


def test_runs_share_one_axis_and_nothing_is_rescaled():
    runs = several({"seq_len": 20}, {"cell": "lstm", "seq_len": 35}, {"cell": "gru", "gain": 0.5, "seq_len": 10})
    for figure in figures_of(runs):
        assert (figure.x.lower, figure.x.upper) == (1, 35)
    (panel,) = gradient_figure(runs).panels
    curves = {series.label: series for series in panel.series if len(series.steps) > 2}
    assert list(curves) == ["run 0", "run 1", "run 1, c", "run 2"]
    for run in runs:
        norms = run.trace.log10_state_grad_norm["h"][-1, 1:]
        np.testing.assert_array_equal(curves[run.label].values, norms)
        assert panel.y.lower <= norms.min() <= norms.max() <= panel.y.upper
    assert curves["run 1, c"].dash == curves["run 1"].dash
    assert curves["run 1, c"].width < curves["run 1"].width


def test_each_run_has_its_strip_its_means_and_its_share_of_the_gradient():
    runs = several({"seq_len": 20}, {"cell": "lstm", "seq_len": 20}, {"cell": "gru", "seq_len": 10, "clip": "norm"})
    _, states, gates, means, clipping = figures_of(runs)
    assert [panel.title for panel in states.panels] == ["run 0", "run 1", "run 2"]
    assert [panel.mark for panel in states.panels] == [run.ink for run in runs]
    assert len(gates.panels) == len(runs[1].trace.gates) + len(runs[2].trace.gates)
    assert all(panel.mark for panel in gates.panels)
    assert {series.label for panel in means.panels for series in panel.series} >= {"forget f, run 1", "update z, run 2"}
    labels = [series.label for series in clipping.panels[0].series]
    assert labels[0] == "each step, unclipped"
    assert labels[-2:] == ["run 1", "run 2"]
    assert gates.caption != figures_of(runs[1:2])[2].caption


def test_a_curve_keeps_its_colour_and_dash_in_every_figure():
    runs = several(
        {"cell": "lstm", "seq_len": 12}, *({"cell": "lstm", "forget_bias": b, "seq_len": 12} for b in range(6))
    )
    for figure in figures_of(runs):
        for panel in figure.panels:
            for series in panel.series:
                for run in runs[1:]:
                    if run.label in series.label:
                        assert (series.colour, series.dash) == (run.colour, run.dash)


def test_what_is_hidden_leaves_no_trace():
    settings = ({"seq_len": 12}, {"gain": 3.0, "init": "normal", "seq_len": 60}, {"gain": 0.5, "seq_len": 12})
    for figure in figures_of(several(*settings, hidden={1})):
        assert figure.x.upper == 12
        for panel in figure.panels:
            assert not [series for series in panel.series if "run 1" in series.label]
            assert panel.title != "run 1"


def test_pins_are_told_apart_by_colour_and_by_dash_and_from_every_cell():
    colours, dashes = zip(*PINS, strict=True)
    assert len(set(colours)) == len(set(dashes)) == len(PINS) == 6
    assert set(dashes) <= set(DASHES) - {"solid"}
    assert not set(colours) & {row.colour for row in CELLS.values()}
    for colour in colours:
        assert min(contrast(colour, "#FFFFFF"), contrast(colour, "#14171C")) >= 3.0, colour


def test_lanes_stand_on_one_axis_that_holds_the_upper_decades_of_all():
    runs = [alone(gain=gain, seq_len=200) for gain in (0.1, 1.0, 3.0)]
    figures = [gradient_figure(run) for run in runs]
    axes = {(figure.panels[0].y.lower, figure.panels[0].y.upper) for figure in spanning(figures)}
    assert len(axes) == 1
    ((lower, upper),) = axes
    assert upper == max(figure.panels[0].y.upper for figure in figures)
    assert upper - lower == WIDEST_SPAN
    for before, after in zip(figures, spanning(figures), strict=True):
        assert before.panels[0].series == after.panels[0].series
    alike = [gradient_figure(alone(cell="lstm", forget_bias=bias)) for bias in (4, 5)]
    (panel,) = spanning(alike)[0].panels
    assert panel.y.upper - panel.y.lower < WIDEST_SPAN


@pytest.mark.parametrize(
    ("lower", "upper", "most", "ticks"),
    [
        (-4.0, 1.0, 5, [-4, -3, -2, -1, 0, 1]),
        (-9.0, 1.0, 5, [-8, -6, -4, -2, 0]),
        (-0.5, 1.5, 4, [-0.5, 0, 0.5, 1, 1.5]),
        (0.0, 1.0, 2, [0, 0.5, 1]),
        (0.0, 3e-7, 3, [0, 1e-7, 2e-7, 3e-7]),
        (2.0, 2.0, 3, [2]),
    ],
)
def test_a_linear_axis_has_round_numbers_and_its_zero(lower, upper, most, ticks):
    assert round_ticks(lower, upper, most) == ticks
