"""Sentences carry their numbers; every parameter, verdict and figure has its words."""

import math
import re

import pytest

import explorer
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.model.cells import CELLS
from explorer.show.plots.heatmaps import gates_figure
from explorer.show.plots.shown import Shown
from explorer.show.words import catalogue, say
from explorer.show.words.differences import differing, distinction, value_text
from explorer.show.words.numbers import beside, decades, horizon, magnitude, percent, short, signed
from explorer.show.words.verdicts import clipping_sentence, headline, sentence


@pytest.mark.parametrize("name", table(Experiment))
def test_every_parameter_has_a_label_and_help(name):
    assert say("label", name)
    assert len(say("help", name)) > 10
    assert "_" not in say("label", name)


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_has_words_for_its_states_and_gates(cell):
    assert "_" not in say("cell", cell)
    for state in CELLS[cell].kind.states:
        assert say("mark", f"state_{state}").endswith(f" {state}")
    for gate in CELLS[cell].kind.gates:
        assert say("gate", gate)


@pytest.mark.parametrize(
    ("log10_value", "said"),
    [
        (0.0, "1.00"),
        (-2.5, "0.00316"),
        (3.7, "5,010"),
        (4.0, "10⁴"),
        (22.47, "3\u00a0×\u00a010²²"),
        (-900.7, "2\u00a0×\u00a010⁻⁹⁰¹"),
    ],
)
def test_magnitudes_of_any_size(log10_value, said):
    assert magnitude(log10_value) == said


def test_magnitude_rounds_up_to_the_next_power():
    assert magnitude(22.99) == "10²³"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (1e-5, "1\u00a0×\u00a010⁻⁵"),
        (5e-324, "4.9\u00a0×\u00a010⁻³²⁴"),
        (9.97e6, "1\u00a0×\u00a010⁷"),
        (0.0123, "0.0123"),
        (9.996, "10.0"),
        (1234.5, "1,230"),
        (-3.2, "−3.20"),
    ],
)
def test_short_numbers_never_round_to_nothing(value, said):
    assert short(value) == said


def test_numbers_that_are_none():
    assert short(math.inf) == "not finite"
    assert magnitude(-math.inf) == "exactly zero"
    assert decades(-math.inf) == "to exactly zero"
    assert horizon(None, 100) == "over 99 steps"
    assert horizon(1, 100) == "1 step"


@pytest.mark.parametrize(
    ("value", "limit", "said"),
    [
        (0.62, 1, "0.620"),
        (0.9997, 1, "0.9997"),
        (0.99999997, 1, "0.99999997"),
        (1.0004, 1, "1.0004"),
        (1.004, 1, "1.004"),
        (1.0, 1, "1.00"),
        (1 - 1e-15, 1, "1.00"),
        (3.2645, 1, "3.26"),
        (-0.9997, -1, "−0.9997"),
        (1234.56, 1233, "1,235"),
        (0.25003, 0.25, "0.25003"),
        (1e-9, 1, "1\u00a0×\u00a010⁻⁹"),
        (1.2304e-7, 1.23e-7, "1.2304\u00a0×\u00a010⁻⁷"),
        (math.inf, 1, "not finite"),
        (math.nan, 1, "not finite"),
    ],
)
def test_a_number_near_a_limit_stands_on_its_own_side_of_it(value, limit, said):
    assert beside(value, limit) == said


@pytest.mark.parametrize("places", range(2, 9))
def test_no_number_is_rounded_to_a_limit_that_it_does_not_reach(places):
    for limit in (1.0, 0.25, 100.0, 1e9):
        for value in (limit * (1 - 4.9 * 10.0**-places), limit * (1 + 4.9 * 10.0**-places)):
            mantissa, _, exponent = beside(value, limit).replace(",", "").partition("\u00a0×\u00a010")
            assert (float(mantissa) * (1e9 if exponent == "⁹" else 1e8 if exponent else 1) < limit) == (value < limit)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-22.46, "−22.5"),
        (0.04, "0.0"),
        (-0.0, "0.0"),
        (-2.94, "−2.9"),
        (-2.96, "−2.96"),
        (2.9999, "+2.9999"),
        (-3.0, "−3.0"),
        (3.02, "+3.0"),
    ],
)
def test_decades_do_not_reach_a_threshold_by_rounding(value, said):
    assert signed(value) == said
    assert decades(value) == (f"{said} decades" if said != "0.0" else "less than 0.1 decades")


@pytest.mark.parametrize(
    ("share", "said"), [(0.25, "25"), (0.0, "0"), (1.0, "100"), (0.004, "0.4"), (0.997, "99.7"), (0.99996, "99.996")]
)
def test_a_part_is_never_said_to_be_nothing_or_all(share, said):
    assert percent(share) == f"{said}\u00a0%"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["vanishes", "1 part in"]),
        ({"gain": 3.0, "init": "normal"}, ["explodes", "by a factor of", "of all state values"]),
        ({"cell": "lstm", "forget_bias": 5.0}, ["arrives", "forget gate is open"]),
        ({"activation": "relu", "gain": 50.0, "seq_len": 2000}, ["overflows at step", "of 2,000"]),
        ({"activation": "relu", "init": "identity", "gain": 1.3, "clip": "value"}, ["explodes", "direction turns"]),
        ({"activation": "relu", "gain": 0.0, "bias_init": "zero", "task": "noise"}, ["exactly zero"]),
    ],
)
def test_verdicts_are_sentences_with_numbers(settings, expected):
    trace = explorer.run(Experiment(**settings))
    findings = explorer.diagnose(trace)
    text = " ".join(sentence(finding) for finding in findings)
    for part in expected:
        assert part in text
    assert headline(findings) == sentence(findings[0])
    assert "{" not in text + clipping_sentence(trace)


@pytest.mark.parametrize(
    ("cell", "caption"),
    [("gru", "z_keeps"), ("gru_reset_before", "z_keeps"), ("mgu", "f_renews"), ("min_gru", "z_renews"), ("lstm", "")],
)
def test_the_gates_say_which_way_they_point(cell, caption):
    text = gates_figure([Shown(explorer.run(Experiment(cell=cell, seq_len=5)))]).caption
    said = [key for key in ("z_keeps", "z_renews", "f_renews") if catalogue()["caption"].get(key, "none") in text]
    assert said == [caption] * bool(caption)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"cell": "lstm"}, {}, ("LSTM", "RNN")),
        ({"cell": "lstm", "forget_bias": 1}, {}, ("LSTM", "RNN")),
        (
            {"cell": "lstm", "forget_bias": 5},
            {"cell": "lstm"},
            ("forget-gate bias 5", "forget-gate bias torch's own"),
        ),
        ({"init": "orthogonal", "gain": 0.95}, {}, ("orthogonal, gain 0.95", "default, gain 1")),
        ({"clip": "norm"}, {}, ("gradient clipping norm", "gradient clipping none")),
        ({"task": "temporal_order"}, {"task": "sine"}, ("temporal order", "sine")),
        ({"text": "To be, or not to be"}, {}, ("your text To be, or not to be", "your text Zen of Python")),
        ({}, {}, ("RNN", "RNN")),
    ],
)
def test_runs_are_told_apart_by_what_differs(one, other, said):
    both = [Experiment(**one), Experiment(**other)]
    names = differing(both)
    assert tuple(distinction(e, names) for e in both) == said


def test_what_has_no_effect_makes_no_difference():
    assert differing([Experiment(), Experiment(cell="lstm", forget_bias=3)]) == ["cell"]
    assert differing([Experiment(clip_threshold=0.5), Experiment()]) == []


@pytest.mark.parametrize("row", table(Experiment).values(), ids=lambda row: row.name)
def test_every_value_has_a_text_without_a_field_name(row):
    for value in (row.default, *row.choices, *row.stops):
        text = value_text(row.name, value)
        assert text
        assert "_" not in text
        assert len(text) <= 40


CAPTIONS = {
    f"{section}.{key}": text
    for section, texts in catalogue().items()
    for key, text in texts.items()
    if "caption" in section or "caption" in key
}


@pytest.mark.parametrize("name", CAPTIONS)
def test_a_caption_begins_with_one_sentence_that_says_what_is_seen(name):
    """What follows the first full stop may be folded away."""
    first, *_ = CAPTIONS[name].split(". ")
    assert len(first) < 240
    assert not re.search("[Ii]t tells|[Tt]hey tell|does not tell", CAPTIONS[name])


SAID = {f"{section}.{key}": text for section, texts in catalogue().items() for key, text in texts.items()}
ASCII_MATHEMATICS = re.compile(
    r"\d[eE][-+]?\d"  # 1e-308
    r"|(?<![\w\-–&])-\d"  # a hyphen for a minus
    r"|\^[\d%{]"  # 2^16
    r"|[∂ℓsh]_[tk]\b"  # h_t
)
AS_CODE = {"cliff_about.one_unit", "lens_caption.direct"}  # LaTeX, and a line of Python
OF_TRAININGS = {"training.coldest_before", "training.hottest_before"}


@pytest.mark.parametrize("name", [name for name in SAID if name not in AS_CODE | OF_TRAININGS])
def test_signs_of_mathematics_are_real_ones(name):
    assert not ASCII_MATHEMATICS.search(SAID[name])
    assert "on the left" not in SAID[name] or name.startswith("training."), "a phone has its controls elsewhere"
