"""User text in the page's sentences is shown as it is, never as Markdown. In a real browser: tests/browser."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.base.errors import ExplorerError
from explorer.ui.parts.plain import plain, quoted

CODE = re.compile("`[^`]+`")
LOOKED_FOR = re.compile(r"[*\[\]<>~&$\\@]|:\S|www\.|--", re.IGNORECASE)


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("`gain` must be between 0 and 100; got 1e999. Try 1.", "`gain` must be between 0 and 100; got 1e999. Try 1."),
        ("one of rnn, gru_reset_before: got <b>.", "one of rnn, gru_reset_before: got `<b>`."),
        ("`a` is bad; got [x](y) or $x$, sir.", "`a` is bad; got `[x](y) or $x$`, sir."),
        ("see http://e.example now", "see `http://e.example` now"),
        ("a stray ` there", "a stray `'` there"),
        ("Did you mean `gain`?", "Did you mean `gain`?"),
    ],
)
def test_a_sentence_reads_as_before(sentence, markdown):
    assert plain(sentence) == markdown


ODD = st.text(alphabet="`*_[]()<>#~|&!{}:@$\\ab.w-=/ \n", max_size=80) | st.text(max_size=80)


@given(ODD, ODD)
def test_outside_of_code_nothing_is_left_to_interpret(name, got):
    sentence = plain(ExplorerError(name, "must be a number", got, "Try 1.").sentence)
    assert not LOOKED_FOR.search(CODE.sub("", sentence))
    assert "`" not in CODE.sub("", sentence)


@given(ODD)
def test_what_is_quoted_is_one_short_piece_of_code(text):
    said = quoted(text)
    assert CODE.fullmatch(said.rstrip(".,;")) or said == '""'
    assert len(said) < 70
    assert "\n" not in said
