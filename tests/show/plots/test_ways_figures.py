"""Figures and sentences of ways, slopes and the output's gradient show what the lenses found, for every cell."""

import numpy as np
import pytest

import explorer
from explorer.model.cells import CELLS
from explorer.questions.lenses.direct import direct_against_total
from explorer.questions.lenses.paths import paths
from explorer.questions.lenses.saturation import saturation
from explorer.show.plots.lenses.direct import direct_figure
from explorer.show.plots.lenses.paths import kept_figure, shares_figures
from explorer.show.plots.lenses.saturation import ends_figure, slopes_figure
from explorer.show.plots.plotly_renderer import render
from explorer.show.words.ways import direct_sentence, paths_sentences, saturation_sentence, way_label


def trace_of(**settings):
    return explorer.run(explorer.Experiment(**{"seq_len": 20, "hidden_size": 6, "batch_size": 2, **settings}))


def figures_of(trace):
    e, ways, slopes = trace.experiment, paths(trace), saturation(trace)
    return [
        kept_figure(ways, e),
        *shares_figures(ways, e),
        slopes_figure(slopes, e),
        ends_figure(slopes, e),
        direct_figure(direct_against_total(trace), e),
    ]


def sentences_of(trace):
    e = trace.experiment
    return [
        *paths_sentences(paths(trace), e),
        saturation_sentence(saturation(trace)),
        direct_sentence(direct_against_total(trace), e),
    ]


OVERFLOW = {"activation": "identity", "gain": 50.0, "seq_len": 500}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("settings", [{}, {"loss_at": "every"}, {"gain": 0.0}, {"num_layers": 2}])
def test_every_figure_is_drawn_with_words(cell, settings):
    trace = trace_of(cell=cell, **settings)
    figures = figures_of(trace)
    assert len({figure.name for figure in figures}) == len(figures)
    for figure in figures:
        drawn = render(figure)
        assert drawn.layout.height == figure.height
        assert figure.caption
        assert not [wrong for wrong in ("{", "nan", "inf") if wrong in figure.alternative]
        named = [line.name for line in drawn.data if line.showlegend]
        assert len(named) == len(set(named))
    for sentence in sentences_of(trace):
        assert sentence.endswith(".")
        assert not [wrong for wrong in ("{", "nan", "inf", "_") if wrong in sentence.replace("retain_grad", "")]


def test_an_overflow_is_marked_and_said():
    trace = trace_of(**OVERFLOW)
    for figure in figures_of(trace):
        assert "not_finite" in {region.look for panel in figure.panels for region in panel.regions}, figure.name
        assert "nan" not in figure.alternative
    assert "not finite" in " ".join(sentences_of(trace))


def test_shares_are_the_lens_and_ways_that_lead_nowhere_are_left_out():
    trace = trace_of(cell="lstm")
    ways, e = paths(trace), trace.experiment
    c, h = shares_figures(ways, e)
    assert c.name == "paths_shares_c" and len(c.panels[0].series) == len(ways.names)
    assert len(h.panels[0].series) == len(ways.names) - 1
    sums = sum(series.values for series in c.panels[0].series)
    np.testing.assert_allclose(sums, 1, rtol=0, atol=1e-12)
    (rnn,) = shares_figures(paths(trace_of()), trace_of().experiment)
    assert [series.label for series in rnn.panels[0].series] == ["loss at this step", "recurrent weights"]


def test_lines_of_one_figure_differ_in_more_than_colour():
    for cell in CELLS:
        for figure in figures_of(trace_of(cell=cell)):
            for panel in figure.panels:
                assert len({series.dash for series in panel.series}) == len(panel.series), (cell, figure.name)


def test_exact_zeros_are_hatched_where_they_are():
    trace = trace_of()
    for figure in (kept_figure(paths(trace), trace.experiment), figures_of(trace)[-1]):
        (foot,) = figure.panels[0].areas
        assert foot.look == "zero" and np.nanmin(foot.x) == 0.5 and np.nanmax(foot.x) == 19.5
        assert np.nanmin(foot.y) == figure.panels[0].y.lower
    every = trace_of(loss_at="every")
    assert not figures_of(every)[-1].panels[0].areas
    dead = trace_of(gain=0.0)
    (region,) = kept_figure(paths(dead), dead.experiment).panels[0].regions
    assert region.look == "zero" and (region.lower, region.upper) == (1, 19)


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"cell": "lstm", "forget_bias": 0, "seq_len": 60}, "decades below"),
        ({"cell": "lstm", "forget_bias": 8, "seq_len": 60}, "about as much"),
        ({"cell": "min_gru"}, "all of it"),
        ({}, "exactly nothing"),
        ({"gain": 0.0}, "∂L/∂h is exactly zero"),
    ],
)
def test_what_was_kept_in_words(settings, said):
    trace = trace_of(**settings)
    assert said in paths_sentences(paths(trace), trace.experiment)[0]


def test_the_direct_way_is_called_after_its_gate():
    said = {cell: way_label("direct", explorer.Experiment(cell=cell)) for cell in ("lstm", "gru", "mgu", "rnn", "lru")}
    assert said == {
        "lstm": "direct, kept by forget f",
        "gru": "direct, kept by update z",
        "mgu": "direct, kept where forget f is closed",
        "rnn": "direct",
        "lru": "direct",
    }


def test_the_output_s_gradient_in_words():
    last, every = (trace_of(cell="lstm", loss_at=at) for at in ("last", "every"))
    assert "**1 of 20**" in direct_sentence(direct_against_total(last), last.experiment)
    assert "no memory at all" in direct_sentence(direct_against_total(every), every.experiment)


def test_saturated_gates_are_said_and_drawn():
    trace = trace_of(cell="lstm", forget_bias=8)
    slopes = saturation(trace)
    assert "forget f, **100\u00a0%**" in saturation_sentence(slopes)
    saturated, low, high, dead = ends_figure(slopes, trace.experiment).panels
    assert [len(panel.series) for panel in (saturated, low, high, dead)] == [4, 3, 3, 4]
    forget = [series for series in high.series if series.label == "forget f"]
    assert np.all(forget[0].values == 1)
    first = slopes_figure(slopes, trace.experiment).panels[0]
    middle = next(series for series in first.series if series.low is not None)
    assert np.all((middle.low <= middle.values) & (middle.values <= middle.high))


@pytest.mark.parametrize("settings", [{"cell": "lru"}, {"activation": "identity"}])
def test_a_cell_that_squashes_nothing_says_so(settings):
    assert "Nothing is squashed" in saturation_sentence(saturation(trace_of(**settings)))


def test_slopes_of_a_relu_are_drawn_as_their_mean():
    trace = trace_of(activation="relu")
    slopes = saturation(trace)
    (line,) = slopes_figure(slopes, trace.experiment).panels[0].series
    np.testing.assert_allclose(line.values, 1 - slopes.dead["h"], rtol=0, atol=1e-12)
    assert "is exactly 0" in saturation_sentence(slopes)
    assert "No slope is exactly 0" in saturation_sentence(saturation(trace_of(cell="lstm", forget_bias=8)))
