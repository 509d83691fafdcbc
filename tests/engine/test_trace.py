"""The record of a run: what it holds, that nobody can change it, and that it survives a file."""

import gc
import io
import zipfile
from dataclasses import FrozenInstanceError, asdict, fields

import numpy as np
import pytest

import explorer
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.model.cells.contract import shapes as shapes_of_weights
from explorer.model.clipping import ClipReport
from tests.common.comparing import small, the_error

L, T, B, H, I, O = 2, 12, 3, 5, 2, 1
FOUR = ("input", "forget", "candidate", "output")
DENSE = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
NAMES = {  # states, gates and weights, which people's programs and saved files use: none of them may change
    "rnn": ("h", (), DENSE),
    "lstm": ("h c", FOUR, DENSE),
    "lstm_peephole": ("h c", FOUR, (*DENSE, "weight_ci", "weight_cf", "weight_co")),
    "lstm_coupled": ("h c", ("forget", "candidate", "output"), DENSE),
    "gru": ("h", ("reset", "update", "candidate"), DENSE),
    "gru_reset_before": ("h", ("reset", "update", "candidate"), DENSE),
    "mgu": ("h", ("forget", "candidate"), DENSE),
    "min_gru": ("h", ("update",), ("weight_ih", "bias_ih")),
    "indrnn": ("h", (), DENSE),
    "higher_order": ("h p", (), (*DENSE, "weight_hh2")),
    "lru": ("h v", (), ("weight_ih", "weight_nu", "weight_theta", "weight_gamma")),
    "slstm": ("h c n m", FOUR, DENSE),
}


@pytest.mark.parametrize("cell", NAMES)
def test_the_names_that_files_hold(cell):
    kind, (states, gates, weights) = CELLS[cell].kind, NAMES[cell]
    assert (kind.states, tuple(kind.gates)) == (tuple(states.split()), gates)
    assert set(kind.parameters) == set(weights)


def shapes(arrays):
    return {name: array.shape for name, array in arrays.items()}


@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("dtype", ("float64", "float32"))
@pytest.mark.parametrize("cell", CELLS)
def test_documented_shapes(cell, dtype, backend):
    e = small(cell=cell, num_layers=L, dtype=dtype, backend=backend)
    trace = explorer.run(e)
    kind, weights = CELLS[cell].kind, {"weight_out": (O, H), "bias_out": (O,)}
    for layer, width in enumerate((I, H)):
        own = shapes_of_weights(kind, H, width)
        weights |= {f"{name}_l{layer}": shape for name, shape in own.items()}
    assert trace.experiment == e
    assert shapes(trace.states) == dict.fromkeys(kind.states, (L, T + 1, B, H))
    assert shapes(trace.state_grads) == dict.fromkeys(kind().carried, (L, T + 1, B, H))
    assert shapes(trace.log10_state_grad_norm) == dict.fromkeys(kind().carried, (L, T + 1))
    assert shapes(trace.gates) == dict.fromkeys(kind.gates, (L, T, B, H))
    assert trace.outputs.shape == (T, B, O)
    assert trace.output_grads.shape == (1, B, O)
    assert trace.inputs.shape == (T, B, I)
    assert trace.step_loss.shape == (T,)
    for arrays in (trace.weights, trace.weight_grads, trace.clipped_weight_grads):
        assert shapes(arrays) == weights
    for arrays in (trace.log10_step_weight_grad_norm, trace.step_weight_grad_norm):
        assert shapes(arrays) == dict.fromkeys(weights, (T,))
    assert isinstance(trace.loss, float) and isinstance(trace.seconds, float) and trace.seconds > 0
    assert isinstance(trace.clip, ClipReport)
    assert trace.overflow_step is None and trace.supplied == ()
    assert trace.backend == ("numpy" if backend == "numpy" else "torch cpu")


def test_the_losses_of_the_steps_sum_to_the_loss():
    for loss_at, steps in (("last", [T - 1]), ("every", range(T))):
        trace = explorer.run(small(loss_at=loss_at))
        assert trace.loss == pytest.approx(trace.step_loss.sum())
        assert list(np.flatnonzero(trace.step_loss)) == list(steps)


def test_norms_and_gradients_say_the_same():
    trace = explorer.run(small(cell="lstm", num_layers=L))
    for name, grads in trace.state_grads.items():
        np.testing.assert_allclose(10 ** trace.log10_state_grad_norm[name], np.linalg.norm(grads, axis=(-2, -1)))
    for name, norms in trace.log10_step_weight_grad_norm.items():
        np.testing.assert_allclose(10**norms, trace.step_weight_grad_norm[name])


def test_a_run_is_pure():
    a, b = explorer.run(small(cell="gru")), explorer.run(small(cell="gru"))
    np.testing.assert_array_equal(a.state_grads["h"], b.state_grads["h"])
    assert a.loss == b.loss


def all_arrays(trace):
    for field in fields(trace):
        value = getattr(trace, field.name)
        yield from value.values() if hasattr(value, "values") else [value] if isinstance(value, np.ndarray) else []


@pytest.mark.parametrize("backend", ("numpy", "torch"))
def test_nobody_can_change_it(backend, tmp_path):
    trace = explorer.run(small(cell="lstm", num_layers=L, backend=backend))
    trace.save(tmp_path / "trace.npz")
    for held in (trace, Trace.load(tmp_path / "trace.npz")):
        with pytest.raises(FrozenInstanceError):
            held.loss = 0.0
        for mapping in (held.states, held.gates, held.weight_grads):
            with pytest.raises(TypeError):
                mapping["h"] = np.zeros(3)
        for array in all_arrays(held):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_nbytes():
    trace = explorer.run(small(cell="lstm"))
    assert trace.nbytes == sum(array.nbytes for array in all_arrays(trace))


RUNS = {
    "plain": (small(), {}),
    "stacked float32 lstm": (small(cell="lstm", num_layers=L, dtype="float32", clip="norm", clip_threshold=0.01), {}),
    "text": (small(task="text", text="Ünïcödé and more", loss_at="every"), {}),
    "overflowed": (small(activation="identity", gain=100, init="orthogonal", seq_len=200), {}),
    "supplied": (small(cell="gru"), {"output_grads": np.ones((T, B, O)), "initial_state": {"h": np.ones((1, B, H))}}),
}


@pytest.mark.parametrize("e, given", RUNS.values(), ids=RUNS.keys())
def test_saved_and_loaded(e, given, tmp_path):
    trace = explorer.run(e, **given)
    trace.save(tmp_path / "any name")
    again = Trace.load(str(tmp_path / "any name"))
    for field in fields(trace):
        ours, theirs = getattr(again, field.name), getattr(trace, field.name)
        if hasattr(theirs, "items"):
            assert list(ours) == list(theirs), field.name
            for name in theirs:
                assert ours[name].dtype == theirs[name].dtype
                np.testing.assert_array_equal(ours[name], theirs[name])
        elif field.name == "clip":
            np.testing.assert_equal(asdict(ours), asdict(theirs))
        else:
            assert type(ours) is type(theirs), field.name
            np.testing.assert_equal(ours, theirs, err_msg=field.name)


def test_the_file_holds_no_pickle(tmp_path):
    explorer.run(small(cell="lstm")).save(tmp_path / "trace.npz")
    with zipfile.ZipFile(tmp_path / "trace.npz") as archive:
        for name in archive.namelist():
            assert name.endswith(".npy")
            array = np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
            assert array.dtype.kind in "fU"


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **arrays)
    return file.getvalue()


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


GARBAGE = {
    "nothing": b"",
    "text": b"hello",
    "half a zip": b"PK\x03\x04" + bytes(100),
    "half an array": b"\x93NUMPY" + bytes(30),
    "one array": npy(np.zeros(3)),
    "a pickle": npy(np.array([{}], dtype=object)),
    "arrays of somebody else": npz(weights=np.zeros(3)),
    "a header that is a pickle": npz(header=np.array([{}], dtype=object)),
    "a header that is no JSON": npz(header=np.array("{")),
    "a header that is a list": npz(header=np.array("[]")),
    "a header without arrays": npz(header=np.array('{"format": 2, "experiment": {}}')),
    "another format": npz(header=np.array('{"format": 99}')),
}


@pytest.fixture
def no_file_left_open():
    """Collects garbage, so that Python's warning of a file that `load` left open appears here, not in another test."""
    yield
    gc.collect()


@pytest.mark.usefixtures("no_file_left_open")
@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_refused(content, tmp_path):
    path = tmp_path / "trace.npz"
    path.write_bytes(content)
    assert the_error(Trace.load, path).parameter == "trace"


def test_no_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "missing.npz", tmp_path):
        assert the_error(Trace.load, path).parameter == "trace"


@pytest.mark.usefixtures("no_file_left_open")
def test_an_array_whose_header_does_not_close_is_refused(tmp_path):
    """NumPy reads a header that is no literal once more, as Python's tokens, which raise an error of their own."""
    path = tmp_path / "trace.npz"
    explorer.run(small(seq_len=2, batch_size=1, hidden_size=1)).save(path)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content.replace(b"}", b" ", 1))
    with pytest.raises(explorer.ExplorerError):
        Trace.load(path)


def test_a_damaged_file_is_refused_or_read(tmp_path):
    """One byte inverted, at two hundred places; and the file cut off, at fifty."""
    path = tmp_path / "trace.npz"
    explorer.run(small(seq_len=2, batch_size=1, hidden_size=1)).save(path)
    content = path.read_bytes()
    each, cut = (range(0, len(content), len(content) // count) for count in (200, 50))
    damaged = [content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :] for at in each]
    damaged += [content[:stop] for stop in cut]
    escaped = set()
    for bytes_ in damaged:
        path.write_bytes(bytes_)
        try:
            Trace.load(path)
        except explorer.ExplorerError:
            pass
        except Exception as failure:  # any other type of error is reported
            escaped.add(type(failure).__name__)
    assert not escaped
