"""An experiment: everything that determines a run, as one frozen and validated value.

The fields are the one table of all parameters. Validation, controls, links, presets and command-line flags follow
from it; see `explorer.engine.parameters`.
"""

from __future__ import annotations

import math
import os
from typing import Annotated, Literal, Self

from pydantic import model_validator

from explorer.base.errors import ExplorerError, raise_all
from explorer.engine.parameters import Listed, Settings, parameter
from explorer.engine.walk import LONGEST_CHUNK
from explorer.model.cells import CELLS, CellName
from explorer.model.cells.contract import Cell, shapes
from explorer.model.draws import SCALED_BY_GAIN, recurrent
from explorer.model.initialisers import Recipe
from explorer.model.tasks import TASKS, TaskName
from explorer.model.tasks.contract import TaskRequest

DEFAULT_BUDGET = 2**30
MAX_TEXT = 4000
MAX_ALPHABET = 256


class Experiment(Settings):
    """A recurrent network, the sequences that it reads, and its initial weights.

    Raises `ExplorerError` (all broken rules at once in `.errors`) on construction; `replace` makes changed copies.
    Hashable, so it can key a cache.

    Attributes:
        cell: ``rnn``, ``lstm``, ``gru`` or another of `explorer.cells.CELLS`, each with its equations in the file
            of its name; registered cells count as well.
        activation: φ of an ``rnn``, ``indrnn`` or ``higher_order``.
        hidden_size: H, units per layer.
        num_layers: L, stacked layers.
        seq_len: T, steps.
        batch_size: B, sequences side by side.
        input_size: I where the task leaves it free (``noise``); None takes the task's.
        init: distribution of the recurrent weights; with ``chain`` the readout reads only the last unit.
        gain: factor on the recurrent weights, including peepholes.
        input_gain: factor on the input weights' default U(±1/√H).
        bias_init: ``default`` U(±1/√H), ``zero``, or ``chrono``: zero, but ±log U(1, T−1) at gates that keep.
        forget_bias, update_bias: the exact sum of torch's two biases of that gate, or None.
        task: what is read and predicted; see `explorer.model.tasks`.
        text: the text of the task ``text``; empty means the Zen of Python.
        loss_at: at the ``last`` step or at ``every`` step.
        clip: how gradients are clipped: ``none``, by ``norm`` or by ``value``, at `clip_threshold`.
        backend, device, dtype: where and in which precision the run is computed.
        seed: seed of weights, inputs and targets.
    """

    noun = "an experiment"

    cell: Annotated[CellName, Listed(CELLS)] = parameter("rnn")
    activation: Literal["tanh", "relu", "sigmoid", "identity"] = parameter("tanh")
    seq_len: int = parameter(100, 2, 5000, stops=(10, 20, 50, 100, 200, 500, 1000, 2000, 5000), sweep=(10, 500))
    hidden_size: int = parameter(32, 1, 1024, stops=(1, 2, 4, 8, 16, 32, 64, 128, 256), sweep=(1, 96))
    num_layers: int = parameter(1, 1, 4, reach=(1, 4, 1))
    init: Literal["default", "orthogonal", "normal", "glorot", "identity", "chain"] = parameter("default")
    gain: float = parameter(1.0, 0.0, 100.0, reach=(0.0, 3.0, 0.05))
    forget_bias: float | None = parameter(None, -50.0, 50.0, stops=(-4, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 10))
    update_bias: float | None = parameter(None, -50.0, 50.0, stops=(-4, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 10))
    input_gain: float = parameter(1.0, 0.0, 100.0, reach=(0.0, 3.0, 0.05))
    bias_init: Literal["default", "zero", "chrono"] = parameter("default")
    task: Annotated[TaskName, Listed(TASKS)] = parameter("text")
    text: str = parameter("", max_length=MAX_TEXT)
    loss_at: Literal["last", "every"] = parameter("last")
    batch_size: int = parameter(16, 1, 1024, stops=(1, 2, 4, 8, 16, 32, 64, 128), sweep=(1, 64))
    input_size: int | None = parameter(None, 1, 256, stops=(1, 2, 4, 8, 16, 32))
    clip: Literal["none", "norm", "value"] = parameter("none")
    clip_threshold: float = parameter(1.0, 1e-9, 1e9, stops=(1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 5, 10, 100))
    seed: int = parameter(0, 0, 2**31 - 1, sweep=(0, 40))
    dtype: Literal["float64", "float32"] = parameter("float64")
    backend: Literal["numpy", "torch"] = parameter("numpy")
    device: Literal["auto", "cpu", "cuda", "mps"] = parameter("auto")

    @model_validator(mode="after")
    def _check_combinations(self) -> Self:
        raise_all([*_task_errors(self), *_device_errors(self)])
        raise_all(_memory_errors(self))
        return self

    @property
    def task_request(self) -> TaskRequest:
        """The part of the experiment that its task reads."""
        return TaskRequest(self.seq_len, self.batch_size, self.input_size, self.text)

    def new_cell(self) -> Cell:
        """A new cell, made with those of the experiment's parameters that it takes."""
        kind = CELLS[self.cell].kind
        return kind(**{name: getattr(self, name) for name in kind.choices})

    @property
    def recipe(self) -> Recipe:
        """The part of the experiment that the initialisers read."""
        kind = CELLS[self.cell].kind
        biases = {block: getattr(self, name) for name, block in kind.bias_of.items()}
        return Recipe(
            kind,
            self.hidden_size,
            self.num_layers,
            self.init,
            self.gain,
            self.input_gain,
            self.bias_init,
            {block: value for block, value in biases.items() if value is not None},
            self.seq_len,
            self.seed,
        )

    @property
    def without_effect(self) -> frozenset[str]:
        """The names of the parameters that change nothing, given the values of the others."""
        kind, task = CELLS[self.cell].kind, TASKS[self.task]
        rules = {
            "activation": "activation" not in kind.choices,
            "forget_bias": "forget_bias" not in kind.bias_of,
            "update_bias": "update_bias" not in kind.bias_of,
            "init": not kind.has_drawn(recurrent),
            "gain": not kind.has_drawn(*SCALED_BY_GAIN),
            "text": not task.reads_text,
            "input_size": not task.free_input_size,
            "clip_threshold": self.clip == "none",
            "device": self.backend == "numpy",
        }
        return frozenset(name for name, idle in rules.items() if idle)


def memory_budget() -> int:
    """Bytes that the arrays of one experiment may take: 1 GiB, or the environment's ``EXPLORER_MEMORY_BUDGET``."""
    value = os.environ.get("EXPLORER_MEMORY_BUDGET", "")
    return int(value) if value.isdecimal() else DEFAULT_BUDGET


def memory_estimate(experiment: Experiment, input_size: int | None = None, output_size: int | None = None) -> int:
    """Peak bytes of the arrays of one run, from their sizes alone; a little high on purpose.

    Args:
        input_size, output_size: I and O of arrays that replace the task's own.
    """
    e, kind = experiment, CELLS[experiment.cell].kind
    task_input, task_output = TASKS[e.task].sizes(e.task_request)
    inputs, outputs = input_size or task_input, output_size or task_output
    states, gates, blocks = len(kind.states), len(kind.gates), len(kind.blocks)
    size, steps = (8 if e.dtype == "float64" else 4), e.seq_len + 1
    stored = 2 * (2 * states + gates + 1) + states + 1  # states, values that cells keep, adjoints; again between layers
    chunk = 4 * blocks + 3 * states  # one chunk: drive, slopes, cotangents
    units = e.batch_size * e.hidden_size * (e.num_layers * stored * steps + chunk * min(steps, LONGEST_CHUNK))
    sequences = e.batch_size * steps * (inputs + outputs) * (2 * size + 3 * 8)  # drawn in float64 for every dtype
    layer = sum(math.prod(shape) for shape in shapes(kind, e.hidden_size, max(inputs, e.hidden_size)).values())
    weights = e.num_layers * layer + outputs * e.hidden_size
    return size * (units + 5 * weights) + 8 * weights + sequences


def memory_errors(estimate: int, experiment: Experiment) -> list[ExplorerError]:
    """A list with one error if `estimate` (bytes) is over the budget, else an empty one."""
    budget = memory_budget()
    if estimate <= budget:
        return []
    got = f"seq_len {experiment.seq_len} × batch_size {experiment.batch_size} × hidden_size {experiment.hidden_size}"
    rule = f"needs about {in_units(estimate)} of arrays, and the budget is {in_units(budget)}"
    return [ExplorerError("seq_len", rule, got, "Try a shorter sequence, a smaller batch or fewer units.")]


def in_units(size: int) -> str:
    """Bytes as text, in GiB or MiB."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"


def _memory_errors(e: Experiment) -> list[ExplorerError]:
    return memory_errors(memory_estimate(e), e)


def _task_errors(e: Experiment) -> list[ExplorerError]:
    errors = []
    if e.input_size is not None and not TASKS[e.task].free_input_size:
        fixed = TASKS[e.task].sizes(e.task_request)[0]
        if e.input_size != fixed:
            rule = f'must be {fixed} or absent for the task "{e.task}", which brings its own inputs'
            errors.append(ExplorerError("input_size", rule, e.input_size, 'The task "noise" lets you choose it.'))
    if e.text and not 2 <= len(set(e.text)) <= MAX_ALPHABET:
        rule = f"must hold between 2 and {MAX_ALPHABET} different characters"
        errors.append(ExplorerError("text", rule, f"{len(set(e.text))}", "Paste a few sentences."))
    return errors


def _device_errors(e: Experiment) -> list[ExplorerError]:
    if e.backend == "torch" and e.device == "mps" and e.dtype == "float64":
        return [ExplorerError("dtype", 'must be float32 on "mps", which has no float64', e.dtype, "Use float32.")]
    return []
