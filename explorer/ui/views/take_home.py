"""Take the shown run home: files, made on request; the link; and an upload for preset files."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import PurePath

import streamlit as st

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.show.export import FORMS, NPZ, STEM, Form
from explorer.show.presets import MAX_BYTES, parse_preset
from explorer.show.words import say
from explorer.ui.link.settings import take, take_plan
from explorer.ui.parts.plain import MOST_NOTES, counted
from explorer.ui.views.story import open_own
from explorer.ui.work.failures import errors_in_words
from explorer.ui.work.runs import trace_of

OPEN = "take_home"
SHOWN = "experiment to take home"
UPLOAD = "preset file"
REFUSED = "what is wrong with the preset file"
CODE = re.compile("`([^`]*)`")


def to_take_home(experiment: Experiment) -> None:
    """Store the shown experiment: a number redraws the picture alone, and the buttons' files must match it."""
    st.session_state.setdefault(SHOWN, {})["experiment"] = experiment


@st.fragment(key="take home")
@errors_in_words
def take_home() -> None:
    """Draw the expander. It builds nothing until opened, and as a fragment it redraws nothing else."""
    with st.expander(say("take_home", "title"), key=OPEN, on_change="rerun") as place:
        if place.open:
            if SHOWN in st.session_state:
                _files(st.session_state[SHOWN])
            else:
                st.caption(say("page", "nothing_run"))
            _upload()


def _files(shown: dict[str, Experiment]) -> None:
    st.caption(say("take_home", "files"))
    with st.container(horizontal=True, gap="small"):
        for form in FORMS:
            st.download_button(
                say("take_home_form", form.name),
                _maker(form, shown),
                f"{STEM}.{form.ending}",
                form.mime,
                key=f"download {form.name}",
                help=say("take_home_help", form.name),
                on_click="ignore",
            )


def _maker(form: Form, shown: dict[str, Experiment]) -> Callable[[], bytes]:
    """A function that makes the file; it is called on a click, outside of any run of the page."""
    return lambda: form.content(trace_of(shown["experiment"]), NPZ)


def _upload() -> None:
    st.file_uploader(
        say("take_home", "upload"),
        type=["toml"],
        key=UPLOAD,
        help=say("take_home", "upload_help", size=MAX_BYTES // 1024),
        max_upload_size=1,
        on_change=_take_upload,
    )
    if sentences := st.session_state.get(REFUSED):
        _show_errors(sentences)


def _show_errors(sentences: list[str]) -> None:
    """Show the errors as text and not as Markdown: a file's name and content may look like markup."""
    lines = "".join(f"<li>{_with_code(sentence)}</li>" for sentence in [*sentences[:MOST_NOTES], *counted(sentences)])
    st.html(f'<div role="alert" class="refused"><p>{escape(say("take_home", "refused"))}</p><ul>{lines}</ul></div>')


def _with_code(sentence: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(sentence))


def _take_upload() -> None:
    """Set every control to the uploaded preset; one that breaks a rule changes nothing, and its errors are shown."""
    file = st.session_state[UPLOAD]
    st.session_state[REFUSED] = []
    if file is None:
        return
    try:
        preset = parse_preset(PurePath(file.name).stem, file.getvalue())
    except ExplorerError as error:
        st.session_state[REFUSED] = [e.sentence for e in error.errors]
        return
    take(preset.experiment)
    if preset.training is not None:
        take_plan(preset.training)
    if preset.scenes:
        open_own(preset)
    st.rerun()  # it sets controls outside of this fragment
