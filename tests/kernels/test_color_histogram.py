"""The colour histogram against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.kernels import color_histogram
from kuleshov.kernels.color_histogram import BINS, bin_centres


@pytest.mark.parametrize("shape", [(0, 4, 4), (1, 2, 2), (3, 2, 66), (2, 90, 160), (40, 18, 32)])
def test_histogram_counts_every_pixel_once(reference, assert_agrees, noise, batch_of, shape):
    luma, chroma = noise(*shape)
    got = color_histogram(batch_of(luma, chroma))
    assert got.dtype == np.int32
    assert_agrees("integers", got, reference.color_histogram(luma, chroma), shape=shape)
    assert (got.sum(axis=1) == shape[1] * shape[2]).all()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_histogram_of_any_size(reference, assert_agrees, noise, batch_of, data):
    height, width, value = (data.draw(st.integers(low, high)) for low, high in ((1, 9), (1, 40), (0, 255)))
    luma, chroma = noise(2, 2 * height, 2 * width, seed=data.draw(st.integers(0, 99)))
    luma[1] = value
    chroma[1] = 255 - value
    assert_agrees("integers", color_histogram(batch_of(luma, chroma)), reference.color_histogram(luma, chroma))


def test_every_bin_counts_its_own_middle(batch_of):
    centres = bin_centres()
    luma = np.broadcast_to(centres[:, 0, None, None], (BINS, 2, 2)).copy()
    got = color_histogram(batch_of(luma, centres[:, None, None, 1:].copy()))
    assert (got == 4 * np.eye(BINS, dtype=np.int32)).all()


def test_neutral_lies_in_the_middle_of_a_bin(batch_of):
    chroma = np.array([119, 120, 128, 135, 136], dtype=np.uint8)
    frames = np.zeros((5, 1, 1, 2), dtype=np.uint8)
    frames[:, 0, 0, 0] = frames[:, 0, 0, 1] = chroma
    bins = color_histogram(batch_of(np.zeros((5, 2, 2), np.uint8), frames)).argmax(axis=1)
    assert bins[1] == bins[2] == bins[3]
    assert len({int(bins[0]), int(bins[2]), int(bins[4])}) == 3
    assert (bin_centres()[bins[2]] == [16, 128, 128]).all()


def test_bin_centres_are_not_to_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        bin_centres()[0] = 0
