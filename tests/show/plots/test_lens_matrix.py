"""Figures on planes of two step axes and of complex numbers: cut corners, exact zeros, points."""

import re

import numpy as np
import pytest

import explorer
from explorer.questions.gradient_flow import gradient_flow
from explorer.questions.lenses.eigenvalues import eigenvalues, matrix_names
from explorer.questions.lenses.reach import far_part, reach
from explorer.questions.lenses.spectra import Bound, Spectrum, main_spectrum, recurrent_spectra
from explorer.questions.lenses.windows import WAYS, some_windows, truncated, truncation
from explorer.show.plots.lenses.eigenvalues import eigenvalues_figure
from explorer.show.plots.lenses.matrix import zero_areas
from explorer.show.plots.lenses.reach import reach_column, reach_figure, reach_row
from explorer.show.plots.lenses.truncation import cut_area, share_figure, truncation_figure
from explorer.show.plots.plotly_renderer import render
from explorer.show.words.lenses import bound_sentence, far_sentence, percentage, spectrum_sentence, truncation_sentences

T = 24


def trace_of(**settings):
    return explorer.run(
        explorer.Experiment(**{"seq_len": T, "hidden_size": 6, "batch_size": 2, "loss_at": "every", **settings})
    )


def inside(x, y, point):
    """Whether a point lies within a polygon, by the number of edges to its right."""
    px, py = point
    edges = zip(zip(x, y, strict=True), zip(np.roll(x, -1), np.roll(y, -1), strict=True), strict=True)
    crossed = sum(
        (y0 > py) != (y1 > py) and px < x0 + (py - y0) / (y1 - y0) * (x1 - x0) for (x0, y0), (x1, y1) in edges
    )
    return crossed % 2 == 1


@pytest.mark.parametrize("window", [1, 5, 12])
@pytest.mark.parametrize("way", ["chunks", "sliding"])
def test_what_is_drawn_as_cut_is_what_the_window_cuts(way, window):
    """For single losses: the truncated run with that loss alone is exactly zero at the steps that are shaded."""
    steps = 12
    trace = trace_of(seq_len=steps)
    areas = cut_area(reach(trace), window, way, "cut")
    for loss in (1, 2, 5, 6, 11, 12):
        cotangents = np.zeros((steps, 2, trace.output_grads.shape[-1]))
        cotangents[loss - 1] = trace.output_grads[loss - 1]
        alone = explorer.run(trace.experiment, trace.weights, inputs=trace.inputs, output_grads=cotangents)
        heard = np.isfinite(WAYS[way](alone, (window,)).log10_state_grad_norm["h"][0, 0, 1 : loss + 1])
        for step in range(1, loss + 1):
            shaded = any(inside(area.x, area.y, (step, loss + 0.01)) for area in areas)
            assert shaded != heard[step - 1]


def test_a_loss_at_the_end_has_one_row_on_its_own_step():
    trace = trace_of(loss_at="last")
    figure = truncation_figure(reach(trace), 5, "sliding")
    (panel,) = figure.panels
    assert (panel.y.lower, panel.y.upper) == (T - 0.5, T + 0.5)
    (area,) = panel.areas
    assert area.x.max() == T - 5 + 0.5
    assert render(figure).layout.yaxis.tickvals == (T,)


def test_axes_are_steps_also_where_cells_hold_many():
    trace = trace_of(seq_len=90)
    figure = reach_figure(reach(trace, bins=9), 90, 45)
    drawn = next(trace for trace in render(figure).data if trace.type == "heatmap")
    np.testing.assert_array_equal(drawn.x, np.arange(0.5, 91, 10))
    np.testing.assert_array_equal(drawn.y, np.arange(0.5, 91, 10))
    assert drawn.colorbar.title.text == "‖∂ℓₜ/∂hₖ‖"
    assert render(figure).layout.yaxis.range == (90.5, 0.5)


def test_exact_zeros_are_hatched_and_what_is_faint_is_not():
    norms = np.array([[0.0, np.nan, np.nan], [-np.inf, -40.0, np.nan], [-np.inf, -np.inf, 0.0]])
    (area,) = zero_areas(norms, np.arange(4) + 0.5, np.arange(4) + 0.5)
    assert area.look == "zero"
    rectangles = np.split(np.stack([area.x, area.y], axis=1), np.flatnonzero(np.isnan(area.x)))
    assert [(r[~np.isnan(r[:, 0])].min(axis=0).tolist()) for r in rectangles] == [[0.5, 1.5], [0.5, 2.5]]
    trace = trace_of(gain=0.0)
    drawn = [t for t in render(reach_figure(reach(trace), T, 1)).data if t.type == "scatter" and t.fillpattern.shape]
    assert len(drawn) == 1
    assert not zero_areas(reach(trace_of()).log10_norm["h"], np.arange(T + 1), np.arange(T + 1))


def test_row_and_column_are_the_matrix():
    trace = trace_of(cell="lstm")
    seen = reach(trace)
    row, total = reach_row(seen, trace, 20).panels[0].series
    np.testing.assert_array_equal(row.values, seen.log10_norm["h"][19])
    np.testing.assert_array_equal(total.values, trace.log10_state_grad_norm["h"][-1, 1:])
    panel = reach_column(seen, trace, 5).panels[0]
    np.testing.assert_array_equal(panel.series[0].values, seen.log10_norm["h"][:, 4])
    assert panel.levels[0].value == trace.log10_state_grad_norm["h"][-1, 5]


def test_sentences_of_what_is_left():
    trace = trace_of(cell="lstm", forget_bias=3.0)
    both = truncation(trace, 5)
    for way, left in (("chunks", both.chunks), ("sliding", both.sliding)):
        place = list(left.windows).index(5)
        said, told = truncation_sentences(left, 5, trace.experiment, way)
        assert percentage(left.total_share[place]) in said
        assert "5 steps" in said
        assert "a loss is heard at " in told
        assert told.endswith(" steps of 24.")
    overflown = trace_of(activation="relu", gain=50.0, seq_len=500)
    assert "no gradient" in truncation_sentences(truncation(overflown, 5).chunks, 5, overflown.experiment, "chunks")[0]
    dead = trace_of(gain=0.0, loss_at="last", activation="relu", bias_init="zero", task="noise", input_gain=0.0)
    assert "exactly zero" in truncation_sentences(truncation(dead, 5).chunks, 5, dead.experiment, "chunks")[0]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.897, "89.7\u00a0%"),
        (1.0, "100\u00a0%"),
        (1 - 7e-7, "99.99993\u00a0%"),
        (2.5, "250\u00a0%"),
        (0.0, "0\u00a0%"),
    ],
)
def test_a_share_close_to_all_is_not_all(share, said):
    assert percentage(share) == said


def test_the_windows_of_a_long_run_stay_affordable():
    trace = trace_of(seq_len=400)
    assert some_windows(trace, "chunks", 20)[-1] == 400
    assert 20 in some_windows(trace, "sliding", 20)
    figure = share_figure(truncated(trace, "chunks", 20), trace.experiment, 20)
    assert render(figure).layout.xaxis.type == "log"
    share, cosine, marked = figure.panels[0].series
    assert share.values[-1] == pytest.approx(1.0)
    assert cosine.values[-1] == pytest.approx(1.0)
    assert (marked.steps == 20).all()


def test_why_a_loss_at_every_step_looks_healthy():
    trace = trace_of(seq_len=100, hidden_size=32)
    flow = gradient_flow(trace)
    said = far_sentence(far_part(trace, 50, 20), flow)
    assert "looks healthy" in said
    assert "1 part in" in said
    ends = explorer.run(trace.experiment.replace(loss_at="last"))
    assert "The only loss is at step 100" in far_sentence(far_part(ends, 50, 20), gradient_flow(ends))
    assert "No loss stands more than 20 steps after" in far_sentence(far_part(trace, 90, 20), flow)


def test_where_nothing_at_all_comes_from_afar_the_sentence_says_so():
    """With a gain of 0 every loss reaches its own step alone."""
    trace = trace_of(seq_len=20, gain=0.0)
    said = far_sentence(far_part(trace, 10, 5), gradient_flow(trace))
    assert "**exactly nothing** of it comes from losses more than 5 steps later" in said
    assert "only" not in said


def test_cotangents_at_every_step_are_losses_whatever_the_experiment_says():
    plain, said = trace_of(), set()
    for loss_at in ("last", "every"):
        e = plain.experiment.replace(loss_at=loss_at)
        trace = explorer.run(e, output_grads=np.ones(plain.outputs.shape))
        said.add(far_sentence(far_part(trace, 15, 5), gradient_flow(trace)))
    assert len(said) == 1
    assert "The only loss" not in said.pop()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "lru", "indrnn", "lstm_peephole"])
def test_eigenvalues_are_points_on_a_plane_of_equal_scales(cell):
    trace = trace_of(cell=cell)
    found = eigenvalues(trace, 10)
    weights = main_spectrum(trace)
    figure = eigenvalues_figure(weights, found.jacobian, trace.experiment, 10)
    drawn = render(figure)
    assert drawn.layout.yaxis.scaleanchor == "x"
    points = [t for t in drawn.data if t.mode == "markers"]
    assert len({t.marker.symbol for t in points}) == len(points) == 1 + (weights is not None)
    np.testing.assert_allclose(points[-1].x, found.jacobian.eigenvalues.real)
    np.testing.assert_allclose(points[-1].y, found.jacobian.eigenvalues.imag)
    assert {spectrum.name for spectrum in recurrent_spectra(trace)} <= set(matrix_names())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"gain": 0.3}, "has to vanish"),
        ({"gain": 1.0}, "says nothing"),
        ({"cell": "lstm"}, "says nothing"),
    ],
)
def test_the_classical_bound_is_said_also_where_it_says_nothing(settings, said):
    found = eigenvalues(trace_of(hidden_size=32, **settings))
    assert said in bound_sentence(found.bound, -3.0)
    assert f"{found.jacobian.radius:.3g}" in spectrum_sentence(found.jacobian, found.step)


@pytest.mark.parametrize(
    ("radius", "norm", "said"),
    [
        (0.8, 0.9, ("**0.800**", "**0.900**", "shrinks every gradient")),
        (0.9997, 0.99968, ("**0.9997**", "**0.9997**", "shrinks every gradient")),
        (0.8, 1.0, ("**0.800**", "**1.00**", "stretches no gradient")),
        (0.8, 1.0003, ("**0.800**", "**1.0003**", "dies in the end; but one step may stretch it")),
        (0.99996, 1.2, ("**0.99996**", "**1.20**", "dies in the end")),
        (1 - 1e-15, 1 + 1e-15, ("**1.00**", "**1.00**", "does not die")),
        (1.0004, 1.2, ("**1.0004**", "**1.20**", "grows without end")),
    ],
)
def test_what_becomes_of_a_gradient_fits_the_numbers_beside_it(radius, norm, said):
    sentence = spectrum_sentence(Spectrum("weight_hh", np.array([radius + 0j]), radius, norm))
    for part in said:
        assert part in sentence


def test_an_lru_that_shrinks_every_gradient_has_a_radius_below_1_in_print():
    sentence = spectrum_sentence(eigenvalues(trace_of(cell="lru", hidden_size=32), 10).jacobian, 10)
    printed = [float(number) for number in re.findall(r"\*\*([\d.]+)\*\*", sentence)]
    assert "shrinks every gradient" in sentence
    assert len(printed) == 2
    assert max(printed) < 1


def test_a_norm_near_the_bound_stands_on_its_side():
    assert "= 0.9998 is below 1/γ = 1," in bound_sentence(Bound("vanishes", 0.9998, 1.0), -3.0)
    assert "= 4.001 is not below 1/γ = 4," in bound_sentence(Bound("silent", 4.001, 4.0), -3.0)


def test_an_overflow_has_no_eigenvalues_and_says_so():
    trace = trace_of(activation="relu", gain=50.0, seq_len=500)
    found = eigenvalues(trace, 499)
    assert "not finite" in spectrum_sentence(found.jacobian, 499)
    assert render(eigenvalues_figure(main_spectrum(trace), found.jacobian, trace.experiment, 499))
