"""The statistics of patch vectors: the same bits as the definitions, also on vectors that no film has."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu

LEAST = {"least_texture": 1.0, "least_match": 0.7}
SIZES = [(8, 8), (16, 40), (18, 34), (90, 160), (144, 256)]


def patches(count, height, width, *, valid, whole=False, seed=3):
    """Vectors of a zoom with noise; with ``whole``, in whole pixels, so that many are equal."""
    values = np.random.default_rng(seed)
    rows, columns = height // 8, width // 8
    y, x = np.mgrid[0:rows, 0:columns] - np.array([rows / 2, columns / 2])[:, None, None]
    vectors = np.stack([0.2 * x + 1.5, 0.2 * y - 0.5], axis=-1) + values.normal(0, 1, (count, rows, columns, 2))
    textures = np.where(values.random((count, rows, columns)) < valid, 4, 0.5)
    matches = values.uniform(0.69, 1, textures.shape)
    return [(np.rint(array) if whole else array).astype(np.float32) for array in (vectors, textures)] + [
        matches.astype(np.float32)
    ]


def assert_follows(reference, assert_agrees, arrays, height, width, **parameters):
    numbers, valid = _cpu.flow_statistics(*arrays, height, width, *LEAST.values())
    expected, which = reference.flow_statistics(*arrays, height=height, width=width, **LEAST)
    np.testing.assert_array_equal(valid, which)
    assert numbers.dtype == np.float64
    assert_agrees("flow statistics", numbers, expected, size=(height, width), **parameters)
    return numbers


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("valid", [0.0, 0.03, 0.5, 1.0])
@pytest.mark.parametrize("whole", [False, True])
def test_numbers_follow_from_the_vectors(reference, assert_agrees, size, valid, whole):
    arrays = patches(5, *size, valid=valid, whole=whole)
    assert_follows(reference, assert_agrees, arrays, *size, valid=valid, whole=whole)


def test_sharpness_is_given_by_cell(reference, assert_agrees):
    vectors, textures, matches = patches(1, 48, 64, valid=1)
    textures[:] = 0
    textures[0, 2:4, 2:4] = 7  # the second cell of the second row
    numbers = assert_follows(reference, assert_agrees, (vectors, textures, matches), 48, 64)
    assert numbers[0, 4:].tolist() == [0] * 5 + [3.0] + [0] * 6


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_vectors_that_are_no_numbers_are_not_valid(reference, assert_agrees, wrong):
    vectors, textures, matches = patches(2, 32, 48, valid=1)
    vectors[:, 0, 0] = wrong
    numbers = assert_follows(reference, assert_agrees, (vectors, textures, matches), 32, 48)
    assert np.isfinite(numbers).all()


def test_a_frame_too_small_for_a_patch_has_none():
    numbers, valid = _cpu.flow_statistics(
        np.zeros((2, 1, 5, 2), np.float32), *np.ones((2, 2, 1, 5), np.float32), 6, 40, 0, 0
    )
    assert not numbers.any()
    assert not valid.any()


def test_patches_of_another_size_are_refused():
    arrays = patches(1, 32, 48, valid=1)
    with pytest.raises(ValueError, match="must be those of patch_flow"):
        _cpu.flow_statistics(*arrays, 32, 40, 1, 0.7)
