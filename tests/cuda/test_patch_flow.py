"""Patch flow on a device against the CPU twin: the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.cuda.operators.patch_flow import patch_flow


def textured(values, count, height, width):
    """Soft noise that drifts by some pixels a frame, and a patch that goes elsewhere."""
    coarse = values.integers(0, 256, (height // 4 + 20, width // 4 + 20)).repeat(4, axis=0).repeat(4, axis=1)
    soft = sum(np.roll(coarse, (y, x), axis=(0, 1)) for y in range(4) for x in range(4)) // 16
    frames = np.stack([np.roll(soft, (n, -2 * n), axis=(0, 1))[8 : 8 + height, 8 : 8 + width] for n in range(count)])
    return np.ascontiguousarray(frames.astype(np.uint8))


def assert_same(on, from_device, luma, previous):
    expected = _cpu.patch_flow(luma, previous)
    found = from_device(*patch_flow(on, on.upload(luma), None if previous is None else on.upload(previous)))
    for name, got, want in zip(("vectors", "textures", "matches"), found, expected, strict=True):
        assert got.shape == want.shape, name
        np.testing.assert_array_equal(got, want, err_msg=f"{name} of {luma.shape}")


@pytest.mark.parametrize(
    ("height", "width"), [(8, 8), (8, 26), (16, 16), (18, 34), (40, 64), (66, 46), (90, 160)], ids=str
)
@pytest.mark.parametrize("with_previous", [False, True])
def test_moving_pictures(device_runtime, from_device, values, height, width, with_previous):
    frames = textured(values, 4, height, width)
    previous, luma = (frames[:1], frames[1:]) if with_previous else (None, frames)
    assert_same(device_runtime, from_device, np.ascontiguousarray(luma), previous)


@pytest.mark.parametrize("make", [np.zeros, lambda shape: np.full(shape, 255), None], ids=["black", "white", "noise"])
def test_pictures_without_a_match(device_runtime, from_device, values, make):
    frames = values.integers(0, 256, (3, 40, 56)) if make is None else make((3, 40, 56))
    assert_same(device_runtime, from_device, frames.astype(np.uint8), None)


@pytest.mark.parametrize(("count", "height", "width"), [(0, 16, 16), (1, 16, 16), (2, 6, 40), (2, 2, 2)])
def test_where_there_is_nothing_to_align_all_is_zero(device_runtime, from_device, values, count, height, width):
    luma = values.integers(0, 256, (count, height, width), dtype=np.uint8)
    assert_same(device_runtime, from_device, luma, None)


def test_a_film_does_not_depend_on_its_batches(device_runtime, from_device, values):
    on, frames = device_runtime, textured(values, 6, 32, 48)
    whole = from_device(*patch_flow(on, on.upload(frames), None))
    for cut in (1, 2, 5):
        first = from_device(*patch_flow(on, on.upload(frames[:cut]), None))
        second = from_device(*patch_flow(on, on.upload(frames[cut:]), on.upload(frames[cut - 1 : cut])))
        for got, start, rest in zip(whole, first, second, strict=True):
            np.testing.assert_array_equal(got, np.concatenate((start, rest)))
