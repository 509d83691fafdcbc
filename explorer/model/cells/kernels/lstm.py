"""The LSTM's steps again, for NumPy only: all steps of a chunk, written to their final places.

When a small network is trained, most of the time goes into allocating and copying arrays of a few kilobytes. This code
repeats the arithmetic of the cell's own `forward`, `total`, `delta` and `backward`, operation by operation, so that
every bit is the same; a test checks that.
"""

from __future__ import annotations

import numpy as np


class LSTMKernel:
    """The `Kernel` of the LSTM."""

    def kept(self, like, steps):
        K, B, H = like.shape
        return {"gates": np.empty((steps, K, B, 4 * H), like.dtype), "tanh c": np.empty((steps, K, B, H), like.dtype)}

    def forward(self, p, drive, states, kept):
        W, H = p["weight_hh.T"], states["h"].shape[-1]
        h, c, gates = states["h"], states["c"], kept["gates"]
        i, f, g, o = (gates[..., n * H : (n + 1) * H] for n in range(4))
        candidate, product, one = np.empty_like(h[0]), np.empty_like(h[0]), np.ones((), h.dtype)
        rows = zip(drive, gates, i, f, g, o, h, h[1:], c, c[1:], kept["tanh c"], strict=False)
        for a, pre, i_t, f_t, g_t, o_t, h_before, h_t, c_before, c_t, tanh_c in rows:
            np.matmul(h_before, W, pre)
            np.add(pre, a, pre)
            np.tanh(g_t, candidate)
            np.negative(pre, pre)
            np.exp(pre, pre)
            np.add(pre, one, pre)
            np.divide(one, pre, pre)
            np.copyto(g_t, candidate)
            np.multiply(f_t, c_before, c_t)
            np.multiply(i_t, candidate, product)
            np.add(c_t, product, c_t)
            np.tanh(c_t, tanh_c)
            np.multiply(o_t, tanh_c, h_t)

    def backward(self, p, slopes, arriving, out):
        W, dh, dc = p["weight_hh"], out["h"], out["c"]
        H, (n, K, B, D) = dh.shape[-1], slopes["a"].shape
        delta = np.empty((K, n, B, D), dh.dtype).swapaxes(0, 1)  # a lane's steps are contiguous, for the sums over them
        blocks = slopes["a"].reshape(*slopes["a"].shape[:-1], 4, H)
        of_c, of_h = blocks[..., :3, :], blocks[..., 3, :]
        blocks_of_delta = delta.reshape(*delta.shape[:-1], 4, H)
        delta_c, delta_h = blocks_of_delta[..., :3, :], blocks_of_delta[..., 3, :]
        product = np.empty_like(dh[0])
        given_rows = zip(arriving, slopes["h_c"], slopes["c_c"], of_c, of_h, strict=True)
        written_rows = zip(delta_c, delta_h, delta, dh, dh[1:], dc, dc[1:], dc[1:, ..., None, :], strict=False)
        for inputs, results in reversed([*zip(given_rows, written_rows, strict=True)]):
            g, h_c, c_c, of_c_t, of_h_t = inputs
            delta_c_t, delta_h_t, delta_t, dh_before, dh_t, dc_before, dc_t, dc_each = results
            if g is not None:
                np.add(dh_t, g, dh_t)
            np.multiply(dh_t, h_c, product)
            np.add(dc_t, product, dc_t)
            np.multiply(dc_each, of_c_t, delta_c_t)
            np.multiply(dh_t, of_h_t, delta_h_t)
            np.matmul(delta_t, W, dh_before)
            np.multiply(dc_t, c_c, dc_before)
        return delta
