"""The main page as its users drive it, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

import explorer
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.show.presets import all_presets
from tests.browser.hands import curves, expected_verdict, press, query, rest, same, verdict
from tests.browser.settled import settled

Open = Callable[..., Page]
WINDOWS = [(1024, 768), (1440, 900), (390, 844)]
FIELDS = [name for name in table(Experiment) if "_" in name] + ["gru_reset_before", "temporal_order"]


def test_it_opens_on_a_picture_worth_looking_at(open_page: Open) -> None:
    page = open_page()
    assert verdict(page) == expected_verdict()
    assert urlsplit(page.url).query == ""
    trace = explorer.run(explorer.Experiment())
    same(curves(page)["hidden state h"], trace.log10_state_grad_norm["h"][0, 1:])


def test_a_control_by_keyboard_moves_the_picture_and_the_link(open_page: Open) -> None:
    page = open_page()
    press(page, "Gain", "ArrowRight")
    assert query(page) == {"gain": "1.05"}
    assert verdict(page) == expected_verdict(gain=1.05)
    press(page, "Sequence length", "ArrowRight")
    assert query(page) == {"gain": "1.05", "seq_len": "200"}
    assert verdict(page) == expected_verdict(gain=1.05, seq_len=200)


def test_a_preset_goes_into_the_link_and_a_fresh_browser_shows_the_same_digits(open_page: Open) -> None:
    page = open_page()
    page.get_by_test_id("stSelectbox").filter(has_text="Preset").locator("input").click()
    page.get_by_role("option", name="LSTM, forget bias 5").click()
    rest(page)
    assert query(page) == {"cell": "lstm", "forget_bias": "5"}
    other = open_page(f"/?{urlsplit(page.url).query}")
    assert verdict(other) == verdict(page)
    trace = explorer.run(all_presets()["lstm-forget-5"].experiment)
    for shown in (page, other):
        drawn = curves(shown)
        for name, label in (("h", "hidden state h"), ("c", "cell state c")):
            same(drawn[label], trace.log10_state_grad_norm[name][0, 1:])


def test_every_parameter_of_a_link_is_taken(open_page: Open) -> None:
    settings = {"cell": "gru_reset_before", "task": "temporal_order", "seq_len": 137, "gain": 4.5, "update_bias": 2.25}
    settings |= {
        "hidden_size": 12,
        "num_layers": 2,
        "seed": 11,
        "loss_at": "every",
        "clip": "norm",
        "clip_threshold": 0.07,
    }
    page = open_page("/?" + "&".join(f"{key}={value}" for key, value in settings.items()))
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert verdict(page) == expected_verdict(**settings)
    trace = explorer.run(explorer.Experiment(**settings))
    drawn = curves(page)["hidden state h, layer 2"]
    same(drawn, trace.log10_state_grad_norm["h"][1, 1:])


def test_comparing_draws_three_cells_on_one_axis(open_page: Open) -> None:
    page = open_page("/?cell=lstm&forget_bias=1&seed=5")
    page.get_by_text("Compare the cells").click()
    rest(page)
    drawn = curves(page)
    cells = {"LSTM (live)": {"cell": "lstm", "forget_bias": 1}, "RNN": {}, "GRU": {"cell": "gru"}}
    for name, settings in cells.items():
        trace = explorer.run(explorer.Experiment(seed=5, **settings))
        same(drawn[name], trace.log10_state_grad_norm["h"][0, 1:])
    assert query(page)["compare"] == "true"


def test_a_broken_link_gets_sentences_and_a_picture(open_page: Open) -> None:
    page = open_page("/?cell=transformer&seq_len=-5&gain=1e999&nonsense=%3Cscript%3Ealert(1)%3C/script%3E")
    alert = page.get_by_test_id("stAlert")
    for part in ("cell must be one of", "seq_len must be", "gain must be", "is not a parameter"):
        expect(alert).to_contain_text(part)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert verdict(page) == expected_verdict()


def test_what_does_not_fit_is_said_and_the_picture_stays(open_page: Open) -> None:
    page = open_page("/?seq_len=2000&hidden_size=64")
    before = verdict(page)
    page.get_by_text("More", exact=True).click()
    settled(page)
    press(page, "Batch size", "End")
    expect(page.get_by_test_id("stAlert")).to_contain_text("the budget is")
    assert verdict(page) == before
    press(page, "Batch size", "Home")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_markup_in_a_text_is_a_text(open_page: Open) -> None:
    page = open_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.get_by_text("More", exact=True).click()
    settled(page)
    box = page.get_by_test_id("stTextArea").locator("textarea")
    box.fill("<img src=x onerror=alert(1)> and <script>alert(2)</script>")
    box.press("Control+Enter")
    rest(page)
    assert not dialogs
    assert verdict(page) == expected_verdict(text="<img src=x onerror=alert(1)> and <script>alert(2)</script>")


@pytest.mark.parametrize(
    ("link", "scheme"),
    [
        ("/", "light"),
        ("/?cell=lstm&forget_bias=1&num_layers=2", "dark"),
        ("/?activation=relu&gain=50&seq_len=2000", "light"),
    ],
)
@pytest.mark.parametrize(("width", "height"), WINDOWS)
def test_nothing_is_cut_off_and_no_field_names_show(
    open_page: Open, link: str, width: int, height: int, scheme: str
) -> None:
    page = open_page(link, width=width, height=height, colour_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    main = page.get_by_test_id("stMainBlockContainer")
    cut = "e => e.scrollWidth > e.clientWidth + 1"
    for text in page.locator(".deck :is(h2, dt, dd, h3, button)").all():
        assert not text.evaluate(cut), text.inner_text()
    shown = main.inner_text() + (page.get_by_test_id("stSidebar").inner_text() if width > 640 else "")
    assert not [name for name in FIELDS if name in shown]


def test_the_layout_does_not_jump_when_values_change(open_page: Open) -> None:
    page = open_page()
    places = "() => [...document.querySelectorAll('.deck :is(h2, h3, dd)')].map(e => e.getBoundingClientRect().top)"
    before = page.evaluate(places)
    press(page, "Gain", "End")
    assert verdict(page) == expected_verdict(gain=3.0)
    assert page.evaluate(places) == before
