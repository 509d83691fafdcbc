"""Odd links on the page itself, in every view: it opens, names the rejected values, and its controls hold the rest."""

import itertools
import random

import pytest

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.training import TrainingPlan
from explorer.show.presets import parse_preset
from explorer.ui.link.opening import PAGE_READERS, VIEW_NAMES
from explorer.ui.parts.plain import MOST_NOTES
from tests.ui.test_app import opened, said
from tests.ui.test_odd_links import KEYS, ODD, ROWS

SMALL = {"seq_len": "12", "hidden_size": "4", "batch_size": "2"}
EFFECTIVE = (  # every number has an effect in one of them
    {"cell": "lstm", "optimiser": "momentum", "task": "noise", "clip": "norm"},
    {"cell": "gru", "optimiser": "momentum", "task": "noise", "clip": "value"},
)
PAYLOAD = "<img src=x onerror=alert(1)> ![a](http://e.example/a.png) $x^2$ :red[a] :material/home: http://e.example"


def at_the(end):
    """Every number at one end of its bounds, every choice at its first or last; sizes stay small."""
    link = {}
    for name, row in {**table(Experiment), **table(TrainingPlan)}.items():
        if row.kind == "choice" and name not in ("backend", "device"):
            link[name] = row.choices[end].replace("_", " ")
        elif row.kind in ("integer", "number"):
            link[name] = f"{(row.lower, row.upper)[end]:.10g}"
    return link | (SMALL if end else {}) | EFFECTIVE[end]


LINKS = {
    "lowest": at_the(0),
    "highest": at_the(-1),
    "absurd": dict(zip(KEYS, random.Random(1).choices(ODD, k=len(KEYS)), strict=True)),
    "absurd again": dict(zip(KEYS, random.Random(2).choices(ODD, k=len(KEYS)), strict=True)),
    "markup": dict.fromkeys(KEYS, PAYLOAD),
    "five hundred": {f"{PAYLOAD} {number}": "1" for number in range(500)},
    "twice": {**{key: ["1", "<b>"] for key in PAGE_READERS}, "gain": ["1", "2"], "cell": ["lstm", "gru"]},
}


@pytest.mark.parametrize("view", VIEW_NAMES)
@pytest.mark.parametrize("name", LINKS)
def test_the_page_opens_and_says_what_it_left(name, view):
    link = LINKS[name] | {"view": view}
    app = opened(**link)
    assert not app.exception
    assert not app.error
    notes = app.session_state["link_notes"]
    if name in ("lowest", "highest"):
        assert not notes
        assert "was not" not in said(app)
    else:
        assert len(notes) >= 5
        assert said(app).count("\n- ") == min(len(notes), MOST_NOTES + 1)
    for row in ROWS.values():
        held = app.session_state.get(row.name)
        if isinstance(held, int | float):
            assert row.lower <= held <= row.upper
            if name in ("lowest", "highest") and row.name in link and row.name in app.query_params:
                assert held == float(link[row.name]), row.name


def test_what_is_further_is_counted():
    app = opened(**LINKS["five hundred"])
    assert "… and 488 more." in said(app)


@pytest.mark.parametrize("values", [["1", "2"], ["2", "<b>"], ["", ""]])
def test_of_what_stands_twice_the_last_counts(values):
    app = opened(gain=values)
    assert "`gain` must stand once" in said(app)
    assert app.session_state["gain"] == (2.0 if values[-1] == "2" else 1.0)


@pytest.mark.parametrize("text", ["yes", "<b>", "", "1"])
def test_a_switch_is_on_or_off(text):
    app = opened(compare=text, twins=text, view="training")
    assert app.session_state["compare"] is False
    assert {"`compare`", "`twins`"} <= set(said(app).split())


def test_what_is_quoted_is_not_interpreted():
    """Streamlit would interpret all of it as Markdown, but nothing inside code."""
    app = opened(gain=PAYLOAD)
    (warning,) = app.warning
    assert "`<img src=x onerror=alert(1)> ![a](http://e.example/a.png) $…`" in warning.value


def test_a_preset_file_of_nine_thousand_mistakes_gets_a_dozen_sentences():
    names = ("".join(letters) for letters in itertools.product("abcdefghijklmnopqrstu", repeat=3))
    content = 'title = "t"\nlook = "l"\n[experiment]\n' + "".join(f"{name} = 1\n" for name in names)[:60_000] + "\n"
    with pytest.raises(ExplorerError) as refused:
        parse_preset("large", content.encode())
    sentences = [error.sentence for error in refused.value.errors]
    assert len(sentences) > 7000
    app = opened()
    app.session_state["take_home"] = True
    app.session_state["what is wrong with the preset file"] = sentences
    (shown,) = (e.proto.body for e in app.run().get("html") if "refused" in e.proto.body)
    assert shown.count("<li>") == MOST_NOTES + 1
    assert f"… and {len(sentences) - MOST_NOTES:,} more." in shown


def test_a_session_begins_with_what_the_link_says_and_not_with_defaults():
    """Otherwise a page that stays open while its server restarts would fall back to the defaults: a value that the
    script sets first overrides those that the page sends. `benchmarks.class_at_work` does it with 300."""
    app = opened(cell="rnn", forget_bias="5", compare="true", view="training", optimiser="adam", momentum="0.5")
    assert app.session_state["forget_bias"] == 5.0
    assert app.session_state["momentum"] == 0.5
    assert app.session_state["compare"] is True
