"""Shrunk frames: the exact average of each plane, for every frame of a batch."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels import shrink
from kuleshov.media.color import ColorSpec


def batch(count, *, device="cpu"):
    rng = np.random.default_rng(count)
    return FrameBatch(
        rng.integers(0, 256, (count, 36, 64), dtype=np.uint8),
        rng.integers(0, 256, (count, 18, 32, 2), dtype=np.uint8),
        np.arange(count, dtype=np.float64),
        np.arange(count, dtype=np.int64),
        ColorSpec(),
        device,
    )


@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_plane_is_averaged_exactly(count):
    frames = batch(count)
    small = shrink(frames, width=16, height=9)
    assert small.shape == (count, 3, 9, 16)
    luma = frames.luma.reshape(count, 9, 4, 16, 4).astype(int).sum(axis=(2, 4))
    assert (small[:, 0] == (luma + 8) // 16).all()
    for plane in (0, 1):
        chroma = frames.chroma[..., plane].reshape(count, 9, 2, 16, 2).astype(int).sum(axis=(2, 4))
        assert (small[:, 1 + plane] == (chroma + 2) // 4).all()
