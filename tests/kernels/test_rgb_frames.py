"""Small RGB pictures: known colours in every coding, and the same as converting in float64."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.rgb_frames import rgb_frames
from kuleshov.media.color import ColorSpec

WEIGHTS = {"bt601": (0.299, 0.587, 0.114), "bt709": (0.2126, 0.7152, 0.0722), "bt2020": (0.2627, 0.6780, 0.0593)}


def batch_of(luma, chroma, color):
    luma, chroma = np.ascontiguousarray(luma, np.uint8), np.ascontiguousarray(chroma, np.uint8)
    return FrameBatch(luma, chroma, np.arange(len(luma)) / 25, np.arange(len(luma)), color)


def encoded(rgb, color):
    """Y, Cb, Cr code values of an RGB colour 0..255, by the definition in BT.601, BT.709 and BT.2020."""
    red_weight, green_weight, blue_weight = WEIGHTS[color.matrix]
    red, green, blue = np.asarray(rgb) / 255
    y = red_weight * red + green_weight * green + blue_weight * blue
    cb, cr = (blue - y) / (2 - 2 * blue_weight), (red - y) / (2 - 2 * red_weight)
    if color.range == "limited":
        return 16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr
    return 255 * y, 128 + 255 * cb, 128 + 255 * cr


@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("coding_range", ["limited", "full"])
@pytest.mark.parametrize("rgb", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 120, 40)])
def test_colors_come_back_from_their_code_values(matrix, coding_range, rgb):
    color = ColorSpec(matrix, coding_range)
    y, cb, cr = np.clip(np.rint(encoded(rgb, color)), 0, 255)
    batch = batch_of(np.full((1, 36, 64), y), np.full((1, 18, 32, 2), (cb, cr)), color)
    # Code values are whole numbers: half a step of chroma is up to 1.1 steps of blue.
    np.testing.assert_allclose(rgb_frames(batch, width=48, height=27)[0, 13, 24], rgb, atol=2)


def test_the_wrong_matrix_or_range_shows():
    y, cb, cr = np.rint(encoded((200, 120, 40), ColorSpec("bt709", "limited")))
    for wrong in (ColorSpec("bt601", "limited"), ColorSpec("bt709", "full")):
        batch = batch_of(np.full((1, 4, 4), y), np.full((1, 2, 2, 2), (cb, cr)), wrong)
        assert np.abs(rgb_frames(batch, width=2, height=2)[0, 0, 0] - np.array((200.0, 120, 40))).max() > 4


def test_planes_are_area_averaged_and_colors_stay_in_place():
    luma = np.zeros((2, 4, 8))
    luma[1, :2, :4] = 100
    luma[1, :2, 4:] = np.arange(4) * 40
    batch = batch_of(luma, np.full((2, 2, 4, 2), 128), ColorSpec("bt709", "full"))
    frames = rgb_frames(batch, width=2, height=2)
    assert frames.shape == (2, 2, 2, 3)
    assert frames.dtype == np.uint8
    np.testing.assert_array_equal(frames[1, ..., 1], [[100, 60], [0, 0]])
    assert not frames[0].any()


def test_no_frames_make_no_pictures():
    empty = batch_of(np.zeros((0, 4, 4)), np.zeros((0, 2, 2, 2)), ColorSpec())
    assert rgb_frames(empty, width=48, height=27).shape == (0, 27, 48, 3)
