"""Arguments that operators refuse, in Python and, as a last check, in native code."""

from __future__ import annotations

import numpy as np
import pytest

import kuleshov.kernels
from kuleshov import _cpu
from kuleshov.errors import DeviceError
from kuleshov.kernels import color_histogram, frame_difference, frame_stats, optical_flow

OPERATORS = [color_histogram, frame_stats, frame_difference, optical_flow]
WITH_PREVIOUS = [frame_difference, optical_flow]


def name_of(operator):
    return operator.__name__


@pytest.mark.parametrize("operator", OPERATORS, ids=name_of)
def test_an_unavailable_device_is_named(batch_of, operator):
    batch = batch_of(np.zeros((1, 4, 4), np.uint8), device="cuda:7")
    with pytest.raises(DeviceError, match="device 'cuda:7': "):
        operator(batch)


@pytest.mark.parametrize("operator", OPERATORS, ids=name_of)
def test_frames_that_are_not_contiguous_are_refused(batch_of, operator):
    with pytest.raises(ValueError, match="luma is strided; it must be C-contiguous"):
        operator(batch_of(np.zeros((1, 4, 8), np.uint8)[:, :, ::2]))


@pytest.mark.parametrize("operator", OPERATORS, ids=name_of)
def test_arrays_of_another_library_are_refused(batch_of, operator):
    torch = pytest.importorskip("torch")
    batch = batch_of(np.zeros((1, 4, 4), np.uint8))
    object.__setattr__(batch, "luma", torch.zeros((1, 4, 4), dtype=torch.uint8))
    with pytest.raises(ValueError, match="luma of a batch on the CPU is a Tensor"):
        operator(batch)


@pytest.mark.parametrize("operator", OPERATORS, ids=name_of)
def test_frames_without_pixels_are_refused(batch_of, operator):
    with pytest.raises(ValueError, match="frames are 4x0; the least is 2x2"):
        operator(batch_of(np.zeros((1, 0, 4), np.uint8)))


@pytest.mark.parametrize("operator", WITH_PREVIOUS, ids=name_of)
def test_a_previous_frame_that_does_not_fit_is_refused(batch_of, operator):
    batch = batch_of(np.zeros((1, 4, 4), np.uint8))
    with pytest.raises(ValueError, match="previous is 6x4, the batch 4x4"):
        operator(batch, previous=batch_of(np.zeros((1, 4, 6), np.uint8)))
    with pytest.raises(ValueError, match="previous is empty; use None"):
        operator(batch, previous=batch[:0])
    with pytest.raises(DeviceError, match="cuda:0"):
        operator(batch, previous=batch_of(np.zeros((1, 4, 4), np.uint8), device="cuda:0"))


def test_histograms_that_do_not_fit_are_refused(batch_of):
    batch = batch_of(np.zeros((2, 4, 4), np.uint8))
    for histograms in (np.zeros((1, 2048), np.int32), np.zeros((2, 2048), np.int64)):
        with pytest.raises(ValueError, match=r"for this batch they must be int32 \(2, 2048\)"):
            frame_difference(batch, histograms=histograms)


@pytest.mark.parametrize("times", [[0.0, 0.0], [1.0, 0.5], [0.0, np.nan]])
def test_time_must_go_on(batch_of, times):
    with pytest.raises(ValueError, match=r"frame 1 at .* is not later than the one before it"):
        optical_flow(batch_of(np.zeros((2, 16, 16), np.uint8), pts_seconds=np.array(times)))


LUMA, CHROMA = np.zeros((2, 4, 4), np.uint8), np.zeros((2, 2, 2, 2), np.uint8)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (_cpu.color_histogram, (LUMA[0], CHROMA), r"\[N, H, W\]"),
        (_cpu.color_histogram, (LUMA, CHROMA[:1]), "chroma must be"),
        (_cpu.color_histogram, (LUMA, CHROMA[..., 0]), "chroma must be"),
        (_cpu.frame_sums, (LUMA, CHROMA[:, :1].copy()), "chroma must be"),
        (_cpu.frame_sums, (LUMA[:, :3].copy(), CHROMA), "even"),
        (_cpu.absolute_difference, (LUMA[:, :0], None), "H and W"),
        (_cpu.absolute_difference, (LUMA, LUMA), "previous must be"),
        (_cpu.patch_flow, (LUMA, LUMA[:1, :2].copy()), "previous must be"),
    ],
)
def test_native_code_refuses_impossible_shapes(function, arguments, message):
    arguments = [a if a is None else np.ascontiguousarray(a) for a in arguments]
    with pytest.raises(ValueError, match=message):
        function(*arguments)


@pytest.mark.parametrize("luma", [LUMA.astype(np.int8), LUMA.astype(np.float32), LUMA[:, :, ::2], None, "luma"])
def test_native_code_refuses_other_arrays(luma):
    with pytest.raises(TypeError, match="incompatible function arguments"):
        _cpu.absolute_difference(luma, None)


def test_build_info_names_compiler_and_simd_level():
    info = _cpu.build_info()
    assert set(info) == {"compiler", "simd"}
    assert all(info.values())


def test_public_names_are_the_operators():
    for name in kuleshov.kernels.__all__:
        assert callable(getattr(kuleshov.kernels, name)), name
