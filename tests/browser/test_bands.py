"""Many seeds in a real browser: the band is added to the picture, agrees with single runs, and moves nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page

import explorer
from explorer.questions.seed_bands import bands
from explorer.show.words import say
from explorer.show.words.seeds import ranges, tally
from tests.browser.hands import curves, legend, numbers, query, rest, same

SMALL = "seq_len=40&hidden_size=8&batch_size=2"
EXPERIMENT = explorer.Experiment(seq_len=40, hidden_size=8, batch_size=2)
PLACES = """() => [...document.querySelectorAll('.deck .verdict dl, .deck .toolbar, .figure .place, .figure .caption')]
  .map(part => { const box = part.getBoundingClientRect(); return [box.x, box.y, box.width]; })"""
INK = """() => {
  const canvas = document.querySelector('.figure[data-name=gradients] canvas[role=img]');
  const { width, height } = canvas;
  const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  let tinted = 0;
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i] > pixels[i + 2] + 25) tinted += 1;
  return tinted / (width * height);
}"""


def label(count: int) -> str:
    return say("seeds", "curve", count=count, share=say("seeds", "share"))


def test_the_band_joins_the_picture_and_the_link(open_page: Callable[..., Page]) -> None:
    page = open_page(f"/?{SMALL}")
    own, alone = numbers(page), page.evaluate(INK)
    assert label(10) not in legend(page)
    page.get_by_role("radio", name="10", exact=True).click()
    rest(page)
    seen = bands(EXPERIMENT, 10)
    page.wait_for_function("() => !document.querySelector('.deck .verdict').innerText.includes('computing')")
    assert query(page)["seeds"] == "10"
    shown = curves(page)
    same(shown[label(10)], seen.log10_state_grad_norm["h"][1, -1, 1:])
    same(shown[say("mark", "state_h")], explorer.run(EXPERIMENT).log10_state_grad_norm["h"][-1, 1:])
    said = numbers(page)
    assert said[::2] == own, "the run's own numbers stay"
    assert said[1::2] == list(ranges(seen).values())
    assert tally(seen) in page.locator(".deck .verdict p").inner_text()
    assert page.evaluate(INK) > alone + 0.02, "the band is drawn"
    assert "10 seeds" in page.locator(".figure[data-name=gradients] .caption").text_content()


def test_nothing_moves_when_the_band_arrives(open_page: Callable[..., Page]) -> None:
    """The first picture leaves room for the ranges; the later block fills it."""
    watch = f"""() => {{
      globalThis.seen = [];
      const look = () => {{
        const deck = document.querySelector('.deck')?.deck;
        if (deck?.header) {{
          const waits = deck.element.querySelector('.verdict').innerText.includes('computing');
          if (deck.shownViews) globalThis.seen.push([waits, ({PLACES})()]);
        }}
        requestAnimationFrame(look);
      }};
      requestAnimationFrame(look);
    }}"""
    page = open_page(f"/?{SMALL}&seed=3")
    page.evaluate(watch)
    page.get_by_role("radio", name="100", exact=True).click()
    page.wait_for_function("() => seen.length && seen.at(-1)[0]", timeout=30_000)
    page.wait_for_function("() => !seen.at(-1)[0]", timeout=30_000)
    rest(page)
    frames = page.evaluate("() => globalThis.seen")
    waiting = [places for waits, places in frames if waits]
    np.testing.assert_allclose(waiting[-1], frames[-1][1], atol=1.0)


def test_a_link_with_seeds_opens_with_them_also_where_gradients_end(open_page: Callable[..., Page]) -> None:
    """Some seeds give dead networks: the band's lower edge is an exact zero and is drawn to the axis's end."""
    page = open_page(
        "/?seq_len=30&hidden_size=2&batch_size=1&task=noise&activation=relu&bias_init=zero&seeds=10&seed=5"
    )
    page.wait_for_function("() => !document.querySelector('.deck .verdict').innerText.includes('computing')")
    e = explorer.Experiment(
        seq_len=30, hidden_size=2, batch_size=1, task="noise", activation="relu", bias_init="zero", seed=5
    )
    seen = bands(e, 10)
    assert np.isneginf(seen.decay[0])
    assert numbers(page)[1::2] == list(ranges(seen).values())
    same(curves(page)[label(10)], seen.log10_state_grad_norm["h"][1, -1, 1:])
