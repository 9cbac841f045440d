"""Crops as network input: compared with a slow reference and known colours; wrong boxes are refused."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.kernels.model_input import model_input, surface_model_input
from kuleshov.kernels.rgb_frames import rgb_frames
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr
from kuleshov.surface import Surface


@pytest.fixture
def values():
    return np.random.default_rng(8)


MEAN, DEVIATION = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)


@pytest.mark.parametrize("size", [(9, 7), (20, 12), (50, 40)], ids=str)
@pytest.mark.parametrize("range_", ["limited", "full"])
def test_crops_are_averaged_converted_and_normalised(noise, batch_of, reference, size, range_):
    width, height = size
    luma, chroma = noise(2, 30, 44)
    batch = batch_of(luma, chroma, range=range_)
    boxes = np.array([(1, 4, 6, 30, 20), (0, 0, 0, 44, 30)], np.int32)
    found = model_input(batch, width=width, height=height, boxes=boxes, mean=MEAN, deviation=DEVIATION)
    assert found.shape == (2, 3, height, width)
    assert found.dtype == np.float32
    for got, (frame, x, y, w, h) in zip(found, boxes, strict=True):
        planes = [luma[frame, y : y + h, x : x + w]]
        planes += [chroma[frame, y // 2 : (y + h) // 2, x // 2 : (x + w) // 2, k] for k in (0, 1)]
        means = [reference.area_average(plane, (height, width), bit_depth=8) for plane in planes]
        rgb = np.clip(rgb_from_ycbcr(*means, batch.color).astype(np.float64), 0, 1)
        np.testing.assert_allclose(got, ((rgb - MEAN) / DEVIATION).transpose(2, 0, 1), rtol=0, atol=2e-6)


@pytest.mark.parametrize("bit_depth", [10, 12, 16])
def test_surfaces_of_more_bits(values, reference, bit_depth):
    luma = values.integers(0, 2**bit_depth, (33, 50)).astype(np.uint16)  # rows are longer than the picture
    chroma = values.integers(0, 2**bit_depth, (17, 52)).astype(np.uint16)
    surface = Surface(luma, chroma, 33, 45, 50, 52, bit_depth)
    box = np.array([(0, 6, 4, 32, 28)], np.int32)
    options = {"device": "cpu", "color": ColorSpec(), "width": 9, "height": 7, "mean": MEAN, "deviation": DEVIATION}
    (found,) = surface_model_input(surface, boxes=box, **options)
    pairs = chroma[2:16, 6:38].reshape(14, 16, 2)
    planes = [luma[4:32, 6:38], pairs[..., 0], pairs[..., 1]]
    means = [reference.area_average(plane, (7, 9), bit_depth=bit_depth) for plane in planes]
    rgb = np.clip(rgb_from_ycbcr(*means, ColorSpec()).astype(np.float64), 0, 1)
    np.testing.assert_allclose(found, ((rgb - MEAN) / DEVIATION).transpose(2, 0, 1), rtol=0, atol=2e-6)
    assert surface_model_input(surface, **options).shape == (1, 3, 7, 9)
    with pytest.raises(ValueError, match="lie in one of the 1 frames of 44x32"):
        surface_model_input(surface, boxes=np.array([(0, 14, 0, 32, 28)], np.int32), **options)


@pytest.mark.parametrize("scale", [1, 1e-3, 1e-7, 3e-9, 1e5, 1e6])
def test_halves_are_rounded_as_numpy_rounds(noise, batch_of, scale):
    """Halves of every kind: normal, subnormal, 0, infinite."""
    batch = batch_of(*noise(2, 24, 32))
    options = {"width": 20, "height": 16, "mean": MEAN, "deviation": [each / scale for each in DEVIATION]}
    with np.errstate(over="ignore"):
        expected = model_input(batch, **options).astype(np.float16)
    found = model_input(batch, half=True, **options)
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found.view(np.uint16), expected.view(np.uint16))


def test_whole_frames_are_what_rgb_frames_shows(noise, batch_of):
    batch = batch_of(*noise(3, 24, 32))
    found = model_input(batch, width=12, height=8)
    shown = rgb_frames(batch, width=12, height=8).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(255 * found, shown, atol=0.51)


def test_no_crops_give_an_empty_batch(noise, batch_of):
    assert model_input(batch_of(*noise(0, 8, 8)), width=4, height=4).shape == (0, 3, 4, 4)


@pytest.mark.parametrize(
    "box", [(2, 0, 0, 8, 8), (-1, 0, 0, 8, 8), (0, 1, 0, 8, 8), (0, 0, 0, 7, 8), (0, 4, 0, 8, 8), (0, 0, 0, 0, 8)]
)
def test_a_box_outside_the_frames_is_named(noise, batch_of, box):
    with pytest.raises(ValueError, match=r"must be even and lie in one of the 2 frames of 10x8"):
        model_input(batch_of(*noise(2, 8, 10)), width=4, height=4, boxes=np.array([box], np.int32))


def test_numbers_that_make_no_sense_are_refused(noise, batch_of):
    batch = batch_of(*noise(1, 8, 8))
    with pytest.raises(ValueError, match="three numbers each, none of them 0"):
        model_input(batch, width=4, height=4, deviation=(1, 0, 1))
    with pytest.raises(ValueError, match=r"boxes are float64 \(1, 5\); they must be int32"):
        model_input(batch, width=4, height=4, boxes=np.zeros((1, 5)))
