"""Helpers that read values from the page, and that press its keys and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Locator, Page

import explorer
from explorer.engine.trace import Trace
from explorer.show.words import say
from explorer.show.words.verdicts import headline
from tests.browser.settled import settled

HERO = "gradients"
DECK = "document.querySelector('.deck').deck"
CURVES = """([figure, steps]) => {
  const found = {};
  for (let step = 1; step <= steps; step++)
    for (const { curves } of document.querySelector('.deck').deck.valuesAt(step)[figure])
      for (const [name, value] of Object.entries(curves)) (found[name] ??= []).push(value);
  return found;
}"""
DELAY_MS = 300  # then a control's change has left the browser


def curves(page: Page, figure: str = HERO) -> dict[str, np.ndarray]:
    """What a figure draws: name → values at every step, on the hero log10 of the norms."""
    steps = page.evaluate(f"{DECK}.steps")
    return {name: np.array(values, float) for name, values in page.evaluate(CURVES, [figure, steps]).items()}


def values(page: Page, step: int) -> dict[str, list[dict[str, Any]]]:
    """All values of the figures at a step."""
    return page.evaluate(f"step => {DECK}.valuesAt(step)", step)


def verdict(page: Page) -> str:
    return page.locator(".deck .verdict h2").inner_text()


def numbers(page: Page) -> list[str]:
    """Gradient change, memory horizon, loss."""
    return page.locator(".deck .verdict dd").all_inner_texts()


def expected_verdict(**settings: object) -> str:
    return headline(explorer.diagnose(explorer.run(explorer.Experiment(**settings))))


def query(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def slider(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stSlider").filter(has_text=label).locator("input[type=range]").first


def press(page: Page, label: str, *keys: str) -> None:
    """Press keys on the slider with this label."""
    slider(page, label).focus()
    for key in keys:
        page.keyboard.press(key)
    rest(page)


def rest(page: Page) -> None:
    """Wait until the page has answered an action."""
    page.wait_for_timeout(DELAY_MS)
    settled(page)


def tool(page: Page, name: str) -> Locator:
    """A button of the deck."""
    return page.locator(".deck").get_by_role("button", name=name, exact=True)


def canvas(page: Page, figure: str = HERO) -> Locator:
    return page.locator(f".figure[data-name={figure}] canvas[role=img]")


def along(page: Page, share: float, figure: str = HERO) -> tuple[float, float]:
    """The window position of a point on a figure, at this share of its width from the left."""
    target = canvas(page, figure)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + 0.45 * box["height"]


def step_said(page: Page) -> str:
    """The step under the crosshair, as the toolbar says it."""
    return page.locator(".deck .toolbar .step output").inner_text()


def step(page: Page) -> int:
    return int(step_said(page).removeprefix("step "))


def legend(page: Page, figure: str = HERO) -> dict[str, str]:
    """Curve → its value under the crosshair."""
    entries = page.locator(f".figure[data-name={figure}] .legend button").all()
    return {e.locator(".name").inner_text(): e.locator(".value").inner_text() for e in entries}


def state_label(name: str, layer: int, layers: int) -> str:
    state = say("mark", f"state_{name}")
    return say("mark", "layer", state=state, layer=layer + 1) if layers > 1 else state


def log10_shares(trace: Trace) -> np.ndarray:
    """(T,) log10 of the norm of all that a step adds to the parameter gradient, from the norms of its parts."""
    squares = 2 * np.log(10) * np.stack(list(trace.log10_step_weight_grad_norm.values()))
    with np.errstate(invalid="ignore"):  # no gradient at all is NaN
        return np.logaddexp.reduce(squares, axis=0) / np.log(10) / 2


def same(shown: object, expected: object, rtol: float = 1e-12, atol: float = 0.0) -> None:
    """Assert equality, also of exact zeros (−inf) and NaN."""
    shown = np.array([np.nan if value is None else value for value in np.ravel(np.asarray(shown, object))], float)
    np.testing.assert_allclose(shown, np.ravel(expected), rtol=rtol, atol=atol)


def shows(page: Page, trace: Trace, steps: Sequence[int]) -> None:
    """Assert that all figures of one run show the trace's values at these steps."""
    e = trace.experiment
    for at in steps:
        said = values(page, at)
        (hero,), (states,), (clipping,) = said["gradients"], said["states"], said["clipping"]
        for name, norms in trace.log10_state_grad_norm.items():
            for layer in range(e.num_layers):
                same(hero["curves"][state_label(name, layer, e.num_layers)], norms[layer, at])
        same(states["units"], trace.states["h"][-1, at, 0], rtol=1e-6)
        shares = log10_shares(trace)[at - 1]
        same(clipping["curves"][say("mark", "unclipped")], shares)
        if e.clip == "norm" and np.isfinite(trace.clip.factor):
            same(clipping["curves"][say("mark", "clipped")], shares + np.log10(trace.clip.factor))
        for (name, gate), strip, mean in zip(
            trace.gates.items(), said.get("gates", []), said.get("gate_means", []), strict=True
        ):
            same(strip["units"], gate[-1, at - 1, 0], rtol=1e-6)
            same(mean["curves"][say("gate", name)], gate[-1, at - 1].mean(), rtol=1e-6, atol=1e-7)


def painted(page: Page, figure: str = HERO) -> int:
    """How many of a figure's pixels are not empty."""
    count = canvas(page, figure).evaluate(
        """c => {
          const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
          let count = 0;
          for (let i = 3; i < data.length; i += 4) count += data[i] > 200;
          return count;
        }"""
    )
    return int(count)
