"""The figure of a run in four formats shows what the lens found, and the sentences say it."""

import numpy as np
import pytest

import explorer
from explorer.base.long_work import finished
from explorer.base.rounding import FORMATS
from explorer.questions.lenses.precision import precision
from explorer.show.lenses import LENSES
from explorer.show.plots.lenses.precision import precision_figure
from explorer.show.plots.plotly_renderer import render
from explorer.show.words.precision import held_for


def trace_of(**settings):
    return explorer.run(explorer.Experiment(**{"seq_len": 60, "hidden_size": 8, "batch_size": 2, **settings}))


def said_of(trace, loss_scale=0):
    lens = LENSES["precision"]
    choices = lens.choices(loss_scale=loss_scale).settled(trace)
    return lens.sentences(finished(lens.look(trace, choices)), trace, choices)[0]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("loss_scale", [0, 16])
def test_the_exact_curve_lies_behind_and_ends_are_drawn_where_they_are(cell, loss_scale):
    trace = trace_of(cell=cell)
    seen = precision(trace, loss_scale)
    figure = precision_figure(seen, trace.experiment)
    norms, zeros = figure.panels
    assert [series.label for series in norms.series] == ["exact", *FORMATS]
    np.testing.assert_array_equal(norms.series[0].values, trace.log10_state_grad_norm["h"][-1, 1:])
    for series, share in zip(norms.series[1:], zeros.series, strict=True):
        np.testing.assert_array_equal(series.values, seen.formats[series.label].log10_norm["h"])
        np.testing.assert_array_equal(share.values, seen.formats[share.label].zero_share)
    levels = {level.label: level.value for level in norms.levels}
    assert levels["least float16"] == pytest.approx(np.log10(2.0 ** (-24 - loss_scale)))
    assert len({series.dash for series in norms.series[1:]}) == 4, "never by colour alone"
    assert render(figure).layout.height == figure.height
    assert "{" not in figure.alternative


def test_a_stretch_of_zeros_is_hatched_as_far_as_it_goes():
    trace = trace_of(activation="sigmoid")
    seen = precision(trace)
    (region,) = precision_figure(seen, trace.experiment).panels[0].regions
    assert (region.look, region.label) == ("zero", "float16: exactly zero")
    assert region.upper == seen.formats["float16"].silent_step


def test_an_overflow_is_hatched_and_named():
    trace = trace_of(activation="relu", gain=3.0, init="normal")
    (region,) = precision_figure(precision(trace), trace.experiment).panels[0].regions
    assert (region.look, region.upper) == ("not_finite", 60)
    assert "float16" in region.label
    assert "overflows on the way forward, at step" in said_of(trace)


def test_a_run_that_overflows_itself_has_no_curves():
    trace = trace_of(activation="relu", gain=100.0, seq_len=500)
    (panel,) = precision_figure(precision(trace), trace.experiment).panels
    assert not panel.series
    assert f"at step {trace.overflow_step}" in said_of(trace)


def test_the_sentence_says_how_far_each_loss_scale_carries():
    trace = trace_of(activation="sigmoid")
    plain, scaled = (precision(trace, scale, ("float16",)).formats["float16"] for scale in (0, 16))
    assert f"for {held_for(plain, 60)} steps back, then every entry" in said_of(trace)
    assert f"with a loss scale of 2¹⁶ for {held_for(scaled, 60)} steps." in said_of(trace)
    assert f"without a loss scale for {held_for(plain, 60)} steps." in said_of(trace, 16)
    assert held_for(scaled, 60) > held_for(plain, 60) > 0


def test_a_gradient_that_stands_still_is_not_called_one_that_holds():
    assert "then no longer: at step 1 it says" in said_of(trace_of(cell="gru"))


def test_what_all_formats_hold_is_said_once():
    said = said_of(trace_of(cell="lstm", forget_bias=5.0))
    assert said.count("**") == 2
    assert "float64, float32, bfloat16, float16" in said
