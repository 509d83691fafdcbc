"""The textbook's further pages: the derivation with its step in the link, and memory of order n with all lags."""

import pytest

from explorer.questions.textbook import NAMES
from explorer.ui.link.opening import clean
from tests.ui.test_app import opened

OWN = {
    "view": "textbook", "formula": "t3", "text": "abracadabra",
    "hidden_size": "3", "batch_size": "1", "seq_len": "6", "loss_at": "every",
}  # fmt: skip


def read(app):
    return " ".join(markdown.value for markdown in app.markdown)


def test_the_derivation_shows_its_lines_and_the_engines_number():
    app = opened(**OWN, derived_step="4", row="2", column="3")
    assert not app.exception
    assert not app.error
    assert not app.info
    assert [box.value for box in app.number_input if box.key in ("derived_step", "row", "column")] == [4, 2, 3]
    for part in ("pmatrix", "Entry (2, 3): the 6 terms", "The engine has", "differ by"):
        assert part in read(app)
    assert app.get("plotly_chart")


@pytest.mark.parametrize("step", ("1", "6"))
def test_the_first_and_the_last_step_are_written_out_too(step):
    app = opened(**OWN, derived_step=step)
    assert not app.error
    assert ("only its own loss" in read(app)) == (step == "6")


def test_a_large_network_is_refused_with_a_button_to_one_that_fits():
    app = opened(view="textbook", formula="t3")
    assert "`hidden_size` must be at most 4" in app.info[0].value
    next(button for button in app.button if button.label == "Show it at its own settings").click().run()
    assert not app.info
    assert "The engine has" in read(app)


def test_what_one_sees_is_said_of_the_settings_that_are_shown():
    app = opened(view="textbook", formula="m03")
    assert "At gain 3" in read(app)
    assert app.session_state["gain"] == 1.0
    assert "What one sees at its own settings." in read(app)
    next(button for button in app.button if button.label == "Show it at its own settings").click().run()
    assert app.session_state["gain"] == 3.0
    assert "What one sees.**" in read(app)
    assert "own settings" not in read(app)


def test_all_lags_grow_where_two_and_one_do_not():
    settings = {"activation": "identity", "init": "identity", "gain": "0.4", "bias_init": "zero", "task": "noise"}
    two, every = (opened(view="textbook", formula="m07", lags=lags, **settings) for lags in ("two", "all"))
    assert "as written: −" in read(two)
    assert "as written: +" in read(every)


@pytest.mark.parametrize("code", NAMES)
def test_a_link_names_a_formula_by_its_code_and_older_links_by_code_and_name(code):
    for text in (code, code.upper(), NAMES[code]):
        assert clean({"formula": text}) == ({"formula": code}, [])
