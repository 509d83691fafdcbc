"""All arrays of a run, in the format that `Trace.save` writes and `Trace.load` reads."""

from __future__ import annotations

import tempfile
from pathlib import Path

from explorer.engine.trace import Trace


def npz_file(trace: Trace) -> bytes:
    """The content of the npz file of `trace`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.npz"
        trace.save(path)
        return path.read_bytes()
