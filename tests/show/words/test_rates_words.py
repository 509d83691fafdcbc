"""The sentences of the lenses `lyapunov` and `jacobian`: their numbers are those of the records."""

from __future__ import annotations

import numpy as np

import explorer
from explorer.questions.lenses.jacobian_fan import jacobian_fan
from explorer.questions.lenses.lyapunov import lyapunov
from explorer.show.words.rates import fan_sentence, lyapunov_sentences


def trace_of(rotation=0.95, **settings):
    e = explorer.Experiment(activation="identity", hidden_size=4, seq_len=200, batch_size=1, task="sine", **settings)
    weights = dict(explorer.run(e).weights)
    turned = np.linalg.qr(np.random.default_rng(0).standard_normal((4, 4)))[0]
    return explorer.run(e, weights=weights | {"weight_hh_l0": rotation * turned})


def test_a_shrinking_rotation_has_its_logarithm_for_a_rate_and_no_dimension():
    fastest, dimension = lyapunov_sentences(lyapunov(trace_of()))
    assert fastest.count("−0.0513") == 2  # ln 0.95, of the exponents and of the gradient
    assert "**0** of 4" in dimension


def test_a_rotation_keeps_all_and_the_rate_is_zero():
    fastest, dimension = lyapunov_sentences(lyapunov(trace_of(1.0)))
    assert "**0 nats a step**" in fastest
    assert "**4** of 4" in dimension


def test_dead_directions_are_counted_and_an_overflow_is_said():
    some = explorer.run(explorer.Experiment(activation="relu", hidden_size=16, seq_len=40))
    dead = int(np.isneginf(lyapunov(some).exponents).sum())
    assert 0 < dead < 16
    assert f"{dead} of 16 exponents are −∞" in lyapunov_sentences(lyapunov(some))[-1]
    none = explorer.run(explorer.Experiment(gain=0.0, seq_len=20))
    assert len(lyapunov_sentences(lyapunov(none))) == 1
    burst = explorer.run(explorer.Experiment(activation="relu", gain=50.0, seq_len=500))
    assert "not finite" in lyapunov_sentences(lyapunov(burst))[0]
    assert "not finite" in fan_sentence(jacobian_fan(burst))
    assert fan_sentence(jacobian_fan(none)).count("zero") == 3


def test_the_fan_says_what_all_steps_together_do():
    assert (
        fan_sentence(jacobian_fan(trace_of())).count("4\u00a0×\u00a010⁻⁵") == 3
    )  # 0.95^200 = 3.5e-5, in every direction
