"""Taking a run home: files downloaded after a number has changed, the link copied, a preset file opened."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from playwright.sync_api import Browser, Page, expect

import explorer
from explorer.engine.experiment import Experiment
from explorer.show.export import FORMS, as_html, series_csv
from explorer.show.export.preset_file import preset_text
from explorer.show.presets import parse_preset
from explorer.show.words import say
from tests.browser.hands import press, query, rest

Open = Callable[..., Page]
SMALL = {"cell": "lstm", "forget_bias": 1, "seq_len": 20, "hidden_size": 8}
SVG = "{http://www.w3.org/2000/svg}"
LINK = "/?" + "&".join(f"{name}={value}" for name, value in SMALL.items())


def opened_section(page: Page) -> Page:
    page.get_by_text(say("take_home", "title"), exact=True).click()
    page.get_by_role("button", name=say("take_home_form", "html"), exact=True).wait_for()
    rest(page)
    return page


def downloaded(page: Page, form: str, folder: Path) -> Path:
    """The download of the button of this form."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=say("take_home_form", form), exact=True).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_every_file_is_of_the_run_that_is_shown_when_it_is_asked_for(open_page: Open, tmp_path: Path) -> None:
    page = opened_section(open_page(LINK))
    press(page, "Gain", "ArrowRight")  # redraws the picture alone, not the buttons
    trace = explorer.run(Experiment(**SMALL, gain=1.05))
    files = {form.name: downloaded(page, form.name, tmp_path) for form in FORMS}
    assert [path.name for path in files.values()] == [f"gradient-flow.{form.ending}" for form in FORMS]
    assert parse_preset("p", files["preset-file"].read_bytes()).experiment == trace.experiment
    assert files["csv"].read_text(encoding="utf-8") == series_csv(trace)
    assert explorer.Trace.load(files["npz"]).experiment == trace.experiment
    assert "largest relative difference" in files["script"].read_text(encoding="utf-8")
    assert '"nbformat": 4' in files["notebook"].read_text(encoding="utf-8")
    assert files["html"].read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_link_is_copied_or_shown_selected(open_page: Open) -> None:
    page = opened_section(open_page(LINK, permissions=["clipboard-read", "clipboard-write"]))
    button = page.get_by_role("button", name=say("take_home", "copy_link"))
    button.click()
    expect(page.locator(".copy-link [role=status]")).to_have_text(say("take_home", "copied"))
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    button.click()
    shown = page.get_by_role("textbox", name=say("take_home", "link"))
    expect(shown).to_have_value(page.url)
    assert page.evaluate("document.getSelection().toString()") == page.url


def test_a_preset_file_sets_every_control_and_a_broken_one_none(open_page: Open, tmp_path: Path) -> None:
    page = opened_section(open_page(LINK))
    before, field = page.url, page.locator("input[type=file]")
    broken = tmp_path / "![x](http:x).toml"
    broken.write_text('title = "t"\nlook = "l"\n[experiment]\nseq_len = 1\ncell = "<img src=x>"\n', encoding="utf-8")
    field.set_input_files(broken)
    said = page.locator(".refused")
    expect(said).to_contain_text("seq_len must be a whole number between 2 and 5000; got 1.")
    expect(said).to_contain_text("got <img src=x>")
    assert said.locator("img").count() == 0
    assert page.url == before
    wanted = Experiment(cell="gru", seq_len=33, gain=1.37, hidden_size=7, update_bias=-1.5, text='a "b"\n<i>c</i>')
    good = tmp_path / "mine.toml"
    good.write_text(preset_text(wanted, "Mine", "Look"), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(good)
    page.wait_for_function("location.search.includes('cell=gru')")
    rest(page)
    expect(said).to_have_count(0)
    link = query(page)
    assert {name: link[name] for name in ("cell", "seq_len", "gain", "hidden_size", "update_bias", "text")} == {
        "cell": "gru",
        "seq_len": "33",
        "gain": "1.37",
        "hidden_size": "7",
        "update_bias": "-1.5",
        "text": wanted.text,
    }
    mine = parse_preset("mine", downloaded(page, "preset-file", tmp_path).read_bytes())
    assert mine.experiment == wanted


def test_the_report_opens_with_the_network_off(browser: Browser, tmp_path: Path) -> None:
    trace = explorer.run(Experiment(**SMALL))
    (tmp_path / "report.html").write_text(as_html(trace), encoding="utf-8")
    context = browser.new_context(offline=True)
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((tmp_path / "report.html").as_uri())
    figures = page.locator("figure .js-plotly-plot")
    expect(figures).to_have_count(5)
    assert page.locator("figure .scatterlayer path.js-line").count() >= 5
    assert page.locator("figure .heatmaplayer image").count() == 5  # the states, and four gates
    first = figures.first
    first.scroll_into_view_if_needed()
    first.hover(position={"x": 300, "y": 180})
    expect(first.locator(".hoverlayer .legend, .hoverlayer .hovertext").first).to_be_visible()  # it is interactive
    with page.expect_download() as coming:
        first.locator(".modebar-btn").first.click()
    assert coming.value.suggested_filename == "gradients.svg"
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    context.close()


def drawing(page: Page, figure: str, folder: Path) -> ElementTree.Element:
    """The SVG that a figure's own button gives."""
    tools = page.locator(f".figure[data-name={figure}] .tools")
    with page.expect_download() as coming:
        tools.get_by_role("button", name=re.compile("^SVG:")).click()
    assert coming.value.suggested_filename == f"{figure}.svg"
    coming.value.save_as(folder / f"{figure}.svg")
    return ElementTree.parse(folder / f"{figure}.svg").getroot()


def test_a_drawing_holds_the_curves_the_units_and_the_words(open_page: Open, tmp_path: Path) -> None:
    page, trace = open_page(LINK), explorer.run(Experiment(**SMALL))
    hero = drawing(page, "gradients", tmp_path)
    curves = [path.get("d") for path in hero.iter(f"{SVG}path") if path.get("d").count("L") == SMALL["seq_len"] - 1]
    norms = trace.log10_state_grad_norm
    for spelled, values in zip(curves, (norms["h"][0, 1:], norms["c"][0, 1:]), strict=True):
        x, y = np.array([point.split() for point in re.split("[ML]", spelled)[1:]], float).T
        assert np.ptp(np.diff(x)) < 0.03  # steps are equally spaced
        slope, start = np.polyfit(values, y, 1)
        assert slope < 0
        np.testing.assert_allclose(slope * values + start, y, atol=0.02)  # decades too, to a hundredth of a pixel
    texts = {text.text for text in hero.iter(f"{SVG}text")}
    assert {say("figure", "gradients"), say("mark", "state_h"), say("mark", "state_c"), say("axis", "step")} <= texts
    states = drawing(page, "states", tmp_path)
    (picture,) = states.iter(f"{SVG}image")
    kind, _, content = picture.get("href").partition(",")
    assert kind == "data:image/png;base64"
    assert struct.unpack(">II", base64.b64decode(content)[16:24]) == (SMALL["seq_len"], SMALL["hidden_size"])


def test_a_figure_by_plotly_is_kept_in_both_formats(open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{LINK}&view=lenses&lens=lyapunov", deck=False)
    page.locator(".js-plotly-plot .modebar-btn").first.wait_for(state="attached")
    kept = {}
    for word in ("picture", "drawing"):
        with page.expect_download() as coming:
            page.locator(".figure-files").get_by_role("button", name=say("deck", word), exact=True).first.click()
        kept[word] = tmp_path / coming.value.suggested_filename
        coming.value.save_as(kept[word])
    assert kept["picture"].name == "lyapunov.png"
    assert kept["picture"].read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(kept["drawing"]).getroot().tag == f"{SVG}svg"
