"""The verdict and its numbers as one piece of HTML. All text is escaped, although none comes from a user."""

from __future__ import annotations

from html import escape

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.questions.gradient_flow import judged_flow
from explorer.questions.remedies import is_quick
from explorer.questions.seed_bands import Bands
from explorer.show.presets import all_presets
from explorer.show.words import say
from explorer.show.words.numbers import decades
from explorer.show.words.remedies import what_next
from explorer.show.words.seeds import ranges, tally
from explorer.show.words.verdicts import loss_text, memory, sentences
from explorer.ui.work.look_ahead import crowded


def verdict_of(
    trace: Trace, seeds: int = 0, bands: Bands | None = None, waiting: str = "waiting", tried: bool = True
) -> str:
    """The HTML of the verdict: a heading, remarks, and three numbers that keep their places.

    It is one element, as that is faster to redraw than seven of Streamlit's.

    Args:
        seeds: number of seeds whose ranges are shown below the numbers; 0 for none.
        bands: those ranges. Without them the text `waiting`, a key of the catalogue's ``seeds``, fills their places.
        tried: whether what to try next is tried, where that is quick and no crowd of sessions waits.
    """
    e, flow = trace.experiment, judged_flow(trace)
    headline, *others = sentences(diagnose(trace))
    matching = [] if trace.supplied else [preset for preset in all_presets().values() if preset.experiment == e]
    preset = matching[0] if matching else None
    remarks = [(preset.title, preset.look)] if preset else []
    remarks += [("", tally(bands) if bands else say("seeds_tally", waiting, count=seeds))] if seeds else []
    remarks += [("", text) for text in others]
    remarks.append((say("page", "what_next"), what_next(trace, tried and is_quick(e) and not crowded())))
    numbers = {"decay": decades(flow.decay), "horizon": memory(trace), "loss": loss_text(trace)}
    range_text = ranges(bands) if bands else dict.fromkeys(numbers, say("seeds", waiting, count=seeds)) if seeds else {}
    remark_html = " ".join((f"<b>{_sentence(lead)}</b> " if lead else "") + escape(text) for lead, text in remarks)
    number_html = "".join(
        f'<div title="{escape(say("page", f"{name}_help"))}">'
        f"<dt>{escape(say('page', name))}</dt><dd>{escape(value)}</dd>{_range_html(range_text.get(name))}</div>"
        for name, value in numbers.items()
    )
    return f"<h2>{escape(headline)}</h2><p>{remark_html}</p><dl>{number_html}</dl>"


def _range_html(text: str | None) -> str:
    return f'<dd class="range">{escape(text)}</dd>' if text else ""


def _sentence(lead: str) -> str:
    return escape(lead if lead.endswith(("?", ".")) else f"{lead}.")
