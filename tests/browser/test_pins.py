"""Pins: runs kept beside the live one, labelled by their differences, and stored in the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import explorer
from explorer.engine.experiment import Experiment
from explorer.engine.trace import Trace
from explorer.questions.gradient_flow import gradient_flow
from explorer.show.words.numbers import decades, horizon, short
from explorer.ui.link.pins import read
from tests.browser.hands import (
    HERO,
    curves,
    expected_verdict,
    log10_shares,
    press,
    query,
    rest,
    same,
    tool,
    values,
    verdict,
)

Open = Callable[..., Page]
PIN = "Pin this run"


def rows(page: Page) -> dict[str, list[str]]:
    """The table of runs: name → cells."""
    found = {}
    for row in page.locator(".deck .pins tbody tr").all():
        cells = row.locator("td:not(.actions)").all_inner_texts()
        found[row.locator("th .name").inner_text()] = cells
    return found


def action(page: Page, what: str, name: str) -> Locator:
    return page.locator(".deck .pins").get_by_role("button", name=f"{what}: {name}", exact=True)


def trace_of(**settings: Any) -> Trace:
    return explorer.run(Experiment(**settings))


def numbers_of(trace: Trace) -> list[str]:
    flow = gradient_flow(trace)
    return [decades(flow.decay), horizon(flow.horizon, trace.experiment.seq_len), short(trace.loss), "not engaged"]


def test_six_runs_can_be_pinned_and_are_told_apart_by_what_differs(open_page: Open) -> None:
    page = open_page("/?cell=lstm&forget_bias=1")
    assert page.locator(".deck .pins").is_hidden()
    for _ in range(6):
        expect(tool(page, PIN)).to_be_enabled()
        tool(page, PIN).click()
        rest(page)
        press(page, "Forget-gate bias", "ArrowRight")
    expect(tool(page, PIN)).to_be_disabled()
    labels = [f"forget-gate bias {bias}" for bias in (1, 2, 3, 4, 5, 6)]
    assert list(rows(page)) == ["forget-gate bias 8 (live)", *labels]
    drawn, said, shares = curves(page), rows(page), curves(page, "clipping")
    means = curves(page, "gate_means")
    for bias, label in zip((8, 1, 2, 3, 4, 5, 6), rows(page), strict=True):
        trace = trace_of(cell="lstm", forget_bias=bias)
        same(drawn[label], trace.log10_state_grad_norm["h"][0, 1:])
        same(drawn[f"{label}, c"], trace.log10_state_grad_norm["c"][0, 1:])
        same(means[f"forget f, {label}"], trace.gates["forget"][0].mean(axis=(1, 2)), rtol=1e-6)
        assert said[label] == [str(bias), *numbers_of(trace)]
        if bias != 8:
            same(shares[label], log10_shares(trace))
    looks = page.locator(".deck .pins tbody line").evaluate_all(
        "lines => lines.map(line => [line.getAttribute('stroke'), line.getAttribute('stroke-dasharray')])"
    )
    assert len({stroke for stroke, _ in looks}) == len({dash for _, dash in looks}) == 7
    strips = {panel["title"]: panel["units"] for panel in values(page, 40)["states"]}
    for bias, label in ((5, "forget-gate bias 5"), (8, "forget-gate bias 8 (live)")):
        same(strips[label], trace_of(cell="lstm", forget_bias=bias).states["h"][0, 40, 0], rtol=1e-6)
    other = open_page(f"/?{urlsplit(page.url).query}")
    assert rows(other) == said
    for label, curve in curves(other).items():
        np.testing.assert_array_equal(curve, drawn[label])


def test_a_pin_is_renamed_hidden_made_live_and_dropped(open_page: Open) -> None:
    pins = "|".join(urlencode(pin) for pin in ({"cell": "gru"}, {"cell": "rnn", "gain": 1.5}))
    page = open_page(f"/?seed=3&pins={quote(pins)}")
    assert list(rows(page)) == ["RNN, gain 1, seed 3 (live)", "GRU, gain 1, seed 0", "RNN, gain 1.5, seed 0"]

    rename(page, "GRU, gain 1, seed 0", "kept & <b>bold</b>", "Escape")
    assert "kept" not in str(rows(page))
    name = "<img src=x onerror=alert(1)>"
    rename(page, "GRU, gain 1, seed 0", name, "Enter")
    rest(page)
    assert list(rows(page))[1] == name
    assert name in curves(page)
    assert page.locator(".deck img").count() == 0
    assert [pin.name for pin in read(query(page)["pins"])[0]] == [name, ""]

    action(page, "Hide", name).click()
    rest(page)
    assert name not in curves(page)
    assert list(rows(page))[1] == name
    other = open_page(f"/?{urlsplit(page.url).query}")
    assert rows(other) == rows(page)
    assert curves(other).keys() == curves(page).keys()
    action(page, "Show", name).click()
    rest(page)
    same(curves(page)[name], trace_of(cell="gru").log10_state_grad_norm["h"][0, 1:])

    action(page, "Make live", "RNN, gain 1.5, seed 0").click()
    rest(page)
    assert {key: query(page).get(key) for key in ("cell", "gain", "seed")} == {
        "cell": None,
        "gain": "1.5",
        "seed": None,
    }
    assert list(rows(page)) == ["RNN, gain 1.5 (live)", name, "RNN, gain 1.5"]
    action(page, "Drop", "RNN, gain 1.5").click()
    rest(page)
    action(page, "Drop", name).click()
    rest(page)
    assert page.locator(".deck .pins").is_hidden()
    assert "pins" not in query(page)
    same(curves(page)["hidden state h"], trace_of(gain=1.5).log10_state_grad_norm["h"][0, 1:])


def rename(page: Page, old: str, new: str, key: str) -> None:
    action(page, "Rename", old).click()
    page.locator(".deck .pins input[type=text]").fill(new)
    page.keyboard.press(key)


def test_pins_stay_while_numbers_and_cells_change(open_page: Open) -> None:
    page = open_page("/?cell=lstm&forget_bias=1")
    tool(page, PIN).click()
    rest(page)
    pinned = trace_of(cell="lstm", forget_bias=1).log10_state_grad_norm
    page.locator(".st-key-cell").get_by_text("RNN", exact=True).click()
    rest(page)
    same(curves(page)["LSTM"], pinned["h"][0, 1:])
    press(page, "Sequence length", "ArrowRight")  # a longer axis: the pin ends before it
    drawn = curves(page)
    same(drawn["LSTM, sequence length 100"][:100], pinned["h"][0, 1:])
    same(drawn["RNN, sequence length 200 (live)"], trace_of(seq_len=200).log10_state_grad_norm["h"][0, 1:])
    assert list(rows(page)) == ["RNN, sequence length 200 (live)", "LSTM, sequence length 100"]
    assert verdict(page) == expected_verdict(seq_len=200)


@pytest.mark.parametrize(
    ("pins", "sentence", "kept"),
    [
        ("cell=lstm|cell=transformer|gain=x", "cell must be one of", ["RNN (live)", "LSTM"]),
        ("|||%00=1|=|cell=gru&gain=1e999|seed=5", "gain must be", ["seed 0 (live)", "seed 5"]),
        ("|".join(f"seed={seed}" for seed in range(1, 9)), "must be at most 6", ["seed 0 (live)"]),
    ],
)
def test_broken_pins_in_a_link_are_said_and_the_rest_is_shown(
    open_page: Open, pins: str, sentence: str, kept: list[str]
) -> None:
    page = open_page(f"/?pins={quote(pins)}")
    expect(page.get_by_test_id("stAlert")).to_contain_text(sentence)
    assert set(kept) <= set(rows(page))
    same(curves(page)[kept[0]], trace_of().log10_state_grad_norm["h"][0, 1:])
    assert HERO in values(page, 1)
