"""Preset files that are broken, huge or deeply nested: each is refused with a sentence, and quickly."""

import time

import pytest

from explorer.base.errors import ExplorerError
from explorer.show.presets import parse_preset

HEAD = b'title = "t"\nlook = "l"\n[experiment]\n'
DEEP = {
    "names in a key": HEAD + b"seq_len." + b".".join([b"a"] * 30_000) + b" = 1",
    "quoted names": HEAD + b".".join([b'"a"'] * 15_000) + b" = 1",
    "names in a header": b"[" + b" . ".join([b"a"] * 15_000) + b"]",
    "names in a value": b"x = {" + b".".join([b"a"] * 30_000) + b" = 1}",
    "lists": HEAD + b"seq_len = " + b"[" * 30_000 + b"]" * 30_000,
    "tables": HEAD + b"seq_len = " + b"{a = " * 10_000,
    "one long word": b"a" * 65_000,
    "quotes that never end": b'"""' + b'\\"""' * 15_000,
    "blanks": b"a" + b" " * 65_000 + b".",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_without_end_gets_a_sentence_soon(name):
    started = time.process_time()
    with pytest.raises(ExplorerError, match="must be a TOML file"):
        parse_preset("deep", DEEP[name])
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"9" * 5000, "must be a TOML file"),
        (b"1e999", "must be a whole number"),
        (b"nan", "must be a whole number"),
        (b"1979-05-27", "must be a whole number"),
        (b"{a.b.c = 1}", "must be a whole number"),
        (b"[" * 100 + b"]" * 100, "must be a whole number"),
        (b'"<script>alert(1)</script>"', "must be a whole number"),
    ],
)
def test_an_odd_value_gets_a_sentence(value, said):
    with pytest.raises(ExplorerError, match=said):
        parse_preset("odd", HEAD + b"seq_len = " + value)


def test_dots_in_texts_and_comments_are_no_keys():
    dots = b"a." * 300
    content = b"# " + dots + b'\ntitle = "' + dots + b"\"\nlook = '''" + dots + b"\n'''\n[experiment]\n"
    assert parse_preset("dots", content).title == dots.decode()
