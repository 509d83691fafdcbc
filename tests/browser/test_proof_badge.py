"""The badge in a real browser: a click, a check mark, and a number below the tolerance."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_click_proves_the_run_and_says_the_worst_error(open_page: Callable[..., Page]) -> None:
    page = open_page("/?seq_len=20&hidden_size=8")
    page.get_by_role("button", name="Prove this run").click()
    said = page.get_by_test_id("stAlert")
    expect(said).to_contain_text("✓ The numbers of this run are right", timeout=20_000)
    found = re.search(r"worst relative error [\d.]+ × 10⁻(\S+?),", said.inner_text().replace("\u00a0", " "))
    assert found is not None
    assert int(found[1].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))) >= 10
