"""The other views, by Streamlit's own driver: each lens and each formula opens, also from a link."""

import pytest

from explorer.questions.textbook import FORMULAS
from explorer.show.lenses import LENSES
from explorer.ui.link.opening import VIEW_NAMES
from explorer.ui.page import VIEWS
from tests.ui.test_app import opened


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_lens_opens(lens, cell):
    app = opened(view="lenses", lens=lens, cell=cell, seq_len="20", hidden_size="8")
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert app.get("plotly_chart")
    assert app.session_state["lens"] == lens


@pytest.mark.parametrize("code", FORMULAS)
def test_every_formula_opens_and_at_its_own_settings_shows_both_curves(code):
    app = opened(view="textbook", formula=code)
    assert not app.exception
    assert not app.error
    for button in app.button:
        if button.label == "Show it at its own settings":
            button.click().run()
    assert not app.exception
    assert not app.error
    assert not app.info
    assert app.get("plotly_chart")


def test_a_formula_about_another_network_says_so():
    app = opened(view="textbook", formula="m02")
    assert "`cell` must be lstm" in app.info[0].value


@pytest.mark.parametrize("name", ["view", "lens", "formula"])
def test_a_choice_that_does_not_exist_is_said(name):
    app = opened(view="textbook" if name == "formula" else "lenses", **({} if name == "view" else {name: "nonsense"}))
    if name == "view":
        app = opened(view="nonsense")
    assert not app.exception
    assert f"`{name}` must be one of" in " ".join(warning.value for warning in app.warning)


def test_every_view_has_its_name_in_the_link():
    assert tuple(VIEWS) == VIEW_NAMES
