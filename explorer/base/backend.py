"""NumPy or torch behind one array namespace. No other file names torch, and this one imports it on first use."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from explorer.base.errors import ExplorerError
from explorer.base.shipped import GET_TORCH

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h

Array = Any  # a NumPy array or a torch tensor: whatever the namespace `xp` makes


@dataclass(frozen=True)
class Backend:
    """The place where arrays live, and the array-API namespace that computes on them.

    Attributes:
        name: ``"numpy"`` or ``"torch"``.
        device: ``"cpu"``, ``"cuda"`` or ``"mps"``.
        xp: the array API namespace (array-api-compat).
        dtype: the namespace's own floating dtype.
        numpy_dtype: the same dtype as NumPy's.
    """

    name: str
    device: str
    xp: Any
    dtype: Any
    numpy_dtype: np.dtype

    @property
    def wide_step(self) -> int:
        """The number of state values per step, over all lanes, above which more lanes save no more time: on a CPU the
        arrays of a step have to fit into its cache, a GPU has to be kept busy."""
        return 2**12 if self.device == "cpu" else 2**23

    @property
    def label(self) -> str:
        """The name that a trace records: ``numpy``, ``torch cpu``, ``torch cuda`` or ``torch mps``."""
        return self.name if self.name == "numpy" else f"{self.name} {self.device}"

    def asarray(self, values: Any) -> Array:
        """`values` (array-like) as an array of the same shape on the device, in the backend's dtype."""
        if self.name == "numpy":
            return np.asarray(values, dtype=self.dtype)
        return self.xp.asarray(np.asarray(values), dtype=self.dtype, device=self.device)

    def to_numpy(self, array: Array) -> np.ndarray:
        """`array` as a NumPy array on the host; a NumPy array is returned as it is."""
        return array if self.name == "numpy" else array.detach().cpu().numpy()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """A context for computations: NumPy does not warn of non-finite results, and torch records no graph."""
        if self.name == "numpy":
            with np.errstate(all="ignore"):
                yield
        else:
            with import_torch().inference_mode():
                yield


def torch_is_installed() -> bool:
    """Whether torch can be imported; this does not import it."""
    return importlib.util.find_spec("torch") is not None


def open_backend(name: str, device: str = "auto", dtype: str = "float64") -> Backend:
    """The backend ``numpy`` or ``torch``; torch's device ``auto`` is ``cuda`` where there is one, else ``cpu``.

    Raises:
        ExplorerError: torch is not installed, the machine lacks the device, or the device lacks the dtype.
    """
    if name == "numpy":
        _keep_freed_memory()
        xp = importlib.import_module("array_api_compat.numpy")
        return Backend("numpy", "cpu", xp, np.dtype(dtype), np.dtype(dtype))
    torch = import_torch()
    xp = importlib.import_module("array_api_compat.torch")
    return Backend("torch", _find_device(torch, device, dtype), xp, getattr(torch, dtype), np.dtype(dtype))


@cache
def _keep_freed_memory() -> None:
    """Ask glibc to keep up to 64 MiB of freed memory for the next run instead of giving it back to the system.

    Each run allocates new arrays, and on virtual machines the page faults cost up to a third of its time. On other
    systems than Linux this does nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for option, value in ((M_TRIM_THRESHOLD, 2**26), (M_MMAP_THRESHOLD, 2**25)):
            mallopt(option, value)


def release_freed_memory() -> None:
    """Give freed memory back to the system; a server does so between runs. Does nothing on other systems than Linux."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if malloc_trim is not None:
        malloc_trim(0)


def import_torch() -> Any:
    """The module torch, imported on the first call.

    Raises:
        ExplorerError: torch is not installed.
    """
    if not torch_is_installed():
        raise ExplorerError(
            "backend",
            'needs PyTorch for "torch", and it is not installed here',
            "torch",
            f'Install it with `{GET_TORCH}`, or use the backend "numpy".',
        )
    return importlib.import_module("torch")


def _find_device(torch: Any, device: str, dtype: str) -> str:
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available[device]:
        raise ExplorerError("device", "must be there on this machine", device, 'Use "auto" or "cpu".')
    if device == "mps" and dtype == "float64":
        raise ExplorerError("dtype", 'must be float32 on "mps", which has no float64', dtype, "Use float32.")
    return device


def one_blas_thread() -> AbstractContextManager[Any]:
    """A context with one BLAS thread, for many small factorisations in turn: 5.5 s on two threads, 2.4 s on one.

    It does nothing where threadpoolctl is not installed, which only the app requires.
    """
    libraries = _blas_libraries()
    return nullcontext() if libraries is None else libraries.limit(limits=1, user_api="blas")


@cache
def _blas_libraries() -> Any:
    """threadpoolctl's view of the libraries that are loaded; to look for them takes half a millisecond."""
    if importlib.util.find_spec("threadpoolctl") is None:
        return None
    return importlib.import_module("threadpoolctl").ThreadpoolController()
