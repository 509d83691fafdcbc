"""Renders the slow motion for the deck: the unrolled network, the gradient that travels back, and the worked step."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.engine.trace import Trace
from explorer.questions.worked_step import LargestTerms, WorkedSteps
from explorer.show.plots.deck_renderer import Block
from explorer.show.plots.palette import cell_colour
from explorer.show.words.equations import filled, symbol, symbolic
from explorer.show.words.labels import gate_label, state_label


def stage_block(trace: Trace, worked: WorkedSteps, unit: int) -> bytes:
    """The block of the top layer in the first sequence: marks of `unit` (from 0), and roads of the whole layer.

    Args:
        worked: the worked steps of this unit.
    """
    e, block = trace.experiment, Block()
    header = {
        "kind": "stage",
        "steps": e.seq_len,
        "unit": unit + 1,
        "units": e.hidden_size,
        "overflow": trace.overflow_step,
        "every": len(trace.loss_steps) > 1,
        "colour": cell_colour(e.cell),
        "marks": _marks(trace, unit, block),
        "roads": _roads(trace, worked.roads, block),
        "equations": [_equation(equation) for equation in worked.equations],
        "symbols": {name: symbol(name) for name in (*worked.forward, *worked.backward)},
        "forward": {name: block.array(values, "f8") for name, values in worked.forward.items()},
        "backward": {name: block.array(values, "f8") for name, values in worked.backward.items()},
        "exponent": block.array(worked.exponent, "f8"),
        "sums": [_sum(name, terms, block) for name, terms in worked.largest.items()],
    }
    return block.bytes(header)


def _marks(trace: Trace, unit: int, block: Block) -> list[dict[str, Any]]:
    """Rows from top to bottom: further states, gates, h; each on its usual colour scale."""
    bounds = trace.experiment.new_cell().bounds
    others = [(state_label(name), name, s[-1, 1:, 0, unit]) for name, s in trace.states.items() if name != "h"]
    gates = [(gate_label(name), name, gate[-1, :, 0, unit]) for name, gate in trace.gates.items()]
    h = (state_label("h"), "h", trace.states["h"][-1, 1:, 0, unit])
    rows = []
    for label, name, values in (*others, *gates, h):
        palette, lower = ("gates", 0.0) if bounds[name] == (0.0, 1.0) and name in trace.gates else ("states", -1.0)
        finite = np.where(np.isfinite(values), values, np.nan)
        row = {"label": label, "palette": palette, "lower": lower, "upper": 1.0}
        rows.append(row | {"values": block.array(finite, "f8")})
    return rows


def _roads(trace: Trace, roads: Any, block: Block) -> list[dict[str, Any]]:
    """For each state the gradient's norm at each step, and the norm that goes on to the step before; log10."""
    return [
        {
            "state": name,
            "label": state_label(name),
            "norm": block.array(trace.log10_state_grad_norm[name][-1, 1:], "f8"),
            "sent": block.array(roads[name], "f8"),
        }
        for name in reversed(list(roads))
    ]


def _equation(equation: Any) -> dict[str, Any]:
    left, right = symbolic(equation).split(" = ", 1)
    return {"part": equation.part, "name": equation.left, "left": left, "right": right, "filled": filled(equation)}


def _sum(name: str, terms: LargestTerms, block: Block) -> dict[str, Any]:
    return {
        "name": name,
        "left": symbol(name),
        "of": [symbol(term) for term in terms.names],
        "columns": terms.unit.shape[1],
        "block": block.array(terms.block, "f8"),
        "unit": block.array(terms.unit + 1, "f8"),
        "weight": block.array(terms.weight, "f8"),
        "value": block.array(terms.value, "f8"),
    }
