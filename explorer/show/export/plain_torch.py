"""The run again in plain torch, as chapters of runnable text: the part that the script and the notebook share.

It runs without this package. The equations of a step are the source lines of
`explorer.questions.proof.plain_cells`.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from dataclasses import dataclass

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.engine.trace import Trace
from explorer.model.cells import CELLS
from explorer.questions.proof.check import TOLERANCES
from explorer.questions.proof.oracle import NO_TWIN
from explorer.questions.proof.plain_cells import ACTIVATIONS, plain_step
from explorer.show.export.carried import Loss, ScriptNumbers
from explorer.show.words import say
from explorer.show.words.differences import value_text
from explorer.show.words.supplied import supplied_text


@dataclass(frozen=True)
class Chapter:
    """A heading, an explanation and the code that it explains.

    Attributes:
        equations: preformatted lines between the text and the code; may be empty.
        numbers: whether the code is mostly digits; a notebook folds it away.
    """

    title: str
    text: str
    code: str
    equations: str = ""
    numbers: bool = False


def chapters(trace: Trace, numbers: ScriptNumbers) -> list[Chapter]:
    """All chapters, in an order that runs from top to bottom; the numbers come late, because nobody reads them.

    Raises:
        ExplorerError: the cell has no step in plain torch.
    """
    e = trace.experiment
    clipping = CLIPPING.get(e.clip, "").format(threshold=e.clip_threshold)
    return [
        _chapter("settings", _settings(trace)),
        _chapter("cell", _step(e), equations=_equations(e)),
        *([_chapter("anchor", ANCHOR)] if numbers.anchored else []),
        _chapter("walk", _walk(trace, numbers)),
        _chapter(f"loss_{numbers.loss}", LOSSES[numbers.loss]),
        _chapter("gradients", GRADIENTS),
        *([_chapter(f"clip_{e.clip}", clipping)] if clipping else []),
        _chapter("compare", COMPARE),
        _chapter("data" if numbers.inside else "data_npz", numbers.code, numbers=True),
        _chapter("run", _ending(trace, numbers)),
    ]


def settings_of(trace: Trace) -> list[tuple[str, str]]:
    """(label, value) of what was supplied and of every parameter that has an effect, for a heading; not `text`."""
    e = trace.experiment
    used = [name for name in table(Experiment) if name not in trace.without_effect | {"text"}]
    given = [(say("take_home", "supplied"), supplied_text(trace))] if trace.supplied else []
    return [*given, *((say("label", name), value_text(name, getattr(e, name))) for name in used)]


def _chapter(key: str, code: str, equations: str = "", numbers: bool = False) -> Chapter:
    return Chapter(say("script_title", key), say("script", key), code.strip("\n"), equations, numbers)


def _settings(trace: Trace) -> str:
    e = trace.experiment
    return SETTINGS.format(
        steps=e.seq_len, layers=e.num_layers, tolerance=TOLERANCES[e.dtype], digit=52 if e.dtype == "float64" else 23
    )


def _equations(e: Experiment) -> str:
    """The forward half of the docstring of the cell's module: the equations and their source."""
    doc = inspect.cleandoc(sys.modules[CELLS[e.cell].kind.__module__].__doc__ or "")
    return doc.split("\nBackward")[0].strip()


def _step(e: Experiment) -> str:
    """The source of the cell's step, taken from the oracle; `phi` is bound first if the step uses it."""
    step = plain_step(e.cell)
    if step is None:
        raise ExplorerError("cell", "has no step in plain torch that a script could hold", e.cell, NO_TWIN)
    lines = textwrap.dedent(inspect.getsource(step)).splitlines()
    body = "\n".join(lines[1:])
    names = {node.id for node in ast.walk(ast.parse("\n".join(lines))) if isinstance(node, ast.Name)}
    phi = f"phi = torch.{ACTIVATIONS[e.activation]}\n\n\n" if "phi" in names else ""
    return f"{phi}def step(p, x, s):\n{body}"


def _walk(trace: Trace, numbers: ScriptNumbers) -> str:
    code = WALK.replace("OUTPUT", READOUT if "weight_out" in trace.weights else "x")
    for free, anchored in FROM_ANCHORS if numbers.anchored else ():
        code = code.replace(free, anchored)
    return code


def _ending(trace: Trace, numbers: ScriptNumbers) -> str:
    if trace.overflow_step:
        return OVERFLOWED.format(step=trace.overflow_step)
    clipped = CLIPPED if trace.experiment.clip != "none" else ""
    return RUN + clipped + (FORWARD if numbers.anchored else "") + DIFFERENCE


SETTINGS = """
import base64
import math
import zlib

import torch

torch.set_default_dtype(torch.float64)

STEPS, LAYERS = {steps}, {layers}
TOLERANCE = {tolerance}  # between two programs that compute the same
LAST_DIGIT = 2.0**-{digit}  # of the explorer's precision
"""

ANCHOR = '''
ONE_STEP = {}  # (state, layer, step): how far a plain step from the explorer's states ends from its next ones


def anchored(plain, t, layer):
    """The explorer's values with the plain equations' derivatives: what is added has none."""
    now = {}
    for name, s in plain.items():
        theirs = STATES[name][layer, t]
        far, peak = (s - theirs).abs().max().item(), theirs.abs().max().item()
        ONE_STEP[name, layer + 1, t] = far / peak if peak else far
        now[name] = s + (theirs - s).detach()
    return now
'''

WALK = '''
def size(g):
    """Euclidean norm, by way of the largest entry: a square leaves the range of float64 long before its root does."""
    peak = g.abs().max().item()
    return peak * (g / peak).norm().item() if 0 < peak < math.inf else peak


def seen_at(t, weights, shares):
    """The weights as step t sees them: the same numbers, and autograd tells what comes back from this step alone."""
    seen = {name: weight.view_as(weight) for name, weight in weights.items()}
    for name, view in seen.items():
        view.register_hook(lambda grad, name=name: shares[name].update({t: size(grad)}))
    return seen


def forward(weights, inputs, initial):
    """The network through time: states[t][layer], with the initial state at t = 0; outputs; each step's share."""
    shares = {name: {} for name in weights}
    start = [{name: s[layer].clone().requires_grad_() for name, s in initial.items()} for layer in range(LAYERS)]
    states, outputs = [start], []
    for t, x in enumerate(inputs, start=1):
        seen, now = seen_at(t, weights, shares), []
        for layer in range(LAYERS):
            p = {name.removesuffix(f"_l{layer}"): w for name, w in seen.items() if name.endswith(f"_l{layer}")}
            new, gates = step(p, x, states[-1][layer])
            for state in new.values():
                state.retain_grad()  # autograd throws away what it computes for anything that is no leaf
            x = new["h"]  # what the layer above reads
            now.append(new)
        states.append(now)
        outputs.append(OUTPUT)
    return states, outputs, shares
'''

FROM_ANCHORS = (
    ("states, outputs = [start], []", "states, outputs, last = [start], [], [*start]"),
    ("states[-1][layer]", "last[layer]"),
    ('x = new["h"]', 'last[layer] = anchored(new, t, layer)\n            x = last[layer]["h"]'),
)
"""(text in `WALK`, anchored text). retain_grad stays on the plain states: an LSTM's h reads c without the constant."""

READOUT = 'x @ seen["weight_out"].T + seen["bias_out"]'

LOSSES: dict[Loss, str] = {
    "classes": """
def loss_of(outputs):
    pairs = zip(outputs[-len(TARGETS) :], TARGETS)
    return sum(torch.nn.functional.cross_entropy(y, wanted) for y, wanted in pairs)
""",
    "squares": """
def loss_of(outputs):
    pairs = zip(outputs[-len(TARGETS) :], TARGETS)
    return sum(torch.nn.functional.mse_loss(y, wanted) for y, wanted in pairs)
""",
    "cotangents": """
def loss_of(outputs):
    pairs = zip(outputs[-len(TARGETS) :], TARGETS)
    return sum((y * grad).sum() for y, grad in pairs)
""",
}

GRADIENTS = '''
def log10(value):
    return math.log10(value) if value > 0 else -math.inf


def gradients(weights, inputs, initial):
    """Forward, backward, and what there is to see: norms as log10, gradients as they are."""
    weights = {name: weight.clone().requires_grad_() for name, weight in weights.items()}
    states, outputs, shares = forward(weights, inputs, initial)
    loss = loss_of(outputs)
    loss.backward()

    def norm(t, layer, name):
        grad = states[t][layer][name].grad
        return -math.inf if grad is None else log10(size(grad))

    steps = range(STEPS + 1)
    return {
        "loss": {"loss": loss.detach().reshape(1)},
        "norms": {n: torch.tensor([[norm(t, k, n) for t in steps] for k in range(LAYERS)]) for n in EXPLORER["norms"]},
        "shares": {n: torch.tensor([log10(seen.get(t, 0.0)) for t in steps[1:]]) for n, seen in shares.items()},
        "gradients": {n: torch.zeros_like(w) if w.grad is None else w.grad for n, w in weights.items()},
    }


def length(grads):
    """The norm of all parameters' gradient together."""
    return size(torch.cat([grad.flatten() for grad in grads.values()]))
'''

CLIPPING = {
    "norm": """
def clipped(grads):
    factor = min(1.0, {threshold!r} / (length(grads) + 1e-6))
    return {{name: grad * factor for name, grad in grads.items()}}
""",
    "value": """
def clipped(grads):
    return {{name: grad.clamp(-{threshold!r}, {threshold!r}) for name, grad in grads.items()}}
""",
}

COMPARE = '''
RANGE = 290  # decades: beyond, float64 has no exact numbers; the explorer carries an exponent beside each of its own


def apart(kind, mine, theirs):
    """The largest relative difference: of norms step by step, of gradients relative to the largest entry."""
    if kind in ("norms", "shares"):
        if (mine[theirs == -math.inf] > -math.inf).any():
            return math.inf  # an exact zero is one in both
        near = theirs.abs() < RANGE
        return (mine - theirs)[near].abs().max().item() * math.log(10) if near.any() else 0.0
    peak = theirs.abs().max().item()
    if peak == 0:
        return 0.0 if not mine.any() else math.inf
    return (mine - theirs).abs().max().item() / peak if 10**-RANGE < peak < 10**RANGE else 0.0


def differences(mine, theirs):
    found = {}
    for kind in theirs:
        for name in theirs[kind]:
            found[f"{kind} {name}"] = apart(kind, mine[kind][name], theirs[kind][name])
    return found
'''

RUN = """
mine = gradients(WEIGHTS, INPUTS, INITIAL)
for name, norms in mine["norms"].items():
    for layer in range(LAYERS):
        first, last = norms[layer, 1].item(), norms[layer, -1].item()
        print(f"log10 |dL/d{name}|, layer {layer + 1}: {last:.3f} at step {STEPS}, {first:.3f} at step 1")
print(f"norm of the parameter gradient: {length(mine['gradients']):.6g}")
"""

CLIPPED = """
after = clipped(mine["gradients"])
mine["clipped"] = after
print(f"the same after clipping: {length(after):.6g}")
"""

FORWARD = """
step_apart = max(ONE_STEP, key=ONE_STEP.get)
name, layer, t = step_apart
print(f"largest relative difference of one step forward: {ONE_STEP[step_apart]:.2e} ({name}, layer {layer}, step {t})")
"""

DIFFERENCE = """
found = differences(mine, EXPLORER)
where = max(found, key=found.get)
print(f"largest relative difference from the explorer: {found[where]:.2e} ({where})")
beyond = sum(int(((norms.abs() >= RANGE) & norms.isfinite()).sum()) for norms in EXPLORER["norms"].values())
if beyond:
    print(f"{beyond} norms are beyond 1e-{RANGE} or 1e{RANGE}, where float64 loses digits: not compared")
if found[where] > TOLERANCE:
    nudged = {name: weight * (1 + LAST_DIGIT) for name, weight in WEIGHTS.items()}
    moved = max(differences(gradients(nudged, INPUTS, INITIAL), gradients(WEIGHTS, INPUTS, INITIAL)).values())
    print(f"a change of all weights in their last digit moves these numbers by {moved:.2e}, and slopes like 1 - h * h")
    print("keep few digits where a unit is at the end of its range: no two programs agree more closely than that")
"""

OVERFLOWED = """
states, outputs, _ = forward({{n: w.clone().requires_grad_() for n, w in WEIGHTS.items()}}, INPUTS, INITIAL)
rows = [[*(s for layer in states[t] for s in layer.values()), outputs[t - 1]] for t in range(1, STEPS + 1)]
finite = [all(value.isfinite().all() for value in row) for row in rows]
step_lost = finite.index(False) + 1 if False in finite else None
print(f"the forward pass is no longer finite at step {{step_lost}}; the explorer says {step}: there is no gradient")
"""
