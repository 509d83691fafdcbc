"""Using the deck: one crosshair, one zoom, legends, saved pictures; and nothing blanks or jumps."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, expect

import explorer
from explorer.engine.experiment import Experiment
from explorer.show.words.numbers import magnitude
from tests.browser.hands import (
    along,
    canvas,
    legend,
    painted,
    press,
    rest,
    slider,
    step,
    step_said,
    tool,
    values,
)

Open = Callable[..., Page]
FIGURES = ["gradients", "states", "gates", "gate_means", "clipping"]
LSTM = "/?cell=lstm&forget_bias=1"
NO_STEP = "no step chosen"


def cross_at(page: Page, figure: str) -> float:
    """Where the crosshair's line stands, as a share of the figure's width; its canvas holds the line at full height."""
    canvas(page, figure).scroll_into_view_if_needed()
    tallest = page.locator(f".figure[data-name={figure}] canvas.cross").evaluate(
        """cross => {
          const { data, width, height } = cross.getContext('2d').getImageData(0, 0, cross.width, cross.height);
          const filled = Array.from({ length: width }, (_, x) => {
            let count = 0;
            for (let y = 0; y < height; y++) count += data[4 * (y * width + x) + 3] > 0;
            return count;
          });
          return (filled.indexOf(Math.max(...filled)) + 0.5) / width;
        }"""
    )
    return float(tallest)


def test_one_crosshair_runs_through_all_figures_and_stays_through_an_update(open_page: Open) -> None:
    page = open_page(LSTM)
    assert step_said(page) == NO_STEP
    page.mouse.move(*along(page, 0.5))
    at = step(page)
    assert 45 <= at <= 55
    trace = explorer.run(Experiment(cell="lstm", forget_bias=1))
    norms = trace.log10_state_grad_norm
    assert legend(page)["hidden state h"] == magnitude(norms["h"][0, at])
    assert legend(page)["cell state c"] == magnitude(norms["c"][0, at])
    slider(page, "Gain").focus()
    page.keyboard.press("ArrowRight")
    rest(page)
    moved = explorer.run(Experiment(cell="lstm", forget_bias=1, gain=1.05))
    assert step(page) == at
    assert legend(page)["cell state c"] == magnitude(moved.log10_state_grad_norm["c"][0, at])
    for figure in FIGURES:  # hovering at the line selects the same step in each figure
        share = cross_at(page, figure)
        page.mouse.move(*along(page, share, figure))
        assert step(page) == at, figure
        page.mouse.move(*along(page, 0.5))
    page.mouse.move(5, 5)
    assert step_said(page) == NO_STEP
    assert page.locator("canvas.cross:visible").count() == 0


def test_a_click_keeps_the_step_and_keys_walk_it(open_page: Open) -> None:
    page = open_page(LSTM)
    page.mouse.click(*along(page, 0.4))
    page.mouse.move(5, 5)
    at = step(page)
    press(page, "Gain", "ArrowRight")
    assert step(page) == at
    page.mouse.click(*along(page, 0.6, "clipping"))
    assert step(page) > at
    canvas(page).focus()
    for key, wanted in (
        ("Home", 1),
        ("ArrowRight", 2),
        ("Shift+ArrowRight", 12),
        ("ArrowLeft", 11),
        ("End", 100),
        ("ArrowRight", 100),
    ):
        page.keyboard.press(key)
        assert step(page) == wanted, key
    said = page.locator(".deck [aria-live]").inner_text()
    assert "step 100" in said
    assert "hidden state h" in said
    page.keyboard.press("Escape")
    assert step_said(page) == NO_STEP
    page.locator(".deck .toolbar .step input").focus()
    page.keyboard.press("Home")
    assert step(page) == 1
    assert values(page, 1).keys() == set(FIGURES)


def test_keys_zoom_and_the_zoom_is_that_of_all_figures(open_page: Open) -> None:
    page = open_page(LSTM)
    whole = tool(page, "Whole sequence")
    expect(whole).to_be_disabled()
    canvas(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("+")
    expect(whole).to_be_enabled()
    assert ends(page, "states") == ends(page, "gradients") != (1, 100)
    page.keyboard.press("-")
    page.keyboard.press("0")
    expect(whole).to_be_disabled()
    assert ends(page, "clipping") == (1, 100)


def ends(page: Page, figure: str) -> tuple[int, int]:
    """First and last step on a figure's axis, by its own keys."""
    canvas(page, figure).focus()
    page.keyboard.press("Home")
    first = step(page)
    page.keyboard.press("End")
    return first, step(page)


def test_a_drag_across_zooms_every_figure_and_stays_through_an_update(open_page: Open) -> None:
    page = open_page(LSTM)
    page.mouse.move(*along(page, 0.3))
    page.mouse.down()
    page.mouse.move(*along(page, 0.4), steps=3)
    page.mouse.move(*along(page, 0.6), steps=3)
    page.mouse.up()
    first, last = ends(page, "gradients")
    assert 20 < first < 35
    assert 55 < last < 70
    press(page, "Gain", "ArrowRight")
    for figure in FIGURES:
        assert ends(page, figure) == (first, last)
    press(page, "Sequence length", "ArrowLeft")  # 50 steps: the zoom moves into them
    assert ends(page, "states") == (50 - (last - first), 50)
    page.mouse.dblclick(*along(page, 0.5, "states"))
    assert ends(page, "gradients") == (1, 50)


def test_a_finger_moves_the_crosshair(open_page: Open) -> None:
    page = open_page(LSTM, width=390, height=844, has_touch=True, is_mobile=True)
    page.touchscreen.tap(*along(page, 0.5))
    assert 40 <= step(page) <= 60
    page.touchscreen.tap(*along(page, 0.3, "states"))
    assert 10 <= step(page) <= 40


def test_the_legend_hides_a_curve_and_it_stays_hidden(open_page: Open) -> None:
    page = open_page(LSTM)
    before = painted(page)
    entry = page.locator(".figure[data-name=gradients] .legend button").filter(has_text="cell state c")
    entry.click()
    assert entry.get_attribute("aria-pressed") == "false"
    hidden = painted(page)
    assert hidden < before
    press(page, "Gain", "ArrowRight")
    assert entry.get_attribute("aria-pressed") == "false"
    again = painted(page)
    entry.click()
    assert painted(page) > again


FILM = """() => {
  const canvas = document.querySelector('.figure[data-name=gradients] canvas');
  const film = (window.film = { frames: [], on: true });
  const places = () => JSON.stringify(
    [...document.querySelectorAll('.deck h2, .deck h3, .deck .toolbar')].map(e => e.getBoundingClientRect().top));
  const look = () => {
    const now = document.querySelector('.figure[data-name=gradients] canvas');
    const { data } = now.getContext('2d').getImageData(0, 0, now.width, now.height);
    let [painted, sum] = [0, 0];
    for (let i = 3; i < data.length; i += 4) if (data[i] > 200) painted += 1;
    for (let i = 0; i < data.length; i += 97) sum = (sum * 31 + data[i]) >>> 0;
    film.frames.push({ painted, sum, same: now === canvas, places: places() });
    if (film.on) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_no_frame_is_empty_and_nothing_jumps_while_controls_change(open_page: Open) -> None:
    page = open_page(LSTM)
    page.evaluate(FILM)
    slider(page, "Gain").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home", "ArrowRight"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    page.get_by_text("every", exact=True).click()
    rest(page)
    frames = page.evaluate("() => { film.on = false; return film.frames }")
    assert len({frame["sum"] for frame in frames}) >= 5, "the picture has changed"
    assert min(frame["painted"] for frame in frames) > 3000
    assert all(frame["same"] for frame in frames), "the canvas was made anew"
    assert len({frame["places"] for frame in frames}) == 1, "headings moved"


def test_pictures_are_as_sharp_as_the_screen(open_page: Open) -> None:
    page = open_page(LSTM, device_scale_factor=2)
    for figure in FIGURES:
        width, height, css_width, css_height = canvas(page, figure).evaluate(
            "c => { c.scrollIntoView(); return [c.width, c.height, c.clientWidth, c.clientHeight] }"
        )
        page.wait_for_function(
            "name => document.querySelector(`.figure[data-name=${name}] canvas`).width > 300", arg=figure
        )
        width, height = canvas(page, figure).evaluate("c => [c.width, c.height]")
        assert (width, height) == (2 * css_width, 2 * css_height), figure


INKS = """([canvas, ...inks]) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return inks.map(([r, g, b]) => {
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
      count += data[i + 3] > 250 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 9;
    return count;
  });
}"""
DARK_INK, LIGHT_INK = [0x2B, 0x2F, 0x36], [0xE4, 0xE6, 0xEA]  # textColor of either theme


def test_text_is_in_the_themes_colour_and_follows_it(open_page: Open) -> None:
    page = open_page(LSTM, colour_scheme="dark")

    def inks() -> list[int]:
        return page.evaluate(INKS, [canvas(page).element_handle(), DARK_INK, LIGHT_INK])

    dark, light = inks()
    assert light > 10 * (dark + 1)
    page.emulate_media(color_scheme="light")
    rest(page)
    dark, light = inks()
    assert dark > 10 * (light + 1)


def test_every_figure_has_a_text_alternative(open_page: Open) -> None:
    page = open_page(LSTM)
    canvases = page.locator(".deck canvas[role=img]")
    shown = canvases.filter(visible=True)
    assert shown.count() == len(FIGURES)
    for target in shown.all():
        assert len(target.get_attribute("aria-label") or "") > 60
        assert target.get_attribute("tabindex") == "0"
    label = canvas(page).get_attribute("aria-label") or ""
    trace = explorer.run(Experiment(cell="lstm", forget_bias=1))
    for name in ("h", "c"):
        assert magnitude(trace.log10_state_grad_norm[name][0, 1]) in label


def test_figures_are_saved_as_png(open_page: Open, tmp_path: Path) -> None:
    page = open_page(LSTM)
    width = canvas(page).evaluate("c => c.clientWidth")
    with page.expect_download() as one:
        page.locator(".figure[data-name=gradients]").get_by_role("button", name=re.compile("^PNG:")).click()
    with page.expect_download() as all_of_them:
        tool(page, "PNG of all").click()
    assert one.value.suggested_filename == "gradients.png"
    assert all_of_them.value.suggested_filename == "gradient-flow.png"
    hero, every = (png_size(download.value.path()) for download in (one, all_of_them))
    pins = "|".join(f"cell=lstm&forget_bias={bias}&gain=1.{bias}&init=orthogonal" for bias in range(1, 7))
    beside = open_page(f"/?pins={quote(pins)}")
    with beside.expect_download() as pinned:
        beside.locator(".figure[data-name=gradients]").get_by_role("button", name=re.compile("^PNG:")).click()
    assert png_size(pinned.value.path())[1] > hero[1] + 2 * 3 * 20, "a legend of fourteen names has several rows"
    assert hero[0] == every[0] == 2 * width
    assert 2 * 330 < hero[1] < 2 * 450
    assert 2 * (330 + 4 * 300) < every[1] < 2 * (330 + 4 * 300 + 5 * 100)


def png_size(path: Path) -> tuple[int, int]:
    """Width and height of a valid PNG that is not blank."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data[-8:-4] == b"IEND"
    assert len(data) > 10_000
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
