"""The verdict and its numbers as one piece of HTML. Everything in it is escaped, though none of it is a user's text."""

from __future__ import annotations

from html import escape

from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose, gradient_flow
from explorer.questions.seed_bands import Bands
from explorer.show.presets import all_presets
from explorer.show.words import say
from explorer.show.words.numbers import decades, horizon, short
from explorer.show.words.seeds import ranges, tally
from explorer.show.words.verdicts import headline, sentence, what_next


def verdict_of(trace: Trace, seeds: int = 0, seen: Bands | None = None, waiting: str = "waiting") -> str:
    """A heading, remarks, and three numbers that keep their places; the inside of the page's verdict section.

    One element, as it costs each redraw less than seven of Streamlit's own.

    Args:
        seeds: how many seeds' ranges stand below the numbers; 0 is none.
        seen: those ranges. Without them their places say `waiting`, a key of the words' section ``seeds``.
    """
    findings, e, flow = diagnose(trace), trace.experiment, gradient_flow(trace)
    known = [] if trace.supplied else [preset for preset in all_presets().values() if preset.experiment == e]
    preset = known[0] if known else None
    remarks = [(preset.title, preset.look)] if preset else []
    remarks += [("", tally(seen) if seen else say("seeds_tally", waiting, count=seeds))] if seeds else []
    remarks += [("", sentence(finding)) for finding in findings[1:]]
    remarks.append((say("page", "what_next"), what_next(findings, e)))
    steps_back = say("number", "none") if trace.overflow_step else horizon(flow.horizon, e.seq_len)
    numbers = {"decay": decades(flow.decay), "horizon": steps_back, "loss": short(trace.loss)}
    below = ranges(seen) if seen else dict.fromkeys(numbers, say("seeds", waiting, count=seeds)) if seeds else {}
    said = " ".join((f"<b>{_sentence(lead)}</b> " if lead else "") + escape(text) for lead, text in remarks)
    listed = "".join(
        f'<div title="{escape(say("page", f"{name}_help"))}">'
        f"<dt>{escape(say('page', name))}</dt><dd>{escape(value)}</dd>{_below(below.get(name))}</div>"
        for name, value in numbers.items()
    )
    return f"<h2>{escape(headline(findings))}</h2><p>{said}</p><dl>{listed}</dl>"


def _below(text: str | None) -> str:
    return f'<dd class="range">{escape(text)}</dd>' if text else ""


def _sentence(lead: str) -> str:
    return escape(lead if lead.endswith(("?", ".")) else f"{lead}.")
