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


@pytest.mark.parametrize("size", [(1, 1), (48, 27), (64, 36), (70, 3), (7, 90)], ids=str)
def test_sizes_of_any_ratio(reference, assert_agrees, size):
    """Broken ratios, single samples, and sides larger than the frame's."""
    frames, (width, height) = batch(2), size
    small = shrink(frames, width=width, height=height)
    for n in range(2):
        planes = (frames.luma[n], frames.chroma[n, ..., 0], frames.chroma[n, ..., 1])
        expected = [reference.area_average(plane, (height, width), bit_depth=8) for plane in planes]
        assert_agrees("integers", small[n], expected, size=size, frame=n)


@pytest.mark.parametrize("size", [(0, 4), (4, 0), (65536, 1), (1, 65536)], ids=str)
def test_impossible_sizes_are_refused(size):
    with pytest.raises(ValueError, match="sides must be 1 to 65535"):
        shrink(batch(1), width=size[0], height=size[1])
