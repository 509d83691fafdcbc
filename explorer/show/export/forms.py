"""Every file format in which a run can be exported, one line each, for the page and the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.engine.trace import Trace
from explorer.show.export.html_report import as_html
from explorer.show.export.notebook import notebook
from explorer.show.export.npz_file import npz_file
from explorer.show.export.preset_file import preset_file
from explorer.show.export.series_csv import series_csv
from explorer.show.export.torch_script import NPZ, torch_script


@dataclass(frozen=True)
class Form:
    """One file format.

    Attributes:
        name: name of its flag and key of its words.
        ending: suffix of the file's name.
        mime: its media type, for a browser.
        content: (trace, name of its npz) → the file's content; formats that read the npz use the name.
    """

    name: str
    ending: str
    mime: str
    content: Callable[[Trace, str], bytes]


def _text(write: Callable[[Trace], str]) -> Callable[[Trace, str], bytes]:
    return lambda trace, npz_name: write(trace).encode("utf-8")


def _beside_npz(write: Callable[[Trace, str], str]) -> Callable[[Trace, str], bytes]:
    return lambda trace, npz_name: write(trace, npz_name).encode("utf-8")


FORMS = (
    Form("html", "html", "text/html", _text(as_html)),
    Form("script", "py", "text/x-python", _beside_npz(torch_script)),
    Form("notebook", "ipynb", "application/x-ipynb+json", _beside_npz(notebook)),
    Form("csv", "csv", "text/csv", _text(series_csv)),
    Form("npz", "npz", "application/octet-stream", lambda trace, npz_name: npz_file(trace)),
    Form("preset-file", "toml", "application/toml", _text(preset_file)),
)
STEM = NPZ.removesuffix(".npz")
