"""Values on a grid as a picture of their colours, with lines of equal value: a PNG in a data link.

Plotly wipes out a heatmap when it plays the traces above it; a picture below the traces stays.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from explorer.show.plots.palette import HEATMAPS, channels

SHADES = 127  # of the palette; the lines have as many darker ones
EMPTY = 2 * SHADES
PIXELS = 720  # the least number along each side
LINE = 0.68  # brightness of a line relative to its ground


def picture(values: np.ndarray, lower: float, upper: float, palette: str, lines: int) -> str:
    """(m, n) values, the first row at the bottom, as a link ``data:image/png;base64,…``; NaN stays transparent.

    Args:
        lower, upper: the ends of the palette, one of `HEATMAPS`.
        lines: how many lines of equal value lie between them.
    """
    repeats = [-(-PIXELS // size) for size in values.shape]
    share = (values[::-1] - lower) / (upper - lower)
    fine = np.kron(share, np.ones(repeats))
    shade = np.clip(np.nan_to_num(fine) * (SHADES - 1), 0, SHADES - 1).round().astype(np.uint8)
    shade += (SHADES * _lines(_interpolated(share, repeats), lines)).astype(np.uint8)
    return _png(np.where(np.isnan(fine), EMPTY, shade).astype(np.uint8), _colours(palette))


def _interpolated(share: np.ndarray, repeats: list[int]) -> np.ndarray:
    """Bilinear between the centres of the cells, so that lines do not follow their edges."""
    for axis, (size, k) in enumerate(zip(share.shape, repeats, strict=True)):
        positions = np.clip((np.arange(size * k) + 0.5) / k - 0.5, 0, size - 1)
        low = np.minimum(np.floor(positions).astype(int), size - 2)
        weight = (positions - low).reshape(-1, 1) if axis == 0 else positions - low
        share = np.take(share, low, axis) * (1 - weight) + np.take(share, low + 1, axis) * weight
    return share


def _lines(fine: np.ndarray, lines: int) -> np.ndarray:
    """A mask of neighbouring pixels, side by side or one above the other, that lie on two sides of a line."""
    step = np.floor(fine * lines + 0.5)
    mask = np.zeros(fine.shape, dtype=bool)
    for axis in (0, 1):
        change = np.abs(np.diff(step, axis=axis)) > 0
        change &= np.isfinite(np.diff(step, axis=axis))
        first, second = (slice(None, -1), slice(1, None)) if axis == 0 else (np.s_[:, :-1], np.s_[:, 1:])
        mask[first] |= change
        mask[second] |= change
    return mask


def _colours(palette: str) -> np.ndarray:
    """(2 · SHADES + 1, 3) bytes: the palette, the palette darker, and one colour for empty cells."""
    stops = HEATMAPS[palette]
    positions = [place for place, _ in stops]
    rgb = np.array([channels(colour) for _, colour in stops])
    shades = np.stack([np.interp(np.linspace(0, 1, SHADES), positions, channel) for channel in rgb.T], axis=1)
    return np.concatenate([shades, LINE * shades, np.zeros((1, 3))]).round().astype(np.uint8)


def _png(indices: np.ndarray, colours: np.ndarray) -> str:
    """PNG with a palette (colour type 3), whose last colour is transparent; ISO/IEC 15948."""
    height, width = indices.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), indices], axis=1)  # each row begins with its filter: none
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", colours.tobytes()),
        (b"tRNS", b"\xff" * (len(colours) - 1) + b"\x00"),
        (b"IDAT", zlib.compress(rows.tobytes(), 6)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode("ascii")
