"""All that is said of a run, and the rules that no text may break: broken numbers, and what contradicts itself."""

from __future__ import annotations

import math
import re

import explorer
from explorer.base.long_work import finished
from explorer.questions.gradient_flow import gradient_flow
from explorer.show.lenses import LENSES
from explorer.show.plots import figures_of
from explorer.show.plots.shown import Shown
from explorer.show.words.numbers import decades
from explorer.show.words.remedies import what_next
from explorer.show.words.verdicts import clipping_sentence, loss_text, memory, sentence, sentences

BROKEN = (
    r"\bnan\b",
    r"\binf\b",
    r"[−-]0(\.0+)?(?![\d.,])",
    r"\+0(\.0+)?(?![\d.,])",
    r"[{}]",
    r"\bNone\b(?! of)",
    r"\bTrue\b|\bFalse\b",
    r"  ",
    r"\.\.(?!\.)",
    r"\b1 (steps|units|layers|losses|times)\b",
    r"\b0 times\b",
    r"1e[-+]?\d",
    r"\b[a-z]+_[a-z]{2,}",  # a name of the code
)
LINE_BREAK = "  \n"  # Markdown's
CODE = re.compile(r"`[^`]*`|https?://\S+|<[^>]*>")
"""What stands between backticks is code, where an underscore is right."""


def said_of(trace, lenses=()):
    """Place → text: verdict, numbers, remedy, figures, and the sentences of some lenses."""
    findings = explorer.diagnose(trace)
    texts = {f"sentence {number}": text for number, text in enumerate(sentences(findings))}
    texts |= {f"alone {number}": sentence(finding) for number, finding in enumerate(findings)}
    texts |= {
        "next": what_next(trace, tried=False),
        "decay": decades(gradient_flow(trace).decay),
        "memory": memory(trace),
        "loss": loss_text(trace),
        "clipping": clipping_sentence(trace),
    }
    for figure in figures_of([Shown(trace)]):
        texts |= _figure_texts(figure)
    for name in lenses:
        texts |= lens_texts(name, trace)
    return texts


def lens_texts(name, trace):
    """Place → text of all figures and sentences of a lens."""
    lens = LENSES[name]
    choices = lens.choices().settled(trace)
    results = finished(lens.look(trace, choices))
    texts = {f"{name} {number}": text for number, text in enumerate(lens.sentences(results, trace, choices))}
    for figure in lens.figures(results, trace, choices):
        texts |= _figure_texts(figure)
    return texts


def _figure_texts(figure):
    texts = {"title": figure.title, "alternative": figure.alternative, "caption": figure.caption}
    return {f"{figure.name} {kind}": text for kind, text in texts.items()}


def faults(trace, texts):
    """The rules that are broken, each with the place and the text."""
    return [
        *_broken(texts),
        *_doubled(texts),
        *(f"{rule.__name__}: {texts}" for rule in RULES if not rule(trace, texts)),
    ]


def _broken(texts):
    for place, text in texts.items():
        plain = CODE.sub("code", text).replace(LINE_BREAK, " ")
        for pattern in BROKEN:
            if re.search(pattern, plain):
                yield f"{place}: {pattern} in {text!r}"


def _doubled(texts):
    said = [text for place, text in texts.items() if place.startswith("sentence")]
    if len(said) != len(set(said)):
        yield f"said twice: {said}"


def _headline(texts):
    return texts["sentence 0"]


def an_explosion_has_no_memory_horizon(trace, texts):
    return "explodes" not in _headline(texts) or trace.experiment.num_layers > 1 or "steps" not in texts["memory"]


def after_an_overflow_nothing_is_said_of_a_gradient(trace, texts):
    if trace.overflow_step is None:
        return True
    gone = ("vanishes", "explodes", "arrives", "not heard")
    numbers = (texts["decay"], texts["memory"])
    return not any(word in _headline(texts) for word in gone) and not any(re.search(r"\d", text) for text in numbers)


def a_loss_that_is_called_the_only_one_is_alone(trace, texts):
    only = any("The only loss" in text for text in texts.values())
    return not only or len(trace.loss_steps) == 1


def reach_and_the_headline_agree(trace, texts):
    """What reach finds in the middle of the sequence is what the headline goes by."""
    found = [text for place, text in texts.items() if place.startswith("reach ") and "of it comes from losses" in text]
    if not found or trace.experiment.num_layers > 1:
        return True
    thin = "only" in found[0] or "exactly nothing" in found[0]
    return not thin or not _headline(texts).startswith("The gradient arrives")


def a_remedy_is_not_what_is_there_already(trace, texts):
    e = trace.experiment
    return not (
        "orthogonal matrix" in texts["next"] and e.init == "orthogonal" and e.gain == 1 and e.activation == "tanh"
    )


SPECTRUM = re.compile(r"spectral radius \*\*([\d.,]+)\*\*, operator norm \*\*([\d.,]+)\*\*\. (.*)")
FATES = {  # what is said → whether the printed radius and norm may go with it
    "shrinks every": lambda radius, norm: norm < 1,
    "stretches no": lambda radius, norm: radius < 1 and norm == 1,
    "dies in the end": lambda radius, norm: radius < 1 < norm,
    "does not die": lambda radius, norm: radius == 1,
    "grows without end": lambda radius, norm: radius > 1,
}


def a_radius_and_what_is_said_of_it_agree(trace, texts):
    for radius, norm, implied in (found for text in texts.values() for found in SPECTRUM.findall(text)):
        fits = [
            fate(float(radius.replace(",", "")), float(norm.replace(",", "")))
            for key, fate in FATES.items()
            if key in implied
        ]
        if fits != [True]:
            return False
    return True


def a_share_that_saturates_is_a_majority(trace, texts):
    shares = [float(f.evidence["share"]) for f in explorer.diagnose(trace) if f.code == "saturated"]
    return all(0.5 <= share <= 1 for share in shares)


STEP = re.compile(r"\bstep (\d[\d,]*)\b")


def no_step_is_named_that_is_not_there(trace, texts):
    named = [int(number.replace(",", "")) for text in texts.values() for number in STEP.findall(text)]
    return all(0 <= number <= trace.experiment.seq_len for number in named)


def a_healthy_change_is_less_than_a_thousandfold(trace, texts):
    if not _headline(texts).startswith("The gradient arrives"):
        return True
    return abs(gradient_flow(trace).decay) < 3 + 1e-9 or trace.experiment.num_layers > 1


def the_horizon_is_where_a_thousandth_is_left(trace, texts):
    flow = gradient_flow(trace)
    if flow.horizon is None or len(trace.loss_steps) != 1:
        return True
    norms = trace.log10_state_grad_norm["h"][-1]
    there, before = norms[flow.from_step - flow.horizon], norms[flow.from_step - flow.horizon + 1]
    return there - flow.last <= -3 < before - flow.last or math.isinf(there)


def a_share_is_near_what_its_words_say(trace, texts):
    """A ratio printed as "within a factor of two … no longer" is off by more than that at step 1."""
    pattern = re.compile(r"then no longer: at step 1 it says ([\d.,]+) where the truth is ([\d.,]+)(?=[.;]?(\s|$))")
    pairs = [pair[:2] for text in texts.values() for pair in pattern.findall(text)]
    ratios = [float(a.replace(",", "").rstrip(".")) / float(b.replace(",", "").rstrip(".")) for a, b in pairs]
    return all(ratio > 1.9 or ratio < 1 / 1.9 for ratio in ratios)


def an_unchanged_gradient_is_not_called_zero(trace, texts):
    return not any("changed by exactly zero" in text or "changed by none" in text for text in texts.values())


def a_share_above_all_is_explained(trace, texts):
    return not any(
        re.search(r"\*\*1[0-9][0-9](\.\d+)?\xa0%\*\* of it", text) and "more than all" not in text
        for text in texts.values()
        if "100\xa0%" not in text
    )


RULES = (
    a_share_is_near_what_its_words_say,
    an_unchanged_gradient_is_not_called_zero,
    a_share_above_all_is_explained,
    an_explosion_has_no_memory_horizon,
    after_an_overflow_nothing_is_said_of_a_gradient,
    a_loss_that_is_called_the_only_one_is_alone,
    reach_and_the_headline_agree,
    a_remedy_is_not_what_is_there_already,
    a_radius_and_what_is_said_of_it_agree,
    a_share_that_saturates_is_a_majority,
    no_step_is_named_that_is_not_there,
    a_healthy_change_is_less_than_a_thousandfold,
    the_horizon_is_where_a_thousandth_is_left,
)
"""One rule for each contradiction that was ever found; the list grows with every new one."""
