"""Ways of the gradient and slopes on them, in words: what the lenses of both call them, and what they found."""

from __future__ import annotations

import numpy as np

from explorer.engine.experiment import Experiment
from explorer.model.cells import CELLS
from explorer.questions.lenses.direct import DirectAgainstTotal
from explorer.questions.lenses.paths import Paths
from explorer.questions.lenses.saturation import Saturation
from explorer.show.words import say
from explorer.show.words.labels import gate_label
from explorer.show.words.lenses import percentage
from explorer.show.words.numbers import magnitude, percent

NEAR, SAME = 0.05, 1e-9  # decades


def way_label(name: str, e: Experiment) -> str:
    """How a way is called beside this cell's gates; the direct one after the gate that opens it."""
    if name in CELLS[e.cell].kind.gates:
        return gate_label(name)
    keeping = sorted(CELLS[e.cell].kind.keeps.items(), key=lambda item: -item[1])
    if name != "direct" or not keeping:
        return say("way", name)
    gate, sign = keeping[0]
    return say("way", "direct_open" if sign > 0 else "direct_closed", gate=gate_label(gate))


def squashed_label(name: str) -> str:
    """A gate's name, or the state's of a cell without gates."""
    return say("mark", "state_h") if name == "h" else gate_label(name)


def paths_sentences(seen: Paths, e: Experiment) -> tuple[str, ...]:
    """What of the gradient at step 1 never left the direct way, and which way carries most in the typical step."""
    state = seen.carried_state
    total, kept = float(seen.log10_total[state][0]), float(seen.log10_kept[state][0])
    if seen.code != "whole":
        return (say("lens_sentence", "paths_overflowed"),)
    if np.isneginf(total):
        return (say("lens_sentence", "paths_zero", state=state),)
    told = {"state": state, "total": magnitude(total), "kept": magnitude(kept), "apart": f"{abs(kept - total):.1f}"}
    most, share = max(seen.typical_shares(state).items(), key=lambda item: item[1])
    largest = say("lens_sentence", "paths_largest", way=way_label(most, e), share=percent(share), state=state)
    return say("lens_sentence", f"paths_{_beside(kept - total)}", **told), largest


def _beside(apart: float) -> str:
    """How what was kept stands beside the total; `apart` in decades."""
    if np.isneginf(apart):
        return "nothing"
    if abs(apart) < NEAR:
        return "all" if abs(apart) < SAME else "near"
    return "below" if apart < 0 else "above"


def saturation_sentence(seen: Saturation) -> str:
    """Where most values sit at an end, over all steps that are known; and where slopes are exactly zero."""
    means = {name: _mean(values) for name, values in seen.saturated.items()}
    most = max(means, key=lambda name: means[name])
    if np.isnan(means[most]):
        return say("lens_sentence", "saturation_unknown")
    if all(np.nanmin(values) == 1.0 for values in seen.quantiles.values()):
        return say("lens_sentence", "saturation_linear")
    dead = _mean(seen.dead[most])
    told = {"name": squashed_label(most), "share": percentage(means[most]), "dead": percentage(dead)}
    key = "saturation_none" if means[most] == 0 else "saturation_dead" if dead > 0 else "saturation"
    return say("lens_sentence", key, **told)


def direct_sentence(seen: DirectAgainstTotal, e: Experiment) -> str:
    """What one would read off the output's gradient, and what is true."""
    if seen.code != "whole":
        return say("lens_sentence", "direct_overflowed")
    direct, total = float(seen.log10_direct[0]), float(seen.log10_total[0])
    told = {"heard": seen.heard, "steps": f"{e.seq_len:,}", "direct": magnitude(direct), "total": magnitude(total)}
    return say("lens_sentence", "direct_last" if np.isneginf(direct) else "direct_every", **told)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
