"""Labels and sentences of the lenses `paths`, `saturation` and `direct`: the gradient's ways and the slopes on them."""

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
    """A way's name among this cell's gates; the direct way is named after the gate that opens it."""
    if name in CELLS[e.cell].kind.gates:
        return gate_label(name)
    keeping = sorted(CELLS[e.cell].kind.keeps.items(), key=lambda item: -item[1])
    if name != "direct" or not keeping:
        return say("way", name)
    gate, sign = keeping[0]
    return say("way", "direct_open" if sign > 0 else "direct_closed", gate=gate_label(gate))


def squashed_label(name: str) -> str:
    """A gate's name; of a cell without gates, the name of the state h."""
    return say("mark", "state_h") if name == "h" else gate_label(name)


def paths_sentences(paths: Paths, e: Experiment) -> tuple[str, ...]:
    """How much of the gradient at step 1 never left the direct way, and which way carries most in a typical step."""
    state = paths.carried_state
    total, kept = float(paths.log10_total[state][0]), float(paths.log10_kept[state][0])
    if paths.code != "whole":
        return (say("lens_sentence", "paths_overflowed"),)
    if np.isneginf(total):
        return (say("lens_sentence", "paths_zero", state=state),)
    values = {"state": state, "total": magnitude(total), "kept": magnitude(kept), "apart": f"{abs(kept - total):.1f}"}
    if not CELLS[e.cell].kind.keeps and np.isfinite(kept):
        return (say("lens_sentence", "paths_none", **values),)
    way, share = max(paths.typical_shares(state).items(), key=lambda item: item[1])
    most = "paths_most" if share > 1 + SAME else "paths_largest"
    largest = say("lens_sentence", most, way=way_label(way, e), share=percent(share), state=state)
    compared = say("lens_sentence", f"paths_{_comparison_key(kept - total)}", **values)
    return (compared, largest) if e.seq_len > 2 else (compared,)


def _comparison_key(difference: float) -> str:
    """The key of how the kept part compares with the total; `difference` is in decades."""
    if np.isneginf(difference):
        return "nothing"
    if abs(difference) < NEAR:
        return "all" if abs(difference) < SAME else "near"
    return "below" if difference < 0 else "above"


def saturation_sentence(saturation: Saturation) -> str:
    """What saturates most, averaged over all finite steps, and the share of its slopes that are exactly zero."""
    means = {name: _mean(values) for name, values in saturation.saturated.items()}
    largest = max(means, key=lambda name: means[name])
    if np.isnan(means[largest]):
        return say("lens_sentence", "saturation_unknown")
    if all(np.nanmin(values) == 1.0 for values in saturation.quantiles.values()):
        return say("lens_sentence", "saturation_linear")
    dead = {name: _mean(values) for name, values in saturation.dead.items()}
    other = max(dead, key=lambda name: dead[name])
    place = largest if dead[largest] > 0 else other
    numbers = {"name": squashed_label(largest), "share": percentage(means[largest]), "other": squashed_label(other)}
    key = "saturation_dead" if dead[largest] > 0 else "saturation_dead_other" if dead[other] > 0 else "saturation"
    key = "saturation_none" if means[largest] == 0 else key
    return say("lens_sentence", key, **numbers, dead=percentage(dead[place]))


def direct_sentence(record: DirectAgainstTotal, e: Experiment) -> str:
    """What the gradient of the output suggests, and what is true."""
    if record.code != "whole":
        return say("lens_sentence", "direct_overflowed")
    direct, total = float(record.log10_direct[0]), float(record.log10_total[0])
    values = {"heard": record.heard, "steps": f"{e.seq_len:,}", "direct": magnitude(direct), "total": magnitude(total)}
    if not record.heard:
        return say("lens_sentence", "direct_silent")
    if np.isneginf(direct):
        return say("lens_sentence", "direct_last_zero" if np.isneginf(total) else "direct_last", **values)
    return say("lens_sentence", "direct_alone" if abs(total - direct) < SAME else "direct_every", **values)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
