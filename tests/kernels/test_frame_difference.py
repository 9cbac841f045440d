"""The difference of frames to the ones before, exactly."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.kernels import color_histogram, frame_difference

SHAPES = [(1, 2, 2), (3, 2, 66), (5, 90, 160), (2, 300, 500)]
CASES = [(shape, range_) for shape in SHAPES for range_ in ("limited", "full")]


@pytest.mark.parametrize("with_previous", [False, True])
@pytest.mark.parametrize("shape", [(0, 4, 4), *SHAPES])
def test_absolute_difference_is_exact(reference, assert_agrees, noise, shape, with_previous):
    luma, _ = noise(*shape)
    previous = noise(1, *shape[1:], seed=1)[0] if with_previous else None
    got = _cpu.absolute_difference(luma, previous)
    assert_agrees("integers", got, reference.absolute_difference(luma, previous), shape=shape)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_difference_agrees_with_its_definition(reference, assert_agrees, noise, batch_of, case):
    shape, range_ = case
    luma, chroma = noise(*shape)
    before_luma, before_chroma = noise(1, *shape[1:], seed=1)
    batch, before = (batch_of(*frames, range=range_) for frames in ((luma, chroma), (before_luma, before_chroma)))
    got = frame_difference(batch, previous=before)

    pixels = shape[1] * shape[2]
    steps = 255 if range_ == "full" else 219
    absolute = np.minimum(reference.absolute_difference(luma, before_luma) / pixels / steps, 1)
    assert_agrees("derived", got.luma, absolute, shape=shape)
    counts = reference.color_histogram(np.concatenate([before_luma, luma]), np.concatenate([before_chroma, chroma]))
    changed = np.abs(np.diff(counts.astype(np.int64), axis=0)).sum(axis=1) / 2 / pixels
    assert_agrees("derived", got.histogram, changed, shape=shape)


def test_the_first_frame_of_a_film_differs_from_nothing(noise, batch_of):
    got = frame_difference(batch_of(*noise(3, 8, 8)))
    assert got.luma[0] == got.histogram[0] == 0
    assert (got.luma[1:] > 0).all()
    assert (got.histogram[1:] > 0).all()


def test_black_after_white_is_all_the_difference(batch_of):
    luma = np.stack([np.full((4, 4), 235, np.uint8), np.full((4, 4), 16, np.uint8)])
    got = frame_difference(batch_of(luma))
    assert got.luma[1] == got.histogram[1] == 1


def test_batches_do_not_show_in_the_difference(noise, batch_of):
    batch = batch_of(*noise(9, 16, 24))
    whole = frame_difference(batch)
    parts = [frame_difference(batch[:4]), frame_difference(batch[4:], previous=batch[:4])]
    for name in ("luma", "histogram"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert (joined == getattr(whole, name)).all()


def test_histograms_at_hand_are_used(noise, batch_of):
    batch = batch_of(*noise(4, 16, 24))
    counted = color_histogram(batch)
    assert (frame_difference(batch, histograms=counted).histogram == frame_difference(batch).histogram).all()
    assert (frame_difference(batch, histograms=np.zeros_like(counted)).histogram == 0).all()


def test_no_frames_have_no_difference(batch_of):
    got = frame_difference(batch_of(np.zeros((0, 4, 4), np.uint8)))
    assert got.luma.shape == got.histogram.shape == (0,)
