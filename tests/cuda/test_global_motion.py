"""The camera's movement on a device against the CPU twin: the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.cuda.operators.global_motion import global_motion

LEAST = (1.0, 0.7)


def patches(values, count, height, width, *, valid=0.8):
    """Vectors of a zoom with noise, some of them astray, some without texture."""
    rows, columns = max(1, height // 8), max(1, width // 8)
    y, x = np.mgrid[0:rows, 0:columns]
    vectors = np.stack([0.3 * (x - columns / 2) + 2, 0.2 * (y - rows / 2) - x * 0.05], axis=-1) + np.zeros(
        (count, 1, 1, 1)
    )
    vectors = vectors + values.normal(0, 0.3, vectors.shape)
    astray = values.random((count, rows, columns)) < 0.2
    vectors[astray] += 12
    textures = np.where(values.random(astray.shape) < valid, 5, 0.1)
    return (array.astype(np.float32) for array in (vectors, textures, values.uniform(0.6, 1, astray.shape)))


@pytest.mark.parametrize("size", [(8, 8), (18, 34), (40, 64), (144, 256)], ids=str)
@pytest.mark.parametrize("valid", [0.0, 0.1, 0.8, 1.0])
def test_fits(device_runtime, from_device, values, size, valid):
    arrays = list(patches(values, 3, *size, valid=valid))
    found = global_motion(device_runtime, *map(device_runtime.upload, arrays), *size, *LEAST)
    np.testing.assert_array_equal(from_device(found), _cpu.global_motion(*arrays, *size, *LEAST))


@pytest.mark.parametrize(("count", "size"), [(0, (16, 16)), (2, (6, 40)), (1, (2, 2))])
def test_where_there_is_nothing_to_fit_all_is_zero(device_runtime, from_device, values, count, size):
    arrays = list(patches(values, count, *size))
    found = from_device(global_motion(device_runtime, *map(device_runtime.upload, arrays), *size, *LEAST))
    assert found.shape == (count, 16)
    assert not found.any()
    assert not _cpu.global_motion(*arrays, *size, *LEAST).any()
