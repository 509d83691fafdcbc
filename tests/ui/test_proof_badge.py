"""The proof below the deck: nothing before the click, then a number, and nothing again for another experiment."""

import pytest

from explorer.base.backend import torch_is_installed
from tests.ui.test_app import moved, opened

SMALL = {"task": "noise", "seq_len": "10", "hidden_size": "4"}


def clicked(app):
    app.button(key="prove").click().run()
    return app


def test_nothing_is_proved_before_the_click():
    app = opened(**SMALL)
    assert not app.success
    assert app.session_state["proved"] is None


@pytest.mark.skipif(not torch_is_installed(), reason="autograd is torch's")
def test_a_click_says_what_was_compared_and_the_worst_error():
    app = clicked(opened(**SMALL))
    assert not app.exception
    (said,) = [success.value for success in app.success]
    for part in (
        "✓ The numbers of this run are right",
        "Torch autograd",
        "worst relative error",
        "10⁻",
        "Finite differences",
    ):
        assert part in said


def test_another_experiment_is_not_proved():
    app = clicked(opened(**SMALL))
    assert app.success
    app = moved(app, gain=1.5)
    assert not app.success
    assert app.session_state["proved"] is None


def test_an_overflow_says_why_there_is_nothing_to_prove():
    app = clicked(opened(**{**SMALL, "activation": "relu", "init": "normal", "gain": "100", "seq_len": "500"}))
    assert "There is nothing to prove" in app.info[0].value
