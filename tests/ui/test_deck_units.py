"""The pure parts of the deck's JavaScript under Node's own test runner: no page, no browser, no package."""

import math
import os
import shutil
import subprocess

import numpy as np
import pytest

from explorer.show.plots.deck_renderer import Block
from explorer.show.words.numbers import magnitude, short
from explorer.ui.deck.blocks import setup
from tests.common.said_numbers import LOG10, PLAIN
from tests.project.test_floors import ROOT

FOLDER = ROOT / "tests" / "ui" / "js"
NODE = shutil.which("node")
# The first releases that recognise a module without a package.json.
FITTING = ((20, 19), (22, 7))
KINDS = {"f8": "<f8", "f4": "<f4", "u1": "<u1"}
SPELLED = {math.inf: "Infinity", -math.inf: "-Infinity"}


def version():
    """(major, minor) of the Node that is installed."""
    told = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in told.removeprefix("v").split(".")[:2])


def fits(found):
    return any(found >= least and found[0] == least[0] for least in FITTING) or found >= max(FITTING)


def spelled(value):
    """A number as JavaScript reads it."""
    return "NaN" if math.isnan(value) else SPELLED.get(value, repr(value))


def written(path):
    """A file with a block: arrays of all kinds and odd lengths, their values as text, and numbers as Python texts."""
    block, rng = Block(), np.random.default_rng(0)
    arrays = []
    for kind, dtype in KINDS.items():
        for size in (0, 1, 3, 8, 13):
            values = np.asarray(rng.integers(0, 256, size) if kind == "u1" else 10 ** rng.uniform(-30, 30, size), dtype)
            if size == 13 and kind != "u1":
                values[:4] = np.nan, np.inf, -np.inf, -0.0
            arrays.append({"values": block.array(values, kind), "texts": [spelled(float(v)) for v in values]})
    header = {
        **setup(),
        "arrays": arrays,
        "log10": block.array(np.array(LOG10), "f8"),
        "magnitudes": [magnitude(value) for value in LOG10],
        "plain": block.array(np.array(PLAIN), "f8"),
        "shorts": [short(value) for value in PLAIN],
    }
    path.write_bytes(block.bytes(header))
    return path


def test_the_pure_parts_of_the_script(tmp_path):
    if NODE is None:
        pytest.skip("The deck's JavaScript is not unit-tested: there is no Node here.")
    if not fits(version()):
        pytest.skip("The deck's JavaScript is not unit-tested: this Node is older than 20.19 or 22.7.")
    files = sorted(str(path) for path in FOLDER.glob("*.test.mjs"))
    done = subprocess.run(
        [NODE, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", "--test-reporter=spec", *files],
        env={**os.environ, "DECK_FROM_PYTHON": str(written(tmp_path / "block"))},
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped 0" in done.stdout


@pytest.mark.parametrize(
    ("found", "good"),
    [((18, 20), False), ((20, 18), False), ((20, 19), True), ((21, 7), False), ((22, 6), False), ((22, 7), True)],
)
def test_a_node_that_is_too_old_is_known(found, good):
    assert fits(found) == good
    assert fits((found[0] + 8, 0))
