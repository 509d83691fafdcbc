"""What presets and stories say about their numbers holds: every claim, and a claim for every number that they type."""

import ast
import re
from functools import cache

import numpy as np
import pytest

import explorer
from explorer.base.arithmetic import evaluate
from explorer.base.errors import ExplorerError
from explorer.engine.parameters import table
from explorer.questions.cliff.settings import CliffSettings
from explorer.show.claims import claim_error, false_claims, quantity_and_place
from explorer.show.presets import all_presets, all_stories
from explorer.show.quantities import NAMES, QUANTITIES, quantity
from explorer.show.words.placeholders import filled, with_unit

PRESETS, STORIES = all_presets(), all_stories()
SCENES = [(name, number) for name, story in STORIES.items() for number in range(1, len(story.scenes) + 1)]
every_scene = pytest.mark.parametrize(("story", "number"), SCENES)
trace_of = cache(explorer.run)


def run_at(place, story, experiment, page):
    """Experiment and page of the run that a place in a claim names; an empty place is the run itself."""
    if not place:
        return experiment, page
    if place == "story":
        return story.experiment, {}
    if place.startswith("scene_"):
        scene = story.scenes[int(place.removeprefix("scene_")) - 1]
        return scene.experiment, scene.page
    return PRESETS[place.replace("_", "-")].experiment, {}


def number_in(story, experiment, page):
    def number(name, place):
        e, at = run_at(place, story, experiment, page)
        return quantity(name, trace_of(e), at)

    return number


@pytest.mark.parametrize("preset", [*PRESETS.values(), *STORIES.values()], ids=lambda preset: preset.name)
def test_a_preset_and_a_storys_head_hold_what_they_claim(preset):
    assert preset.claims or preset.training is not None or preset.scenes
    assert false_claims(preset.claims, number_in(preset, preset.experiment, {})) == []


@every_scene
def test_a_scene_holds_what_it_claims(story, number):
    story = STORIES[story]
    scene = story.scenes[number - 1]
    assert scene.claims
    assert false_claims(scene.claims, number_in(story, scene.experiment, scene.page)) == []


NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?(?:[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
IN_FORMULAS = (0, 1, -1)  # (1−z)·n, a norm of 1, 1 part in …
YEARS = range(1950, 2051)


def typed_numbers(text):
    """(value, unit of its last digit) of each number that a text has outside of its placeholders."""
    for found in NUMBER.findall(re.sub(r"\{\w+\}", "", text)):
        digits = found.replace(",", "").replace("−", "-")
        if power := re.fullmatch(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", digits):
            value = 10.0 ** int(power[1].translate(RAISED))
            yield value, value
        else:
            digits = digits.rstrip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
            yield float(digits), 10.0 ** -len(digits.partition(".")[2])


def bounds(claims):
    """Expression → the numbers that claims say it is above, and those that it is below; constants alone are numbers."""
    found = {}
    for claim in claims:
        comparison = ast.parse(claim, mode="eval").body
        left, right = ast.unparse(comparison.left), ast.unparse(comparison.comparators[0])
        if isinstance(comparison.ops[0], ast.Gt):
            left, right = right, left
        for expression, limit, side in ((right, left, 0), (left, right, 1)):
            if not re.search("[a-z]", limit):
                found.setdefault(expression, ([], []))[side].append(float(evaluate(limit, None)))
    return found


def inside(claims):
    """The constants in what claims compute, such as the 1000 of log(1000)."""
    trees = [ast.parse(claim, mode="eval") for claim in claims]
    worked_out = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call | ast.BinOp)]
    return {leaf.value for node in worked_out for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)}


def is_held(value, unit, claims):
    """Whether one expression is claimed to lie within one unit around the number, or beyond the number itself, or is
    computed with it."""
    if value in inside(claims):
        return True
    for above, below in bounds(claims).values():
        if any(sign * value in (*above, *below) for sign in (1, -1)):
            return True
        if any(low <= value <= high and high - low <= 1.001 * unit for low in above for high in below):
            return True
    return False


def loose_numbers(texts, claims, settings):
    """The numbers in the texts that no claim holds and no setting is."""
    known = {value for value in settings if isinstance(value, int | float)} | {*IN_FORMULAS, *YEARS}
    typed = {item for text in texts for item in typed_numbers(text)}
    return {value for value, unit in typed if value not in known and not is_held(value, unit, claims)}


def settings_of(experiment, page):
    e = experiment.model_dump()
    cliff = {name: row.default for name, row in table(CliffSettings).items()}
    given = [float(text) for text in page.values() if re.fullmatch(r"-?[\d.]+", text)]
    return [*e.values(), *cliff.values(), *given, e["seq_len"] - 1]


@pytest.mark.parametrize("preset", [p for p in PRESETS.values() if p.training is None], ids=lambda preset: preset.name)
def test_every_number_that_a_preset_types_is_held(preset):
    texts = (preset.title, preset.look)
    assert loose_numbers(texts, preset.claims, settings_of(preset.experiment, {})) == set()


@every_scene
def test_every_number_that_a_scene_types_is_held(story, number):
    story = STORIES[story]
    scene = story.scenes[number - 1]
    texts = (scene.title, scene.ask, scene.answer, scene.reveal, scene.speaker)
    settings = [value for other in story.scenes for value in settings_of(other.experiment, scene.page)]
    assert loose_numbers(texts, scene.claims, settings + settings_of(story.experiment, {})) == set()


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.name)
def test_every_number_at_the_head_of_a_story_is_held(story):
    settings = settings_of(story.experiment, {}) + [v for s in story.scenes for v in settings_of(s.experiment, s.page)]
    assert loose_numbers((story.title, story.look), story.claims, settings) == set()


def test_a_loose_number_is_seen():
    settings = (100, 99)
    assert loose_numbers(["99 steps back lose 22.5 decades"], ["-22.45 > decay", "-22.55 < decay"], settings) == {22.5}
    assert loose_numbers(["99 steps lose −22.5 decades"], ["-22.45 > decay", "-22.55 < decay"], settings) == set()
    assert loose_numbers(["−22.5 decades"], ["-20 > decay", "-25 < decay"], settings) == {-22.5}
    assert loose_numbers(["over 40, in 1997"], ["40 < -decay"], settings) == set()
    assert loose_numbers(["about 10²²"], ["5 * 10**21 < 10**-decay", "1.4 * 10**22 > 10**-decay"], settings) == set()
    assert loose_numbers(["{decay} and 10²²"], [], settings) == {1e22}


def test_the_tanh_of_gain_3_is_chaotic():
    assert "chaotic" in PRESETS["chaos"].look
    assert explorer.lenses.lyapunov(trace_of(PRESETS["chaos"].experiment)).exponents[0] > 0.1


# The grammar


@pytest.mark.parametrize("claim", ["-20 > decay", "decay_in_scene_2 < 3", "ratio(peak, c_peak_in_gru) > log(1000)"])
def test_a_comparison_of_quantities_is_a_claim(claim):
    assert claim_error("claims", claim) is None


@pytest.mark.parametrize(
    "claim", ["", "decay", "luck > 3", "1 > sqrt(decay)", "luck_in_scene_2 > 3", "1 >", "decay > x.y"]
)
def test_anything_else_is_none(claim):
    error = claim_error("scene 1, claims", claim)
    assert isinstance(error, ExplorerError)
    assert "`scene 1, claims` must be a comparison of numbers" in error.sentence


def test_a_claim_about_what_there_is_not_does_not_hold():
    trace = trace_of(explorer.Experiment(seq_len=5))
    claims = ["c_decay < 1", "c_decay > -1", "decay < 0"]
    assert false_claims(claims, lambda name, place: quantity(name, trace, {})) == claims[:2]


def test_no_quantity_has_a_place_in_its_name():
    assert {quantity_and_place(name) for name in NAMES} == {(name, "") for name in NAMES}
    assert quantity_and_place("c_per_step_in_lstm_forget_0") == ("c_per_step", "lstm_forget_0")


# The quantities


RUNS = {
    "rnn": explorer.Experiment(seq_len=8),
    "lstm": explorer.Experiment(cell="lstm", seq_len=8),
    "lru": explorer.Experiment(cell="lru", seq_len=8),
    "overflow": explorer.Experiment(activation="relu", gain=50.0, seq_len=2000, batch_size=2),
    "dead": explorer.Experiment(activation="relu", gain=0.0, bias_init="zero", task="noise", seq_len=8),
    "two": explorer.Experiment(seq_len=2),
    "exploding": explorer.Experiment(init="normal", gain=3.0, seq_len=60, seed=1),
}
OWN = [name for name in QUANTITIES if not re.match(r"m\d\d_", name)]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("name", OWN)
def test_every_quantity_is_a_number_with_a_text_on_any_run(run, name):
    value = quantity(name, trace_of(RUNS[run]), {})
    assert isinstance(value, float)
    assert with_unit(name, value if np.isfinite(value) else 1.0)


def test_quantities_are_those_of_the_run():
    trace = trace_of(explorer.Experiment(cell="lstm", forget_bias=2.0, seq_len=30))

    def number(name):
        return quantity(name, trace, {})

    h, c = (trace.log10_state_grad_norm[name][-1, 1:] for name in ("h", "c"))
    assert number("back") == 29
    assert number("per_step") == pytest.approx(10 ** ((h[0] - h[-1]) / 29))
    assert number("c_decay") == pytest.approx(c[0] - c[-1])
    assert number("dip") == pytest.approx((h - h[-1]).min())
    assert number("peak_back") == 29 - int(h.argmax())
    assert number("gate_forget") == pytest.approx(trace.gates["forget"].mean())
    assert number("state_max") == pytest.approx(np.abs(trace.states["h"][-1]).max())
    assert np.isnan(number("gate_update"))
    assert np.isnan(number("slope_mean"))
    plain = trace_of(explorer.Experiment(seq_len=30, init="orthogonal"))
    slopes = 1 - plain.states["h"][-1, 1:] ** 2
    assert quantity("slope_mean", plain, {}) == pytest.approx(slopes.mean())
    assert quantity("slope_geometric", plain, {}) == pytest.approx(np.exp(np.log(slopes).mean()))
    assert quantity("least_eigenvalue", plain, {}) == pytest.approx(1)
    assert np.isnan(quantity("c_decay", plain, {}))


def test_an_explosion_has_no_horizon_to_say():
    assert np.isnan(quantity("horizon", trace_of(RUNS["exploding"]), {}))
    assert filled("{horizon}", trace_of(RUNS["exploding"]), {}) == "none, it grows"
    assert filled("{horizon}", trace_of(RUNS["two"]), {}) == "over 1 step"


def test_a_share_that_is_left():
    trace = trace_of(explorer.Experiment(seq_len=3))
    left = 10 ** quantity("decay", trace, {})
    assert filled("{share_left}", trace, {}) == f"{left:.0%}".replace("%", "\u00a0%")
    assert "times" in filled("{share_left}", trace_of(RUNS["exploding"]), {})
