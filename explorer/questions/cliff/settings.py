"""The settings of a picture of the cliff besides the experiment, as one frozen and validated value."""

from __future__ import annotations

from typing import ClassVar, Literal

from explorer.engine.experiment import Experiment
from explorer.engine.parameters import Settings, parameter
from explorer.questions.cliff.contract import Coordinate, Landscape
from explorer.questions.cliff.descent import MOST_STEPS
from explorer.questions.cliff.network import COORDINATES, gain_bias, gradient_random, two_weights
from explorer.questions.cliff.one_unit import OneUnit

WINDOWS: dict[str, tuple[Coordinate, Coordinate]] = {"one_unit": OneUnit.coordinates, **COORDINATES}
STARTS = {
    "one_unit": ("cliff_w", "cliff_b"),
    "gain_bias": ("cliff_gain", "cliff_shift"),
    "gradient_random": ("cliff_along", "cliff_across"),
    "two_weights": ("cliff_first_by", "cliff_second_by"),
}
"""Landscape → its two fields below that give the start of the descents."""
FINE, COARSE = 121, 41  # points along each coordinate, for the cheap landscape of one unit and for a network's


class CliffSettings(Settings):
    """The landscape, and the parameters of the descents.

    Attributes:
        cliff_on: ``one_unit``, or a plane through the experiment's network, see `explorer.questions.cliff.network`.
        cliff_rate: the learning rate.
        cliff_threshold: the norm's threshold of the clipped descent.
        cliff_steps: number of steps of each descent.
        cliff_w, cliff_b, cliff_gain, cliff_shift, cliff_along, cliff_across, cliff_first_by, cliff_second_by: the start
            of the descents, two for each landscape; a gain of None is the experiment's own.
        cliff_first, cliff_second: the two weights, such as ``weight_hh_l0[0, 1]``; empty for those with the largest
            gradients.
    """

    noun: ClassVar[str] = "the cliff"

    cliff_on: Literal["one_unit", "gain_bias", "gradient_random", "two_weights"] = parameter("one_unit")
    cliff_rate: float = parameter(0.05, 1e-6, 1e3, stops=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2))
    cliff_threshold: float = parameter(1.0, 1e-6, 1e6, stops=(0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 5, 10, 30, 100))
    cliff_steps: int = parameter(200, 1, MOST_STEPS, stops=(10, 20, 50, 100, 200, 500, 1000))
    cliff_w: float = parameter(5.0, *WINDOWS["one_unit"][0].bounds)
    cliff_b: float = parameter(-2.45, *WINDOWS["one_unit"][1].bounds)
    cliff_gain: float | None = parameter(None, *WINDOWS["gain_bias"][0].bounds)
    cliff_shift: float = parameter(0.0, *WINDOWS["gain_bias"][1].bounds)
    cliff_along: float = parameter(0.0, *WINDOWS["gradient_random"][0].bounds)
    cliff_across: float = parameter(0.0, *WINDOWS["gradient_random"][1].bounds)
    cliff_first_by: float = parameter(0.0, *WINDOWS["two_weights"][0].bounds)
    cliff_second_by: float = parameter(0.0, *WINDOWS["two_weights"][1].bounds)
    cliff_first: str = parameter("", max_length=60)
    cliff_second: str = parameter("", max_length=60)

    def landscape(self, experiment: Experiment) -> Landscape:
        """The chosen landscape: that of one unit, or a plane through the experiment's network.

        Raises:
            ExplorerError: there is no such plane through this network.
        """
        match self.cliff_on:
            case "one_unit":
                return OneUnit()
            case "gain_bias":
                return gain_bias(experiment)
            case "gradient_random":
                return gradient_random(experiment)
            case "two_weights":
                return two_weights(experiment, self.cliff_first, self.cliff_second)

    @property
    def size(self) -> int:
        """Points of the survey along each coordinate."""
        return FINE if self.cliff_on == "one_unit" else COARSE

    def start(self, experiment: Experiment) -> tuple[float, float]:
        """The start (x, y) of the descents; a gain beyond the window starts at its edge."""
        x, y = (getattr(self, name) for name in STARTS[self.cliff_on])
        window = WINDOWS[self.cliff_on][0]
        return (min(max(experiment.gain, window.lower), window.upper) if x is None else x), y
