"""Read and write one npz file: a JSON header and arrays, without pickle. It is replaced as a whole, never in part."""

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
    """Write a file beside `path` and rename it: if the process ends in between, the older file stays whole.

    Raises:
        OSError: the file cannot be written.
    """
    target = Path(path)
    if target.exists() and not target.is_file():  # a folder, or a device that a file would replace
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(target))
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open(partial, "wb") as file:
            text = json.dumps({"format": FORMAT, **header})
            np.savez(file, header=np.array(text), **arrays)  # type: ignore[arg-type]
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yields the header, and the arrays by name.

    Raises:
        ExplorerError: the file, or the object that the caller builds from it, is not a training of this format.
    """
    try:
        # opened here, because numpy does not close a file that is no archive
        with open(path, "rb") as content, np.load(content, allow_pickle=False) as file:
            header = json.loads(str(file["header"]))
            if header["format"] != FORMAT:
                raise ExplorerError("history", f"must have format {FORMAT}", header["format"], "Train it again.")
            yield header, file
    except ExplorerError:
        raise
    except (*UNREADABLE, AttributeError, RecursionError, MemoryError) as failure:
        raise ExplorerError("history", "must be a file written by `History.save`", os.fspath(path)) from failure
