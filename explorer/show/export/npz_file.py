"""Every array of a run, as `Trace.save` writes and `Trace.load` reads it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from explorer.engine.trace import Trace


def npz_file(trace: Trace) -> bytes:
    """The file's content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.npz"
        trace.save(path)
        return path.read_bytes()
