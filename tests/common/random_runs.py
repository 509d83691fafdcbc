"""Random experiments that reach into every corner: all cells, the ends of parameters, supplied arrays."""

import numpy as np

import explorer
from explorer.model.cells import CELLS
from explorer.model.tasks import TASKS

ENDS = {
    "activation": ("tanh", "tanh", "relu", "sigmoid", "identity"),
    "init": ("default", "default", "orthogonal", "normal", "glorot", "identity", "chain"),
    "bias_init": ("default", "zero", "chrono"),
    "gain": (0.0, 0.3, 0.9, 1.0, 1.0, 1.2, 3.0, 30.0, 100.0),
    "input_gain": (0.0, 1.0, 1.0, 5.0, 100.0),
    "forget_bias": (None, None, -50.0, -4.0, 0.0, 1.0, 5.0, 50.0),
    "update_bias": (None, None, -50.0, -4.0, 0.0, 1.0, 5.0, 50.0),
    "seq_len": (2, 3, 5, 20, 60, 150),
    "hidden_size": (1, 3, 16, 32),
    "num_layers": (1, 1, 2, 3),
    "batch_size": (1, 4),
    "loss_at": ("last", "every"),
    "clip": ("none", "norm", "value"),
    "clip_threshold": (1e-9, 0.1, 1.0, 100.0),
    "dtype": ("float64", "float64", "float32"),
}
SUPPLIES = ("inputs", "initial_state", "weights", "output_grads", "padded", "silent")


def experiment(rng, **fixed):
    """A random valid experiment, drawn with `rng` of `random`; stocks apart, whose data need plotly."""
    tasks = [name for name in TASKS if name != "stocks"]
    values = {name: rng.choice(ends) for name, ends in ENDS.items()}
    values |= {"cell": rng.choice(list(CELLS)), "task": rng.choice(tasks), "seed": rng.randrange(1000)}
    while True:
        try:
            return explorer.Experiment(**{**values, **fixed})
        except explorer.ExplorerError:  # a task needs a longer sequence than was drawn
            values["seq_len"] = rng.choice(ENDS["seq_len"][3:])


def supplied_run(rng, kind, **fixed):
    """A run of a random experiment in which the caller supplies something."""
    e = experiment(rng, **{"task": "noise", "batch_size": 2, **fixed})
    drawn, numbers = explorer.run(e), np.random.default_rng(rng.randrange(1000))
    if kind in ("inputs", "initial_state", "weights"):
        given = {
            "inputs": numbers.standard_normal(drawn.inputs.shape),
            "initial_state": {"h": numbers.standard_normal((e.num_layers, e.batch_size, e.hidden_size))},
            "weights": {name: w + 0.1 * numbers.standard_normal(w.shape) for name, w in drawn.weights.items()},
        }[kind]
        return explorer.run(e, **{kind: given})
    grads = numbers.standard_normal((e.seq_len, e.batch_size, drawn.outputs.shape[-1]))
    if kind == "padded":
        grads[max(1, e.seq_len // 2) :] = 0.0
        grads[:: rng.choice((1, 2, 3))] = 0.0
    return explorer.run(e, output_grads=0.0 * grads if kind == "silent" else grads)
