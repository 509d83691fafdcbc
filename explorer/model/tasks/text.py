"""Predict the next character of a real text: the Zen of Python as shipped with Python, or a text of the user's own.

Characters are one-hot over those that occur; after the last character a window continues with the first.
"""

from __future__ import annotations

import ast
import codecs
import importlib.util
from functools import cache
from math import log
from pathlib import Path

import numpy as np

from explorer.model.tasks.contract import Batch, Task, alphabet, one_hot, windows


class Text(Task):
    """The task ``text``: the next character of a text."""

    reads_text = True

    def sizes(self, request):
        size = len(alphabet(self.text(request)))
        return size, size

    def draw(self, rng, request):
        text = self.text(request)
        characters = alphabet(text)
        symbols = np.searchsorted(np.array(list(characters)), np.array(list(text)))
        current, following = windows(rng, symbols, request)
        return Batch(one_hot(current, len(characters)), following)

    def baseline(self, request, steps):
        return steps * log(len(alphabet(self.text(request))))  # all characters equally likely

    def text(self, request):
        return request.text or zen_of_python()


@cache
def zen_of_python() -> str:
    """The text behind ``import this``, read from that module's source, because importing it would print the text."""
    spec = importlib.util.find_spec("this")
    assert spec is not None and spec.origin is not None, "Python ships with the module `this`"
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    literals = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return codecs.decode(max(literals, key=len), "rot13")
