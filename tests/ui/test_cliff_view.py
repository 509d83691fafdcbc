"""The cliff by Streamlit's own driver: every landscape opens, also from a link, and errors of a link are shown."""

import pytest

from explorer.questions.cliff.settings import STARTS
from explorer.show.words import choice_label
from explorer.ui.work import watching
from tests.ui.test_app import opened


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """Surveys have few points, and no result is cached from one test to the next."""
    monkeypatch.setattr("explorer.questions.cliff.settings.COARSE", 6)
    monkeypatch.setattr("explorer.questions.cliff.settings.FINE", 21)
    monkeypatch.setattr(watching, "_RESULTS", {})


SMALL = {"seq_len": "10", "hidden_size": "4", "batch_size": "2", "task": "noise"}


def sentence(app):
    """The sentence above the figures."""
    return next(m.value for m in app.markdown if m.value.startswith("**"))


def test_it_opens_on_the_papers_landscape_and_says_the_jump():
    app = opened(view="cliff")
    assert not app.exception
    assert not app.error
    assert not app.warning
    for part in ("step 198 is 5.38 long", "at a loss of 0.0900", "14 of 200 steps", "ends at 0.00359"):
        assert part in sentence(app)
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize("landscape", [name for name in STARTS if name != "one_unit"])
def test_every_landscape_of_a_network_opens(landscape):
    app = opened(view="cliff", cliff_on=choice_label(landscape), cliff_steps="20", cell="lstm", **SMALL)
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert "Clip" in sentence(app)
    assert len(app.get("plotly_chart")) == 2


def test_a_link_sets_start_and_pace():
    app = opened(view="cliff", cliff_w="6", cliff_b="-3", cliff_threshold="0.7", cliff_steps="33")
    assert not app.warning
    assert "Clipping at 0.700 never engages" in sentence(app)
    assert app.session_state["cliff_steps"] == 33


def test_a_moved_start_is_walked_from():
    app = opened(view="cliff")
    before = sentence(app)
    app.number_input(key="cliff_b").set_value(-3.0).run()
    assert not app.exception
    assert sentence(app) != before
    assert "leaves the picture" in sentence(app)


def test_a_broken_link_names_each_value_and_takes_the_rest():
    app = opened(
        view="cliff",
        cliff_on="moon",
        cliff_w="99",
        cliff_rate="nan",
        cliff_steps="2.5",
        cliff_first="x" * 99,
        cliff_b="-3",
    )
    assert not app.exception
    said = " ".join(warning.value for warning in app.warning)
    for name in ("cliff_on", "cliff_w", "cliff_rate", "cliff_steps", "cliff_first"):
        assert f"`{name}` must be" in said
    assert app.session_state["cliff_b"] == -3.0
    assert app.session_state["cliff_w"] == 5.0


@pytest.mark.parametrize(
    ("link", "part"),
    [
        ({"cliff_on": "gain bias", "cell": "lru"}, "needs recurrent weights"),
        ({"cliff_on": "two weights", "cliff_first": "nonsense"}, "must be one weight"),
        (
            {"cliff_on": "gradient random", "activation": "relu", "gain": "100", "init": "identity", "seq_len": "500"},
            "finite",
        ),
    ],
)
def test_a_plane_that_is_not_there_is_said_in_words(link, part):
    app = opened(view="cliff", **{**SMALL, **link})
    assert not app.exception
    assert not app.error
    assert part in app.info[0].value
    assert not app.get("plotly_chart")


def test_losses_that_are_not_finite_are_named_in_the_caption():
    app = opened(
        view="cliff", cliff_on="gain bias", cliff_steps="10", activation="identity", init="identity",
        **{**SMALL, "seq_len": "900"},
    )  # fmt: skip
    assert not app.exception
    assert any("the loss is not finite; they are crossed out" in caption.value for caption in app.caption)


def test_long_work_comes_in_pieces_and_can_be_stopped_and_continued(monkeypatch):
    again = watching._again
    monkeypatch.setattr(watching, "PIECE", 0.0)
    monkeypatch.setattr(watching, "_again", lambda: None)  # no piece is requested automatically
    app = opened(view="cliff", cliff_on="gain bias", cliff_steps="3", seed="77", **SMALL)
    assert not app.get("plotly_chart")
    app.button(key="stop").click().run()
    assert "Stopped" in app.get("progress")[0].proto.text
    monkeypatch.setattr(watching, "_again", again)
    app.button(key="resume").click().run()
    assert not app.exception
    assert not app.get("progress")
    assert len(app.get("plotly_chart")) == 2
