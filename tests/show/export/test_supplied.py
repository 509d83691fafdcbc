"""A run with the caller's own arrays: every file says what was supplied, and none describes what was not used."""

from __future__ import annotations

import itertools
import json
import re
import runpy
import sys

import numpy as np
import pytest

import explorer
from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.show.export import as_html, as_json, preset_file, series_csv
from explorer.show.export.notebook import notebook
from explorer.show.export.torch_script import torch_script
from explorer.show.words import catalogue, say
from explorer.show.words.supplied import supplied_text
from explorer.show.words.verdicts import loss_text

E = Experiment(
    cell="lstm", hidden_size=5, seq_len=8, batch_size=2, task="noise", forget_bias=5, init="orthogonal", seed=3
)
GIVEN = ("weights", "inputs", "targets", "output_grads", "initial_state")
MADE_OF = {
    "init": {"weights"},
    "gain": {"weights"},
    "input_gain": {"weights"},
    "bias_init": {"weights"},
    "forget_bias": {"weights"},
    "task": {"inputs", "targets"},
    "seed": {"weights", "inputs", "targets"},
}
"""Parameter → what has to be supplied, with cotangents as good as targets, so that it is not used."""


def given_run(names):
    drawn, numbers = explorer.run(E), np.random.default_rng(0)
    arrays = {
        "weights": {name: numbers.standard_normal(w.shape) for name, w in drawn.weights.items()},
        "inputs": numbers.standard_normal(drawn.inputs.shape),
        "targets": numbers.standard_normal(drawn.outputs[-1].shape),
        "output_grads": numbers.standard_normal(drawn.outputs.shape),
        "initial_state": {"h": numbers.standard_normal((1, 2, 5))},
    }
    return explorer.run(E, **{name: arrays[name] for name in names})


CHOICES = [
    names
    for count in (1, 2, 3, 4)
    for names in itertools.combinations(GIVEN, count)
    if not {"targets", "output_grads"} <= set(names)
]


@pytest.fixture(scope="module", params=CHOICES, ids="+".join)
def trace(request):
    return given_run(request.param)


def unused(trace):
    given = set(trace.supplied) | ({"targets"} if "output_grads" in trace.supplied else set())
    return {name for name, needed in MADE_OF.items() if needed <= given} | (
        {"loss_at"} if "output_grads" in trace.supplied else set()
    )


def rows_of(html):
    """Parameter → its value in the report's table of the experiment."""
    return {name: value for value, name in re.findall(r"<td>([^<]*)</td><td><code>([^<]*)</code></td>", html)}


def test_the_report_marks_what_was_not_used_and_lists_what_was_given(trace):
    html = as_html(trace)
    values = rows_of(html)
    for name in {*MADE_OF, "loss_at"}:
        assert (values[name] == say("report", "replaced")) == (name in unused(trace)), name
    assert supplied_text(trace) in html
    assert say("report", "again_supplied") in html
    assert "[experiment]" not in html, "no preset is offered"
    if "weights" in trace.supplied:
        for name, weight in trace.weights.items():
            assert f"<td>{name}</td><td>{' × '.join(map(str, weight.shape))}</td>" in html
        assert "(forget)" in html, "each gate's block has a spectral radius"


def test_a_preset_is_refused_with_what_to_save_instead(trace):
    with pytest.raises(ExplorerError, match="supplied arrays cannot be made"):
        preset_file(trace)


@pytest.mark.parametrize("write", [torch_script, notebook])
def test_the_heading_of_a_script_says_what_was_given_and_no_setting_that_was_not_used(trace, write):
    text = write(trace)
    head = text.split('"""')[1] if write is torch_script else "".join(json.loads(text)["cells"][0]["source"])
    assert supplied_text(trace) in head
    for name in unused(trace):
        assert f"{say('label', name)}: " not in head
        assert f"| {say('label', name)} |" not in head


def test_the_json_names_what_was_given_and_has_no_value_for_what_was_not_used(trace):
    said = json.loads(as_json(trace))
    assert said["supplied"] == list(trace.supplied)
    for name in unused(trace):
        assert said["experiment"][name] is None
        assert said["null_means"][f"experiment.{name}"] == say("null_means", "supplied")


def test_where_gradients_stand_in_place_of_a_loss_no_loss_is_shown(trace):
    has_loss = "output_grads" not in trace.supplied
    assert ("loss" in series_csv(trace).splitlines()[0]) == has_loss
    assert (loss_text(trace) == say("number", "no_loss")) == (not has_loss)
    assert "not finite" not in as_html(trace).split("<figure")[0]


def test_the_script_of_a_run_with_everything_given_reproduces_it(tmp_path, capsys, monkeypatch):
    trace = given_run(("weights", "inputs", "targets", "initial_state"))
    path = tmp_path / "run.py"
    path.write_text(torch_script(trace), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out


def test_every_argument_of_a_run_has_a_word():
    assert set(GIVEN) < catalogue()["supplied"].keys()
