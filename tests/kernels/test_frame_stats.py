"""The statistics of frames: their integers exactly, and what is derived of them against the pixels themselves."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.kernels import frame_stats

SHAPES = [(1, 2, 2), (3, 2, 66), (5, 90, 160), (2, 144, 256)]


@pytest.mark.parametrize("shape", [(0, 4, 4), *SHAPES])
def test_frame_sums_are_exact(reference, assert_agrees, noise, shape):
    luma, chroma = noise(*shape)
    for got, expected in zip(_cpu.frame_sums(luma, chroma), reference.frame_sums(luma, chroma), strict=True):
        assert got.dtype == expected.dtype
        assert_agrees("integers", got, expected, shape=shape)


def test_the_distance_from_neutral_is_exact_for_every_color(reference, assert_agrees):
    colors = np.stack(np.meshgrid(np.arange(256), np.arange(256)), axis=-1).astype(np.uint8)
    frames = colors.reshape(65536, 1, 1, 2)
    luma = np.zeros((65536, 2, 2), dtype=np.uint8)
    assert_agrees("integers", _cpu.frame_sums(luma, frames)[1], reference.frame_sums(luma, frames)[1])


@pytest.mark.parametrize("case", [(shape, range_) for shape in SHAPES for range_ in ("limited", "full")], ids=str)
def test_stats_agree_with_the_pixels(reference, assert_agrees, noise, batch_of, case):
    shape, range_ = case
    luma, chroma = noise(*shape)
    got = frame_stats(batch_of(luma, chroma, range=range_))
    expected = reference.frame_stats(luma, chroma, full_range=range_ == "full")
    assert {field.name for field in fields(got)} == set(expected)
    for name, values in expected.items():
        assert getattr(got, name).dtype == np.float32
        kind = "saturation" if name == "saturation" else "derived"
        assert_agrees(kind, getattr(got, name), values, name=name, shape=shape, range=range_)


@pytest.mark.parametrize(("range_", "black", "white"), [("limited", 16, 235), ("full", 0, 255)])
def test_stats_of_half_black_half_white(batch_of, range_, black, white):
    luma = np.full((1, 10, 10), black, dtype=np.uint8)
    luma[:, :, 5:] = white
    got = frame_stats(batch_of(luma, range=range_))
    assert got.luma_mean[0] == got.contrast[0] == got.dark_share[0] == got.bright_share[0] == 0.5
    assert (got.luma_p05[0], got.luma_p50[0], got.luma_p95[0]) == (0, 0, 1)
    assert got.saturation[0] == got.red_blue[0] == 0


@pytest.mark.parametrize(("cb", "cr", "red_blue"), [(16, 240, 1), (240, 16, -1), (100, 156, 0.25), (0, 255, 1)])
def test_red_blue_runs_from_blue_to_orange(batch_of, cb, cr, red_blue):
    chroma = np.full((1, 4, 4, 2), (cb, cr), dtype=np.uint8)
    got = frame_stats(batch_of(np.full((1, 8, 8), 100, np.uint8), chroma))
    assert got.red_blue[0] == red_blue
    assert 0 < got.saturation[0] <= 1


def test_stats_of_no_frames(batch_of):
    got = frame_stats(batch_of(np.zeros((0, 4, 4), np.uint8)))
    assert all(getattr(got, field.name).shape == (0,) for field in fields(got))
