"""The papers behind the choices of an experiment."""

from __future__ import annotations

from collections.abc import Collection

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.model.cells import CELLS
from explorer.show.words import catalogue


def sources(experiment: Experiment, unused: Collection[str] = ()) -> list[str]:
    """Authors, year and title for each choice that comes from a paper, in the order of the parameters.

    The catalogue of words holds them under the parameter's name and the choice; a registered cell brings its own. The
    two papers that asked the question always come last.

    Args:
        unused: names of further parameters without an effect, as supplied arrays stand in place of what they make.
    """
    known = {f"cell_{experiment.cell}": CELLS[experiment.cell].source, **catalogue()["source"]}
    choices = [row.name for row in table(Experiment).values() if row.kind == "choice"]
    keys = [
        f"{name}_{getattr(experiment, name)}" for name in choices if name not in {*experiment.without_effect, *unused}
    ]
    lines = [line for key in keys if key in known for line in known[key].splitlines()]
    return list(dict.fromkeys([*lines, *known["question"].splitlines()]))
