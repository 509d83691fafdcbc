"""The LSTM's steps once more, for NumPy alone: all steps of a stretch, written where their results are kept.

In a training of a small network most of the time goes into making arrays of a few kilobytes and copying them. This
does the arithmetic of the cell's own `forward`, `total`, `delta` and `backward`, operation by operation, so that every
bit is the same; a test holds it to that.
"""

from __future__ import annotations

import numpy as np


class LSTMKernel:
    def kept(self, like, steps):
        K, B, H = like.shape
        return {"gates": np.empty((steps, K, B, 4 * H), like.dtype), "tanh c": np.empty((steps, K, B, H), like.dtype)}

    def forward(self, p, drive, states, kept):
        W, H = p["weight_hh.T"], states["h"].shape[-1]
        h, c, gates = states["h"], states["c"], kept["gates"]
        i, f, g, o = (gates[..., n * H : (n + 1) * H] for n in range(4))
        candidate, product, one = np.empty_like(h[0]), np.empty_like(h[0]), np.ones((), h.dtype)
        rows = zip(drive, gates, i, f, g, o, h, h[1:], c, c[1:], kept["tanh c"], strict=False)
        for a, y, i_t, f_t, g_t, o_t, h_before, h_t, c_before, c_t, tanh_c in rows:
            np.matmul(h_before, W, y)
            np.add(y, a, y)
            np.tanh(g_t, candidate)
            np.negative(y, y)
            np.exp(y, y)
            np.add(y, one, y)
            np.divide(one, y, y)
            np.copyto(g_t, candidate)
            np.multiply(f_t, c_before, c_t)
            np.multiply(i_t, candidate, product)
            np.add(c_t, product, c_t)
            np.tanh(c_t, tanh_c)
            np.multiply(o_t, tanh_c, h_t)

    def backward(self, p, slopes, arriving, written):
        W, dh, dc = p["weight_hh"], written["h"], written["c"]
        H, (n, K, B, D) = dh.shape[-1], slopes["a"].shape
        delta = np.empty((K, n, B, D), dh.dtype).swapaxes(0, 1)  # a lane's steps side by side: what is summed over them
        blocks = slopes["a"].reshape(*slopes["a"].shape[:-1], 4, H)
        of_c, of_h = blocks[..., :3, :], blocks[..., 3, :]
        into = delta.reshape(*delta.shape[:-1], 4, H)
        into_c, into_h = into[..., :3, :], into[..., 3, :]
        product = np.empty_like(dh[0])
        from_outside = zip(arriving, slopes["h_c"], slopes["c_c"], of_c, of_h, strict=True)
        along = zip(into_c, into_h, delta, dh, dh[1:], dc, dc[1:], dc[1:, ..., None, :], strict=False)
        for given, rows in reversed([*zip(from_outside, along, strict=True)]):
            g, h_c, c_c, of_c_t, of_h_t = given
            into_c_t, into_h_t, delta_t, dh_before, dh_t, dc_before, dc_t, dc_each = rows
            if g is not None:
                np.add(dh_t, g, dh_t)
            np.multiply(dh_t, h_c, product)
            np.add(dc_t, product, dc_t)
            np.multiply(dc_each, of_c_t, into_c_t)
            np.multiply(dh_t, of_h_t, into_h_t)
            np.matmul(delta_t, W, dh_before)
            np.multiply(dc_t, c_c, dc_before)
        return delta
