"""Clipping against torch.nn.utils, and the report of what it did."""

import numpy as np
import pytest

import explorer
from explorer.model.clipping import ClipReport, clip_gradients
from tests.common.comparing import small

torch = pytest.importorskip("torch")
THRESHOLDS = (1e-6, 0.3, 1.0, 1e6)


def gradients(size=1.0, seed=0):
    rng = np.random.default_rng(seed)
    shapes = {"weight_hh_l0": (20, 5), "weight_ih_l0": (20, 2), "bias_hh_l0": (20,), "weight_out": (1, 5)}
    return {name: size * rng.standard_normal(shape) for name, shape in shapes.items()}


def by_torch(grads, mode, threshold):
    """(clipped gradients, total norm before)."""
    parameters = {name: torch.zeros(g.shape, dtype=torch.float64) for name, g in grads.items()}
    for name, g in grads.items():
        parameters[name].grad = torch.tensor(g)
    before = torch.linalg.vector_norm(torch.cat([p.grad.ravel() for p in parameters.values()])).item()
    if mode == "norm":
        reported = torch.nn.utils.clip_grad_norm_(parameters.values(), threshold).item()
        assert reported == pytest.approx(before, nan_ok=True)
    else:
        torch.nn.utils.clip_grad_value_(parameters.values(), threshold)
    return {name: p.grad.numpy() for name, p in parameters.items()}, before


@pytest.mark.parametrize("size", (1e-4, 1.0, 1e4))
@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("mode", ("norm", "value"))
def test_as_torch_clips(mode, threshold, size):
    grads = gradients(size)
    expected, before = by_torch(grads, mode, threshold)
    clipped, report = clip_gradients(grads, mode, threshold)
    for name, g in expected.items():
        np.testing.assert_allclose(clipped[name], g, rtol=1e-9, err_msg=name)
    both = [np.concatenate([g[name].ravel() for name in expected]) for g in (grads, expected)]
    after = np.linalg.norm(both[1])
    assert (report.mode, report.threshold) == (mode, threshold)
    assert report.norm_before == pytest.approx(before, rel=1e-9)
    assert report.norm_after == pytest.approx(after, rel=1e-9)
    assert report.factor == pytest.approx(after / before, rel=1e-9)
    assert report.cosine == pytest.approx(both[0] @ both[1] / before / after, rel=1e-9)
    assert report.engaged == any(np.any(expected[name] != g) for name, g in grads.items())


@pytest.mark.parametrize("cell", ("rnn", "lstm"))
@pytest.mark.parametrize("threshold", (1e-3, 0.3, 1e3))
@pytest.mark.parametrize("mode", ("norm", "value"))
def test_a_run_keeps_both(mode, threshold, cell):
    e = small(cell=cell, num_layers=2, clip=mode, clip_threshold=threshold)
    trace, plain = explorer.run(e), explorer.run(e.replace(clip="none"))
    expected, _ = by_torch(trace.weight_grads, mode, threshold)
    for name, g in plain.weight_grads.items():
        np.testing.assert_array_equal(trace.weight_grads[name], g)
        np.testing.assert_array_equal(plain.clipped_weight_grads[name], g)
        np.testing.assert_allclose(trace.clipped_weight_grads[name], expected[name], rtol=1e-9)
    assert trace.clip.norm_before == plain.clip.norm_before
    np.testing.assert_array_equal(trace.state_grads["h"], plain.state_grads["h"])


def test_nothing_to_clip():
    for mode, threshold in (("none", 1e-9), ("norm", 1e9), ("value", 1e9)):
        grads = gradients()
        clipped, report = clip_gradients(grads, mode, threshold)
        assert not report.engaged
        assert (report.factor, report.cosine) == (1.0, 1.0)
        assert report.norm_after == report.norm_before > 0
        for name, g in grads.items():
            np.testing.assert_array_equal(clipped[name], g)


def test_the_threshold_itself_does_not_engage_by_value():
    grads = {"w": np.array([1.0, -1.0, 0.5])}
    assert not clip_gradients(grads, "value", 1.0)[1].engaged
    assert clip_gradients(grads, "value", 0.999)[1].engaged


def test_a_zero_gradient():
    grads = {"w": np.zeros(3)}
    for mode in ("none", "norm", "value"):
        assert clip_gradients(grads, mode, 1.0)[1] == ClipReport(mode, 1.0, 0.0, 0.0, 1.0, 1.0, False)


def test_the_callers_gradients_stay_as_they_are():
    grads = gradients()
    for mode in ("norm", "value"):
        clip_gradients(grads, mode, 1e-3)
    for name, g in gradients().items():
        np.testing.assert_array_equal(grads[name], g)


@pytest.mark.parametrize("size", (1e-200, 1e200))
def test_norms_whose_square_is_no_float(size):
    plain, scaled = (clip_gradients(gradients(s), "none", 1.0)[1].norm_before for s in (1.0, size))
    assert scaled == pytest.approx(size * plain, rel=1e-12)


@pytest.mark.parametrize("bad", (np.nan, np.inf, -np.inf))
@pytest.mark.parametrize("name", ("weight_hh_l0", "weight_out"))
@pytest.mark.parametrize("mode", ("norm", "value"))
def test_a_gradient_that_is_not_finite(mode, name, bad):
    grads = gradients()
    grads[name].flat[0] = bad
    expected, before = by_torch(grads, mode, 0.1)
    clipped, report = clip_gradients(grads, mode, 0.1)
    for n, g in expected.items():
        np.testing.assert_allclose(clipped[n], g, rtol=1e-9, err_msg=n)
    assert report.engaged
    assert not np.isfinite(report.norm_before) and np.isnan(report.norm_before) == np.isnan(before)
    assert np.isnan(report.factor) and np.isnan(report.cosine)


def test_after_a_forward_overflow():
    trace = explorer.run(small(activation="identity", gain=100, init="orthogonal", seq_len=200, clip="norm"))
    assert trace.overflow_step is not None
    assert not np.isfinite(trace.clip.norm_before) and not np.isfinite(trace.clip.norm_after)
