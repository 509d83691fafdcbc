"""The record of a training: its contents, the recomputed networks, a continued training, and its file."""

import dataclasses
import json
import os

import numpy as np
import pytest

import explorer
from explorer.base.errors import ExplorerError
from explorer.model.cells import CELLS
from explorer.questions.training import History, Recorder, TrainingPlan, continue_training, read_batch, twins
from explorer.questions.training import recorder as recording
from explorer.questions.training.history import ARRAYS, NUMBERS

PLAN = TrainingPlan(steps=60, evaluate_every=20, learning_rate=0.02)


def small(**settings):
    values = {"cell": "gru", "task": "adding", "seq_len": 12, "hidden_size": 4, "batch_size": 3, "clip": "norm"}
    return explorer.Experiment(**{**values, "clip_threshold": 0.1, **settings})


def recorded(experiments, plan=PLAN, **changes):
    recorder = Recorder(explorer.train(experiments, plan, **changes))
    steps = list(recorder)
    return recorder.history(), steps


def same(a, b):
    assert (a.experiments, a.plan, a.layout, a.endings) == (b.experiments, b.plan, b.layout, b.endings)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)


def test_it_holds_every_step():
    history, steps = recorded(twins(small()))
    assert history.iterations == len(steps) == 60
    assert [step.iteration for step in steps] == history.iteration.tolist()
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(history, name), [getattr(step, name) for step in steps])
    expected = np.array([step.log10_state_grad_norm for step in steps], dtype=np.float32)
    np.testing.assert_array_equal(history.log10_state_grad_norm, expected)
    assert history.eval_at.tolist() == [20, 40, 60]
    np.testing.assert_array_equal(history.eval_loss, [steps[at - 1].eval_loss for at in history.eval_at])
    with pytest.raises(ValueError, match="read-only"):
        history.loss[0] = 0.0


@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("cell", CELLS)
def test_any_iteration_is_opened_bit_for_bit(cell, dtype):
    history, steps = recorded(twins(small(cell=cell, dtype=dtype, num_layers=2)), steps=30)
    for iteration, lane in ((1, 0), (27, 1), (30, 0)):
        trace = history.trace_at(iteration, lane)
        assert trace.experiment == history.experiments[lane]
        assert trace.loss == history.loss[iteration - 1, lane]
        assert trace.clip.norm_before == history.norm_before[iteration - 1, lane]
        norms = steps[iteration - 1].log10_state_grad_norm[lane]
        np.testing.assert_array_equal(trace.log10_state_grad_norm["h"][-1], norms)
        x, _ = read_batch(trace.experiment, iteration)
        np.testing.assert_array_equal(trace.inputs, x)


def test_the_weights_at_the_ends():
    e = small()
    history, _ = recorded(e)
    for name, w in explorer.run(e).weights.items():
        np.testing.assert_array_equal(history.weights_at(1)[name], w)
    last = history.layout.views(history.checkpoint_weights[-1])
    for name, w in history.weights_at(61).items():
        np.testing.assert_array_equal(w, last[name][0])


def test_few_checkpoints_are_enough(monkeypatch):
    full, _ = recorded(small())
    monkeypatch.setattr(recording, "CHECKPOINT_EVERY", 5)
    monkeypatch.setattr(recording, "MOST_CHECKPOINTS", 4)
    thin, _ = recorded(small())
    assert thin.checkpoint_at.tolist() == [0, 20, 40, 60]
    for iteration in (1, 19, 20, 21, 59, 61):
        for name, w in thin.weights_at(iteration).items():
            np.testing.assert_array_equal(w, full.weights_at(iteration)[name])


@pytest.mark.parametrize("optimiser", ("sgd", "momentum", "rmsprop", "adam"))
def test_going_on_is_never_having_stopped(optimiser, tmp_path):
    whole, _ = recorded(twins(small(cell="lstm")), optimiser=optimiser)
    part, _ = recorded(twins(small(cell="lstm")), optimiser=optimiser, steps=33)
    part.save(tmp_path / "part.npz")
    recorder = continue_training(History.load(tmp_path / "part.npz"), 27)
    assert [step.iteration for step in recorder] == list(range(34, 61))
    same(recorder.history(), whole)


def test_going_on_with_thinned_checkpoints(monkeypatch):
    monkeypatch.setattr(recording, "CHECKPOINT_EVERY", 5)
    monkeypatch.setattr(recording, "MOST_CHECKPOINTS", 4)
    whole, _ = recorded(small())
    part, _ = recorded(small(), steps=33)
    recorder = continue_training(part, 27)
    list(recorder)
    same(recorder.history(), whole)


def test_a_history_stays_as_it_is_while_more_comes(monkeypatch):
    monkeypatch.setattr(recording, "FIRST_ROWS", 4)
    recorder = Recorder(explorer.train(small(), PLAN))
    empty = recorder.history()
    next(recorder), next(recorder)
    early = recorder.history()
    losses = early.loss.copy()
    list(recorder)
    assert (empty.iterations, early.iterations) == (0, 2)
    np.testing.assert_array_equal(early.loss, losses)
    assert early.checkpoint_at.tolist() == [0, 2]


def test_a_file_holds_all_of_it(tmp_path):
    e = small(activation="identity", cell="rnn", init="orthogonal", gain=3.0, seq_len=900, clip_threshold=1e-6)
    history, _ = recorded(twins(e), optimiser="sgd", learning_rate=1.0, steps=4)
    assert history.endings[1] is not None
    history.save(tmp_path / "run.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]
    same(History.load(tmp_path / "run.npz"), history)


@pytest.mark.parametrize("iteration", (0, 62, 1.5, "7", None))
def test_what_is_no_iteration_gets_a_sentence(iteration):
    history, _ = recorded(small())
    with pytest.raises(ExplorerError, match="`iteration` must be between 1 and 61"):
        history.weights_at(iteration)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"experiments": []},
        {"plan": {"steps": 2}},
        {"endings": [{"iteration": 9, "step": 1, "cause": "loss"}]},
        {"endings": [{"iteration": 2, "step": 1, "cause": "<b>"}]},
        {"endings": [{"iteration": "2", "step": 1, "cause": "loss"}]},
        {"shapes": {"weight_hh_l0": [1]}},
        {"experiments": [small(hidden_size=5).model_dump()]},
        {"experiments": [small(task="copy").model_dump()]},
    ],
    ids=str,
)
def test_a_header_that_does_not_belong_to_its_arrays_gets_a_sentence(spoilt, tmp_path):
    path = tmp_path / "run.npz"
    history, _ = recorded(small(), steps=3)
    history.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    header = {**json.loads(str(arrays["header"])), **spoilt}
    np.savez(path, **{**arrays, "header": np.array(json.dumps(header))})
    with pytest.raises(ExplorerError):
        History.load(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes by name here")
def test_what_is_no_file_is_not_replaced_by_one(tmp_path):
    history, _ = recorded(small(), steps=3)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (pipe, tmp_path, "."):
        with pytest.raises(OSError, match="Invalid argument"):
            history.save(place)
    assert pipe.is_fifo()


def test_a_broken_or_foreign_file_gets_a_sentence(tmp_path):
    path = tmp_path / "run.npz"
    history, _ = recorded(small(), steps=3)
    history.save(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    for name, array in (("loss", arrays["loss"][:1]), ("checkpoint_at", arrays["checkpoint_at"] * 1.0), ("eval_at", 3)):
        np.savez(path, **{**arrays, name: np.asarray(array)})
        with pytest.raises(ExplorerError, match="`history` must be a file written by"):
            History.load(path)
    history.save(path)
    for content in (b"", b"no archive", path.read_bytes()[:-200]):
        (tmp_path / "broken.npz").write_bytes(content)
        with pytest.raises(ExplorerError, match="`history` must be"):
            History.load(tmp_path / "broken.npz")
    explorer.run(small()).save(tmp_path / "trace.npz")
    with pytest.raises(ExplorerError, match="`history` must"):
        History.load(tmp_path / "trace.npz")
    with pytest.raises(ExplorerError, match="`history` must"):
        History.load(tmp_path / "nowhere.npz")


@pytest.mark.parametrize(("iteration", "lane", "named"), [(0, 0, "iteration"), (5, 0, "iteration"), (1, 1, "lane")])
def test_what_is_not_there_gets_a_sentence(iteration, lane, named):
    history, _ = recorded(small(), steps=3)
    with pytest.raises(ExplorerError) as caught:
        history.trace_at(iteration, lane)
    assert caught.value.parameter == named


def test_a_record_that_fits_nowhere_is_refused(monkeypatch):
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2**24))
    with pytest.raises(ExplorerError, match="`steps` need about"):
        Recorder(explorer.train(small(seq_len=100), steps=100_000))


def test_a_history_is_frozen():
    history, _ = recorded(small(), steps=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        history.loss = None
