"""The page's one state: links of every spelling become values, and values become the shortest link."""

import ast
import itertools
from pathlib import Path

import pytest

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.textbook import NAMES
from explorer.ui.link.opening import HIDEABLE, PAGE_READERS, VIEW_NAMES, clean
from explorer.ui.state.fields import defaults, fields, read, spelled
from tests.ui.test_app import opened

UI = Path(__file__).parents[2] / "explorer" / "ui"
OLD_LINKS = [  # as the page spelled them before codes stood in links
    ({"cell": "gru reset before", "task": "temporal order"}, {"cell": "gru_reset_before", "task": "temporal_order"}),
    ({"view": "lenses", "lens": "truncation", "cut": "sliding window"}, {"cut": "sliding_window"}),
    ({"view": "cliff", "cliff_on": "two weights"}, {"cliff_on": "two_weights"}),
    ({"view": "textbook", "formula": "m07 memory of order n", "lags": "two"}, {"formula": "m07", "lags": "two"}),
    ({"compare": "true", "seeds": "30", "slow": "2"}, {"compare": True, "seeds": "30", "slow": "2"}),
    ({"gain": "1.3", "forget_bias": "5", "seq_len": "200"}, {"gain": 1.3, "forget_bias": 5.0, "seq_len": 200}),
    ({"story": "lstm", "scene": "2"}, {"story": "lstm", "scene": "2"}),
    ({"view": "training", "twins": "true", "optimiser": "adam", "coldest": "-8"}, {"twins": True, "coldest": -8}),
]
NATURAL = [
    ({"cell": "LSTM"}, {"cell": "lstm"}),
    ({"view": "Lenses"}, {"view": "lenses"}),
    ({"cell": "GRU-reset-before"}, {"cell": "gru_reset_before"}),
    ({"activation": " ReLU "}, {"activation": "relu"}),
]


@pytest.mark.parametrize(("link", "values"), [*OLD_LINKS, *NATURAL])
def test_a_link_of_any_spelling_opens(link, values):
    cleaned, notes = clean(link)
    assert notes == []
    assert read(cleaned).items() >= values.items()


@pytest.mark.parametrize(("link", "values"), [*OLD_LINKS, *NATURAL])
def test_what_is_read_is_spelled_in_codes_and_read_again(link, values):
    found = {**defaults(), **read(clean(link)[0])}
    written = spelled(found, defaults())
    assert clean(written) == (written, [])
    assert {**defaults(), **read(written)} == found


def test_every_name_that_a_link_may_have_is_a_field():
    assert {*table(Experiment), *PAGE_READERS} == set(fields())


def test_the_empty_link_has_the_defaults_and_the_defaults_the_empty_link():
    assert spelled(defaults(), defaults()) == {}
    assert read({}) == {}


def test_only_the_state_touches_the_address():
    users = {
        path.relative_to(UI).as_posix()
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "query_params")
        or (isinstance(node, ast.Constant) and node.value == "query-params")
    }
    assert users == {"state/page.py"}


@pytest.mark.parametrize("name", [*table(Experiment), *HIDEABLE])
def test_every_name_can_be_hidden(name):
    app = opened(hide=name)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize("view", VIEW_NAMES)
def test_what_is_hidden_keeps_its_value_in_every_view(view):
    app = opened(view=view, hide="view,gain,more", gain="1.4", seed="7", formula=next(iter(NAMES)))
    assert not app.exception
    assert app.session_state["gain"] == 1.4
    assert app.session_state["seed"] == 7
    assert app.query_params["gain"] == "1.4"


def test_values_survive_a_walk_through_all_views():
    app = opened(gain="1.4", forget_bias="5", cell="lstm", window="7", cliff_rate="0.1")
    for view in itertools.chain(VIEW_NAMES, VIEW_NAMES[:1]):
        app.session_state["view"] = view
        app.run()
        assert not app.exception
    for name, value in {"gain": 1.4, "forget_bias": 5.0, "cell": "lstm", "window": 7, "cliff_rate": 0.1}.items():
        assert app.session_state[name] == value
