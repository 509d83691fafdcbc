"""Lanes of one pass give what single runs give."""

import numpy as np
import pytest

import explorer
import explorer.engine.run
from explorer.engine.experiment import memory_estimate
from tests.common.comparing import CELLS, LOSSES, assert_same_trace, small


@pytest.fixture
def passes(monkeypatch):
    """The number of lanes of every pass that is made."""
    lanes, original = [], explorer.engine.run.run_lanes

    def counted(experiments, supplies):
        lanes.append(len(experiments))
        return original(experiments, supplies)

    monkeypatch.setattr(explorer.engine.run, "run_lanes", counted)
    return lanes


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("num_layers", (1, 2))
@pytest.mark.parametrize("backend", ("numpy", "torch"))
@pytest.mark.parametrize("cell", CELLS)
def test_lanes_equal_single_runs(cell, backend, num_layers, loss):
    base = small(**cell, **loss, num_layers=num_layers, backend=backend)
    experiments = [base.replace(seed=seed, gain=gain) for seed, gain in ((0, 1.0), (1, 0.3), (2, 2.0))]
    for trace, e in zip(explorer.run_many(experiments), experiments, strict=True):
        assert trace.experiment == e
        assert_same_trace(trace, explorer.run(e), 1e-12)


def test_lanes_travel_with_exponents_of_their_own():
    """One lane grows by 400 decades while another falls by 800."""
    base = small(init="orthogonal", input_gain=0, bias_init="zero", seq_len=400)
    experiments = [base.replace(gain=gain) for gain in (10.0, 1.0, 0.01)]
    traces = explorer.run_many(experiments)
    decays = [g[1] - g[-1] for g in (trace.log10_state_grad_norm["h"][0] for trace in traces)]
    np.testing.assert_allclose(decays, (399, 0, -798), rtol=0, atol=1e-8)
    for trace, e in zip(traces, experiments, strict=True):
        assert_same_trace(trace, explorer.run(e), 1e-12)


def test_order_is_kept_and_like_shapes_share_a_pass(passes):
    kinds = [
        small(),
        small(cell="gru"),
        small(seq_len=13),
        small(batch_size=4),
        small(hidden_size=6),
        small(num_layers=2),
        small(activation="relu"),
        small(dtype="float32"),
        small(loss_at="every"),
        small(task="adding"),
        small(task="text"),
    ]
    experiments = [e.replace(seed=seed) for seed in range(3) for e in kinds]
    traces = explorer.run_many(experiments)
    assert [trace.experiment for trace in traces] == experiments
    assert sum(passes) == len(experiments)
    assert len(passes) == len(kinds) - 1  # two inputs and one output: "adding" is shaped like "noise"
    for trace, e in zip(traces, experiments, strict=True):
        tolerance = 1e-12 if e.dtype == "float64" else 1e-5
        assert_same_trace(trace, explorer.run(e), tolerance)


def test_one_pass_clips_each_lane_as_it_asks(passes):
    experiments = [small(clip=clip, clip_threshold=1e-3) for clip in ("none", "norm", "value")]
    traces = explorer.run_many(experiments)
    assert passes == [3]
    assert [trace.clip for trace in traces] == [explorer.run(e).clip for e in experiments]


@pytest.mark.parametrize("lanes_in_budget, expected", ((1.5, [1] * 5), (2.5, [2, 2, 1]), (9.5, [5])))
def test_lanes_beyond_the_budget_go_into_another_pass(monkeypatch, passes, lanes_in_budget, expected):
    experiments = [small(seed=seed) for seed in range(5)]
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(int(lanes_in_budget * memory_estimate(experiments[0]))))
    traces = explorer.run_many(experiments)
    assert passes == expected
    assert [trace.experiment for trace in traces] == experiments


@pytest.mark.parametrize("backend", ("numpy", "torch"))
def test_an_overflowing_lane_disturbs_no_other(backend):
    base = small(activation="identity", init="orthogonal", seq_len=400, backend=backend)
    experiments = [base.replace(gain=gain, seed=seed) for seed, gain in enumerate((1.0, 100.0, 0.5))]
    traces = explorer.run_many(experiments)
    assert [trace.overflow_step is None for trace in traces] == [True, False, True]
    for trace, e in zip(traces, experiments, strict=True):
        assert_same_trace(trace, explorer.run(e), 1e-12)


def test_the_lanes_of_one_pass_share_its_memory_and_hold_it_once():
    one, many = explorer.run(small()), explorer.run_many([small(seed=seed) for seed in range(20)])
    for name, h in one.states.items():
        bases = {id(trace.states[name].base): trace.states[name].base for trace in many}
        assert sum(base.nbytes for base in bases.values()) == 20 * h.nbytes


def test_nothing_gives_nothing():
    assert explorer.run_many([]) == []


def test_an_iterator_will_do():
    assert len(explorer.run_many(small(seed=seed) for seed in range(3))) == 3
