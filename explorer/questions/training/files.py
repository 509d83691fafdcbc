"""One npz file: a header in JSON and arrays, without pickle; replaced as a whole, so that it is never half a file."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.engine.trace import UNREADABLE

FORMAT = 1


def write(path: str | os.PathLike[str], header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Written beside `path` first: whoever ends the process in between leaves the older file whole.

    Raises:
        OSError: it cannot be written.
    """
    place = Path(path)
    if place.exists() and not place.is_file():  # a folder; or a device, in whose place a file would stand
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(place))
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as file:
            text = json.dumps({"format": FORMAT, **header})
            np.savez(file, header=np.array(text), **arrays)  # type: ignore[arg-type]
        os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[tuple[dict[str, Any], Any]]:
    """The header, and the arrays by name.

    Raises:
        ExplorerError: the file, or what the caller makes of it, is not a training of this format.
    """
    try:
        # opened here: numpy leaves a file open that turns out to be no archive
        with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:
            header = json.loads(str(file["header"]))
            if header["format"] != FORMAT:
                raise ExplorerError("history", f"must have format {FORMAT}", header["format"], "Train it again.")
            yield header, file
    except ExplorerError:
        raise
    except (*UNREADABLE, AttributeError, RecursionError, MemoryError) as failure:
        raise ExplorerError("history", "must be a file written by `History.save`", os.fspath(path)) from failure
