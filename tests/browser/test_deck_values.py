"""Every figure has the numbers of the run, to the last digit, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page

import explorer
from explorer.engine.experiment import Experiment
from tests.browser.hands import HERO, curves, same, shows

Open = Callable[..., Page]
RUNS = {
    "rnn": {},
    "lstm": {"cell": "lstm", "forget_bias": 1, "num_layers": 3, "clip": "norm", "clip_threshold": 0.01},
    "gru": {"cell": "gru", "loss_at": "every", "task": "sine", "seq_len": 137},
    "exact zeros": {"activation": "relu", "gain": 0, "task": "noise"},
    "1e-900 and below": {"activation": "sigmoid", "seq_len": 2000},
    "overflow": {"activation": "relu", "gain": 50, "seq_len": 2000},
}


@pytest.mark.parametrize("name", RUNS)
def test_the_figures_say_the_numbers_of_the_run(open_page: Open, name: str) -> None:
    e = Experiment(**RUNS[name])
    trace = explorer.run(e)
    page = open_page(f"/?{urlencode(RUNS[name])}")
    T = e.seq_len
    steps = sorted({1, 2, T // 3, trace.overflow_step or T // 2, T - 1, T})
    shows(page, trace, steps)
    top = trace.log10_state_grad_norm["h"][-1, 1:]
    label = "hidden state h" + (f", layer {e.num_layers}" if e.num_layers > 1 else "")
    same(curves(page)[label], top)
    if name == "exact zeros":
        assert np.isneginf(top[:-1]).all()
    if name == "1e-900 and below":
        assert top[0] < -900
    if name == "overflow":
        assert np.isnan(top).all()
        last = trace.states["h"][-1, trace.overflow_step - 1, 0]
        assert last.max() > 1e200  # still finite, and shown as a number


def test_the_table_behind_each_figure_says_them_too(open_page: Open) -> None:
    page = open_page("/?cell=lstm&forget_bias=1&seq_len=20")
    trace = explorer.run(Experiment(cell="lstm", forget_bias=1, seq_len=20))
    for button in page.get_by_role("button", name=re.compile("^Table:")).all():
        button.click()
        assert button.get_attribute("aria-expanded") == "true"
    tables = {figure: columns(page, figure) for figure in ("gradients", "states", "gates", "gate_means", "clipping")}
    said = tables[HERO]
    for name, column in (("h", "log₁₀ of hidden state h"), ("c", "log₁₀ of cell state c")):
        same(said[column], trace.log10_state_grad_norm[name][0, 1:], atol=1e-6)
    h = trace.states["h"][0, 1:, 0]
    same(tables["states"]["mean, Hidden states"], h.mean(axis=1), rtol=0, atol=2e-6)
    same(tables["states"]["largest, Hidden states"], h.max(axis=1), rtol=0, atol=2e-6)
    same(tables["gate_means"]["forget f"], trace.gates["forget"][0].mean(axis=(1, 2)), rtol=0, atol=2e-6)
    assert len(tables["gates"]) == 1 + 3 * 4
    assert "log₁₀ of each step, unclipped" in tables["clipping"]
    page.get_by_role("button", name=re.compile("^Table:")).first.click()
    assert page.locator(".figure[data-name=gradients] table").count() == 0


def columns(page: Page, figure: str) -> dict[str, list[float]]:
    """The open table of a figure: heading → numbers."""
    table = page.locator(f".figure[data-name={figure}] .table table")
    heads, cells = (
        table.evaluate(f"t => [...t.querySelectorAll('{rows} tr')].map(r => [...r.children].map(c => c.textContent))")
        for rows in ("thead", "tbody")
    )
    return {
        head: [float(text.replace("−", "-")) for text in column]
        for head, column in zip(heads[0], zip(*cells, strict=True), strict=True)
    }
