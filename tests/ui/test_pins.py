"""Pins as a text: they come back unchanged, and no text of a link breaks the page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine.experiment import MAX_TEXT, Experiment
from explorer.engine.parameters import table
from explorer.ui.link.opening import clean
from explorer.ui.link.pins import LONGEST_NAME, LONGEST_PIN, MOST, Pin, changed, clean_name, read, spelled

ROWS = table(Experiment)
NAMES = st.text(max_size=60).map(clean_name)


@st.composite
def experiments(draw):
    values = {}
    for name in draw(st.sets(st.sampled_from(sorted(ROWS)), max_size=5)):
        row = ROWS[name]
        if row.kind == "choice" and name not in ("backend", "device"):
            values[name] = draw(st.sampled_from(row.choices))
        elif row.kind == "number":
            values[name] = float(f"{draw(st.floats(row.lower, row.upper)):.10g}")
        elif name in ("seed", "seq_len", "num_layers"):
            values[name] = draw(st.integers(row.lower, min(row.upper, 4)))
        elif name == "text":
            values[name] = draw(st.sampled_from(["", "a|b&c=d%20é", "two\nlines", "hidden=1&name=x"]))
    return Experiment(**values)


PINS = st.lists(st.builds(Pin, experiments(), NAMES, st.booleans()), max_size=MOST)


@settings(max_examples=60, deadline=None)
@given(PINS)
def test_pins_come_back_as_they_were(pins):
    text = spelled(pins)
    assert read(text) == (pins, [])
    assert clean({"pins": text}) == ({"pins": text} if pins else {}, [])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="|&=%celgain0159.e-", max_size=80))
def test_any_text_is_read_without_an_exception(text):
    pins, notes = read(text)
    assert len(pins) <= MOST
    assert read(spelled(pins))[0] == pins
    assert all(isinstance(note, str) and note for note in notes)


def test_what_cannot_be_taken_is_said_and_the_rest_is_kept():
    pins, notes = read("cell=lstm&name=mine|cell=transformer&gain=900|seed=5&hidden=1")
    assert [(pin.experiment.cell, pin.name, pin.hidden) for pin in pins] == [("lstm", "mine", False), ("rnn", "", True)]
    assert len(notes) == 2
    assert "`cell` must be one of" in notes[0]


def test_there_are_six_at_most():
    pins, notes = read("|".join(f"seed={seed}" for seed in range(1, 10)))
    assert [pin.experiment.seed for pin in pins] == [1, 2, 3, 4, 5, 6]
    assert MOST == 6
    assert "at most 6" in notes[0]


def test_six_of_the_longest_texts_come_back():
    pins = [Pin(Experiment(text="𝄞é" * (MAX_TEXT // 2), seed=seed), "é" * LONGEST_NAME) for seed in range(MOST)]
    assert read(spelled(pins)) == (pins, [])
    assert "characters" in read("text=" + "a" * (LONGEST_PIN + 1))[1][0]


@pytest.mark.parametrize(("typed", "kept"), [("  a\nb\t\x00c ", "abc"), ("x" * 99, "x" * LONGEST_NAME), ("<b>", "<b>")])
def test_names_are_one_line_of_bounded_length(typed, kept):
    assert clean_name(typed) == kept


def test_one_is_changed_and_the_others_are_as_they_were():
    pins = [Pin(Experiment(seed=seed)) for seed in range(3)]
    assert changed(pins, 1, hidden=True) == [pins[0], Pin(Experiment(seed=1), hidden=True), pins[2]]


@pytest.mark.parametrize(
    ("link", "cleaned", "said"),
    [
        ({"drag": "gain"}, {"drag": "gain"}, ""),
        ({"drag": "cell"}, {}, "`drag` must be a parameter that is a number"),
        ({"drag": "<script>"}, {}, "Try gain"),
        ({"slow": "3"}, {"slow": "3"}, ""),
        ({"slow": "x"}, {}, "`slow` must be a unit between 1 and 1024"),
        ({"pins": "cell=lstm"}, {"pins": "cell=lstm"}, ""),
        ({"pins": "cell=nonsense"}, {}, "`cell` must be one of"),
        ({"pin": "cell=lstm"}, {}, "Did you mean `pins`?"),
    ],
)
def test_the_link_is_cleaned_of_what_cannot_be_taken(link, cleaned, said):
    kept, notes = clean(link)
    assert kept == cleaned
    assert said in " ".join(notes)
    assert bool(notes) == bool(said)
