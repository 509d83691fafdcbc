"""What to try next is tried: it moves the verdict towards healthy, for presets and for random experiments."""

import os
import random

import pytest

import explorer
from explorer.questions.diagnosis import diagnose
from explorer.questions.remedies import Remedy, remedy
from explorer.show.presets import all_presets
from explorer.show.words.remedies import what_next
from tests.common.random_runs import experiment

RANDOM = int(os.environ.get("EXPLORER_RANDOM_REMEDIES", "60"))  # in full: 500
TURNED = {"vanishing": {"exploding"}, "local": {"exploding"}, "exploding": {"vanishing", "local"}, "overflowed": set()}
GRAVITY = {"healthy": 0, "local": 1, "vanishing": 1, "exploding": 1, "overflowed": 2}
LENGTHS_KEPT = {"activation": "identity", "init": "orthogonal"}
REASONS = {"own_weights", "silent", "longest", "none"}


def moves_towards_healthy(before, after):
    if after.code == "healthy":
        return True
    if after.code in TURNED[before.code] or GRAVITY[after.code] > GRAVITY[before.code]:
        return False
    if GRAVITY[after.code] < GRAVITY[before.code]:
        return True
    size = {"exploding": "peak", "vanishing": "decades", "local": "far_decades", "overflowed": "at_step"}
    ours, theirs = (
        abs(finding.evidence[size[before.code]]) for finding in (before, after) if size[before.code] in finding.evidence
    )
    return theirs > ours if before.code == "overflowed" else theirs < ours


def holds(trace):
    """The remedy of a trace changes something and helps, by a run of its own; or there is a reason for having none."""
    before, found = diagnose(trace)[0], remedy(trace)
    if not found.change:
        return found.code in REASONS and what_next(trace)
    after = trace.experiment.replace(**found.change)
    assert any(
        getattr(after, name) != getattr(trace.experiment, name) and name not in after.without_effect
        for name in found.change
    ), "it changes something"
    return before.code == "healthy" or moves_towards_healthy(before, diagnose(explorer.run(after))[0])


@pytest.mark.parametrize("name", all_presets())
def test_the_remedy_of_a_preset_helps(name):
    assert holds(explorer.run(all_presets()[name].experiment))


@pytest.mark.parametrize("seed", range(RANDOM))
def test_the_remedy_of_a_random_experiment_helps(seed):
    assert holds(explorer.run(experiment(random.Random(seed))))


@pytest.mark.parametrize(
    ("settings", "change"),
    [
        ({"cell": "lstm"}, {"forget_bias": 5.0}),
        ({"cell": "lstm_coupled"}, {"forget_bias": 5.0}),
        ({"cell": "gru"}, {"update_bias": 5.0}),
        ({"cell": "mgu", "forget_bias": 2.0}, {"forget_bias": -4.0}),
        ({"cell": "min_gru"}, {"update_bias": -4.0}),
        ({"init": "orthogonal", "gain": 0.9, "activation": "identity"}, {"init": "orthogonal", "gain": 1.0}),
        ({"gain": 0.0}, {"gain": 1.0}),
        ({"activation": "relu", "init": "identity", "gain": 1.3}, {"gain": 1.0}),
        ({"activation": "relu", "gain": 50.0, "seq_len": 2000}, {"activation": "tanh"}),
        ({"cell": "lstm", "forget_bias": 5.0}, {"seq_len": 200}),
    ],
)
def test_untried_it_is_the_knob_that_the_rules_name_first(settings, change):
    found = remedy(explorer.run(explorer.Experiment(**settings)), tried=False)
    assert dict(found.change) == change
    assert found.outcome is None


def test_what_is_there_already_is_not_offered():
    """An orthogonal matrix at gain 1 whose gradient vanishes all the same."""
    trace = explorer.run(explorer.Experiment(init="orthogonal"))
    assert diagnose(trace)[0].code == "vanishing"
    assert "init" not in remedy(trace).change
    assert "orthogonal" not in what_next(trace)


def test_supplied_weights_get_a_reason_and_supplied_inputs_an_untried_change():
    e = explorer.Experiment(task="noise")
    drawn = explorer.run(e)
    assert remedy(explorer.run(e, weights=drawn.weights)) == Remedy("own_weights")
    found = remedy(explorer.run(e, inputs=drawn.inputs))
    assert found.change
    assert found.outcome is None


def test_supplied_sequences_are_not_lengthened_by_a_control():
    trace = explorer.run(explorer.Experiment(cell="lstm", forget_bias=5.0, task="noise"))
    assert remedy(trace).code == "longer"
    assert remedy(explorer.run(trace.experiment, inputs=trace.inputs)) == Remedy("longer_given")


def test_supplied_inputs_that_saturate_are_the_thing_to_scale():
    trace = explorer.run(explorer.Experiment(task="noise"))
    assert remedy(explorer.run(trace.experiment, inputs=1e6 * trace.inputs)) == Remedy("inputs_given_down")


def test_at_the_longest_sequence_a_healthy_run_gets_a_reason():
    trace = explorer.run(explorer.Experiment(**LENGTHS_KEPT, seq_len=5000, hidden_size=2, batch_size=1, task="noise"))
    assert diagnose(trace)[0].code == "healthy"
    assert remedy(trace) == Remedy("longest")
