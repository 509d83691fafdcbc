"""The script and the notebook reproduce the run with torch alone, in a process without this package."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys

import numpy as np
import pytest

import explorer
from explorer.base.backend import torch_is_installed
from explorer.engine.experiment import Experiment
from explorer.model.cells import CELLS
from explorer.questions.proof.plain_cells import STEPS
from explorer.show.export import NPZ, notebook, torch_script
from explorer.show.presets import all_presets, all_stories

pytestmark = pytest.mark.skipif(not torch_is_installed(), reason="what is taken home needs torch")
SMALL = {"seq_len": 12, "hidden_size": 5, "batch_size": 3}
CHAOS = {"gain": 6.0, "seq_len": 120, "batch_size": 2}
TASKS = ("text", "stocks", "noise", "adding", "copy", "temporal_order", "sine")
STACKED = ("rnn", "lstm_peephole", "gru", "higher_order", "lru")
CASES = {
    "default": {},
    **{cell: {**SMALL, "cell": cell} for cell in CELLS},
    **{f"stacked {cell}": {**SMALL, "cell": cell, "num_layers": 3, "loss_at": "every"} for cell in STACKED},
    **{f"{task}, last": {**SMALL, "task": task} for task in TASKS},
    **{f"{task}, every": {**SMALL, "task": task, "loss_at": "every"} for task in TASKS},
    **{a: {**SMALL, "activation": a, "gain": 1.3} for a in ("relu", "sigmoid", "identity")},
    "norm clipped": {**SMALL, "cell": "lstm", "clip": "norm", "clip_threshold": 0.01},
    "value clipped": {**SMALL, "cell": "gru", "clip": "value", "clip_threshold": 0.001},
    "not engaged": {**SMALL, "clip": "norm", "clip_threshold": 1e6},
    "beyond float64": {**SMALL, "seq_len": 700, "activation": "sigmoid"},
    "exact zeros": {**SMALL, "gain": 0.0},
    "overflow": {**SMALL, "hidden_size": 32, "seq_len": 300, "activation": "relu", "gain": 50.0},
    "chaotic": CHAOS,
    "chaotic gru": {**CHAOS, "cell": "gru", "gain": 12.0, "batch_size": 1},
    "chaotic lstm": {**CHAOS, "cell": "lstm", "gain": 12.0, "num_layers": 2, "hidden_size": 20, "batch_size": 1},
    "chaotic higher_order": {**CHAOS, "cell": "higher_order"},
    "chaotic, every": {**CHAOS, "num_layers": 2, "loss_at": "every", "task": "noise"},
    "chaotic, clipped": {**CHAOS, "clip": "norm", "clip_threshold": 1.0},
    "chaotic relu": {**CHAOS, "activation": "relu", "gain": 3.0, "num_layers": 2},
    "chaotic relu, up to 1e252": {**SMALL, "hidden_size": 32, "seq_len": 200, "activation": "relu", "gain": 50.0},
    "chaotic, many states": {**CHAOS, "batch_size": 40, "hidden_size": 32},
    "explodes, linear": {"activation": "identity", "gain": 3.0, "batch_size": 2, "num_layers": 2},
    "float32": {**SMALL, "cell": "lstm", "dtype": "float32"},
    "many weights": {"cell": "lstm", "hidden_size": 130, "seq_len": 5, "batch_size": 2},
    "many targets": {**SMALL, "task": "noise", "loss_at": "every", "seq_len": 60, "batch_size": 700},
}
PRESETS = {preset.experiment: f"preset {name}" for name, preset in all_presets().items()}
SCENES = {
    scene.experiment: f"story {name}, scene {number}"
    for name, story in all_stories().items()
    for number, scene in enumerate(story.scenes, start=1)
}
SHOWN = {name: e for e, name in (SCENES | PRESETS).items() if e.dtype == "float64"}
SPOILT = ("log10_state_grad_norm", "log10_step_weight_grad_norm", "weight_grads", "clipped_weight_grads")
IN_NPZ = {"many weights", "many targets", "chaotic, many states"}
CHAOTIC = [name for name in CASES if name.startswith("chaotic")]
ANCHOR = "s + (theirs - s).detach()"
ONE_STEP = re.compile(r"^largest relative difference of one step forward: (\S+) \((.+)\)$", re.M)
DIFFERENCE = re.compile(r"^largest relative difference from the explorer: (\S+) \((.+)\)$", re.M)
# Runs each script in a Python with torch and the standard library only: any import of the packages below fails.
RUN_ALL = """
import json, os, runpy, sys, io, contextlib
import torch
torch.set_num_threads(1)
for name in ("explorer", "numpy", "pydantic", "streamlit", "plotly"):
    sys.modules[name] = None
said = {}
for path in json.loads(sys.argv.pop()):
    os.chdir(os.path.dirname(path))
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(path, run_name="__main__")
    said[path] = out.getvalue()
print(json.dumps(said))
"""


def alone(*arguments, cwd):
    """A Python that sees neither this folder nor the environment's paths."""
    done = subprocess.run([sys.executable, "-I", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def spoilt(trace, field, place=-1):
    """The trace with one number of the field a little off."""
    wrong = {name: array.copy() for name, array in getattr(trace, field).items()}
    wrong["h" if "h" in wrong else "weight_hh_l0"].flat[place] += 1e-7
    return explorer.Trace(**{name: getattr(trace, name) for name in trace.__dataclass_fields__} | {field: wrong})


def given():
    """A run on weights without a readout, inputs, an initial state, and targets that a trace does not keep."""
    rng, e = np.random.default_rng(5), Experiment(**SMALL, cell="lstm", task="noise")
    return explorer.run(
        e,
        weights={name: weight for name, weight in explorer.run(e).weights.items() if "out" not in name},
        inputs=rng.standard_normal((12, 3, 2)),
        targets=rng.standard_normal((3, 5)),
        initial_state={name: rng.standard_normal((1, 3, 5)) for name in ("h", "c")},
    )


@pytest.fixture(scope="module")
def traces():
    runs = {name: explorer.run(Experiment(**settings)) for name, settings in CASES.items()}
    runs |= {name: explorer.run(e) for name, e in SHOWN.items()}
    runs["a state"] = spoilt(runs["chaotic"], "states", 50 * 2 * 32)
    return runs | {"given": given()} | {field: spoilt(runs["norm clipped"], field) for field in SPOILT}


@pytest.fixture(scope="module")
def scripts(traces):
    texts = {name: torch_script(trace) for name, trace in traces.items()}
    return texts | {"let go": texts["chaotic"].replace(ANCHOR, "s")}


@pytest.fixture(scope="module")
def said(traces, scripts, tmp_path_factory):
    """The output of each script, run in a folder of its own, with its npz if it needs one."""
    paths = {}
    for name, script in scripts.items():
        folder = tmp_path_factory.mktemp("elsewhere")
        if name in IN_NPZ:
            traces[name].save(folder / NPZ)
        paths[name] = str(folder / "run.py")
        (folder / "run.py").write_text(script, encoding="utf-8")
    printed = json.loads(alone("-c", RUN_ALL, json.dumps(list(paths.values())), cwd=folder))
    return {name: printed[path] for name, path in paths.items()}


@pytest.mark.parametrize("name", [*(name for name in CASES if name != "overflow"), "given", *SHOWN])
def test_a_script_finds_the_same_gradients(name, traces, said):
    worst, where = DIFFERENCE.search(said[name]).groups()
    assert 0 <= float(worst) <= (1e-4 if name == "float32" else 1e-10), where
    norms = traces[name].log10_state_grad_norm["h"]
    for layer in range(len(norms)):
        line = f"log10 |dL/dh|, layer {layer + 1}: {norms[layer, -1]:.3f} at step"
        assert line in said[name]


def test_a_script_says_where_the_forward_pass_ends(traces, said):
    at = traces["overflow"].overflow_step
    assert f"no longer finite at step {at}; the explorer says {at}" in said["overflow"]
    assert DIFFERENCE.search(said["overflow"]) is None


@pytest.mark.parametrize("name", ["norm clipped", "value clipped", "not engaged"])
def test_a_script_prints_the_norm_before_and_after_clipping(name, traces, said):
    clip = traces[name].clip
    assert f"norm of the parameter gradient: {clip.norm_before:.6g}\n" in said[name]
    assert f"the same after clipping: {clip.norm_after:.6g}\n" in said[name]
    assert clip.engaged == (name != "not engaged")


def test_a_script_says_what_it_cannot_compare(traces, said):
    norms = traces["beyond float64"].log10_state_grad_norm["h"]
    assert f"{np.count_nonzero(norms <= -290)} norms are beyond 1e-290" in said["beyond float64"]
    assert "not compared" not in said["default"]


def test_small_runs_are_one_file_and_large_ones_name_the_npz(scripts):
    for name, script in scripts.items():
        assert ("import zipfile" in script) == (name in IN_NPZ), name
        assert len(script) < 10**6


@pytest.mark.parametrize("name", CHAOTIC)
def test_where_rounding_parts_two_programs_each_step_starts_from_the_explorers_state(name, said, scripts):
    """The forward pass is checked as well, one step at a time."""
    assert ANCHOR in scripts[name]
    assert 0 < float(ONE_STEP.search(said[name]).group(1)) <= 1e-12


def test_all_other_scripts_walk_by_themselves(scripts):
    for name in CASES.keys() - {*CHAOTIC}:
        assert "STATES" not in scripts[name], name


def test_without_the_anchor_rounding_parts_them(said):
    """The same script, in which each step goes on from its own state, finds other numbers: the anchor is needed."""
    assert float(DIFFERENCE.search(said["let go"]).group(1)) > 1e-3


def test_a_script_would_notice_a_wrong_state(traces, said):
    """One state of one step is wrong: the script names the step that ends in it."""
    size, where = ONE_STEP.search(said["a state"]).groups()
    assert 1e-9 < float(size) < 1e-6
    assert where == "h, layer 1, step 50"


def test_a_script_measures_rounding_before_it_blames_anybody(said):
    moved = float(re.search(r"in their last digit moves these numbers by ([^,\s]+)", said["weight_grads"]).group(1))
    assert 0 < moved < 1e-10 < float(DIFFERENCE.search(said["weight_grads"]).group(1))
    assert "last digit" not in said["default"]


@pytest.mark.parametrize("field", SPOILT)
def test_a_script_would_notice_a_wrong_number(field, said):
    """The comparison must be able to fail."""
    assert float(DIFFERENCE.search(said[field]).group(1)) > 1e-9


def test_a_script_runs_as_a_file(scripts, tmp_path):
    (tmp_path / "run.py").write_text(scripts["default"], encoding="utf-8")
    assert float(DIFFERENCE.search(alone("run.py", cwd=tmp_path)).group(1)) <= 1e-10


def test_the_text_of_a_user_is_no_part_of_the_code():
    trace = explorer.run(Experiment(**SMALL, text='"""\nimport os\n"""; \\ {seq_len} # ☃'))
    for text in (torch_script(trace), notebook(trace)):
        assert "import os" not in text
    ast.parse(torch_script(trace))


def test_every_cell_stands_on_its_own():
    """A script holds the lines of one cell alone, so they may not use the steps of other cells."""
    assert STEPS.keys() == CELLS.keys()
    for name, step in STEPS.items():
        assert set(step.__code__.co_varnames[:5]) == {"torch", "phi", "p", "x", "s"}, name
        assert not set(step.__code__.co_names) & STEPS.keys(), name


EXECUTE = """
import nbformat, sys
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(book)
NotebookClient(book, timeout=60, kernel_name="python3").execute()
for cell in book.cells:
    print(*("".join(o.get("text", "")) for o in cell.get("outputs", [])), sep="")
"""


def test_the_notebook_is_valid_and_runs_from_top_to_bottom(tmp_path):
    """In a Jupyter kernel of its own."""
    trace = explorer.run(Experiment(**SMALL, cell="gru", num_layers=2, clip="norm", clip_threshold=0.01))
    (tmp_path / "run.ipynb").write_text(notebook(trace, NPZ), encoding="utf-8")
    said = alone("-c", EXECUTE, "run.ipynb", cwd=tmp_path)
    assert float(DIFFERENCE.search(said).group(1)) <= 1e-10
    assert f"the same after clipping: {trace.clip.norm_after:.6g}" in said


def test_the_notebook_says_what_the_script_says(traces, scripts):
    for name in ("lstm", "overflow", "many weights", "chaotic lstm"):
        book = json.loads(notebook(traces[name]))
        assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
        assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
        code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
        own = [part for part in code if part not in scripts[name]]
        assert ["matplotlib" in part for part in own] == ([] if name == "overflow" else [True])
