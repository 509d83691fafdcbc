"""The one table of parameters: what is refused and how, what has an effect, what fits into memory."""

import tracemalloc
from dataclasses import fields, replace

import numpy as np
import pytest

import explorer
from explorer.engine.experiment import memory_estimate
from explorer.engine.parameters import table
from explorer.model.cells import CELLS
from tests.common.comparing import NAMES, errors_of, small, the_error

TABLE = table(explorer.Experiment)
NUMBERS = [p for p in TABLE.values() if p.lower is not None]
CHOICES = [p for p in TABLE.values() if p.choices]


def by_name(parameters):
    return pytest.mark.parametrize("p", parameters, ids=[p.name for p in parameters])


def test_the_parameters_of_the_issue():
    assert set(TABLE) == {
        "cell", "activation", "hidden_size", "num_layers", "seq_len", "batch_size", "input_size", "init", "gain",
        "input_gain", "bias_init", "forget_bias", "update_bias", "task", "text", "loss_at", "clip", "clip_threshold",
        "backend", "device", "dtype", "seed",
    }  # fmt: skip


def test_a_refusal_in_full():
    error = the_error(explorer.Experiment, seq_len=0)
    assert (error.parameter, error.got) == ("seq_len", "0")
    assert error.rule == "must be a whole number between 2 and 5000"
    assert error.sentence == f"`seq_len` {error.rule}; got 0. {error.hint}"
    assert str(error) == error.sentence


@by_name(NUMBERS)
def test_numbers_outside_their_bounds(p):
    for value in (p.lower - 1, p.upper + 1):
        error = the_error(explorer.Experiment, **{p.name: value})
        assert error.parameter == p.name
        assert f"{p.lower:g}" in error.rule and f"{p.upper:.10g}" in error.rule
        assert error.hint.startswith(("Try ", "Leave it out"))


@by_name(NUMBERS)
@pytest.mark.parametrize("value", ("a lot", [], float("nan"), float("inf")), ids=repr)
def test_numbers_that_are_none(p, value):
    assert the_error(explorer.Experiment, **{p.name: value}).rule == p.rule


@by_name(NUMBERS)
def test_the_bounds_themselves(p):
    for value in (p.lower, p.upper):
        sizes = {"task": "noise", "seq_len": 2, "batch_size": 1, "hidden_size": 1, p.name: value}
        assert getattr(explorer.Experiment(**sizes), p.name) == value


@by_name(CHOICES)
def test_choices(p):
    error = the_error(explorer.Experiment, **{p.name: p.choices[-1] + "x"})
    assert error.rule == "must be one of " + ", ".join(p.choices)
    assert error.hint == f"Try {p.choices[-1]}."


def test_all_errors_at_once():
    wrong = {"seq_len": 1, "cell": "lstn", "gain": -1, "hiden_size": 3, "dtype": 64}
    assert {error.parameter for error in errors_of(explorer.Experiment, **wrong)} == set(wrong)


def test_all_errors_at_once_where_parameters_have_to_fit_together():
    errors = errors_of(explorer.Experiment, task="adding", input_size=7, text="aaaa")
    assert {error.parameter for error in errors} == {"input_size", "text"}


def test_a_broken_bound_hides_no_other_rule():
    errors = errors_of(explorer.Experiment, seq_len=1, task="adding", input_size=7, text="aaaa")
    assert {error.parameter for error in errors} == {"seq_len", "input_size", "text"}


MISSPELT = (("hidden_sise", "hidden_size"), ("celll", "cell"), ("forgetbias", "forget_bias"))


@pytest.mark.parametrize("name, meant", MISSPELT)
def test_unknown_parameters(name, meant):
    error = the_error(explorer.Experiment, **{name: 1})
    assert error.rule == "is not a parameter of an experiment"
    assert error.hint == f"Did you mean `{meant}`?"


def test_unknown_parameters_like_no_other():
    assert all(name in the_error(explorer.Experiment, xyzzy=1).hint for name in TABLE)


def test_what_was_given_is_shown_on_one_short_line():
    error = the_error(explorer.Experiment, cell="`<b>\n" + "x" * 150)
    assert len(error.got) <= 60 and "`" not in error.got and "\n" not in error.got


def test_a_value():
    e = small(seed=3)
    with pytest.raises(ValueError):
        e.seed = 4
    assert e.seed == 3
    assert e == small(seed=3) and e != small(seed=4)
    assert len({e, small(seed=3), small(seed=4)}) == 2
    assert explorer.Experiment(**e.model_dump()) == e


def test_replace():
    e = small()
    assert e.replace(seed=5) == small(seed=5)
    assert e == small()
    assert the_error(e.replace, seq_len=1).parameter == "seq_len"
    assert the_error(e.replace, sed=1).parameter == "sed"


LARGE = {"seq_len": 5000, "batch_size": 1024, "hidden_size": 1024, "num_layers": 4, "cell": "lstm"}


def test_too_large_for_memory_is_refused_before_anything_is_allocated():
    tracemalloc.start()
    error = the_error(explorer.Experiment, **LARGE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e6
    assert "GiB" in error.rule and "the budget is 1.0 GiB" in error.rule
    assert error.got == "seq_len 5000 × batch_size 1024 × hidden_size 1024"


def test_the_budget_can_be_set(monkeypatch):
    need = memory_estimate(small())
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(need))
    small()
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(need - 1))
    assert the_error(small).parameter == "seq_len"


def test_given_arrays_count_as_well(monkeypatch):
    e = small()
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(2 * memory_estimate(e)))
    assert "budget" in the_error(explorer.run, e, inputs=np.zeros((12, 3, 1000))).rule


SIZES = [
    {"seq_len": 500, "batch_size": 8, "hidden_size": 32},
    {"seq_len": 100, "batch_size": 64, "hidden_size": 32},
    {"seq_len": 40, "batch_size": 2, "hidden_size": 200},
    {"seq_len": 2000, "batch_size": 1, "hidden_size": 16},
    {"seq_len": 500, "batch_size": 8, "hidden_size": 32, "num_layers": 4},
    {"seq_len": 500, "batch_size": 8, "hidden_size": 32, "num_layers": 2, "dtype": "float32"},
    {"seq_len": 300, "batch_size": 8, "hidden_size": 4, "task": "text", "loss_at": "every"},
    {"seq_len": 300, "batch_size": 8, "hidden_size": 4, "task": "text", "loss_at": "every", "dtype": "float32"},
    {"seq_len": 300, "batch_size": 8, "hidden_size": 4, "task": "noise", "input_size": 200},
]


FOUNDERS = ("rnn", "lstm", "gru", "gru_reset_before")
MEASURED = [(cell, size) for cell in NAMES for size in (SIZES if cell in FOUNDERS else SIZES[::3])]


@pytest.mark.parametrize(
    "cell, size", MEASURED, ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values()))
)
def test_memory_estimate(cell, size):
    e = small(cell=cell, **size)
    explorer.run(e.replace(seq_len=2))
    tracemalloc.start()
    explorer.run(e)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= memory_estimate(e) <= 4 * peak


@pytest.mark.parametrize("text", ("a", "aaaa", "".join(map(chr, range(32, 32 + 257)))))
def test_texts_of_too_few_or_too_many_characters(text):
    error = the_error(explorer.Experiment, text=text)
    assert error.rule == "must hold between 2 and 256 different characters"
    assert error.got == str(len(set(text)))


def test_a_text_that_is_too_long():
    error = the_error(explorer.Experiment, text="ab" * 3000)
    assert error.rule == "must be a text of at most 4000 characters"
    assert error.got == "6000 characters"


@pytest.mark.parametrize("text", ("", "ab", "ab" * 2000, "".join(map(chr, range(32, 32 + 256)))))
def test_texts_that_will_do(text):
    assert small(task="text", text=text, seq_len=2).text == text


@pytest.mark.parametrize("task, size", (("adding", 2), ("copy", 10), ("temporal_order", 6), ("sine", 1), ("stocks", 6)))
def test_input_size_of_tasks_that_bring_their_own(task, size):
    assert small(task=task, input_size=size) and small(task=task)
    error = the_error(small, task=task, input_size=size + 1)
    assert error.parameter == "input_size"
    assert f"must be {size} or absent" in error.rule


def test_input_size_of_noise_is_free():
    assert explorer.run(small(input_size=7)).inputs.shape == (12, 3, 7)


def test_float64_on_mps_is_refused():
    assert the_error(small, backend="torch", device="mps").parameter == "dtype"
    assert small(backend="torch", device="mps", dtype="float32") and small(backend="numpy", device="mps")


def arrays_of(trace):
    """All results of a run as a list of (name, array), without the threshold that the clip report repeats."""
    trace, found = replace(trace, clip=replace(trace.clip, threshold=0.0)), []
    for field in fields(trace):
        value = getattr(trace, field.name)
        if field.name not in ("experiment", "seconds"):
            entries = value.items() if hasattr(value, "items") else [("", value)]
            found += [(f"{field.name} {key}", repr(v) if not isinstance(v, np.ndarray) else v) for key, v in entries]
    return found


def same(a, b):
    a, b = arrays_of(a), arrays_of(b)
    return len(a) == len(b) and all(m == n and np.array_equal(x, y) for (m, x), (n, y) in zip(a, b, strict=True))


CHOICES = {  # under which parameters of a cell have an effect
    "rnn": {"clip": "norm", "clip_threshold": 1e-3},
    "lstm": {"task": "text", "bias_init": "chrono"},
    "gru": {"task": "adding", "clip": "value", "clip_threshold": 1e-3},
    "gru_reset_before": {"backend": "torch"},
    "indrnn": {"activation": "relu"},
}
BASES = {cell: {"cell": cell, **CHOICES.get(cell, {})} for cell in CELLS}
ANOTHER = {
    "seq_len": 11, "hidden_size": 6, "num_layers": 2, "gain": 0.5, "forget_bias": 2.0, "update_bias": 2.0,
    "input_gain": 0.5, "text": "abracadabra", "batch_size": 4, "input_size": 3, "clip_threshold": 2e-3, "seed": 1,
}  # fmt: skip
UNTESTABLE = {"device"}  # there may be only one here


@by_name([p for p in TABLE.values() if p.name not in UNTESTABLE])
@pytest.mark.parametrize("base", BASES)
def test_every_parameter_has_an_effect_or_says_that_it_has_none(base, p):
    e = small(**BASES[base])
    for value in p.choices or (ANOTHER[p.name],):
        if value == getattr(e, p.name):
            continue
        if p.name == "input_size" and p.name in e.without_effect:
            value = explorer.run(e).inputs.shape[-1]  # the only allowed value
        changed = e.replace(**{p.name: value})
        assert same(explorer.run(changed), explorer.run(e)) == (p.name in e.without_effect), value


def test_without_effect():
    assert small().without_effect == {"forget_bias", "update_bias", "text", "clip_threshold", "device"}
    lstm = small(cell="lstm", task="text", clip="norm", backend="torch")
    assert lstm.without_effect == {"activation", "update_bias", "input_size"}
