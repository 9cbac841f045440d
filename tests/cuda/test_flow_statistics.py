"""The statistics of flow on a device against the CPU twin: the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.cuda.operators.flow_statistics import flow_statistics

LEAST = (1.0, 0.7)


def patches(values, count, height, width, *, valid=0.8, whole=False):
    """Vectors of a zoom with noise, some without texture; with ``whole``, in whole pixels, so that many are equal."""
    rows, columns = max(1, height // 8), max(1, width // 8)
    y, x = np.mgrid[0:rows, 0:columns]
    vectors = np.stack([0.3 * (x - columns / 2) + 2, 0.2 * (y - rows / 2)], axis=-1)
    vectors = vectors + values.normal(0, 1, (count, rows, columns, 2))
    textures = np.where(values.random((count, rows, columns)) < valid, 5, 0.1)
    arrays = (np.rint(vectors) if whole else vectors, textures, values.uniform(0.6, 1, textures.shape))
    return [array.astype(np.float32) for array in arrays]


def assert_same(on, from_device, arrays, *size):
    found = from_device(*flow_statistics(on, *map(on.upload, arrays), *size, *LEAST))
    for name, got, want in zip(("numbers", "valid"), found, _cpu.flow_statistics(*arrays, *size, *LEAST), strict=True):
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        np.testing.assert_array_equal(got, want, err_msg=name)
    return found


@pytest.mark.parametrize("size", [(8, 8), (18, 34), (40, 64), (144, 256)], ids=str)
@pytest.mark.parametrize("valid", [0.0, 0.1, 0.8, 1.0])
@pytest.mark.parametrize("whole", [False, True])
def test_statistics(device_runtime, from_device, values, size, valid, whole):
    numbers, _ = assert_same(device_runtime, from_device, patches(values, 3, *size, valid=valid, whole=whole), *size)
    assert valid < 0.8 or size[0] < 16 or numbers.all(axis=0)[:4].all()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 3e38, -0.0])
def test_numbers_at_the_edge(device_runtime, from_device, values, wrong):
    vectors, textures, matches = patches(values, 2, 40, 64)
    vectors[:, ::2] = wrong
    assert_same(device_runtime, from_device, (vectors, textures, matches), 40, 64)


@pytest.mark.parametrize(("count", "size"), [(0, (16, 16)), (2, (6, 40)), (1, (2, 2))])
def test_where_there_is_no_patch_all_is_zero(device_runtime, from_device, values, count, size):
    numbers, valid = assert_same(device_runtime, from_device, patches(values, count, *size), *size)
    assert not numbers.any()
    assert not valid.any()
