"""Export formats of a run. Each module writes one format: it takes a trace and returns text or bytes."""

from __future__ import annotations

from explorer.show.export.forms import FORMS, STEM, Form
from explorer.show.export.html_report import as_html
from explorer.show.export.notebook import notebook
from explorer.show.export.npz_file import npz_file
from explorer.show.export.numbers_json import as_json
from explorer.show.export.preset_file import preset_file
from explorer.show.export.series_csv import series_csv
from explorer.show.export.torch_script import NPZ, torch_script

__all__ = [
    "FORMS",
    "NPZ",
    "STEM",
    "Form",
    "as_html",
    "as_json",
    "notebook",
    "npz_file",
    "preset_file",
    "series_csv",
    "torch_script",
]
