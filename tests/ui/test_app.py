"""The page by Streamlit's own driver: controls, links, errors; tests/browser checks the figures."""

import html
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import explorer
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.show.presets import all_presets
from explorer.show.words.labels import cell_label
from explorer.ui.link.opening import clean

APP = str(Path(__file__).parents[2] / "app.py")


def opened(**link):
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def moved(app, **values):
    """The page after these numbers were moved.

    A number redraws the picture alone, and then the driver knows nothing but the picture; a whole run on top of it
    shows the controls again. A browser would have written the numbers into the address by then.
    """
    for name, value in values.items():
        kind = app.slider if name in {slider.key for slider in app.slider} else app.select_slider
        kind(key=name).set_value(value)
    app.run()
    app.query_params |= {name: str(value) for name, value in values.items()}
    return app.run()


def verdict(app):
    """The verdict block: heading, remarks and numbers as they are read."""
    block = next(
        element.proto.body
        for element in app.get("html")
        if "verdict" in element.proto.body and "<h2>" in element.proto.body
    )
    return html.unescape(re.sub(r"<[^>]+>", " ", block))


def said(app):
    return " ".join(warning.value for warning in app.warning)


def test_it_opens_on_real_data_with_a_verdict_and_three_numbers():
    app = opened()
    assert not app.exception
    assert not app.error
    for part in ("The gradient vanishes", "−22.5 decades", "13 steps", "3.84", "Vanishing at torch's default"):
        assert part in verdict(app)
    assert app.selectbox(key="task").value == "text"


def test_a_changed_number_redraws_the_picture_alone_and_the_preset_is_no_longer_named():
    app = opened()
    app.slider(key="gain").set_value(1.5).run()
    assert not app.slider
    assert "−22.5 decades" not in verdict(app)
    assert "Vanishing at torch's default" not in verdict(app)


@pytest.mark.parametrize("name", all_presets())
def test_a_preset_sets_the_controls(name):
    app = opened()
    app.selectbox(key="preset").set_value(name).run()
    assert not app.exception
    assert not app.warning
    assert all_presets()[name].title in verdict(app)
    assert app.session_state["cell"] == all_presets()[name].experiment.cell


def shown(app):
    return {widget.key for kind in (app.selectbox, app.select_slider, app.slider) for widget in kind}


@pytest.mark.parametrize(
    ("link", "there", "not_there"),
    [
        ({}, {"activation"}, {"hidden_size", "forget_bias", "update_bias", "clip_threshold", "device", "input_size"}),
        ({"cell": "lstm"}, {"forget_bias"}, {"activation", "update_bias"}),
        ({"cell": "gru"}, {"update_bias"}, {"activation", "forget_bias"}),
        (
            {"clip": "norm", "task": "noise", "input_size": "3"},
            {"clip_threshold", "input_size"},
            {"text", "hidden_size"},
        ),
    ],
)
def test_controls_without_effect_are_not_shown(link, there, not_there):
    keys = shown(opened(**link))
    assert there <= keys
    assert not keys & not_there


def test_a_link_is_an_experiment():
    app = opened(cell="lstm", forget_bias="2.5", seq_len="137", gain="5", seed="7", task="temporal_order")
    assert not app.warning
    assert app.session_state["forget_bias"] == 2.5
    assert app.session_state["seq_len"] == 137
    assert app.session_state["gain"] == 5.0
    assert app.session_state["task"] == "temporal_order"


def test_a_broken_link_names_each_value_and_takes_the_rest():
    app = opened(cell="transformer", seq_len="-5", gain="1e999", forget_bia="1", init="orthogonal")
    assert not app.exception
    text = said(app)
    for part in ("`cell` must be one of", "`seq_len` must be", "`gain` must be", "Did you mean `forget_bias`?"):
        assert part in text
    assert app.session_state["init"] == "orthogonal"
    assert app.session_state["cell"] == "rnn"
    assert not moved(app, gain=2.0).warning


def test_settings_that_cannot_run_are_said_and_the_picture_stays():
    app = opened(hidden_size="256", batch_size="8")
    before = verdict(app)
    moved(app, batch_size=128, seq_len=5000)
    assert not app.exception
    assert "GiB" in said(app)
    assert verdict(app) == before
    moved(app, batch_size=8, seq_len=100)
    assert not app.warning
    assert verdict(app) == before


def test_a_link_that_cannot_run_at_first_is_said_and_can_be_mended():
    app = opened(hidden_size="1024", seq_len="5000", batch_size="128")
    assert "cannot be run" in said(app)
    moved(app, seq_len=10)
    assert not app.warning
    assert "9 steps" in verdict(app)


def test_a_failure_of_ours_is_words_not_a_traceback_in_a_whole_run_and_in_a_redrawn_part(monkeypatch):
    works = opened()
    monkeypatch.setattr("explorer.ui.views.explorer.verdict_of", lambda trace: 1 / 0)
    for app in (opened(), works.slider(key="gain").set_value(1.5).run()):
        assert not app.exception
        assert ["not your doing" in error.value for error in app.error] == [True]


def test_the_page_says_its_numbers_as_a_table_of_its_own_when_asked():
    """The table is for browsers that cannot draw the figures; it follows the controls."""
    trace = explorer.run(Experiment(cell="lstm", gain=1.5))
    app = opened(cell="lstm", gain="1.5")
    assert not app.dataframe
    app.session_state["numbers"] = True
    table = app.run().dataframe[0].value
    assert list(table.columns)[:3] == ["step t", "log₁₀ ‖∂L/∂h‖", "log₁₀ ‖∂L/∂c‖"]
    assert len(table.columns) == 3 + len(trace.gates)
    np.testing.assert_array_equal(table["log₁₀ ‖∂L/∂c‖"], trace.log10_state_grad_norm["c"][0, 1:])
    np.testing.assert_allclose(table["mean forget f"], trace.gates["forget"][0].mean(axis=(1, 2)))


@pytest.mark.parametrize("row", table(Experiment).values(), ids=lambda row: row.name)
def test_every_default_survives_the_way_through_a_link(row):
    if row.default in (None, ""):
        return
    cleaned, notes = clean({row.name: str(row.default)})
    assert not notes
    assert list(cleaned) == [row.name]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "1e999", "nan", "", "²", "\x00", "9" * 400, "-0"])
@pytest.mark.parametrize("name", ["cell", "seq_len", "gain", "forget_bias", "text", "seed", "input_size", "nonsense"])
def test_odd_links_are_read_without_an_exception(name, text):
    cleaned, notes = clean({name: text})
    assert bool(cleaned) != bool(notes)


@pytest.mark.parametrize("cell", ["rnn", "gru", "min_gru"])
def test_three_cells_are_at_hand_and_any_other_stands_beside_them_once_it_is_chosen(cell):
    app = opened(cell=cell.replace("_", " "))  # as older links spell it
    assert cells_at_hand(app) == list(dict.fromkeys(["RNN", "LSTM", "GRU", cell_label(cell)]))
    app.selectbox(key="more_cell").set_value("higher_order").run()
    assert app.session_state["cell"] == "higher_order"
    assert app.selectbox(key="more_cell").value is None
    assert cells_at_hand(app) == ["RNN", "LSTM", "GRU", cell_label("higher_order")]
    assert "order 2" in app.selectbox(key="more_cell").options[-3]


def cells_at_hand(app):
    return [option.content for option in app.button_group(key="cell").proto.options]


def test_a_control_that_is_hidden_takes_its_value_from_the_link_as_the_link_spells_it():
    app = opened(cell="higher order", hide="cell")
    assert not app.error
    assert app.session_state["cell"] == "higher_order"


def test_before_anything_has_run_what_is_opened_is_not_empty():
    app = AppTest.from_file(APP, default_timeout=30)
    app.query_params |= {"hidden_size": "1024", "seq_len": "5000", "batch_size": "128"}
    app.session_state["numbers"] = app.session_state["take_home"] = True
    app.run()
    assert not app.exception
    assert [caption.value for caption in app.caption] == ["Nothing has been run yet."] * 2
    assert len(app.get("file_uploader")) == 1  # uploading a preset still works
