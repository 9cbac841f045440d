"""The operators that count and shrink, on a device against their CPU twins: the same integers."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov import _cpu
from kuleshov.cuda.operators.model_input import surface_input
from kuleshov.cuda.twin import CudaTwin, operator_names
from kuleshov.kernels.rgb_frames import coding_of
from kuleshov.kernels.tone_map import color_cube
from kuleshov.kernels.transition_scores import LAGS
from kuleshov.media.color import ColorSpec
from kuleshov.surface import Surface

SHAPES = [(0, 4, 4), (1, 2, 2), (3, 2, 34), (2, 38, 6), (5, 36, 64), (2, 144, 256)]


@pytest.fixture(params=SHAPES, ids=str)
def frames(request, values):
    """Luma and chroma: noise in the first half of the batch, flat pictures in the second."""
    count, height, width = request.param
    luma = values.integers(0, 256, (count, height, width), dtype=np.uint8)
    chroma = values.integers(0, 256, (count, height // 2, width // 2, 2), dtype=np.uint8)
    luma[count // 2 :] = luma[count // 2 :, :1, :1]
    chroma[count // 2 :] = chroma[count // 2 :, :1, :1]
    return luma, chroma


@pytest.fixture
def twin(device_runtime):
    return CudaTwin(device_runtime)


def test_color_histogram(device_runtime, from_device, twin, frames):
    luma, chroma = frames
    found = from_device(twin.color_histogram(*map(device_runtime.upload, frames)))
    np.testing.assert_array_equal(found, _cpu.color_histogram(luma, chroma))
    assert found.dtype == np.int32


def test_frame_sums(device_runtime, from_device, twin, frames):
    found = from_device(*twin.frame_sums(*map(device_runtime.upload, frames)))
    for got, want in zip(found, _cpu.frame_sums(*frames), strict=True):
        np.testing.assert_array_equal(got, want)
        assert got.dtype == want.dtype


@pytest.mark.parametrize("with_previous", [False, True])
def test_absolute_difference(device_runtime, from_device, twin, values, frames, with_previous):
    luma, _ = frames
    previous = values.integers(0, 256, (1, *luma.shape[1:]), dtype=np.uint8) if with_previous else None
    found = twin.absolute_difference(
        device_runtime.upload(luma), previous if previous is None else device_runtime.upload(previous)
    )
    np.testing.assert_array_equal(from_device(found), _cpu.absolute_difference(luma, previous))


@pytest.mark.parametrize(("width", "height"), [(1, 1), (16, 9), (48, 27), (70, 3)])
def test_shrink(device_runtime, from_device, twin, frames, width, height):
    found = twin.shrink(*map(device_runtime.upload, frames), width, height)
    np.testing.assert_array_equal(from_device(found), _cpu.shrink(*frames, width, height))


@pytest.mark.parametrize("matrix", ["bt601", "bt709", "bt2020"])
@pytest.mark.parametrize("range_", ["limited", "full"])
def test_rgb_frames(device_runtime, from_device, twin, frames, matrix, range_):
    coding = coding_of(ColorSpec(matrix=matrix, range=range_))
    found = twin.rgb_frames(*map(device_runtime.upload, frames), 48, 27, coding)
    np.testing.assert_array_equal(from_device(found), _cpu.rgb_frames(*frames, 48, 27, coding))


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_tone_map(device_runtime, from_device, twin, frames, transfer):
    cube = color_cube(ColorSpec(matrix="bt2020", transfer=transfer, primaries="bt2020"))
    found = from_device(*twin.tone_map(*map(device_runtime.upload, (*frames, cube))))
    for got, want in zip(found, _cpu.tone_map(*frames, cube), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("bit_depth", [8, 10, 16])
@pytest.mark.parametrize("size", [(7, 5), (32, 24), (80, 60)], ids=str)
def test_model_input(device_runtime, from_device, twin, values, size, bit_depth, half):
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    luma = values.integers(0, 2**bit_depth, (3, 36, 64)).astype(dtype)
    chroma = values.integers(0, 2**bit_depth, (3, 18, 32, 2)).astype(dtype)
    boxes = np.array([(0, 0, 0, 64, 36), (2, 10, 4, 20, 30), (1, 62, 34, 2, 2), (2, 0, 2, 6, 8)], np.int32)
    numbers = coding_of(ColorSpec()), (0.48, 0.46, 0.41, 0.27, 0.26, 0.28)
    expected = _cpu.model_input(luma, chroma, boxes, *size, *numbers, bit_depth, half)
    uploaded = (device_runtime.upload(array) for array in (luma, chroma, boxes))
    found = from_device(twin.model_input(*uploaded, *size, *numbers, bit_depth, half))
    assert found.dtype == expected.dtype == (np.float16 if half else np.float32)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("bit_depth", [8, 16])
def test_model_input_of_a_surface_with_pitches(device_runtime, from_device, values, bit_depth):
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    luma, chroma = (values.integers(0, 2**bit_depth, shape).astype(dtype) for shape in ((23, 48), (12, 44)))
    arrays = [array.ravel() for array in (luma, chroma)]
    boxes = np.array([(0, 0, 0, 40, 22), (0, 38, 20, 2, 2), (0, 4, 2, 20, 12)], np.int32)
    numbers = coding_of(ColorSpec()), (0.48, 0.46, 0.41, 0.27, 0.26, 0.28)
    surface = Surface(*map(device_runtime.upload, arrays), 23, 41, 48, 44, bit_depth)
    found = surface_input(device_runtime, surface, device_runtime.upload(boxes), 9, 7, *numbers, half=True)
    contiguous = luma[None, :22, :40].copy(), chroma[None, :11, :40].reshape(1, 11, 20, 2).copy()
    expected = _cpu.model_input(*contiguous, boxes, 9, 7, *numbers, bit_depth, True)
    np.testing.assert_array_equal(from_device(found), expected)


@pytest.mark.parametrize("count", [0, 1, 40])
@pytest.mark.parametrize("previous_count", [0, 1, 5, 40])
def test_histogram_distance(device_runtime, from_device, twin, values, count, previous_count):
    histograms = values.integers(0, 1 << 20, (count, 2048), dtype=np.int32)
    previous = values.integers(0, 1 << 20, (previous_count, 2048), dtype=np.int32)
    found = from_device(
        twin.histogram_distance(device_runtime.upload(histograms), device_runtime.upload(previous), LAGS)
    )
    np.testing.assert_array_equal(found, _cpu.histogram_distance(histograms, previous, LAGS))
    every = np.concatenate((previous, histograms)).astype(np.int64)
    for n in range(count):
        for k, lag in enumerate(LAGS):
            other = previous_count + n - lag
            want = np.abs(every[previous_count + n] - every[other]).sum() if other >= 0 else 0
            assert found[n, k] == want


def test_an_operator_that_is_none_is_named(twin):
    with pytest.raises(AttributeError, match="no CUDA operator 'magic'"):
        twin.magic  # noqa: B018
    assert {name for name in dir(_cpu) if not name.startswith("_")} - {"area_average", "build_info"} == set(
        operator_names()
    )
