"""Dragging a parameter: its whole range is in the browser and is shown without a message to the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import explorer
from explorer.engine.experiment import Experiment
from explorer.questions.sweep import sweep_values
from tests.browser.hands import (
    DECK,
    curves,
    expected_verdict,
    legend,
    numbers,
    query,
    rest,
    same,
    slider,
    step,
    tool,
    values,
    verdict,
)
from tests.browser.settled import settled

Open = Callable[..., Page]
LSTM = {"cell": "lstm", "forget_bias": 1}
HOLD = """i => {
  const slider = document.querySelector('.deck .drag input[type=range]');
  slider.value = i;
  slider.dispatchEvent(new Event('input'));
  return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
COUNT_MESSAGES = """() => {
  window.messages = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...what) { window.messages += 1; return send.apply(this, what); };
}"""


def drag_slider(page: Page) -> Any:
    return page.locator(".deck .drag input[type=range]")


def held(page: Page) -> str:
    """The text of the dragged value."""
    return page.locator(".deck .drag output").inner_text()


def grip(page: Page, index: int) -> tuple[float, float]:
    """The window position of the slider's thumb at an index of the range."""
    target = drag_slider(page)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    share = index / int(target.get_attribute("max"))
    return box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2


@pytest.mark.parametrize(
    ("settings", "name", "label"),
    [
        ({}, "gain", "Gain"),
        (LSTM, "forget_bias", "Forget-gate bias"),
        ({"cell": "gru", "seq_len": 60}, "seq_len", "Sequence length"),
        (
            {"clip": "norm", "activation": "relu", "init": "identity", "gain": 1.2},
            "clip_threshold",
            "Clipping threshold",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_value_shows_its_own_run(open_page: Open, settings: dict[str, Any], name: str, label: str) -> None:
    page = open_page(f"/?{urlencode(settings)}")
    page.get_by_role("combobox", name="Drag").select_option(label)
    rest(page)
    assert query(page)["drag"] == name
    e = Experiment(**settings)
    places = sweep_values(name, e)
    for index in (0, len(places) // 3, len(places) - 1):
        page.evaluate(HOLD, index)
        trace = explorer.run(e.replace(**{name: places[index]}))
        drawn = curves(page)
        for state, norms in trace.log10_state_grad_norm.items():
            name_of = {"h": "hidden state h", "c": "cell state c"}[state]
            same(drawn[name_of][: len(norms[0]) - 1], norms[0, 1:], rtol=0, atol=1e-6)
        assert verdict(page) == expected_verdict(**trace.experiment.model_dump())
        for gate, mean in zip(trace.gates.values(), values(page, 5).get("gate_means", []), strict=True):
            same(list(mean["curves"].values()), gate[0, 4].mean(), atol=1e-6)
        (clipping,) = values(page, trace.experiment.seq_len)["clipping"]
        if e.clip == "norm":
            both = clipping["curves"]
            factor = both["each step, clipped"] - both["each step, unclipped"]
            assert factor == pytest.approx(np.log10(trace.clip.factor), abs=1e-6)


def test_a_drag_by_mouse_moves_everything_and_only_its_release_reaches_the_server(open_page: Open) -> None:
    page = open_page(f"/?{urlencode(LSTM)}&seq_len=200&drag=forget_bias")
    places = sweep_values("forget_bias", Experiment(**LSTM))
    now, then = places.index(1.0), places.index(max(value for value in places if value is not None and value <= 6))
    assert held(page) == "1"
    page.locator(".figure[data-name=gradients] canvas").first.focus()
    page.keyboard.press("Home")
    before = (verdict(page), numbers(page), legend(page), curves(page), curves(page, "gate_means"))
    page.evaluate(COUNT_MESSAGES)
    page.mouse.move(*grip(page, now))
    page.mouse.down()
    page.mouse.move(*grip(page, then), steps=12)
    page.wait_for_timeout(400)
    trace = explorer.run(Experiment(**LSTM, seq_len=200).replace(forget_bias=float(held(page))))
    assert 5 <= trace.experiment.forget_bias <= 7
    same(curves(page)["hidden state h"], trace.log10_state_grad_norm["h"][0, 1:], rtol=0, atol=1e-6)
    same(curves(page, "gate_means")["forget f"], trace.gates["forget"][0].mean(axis=(1, 2)), atol=1e-6)
    for was, (what, is_now) in zip(
        before[:3], {"verdict": verdict(page), "numbers": numbers(page), "legend": legend(page)}.items(), strict=True
    ):
        assert was != is_now, what
    assert step(page) == 1
    assert page.evaluate("messages") == 0
    assert query(page)["forget_bias"] == "1"
    page.mouse.up()
    rest(page)
    assert page.evaluate("messages") > 0
    assert float(query(page)["forget_bias"]) == trace.experiment.forget_bias
    assert verdict(page) == expected_verdict(**trace.experiment.model_dump())
    same(curves(page)["hidden state h"], trace.log10_state_grad_norm["h"][0, 1:])
    assert not drag_slider(page).is_disabled()
    other = open_page(f"/?{urlsplit(page.url).query}")
    assert held(other) == held(page)


FILM = """() => {
  const canvas = document.querySelector('.figure[data-name=gradients] canvas');
  const film = (window.film = { seen: [], on: true });
  const look = () => {
    const { data } = canvas.getContext('2d').getImageData(canvas.width >> 1, 0, 2, canvas.height);
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum = (sum * 31 + data[i]) >>> 0;
    film.seen.push(sum);
    if (film.on) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_the_picture_keeps_up_with_the_hand(open_page: Open) -> None:
    page = open_page(f"/?{urlencode(LSTM)}&seq_len=200&drag=forget_bias")
    (left, y), (right, _) = grip(page, 0), grip(page, int(drag_slider(page).get_attribute("max")))
    page.mouse.move(left, y)
    page.mouse.down()
    page.evaluate(FILM)
    there_and_back = [*np.linspace(left, right, 40), *np.linspace(right, left, 40)]
    for x in there_and_back:
        page.mouse.move(x, y)
        page.wait_for_timeout(8)
    seen = page.evaluate("() => { film.on = false; return film.seen }")
    page.mouse.up()
    settled(page)
    changes = int(np.count_nonzero(np.diff(seen)))
    assert changes >= 30, f"{changes} pictures in {len(seen)} frames"


def test_keys_move_the_value_and_play_moves_it_by_itself(open_page: Open) -> None:
    page = open_page("/?drag=gain&seq_len=50")
    drag_slider(page).focus()
    for _ in range(4):  # faster than a round trip: no step is lost
        page.keyboard.press("ArrowRight")
    assert held(page) == "1.2"
    page.wait_for_url("**&gain=*")
    rest(page)
    assert query(page)["gain"] == "1.2"
    assert held(page) == "1.2"
    same(
        curves(page)["hidden state h"],
        explorer.run(Experiment(gain=1.2, seq_len=50)).log10_state_grad_norm["h"][0, 1:],
    )
    tool(page, "Play").click()
    page.wait_for_function(f"{DECK}.drag.index > 25")
    assert float(held(page)) > 1.2
    tool(page, "Pause").click()
    stopped = held(page)
    page.wait_for_timeout(300)
    assert held(page) == stopped
    page.evaluate(HOLD, 59)
    tool(page, "Play").click()
    page.wait_for_function(f"{DECK}.drag.index < 10 && {DECK}.drag.index > 2")  # it starts again at the first value
    tool(page, "Pause").click()
    page.get_by_label("Loop").uncheck()
    page.evaluate(HOLD, 58)
    tool(page, "Play").click()
    expect(tool(page, "Play")).to_be_visible()  # it ends where the range does
    rest(page)
    assert query(page)["gain"] == "3"


def test_the_page_can_be_used_while_the_range_is_computed(open_page: Open) -> None:
    page = open_page("/?cell=lstm&forget_bias=1&seq_len=300&hidden_size=64")
    page.get_by_role("combobox", name="Drag").select_option("Gain")
    expect(page.get_by_text("Computing the range")).to_be_visible()
    expect(drag_slider(page)).to_be_disabled()
    before = verdict(page)
    slider(page, "Forget-gate bias").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(120)
    settings = {"cell": "lstm", "forget_bias": 4, "seq_len": 300, "hidden_size": 64}
    expect(page.locator(".deck .verdict h2")).to_have_text(expected_verdict(**settings), timeout=30_000)
    assert verdict(page) != before
    expect(page.get_by_text("Computing the range")).to_be_visible()
    page.get_by_role("combobox", name="Drag").select_option("choose …")
    rest(page)
    assert page.locator(".deck .drag").is_hidden()
    assert "drag" not in query(page)


def test_a_parameter_that_cannot_be_dragged_is_said(open_page: Open) -> None:
    page = open_page("/?drag=activation")
    expect(page.get_by_test_id("stAlert")).to_contain_text("drag must be a parameter that is a number")
    assert page.locator(".deck .drag").is_hidden()
