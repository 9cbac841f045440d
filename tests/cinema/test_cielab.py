"""Colours whose CIELAB, warmth and temperature are known."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.cinema.thumbnails.cielab import color_temperature, lab_from_light, linear_light, luminance, warm_cool

#: XYZ to linear RGB of BT.709 (IEC 61966-2-1), not the inverse of our own.
TO_RGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])


def lab(*rgb):
    return lab_from_light(linear_light(np.array([rgb], dtype=np.float32)))


@pytest.mark.parametrize(
    ("rgb", "lightness", "chroma", "hue"),
    [
        ((1, 0, 0), 53.24, 104.55, 40.0),
        ((0, 1, 0), 87.73, 119.78, 136.0),
        ((0, 0, 1), 32.30, 133.81, 306.3),
        ((1, 1, 0), 97.14, 96.91, 102.9),
    ],
)
def test_the_primaries_lie_where_tables_have_them(rgb, lightness, chroma, hue):
    found = lab(*rgb)
    assert found.lightness[0] == pytest.approx(lightness, abs=0.1)
    assert found.chroma[0] == pytest.approx(chroma, abs=0.3)
    assert found.hue[0] == pytest.approx(hue, abs=0.3)


@pytest.mark.parametrize("level", [0.0, 0.03, 0.2, 0.5, 1.0])
def test_greys_have_no_chroma_and_are_a_little_cool(level):
    found = lab(level, level, level)
    assert found.chroma[0] < 0.02
    assert warm_cool(found)[0] == pytest.approx(-0.5, abs=1e-3)


def test_lightness_of_middle_grey():
    """18 % of the light of white is lightness 49.5."""
    grey = np.full((1, 3), 0.18, dtype=np.float32)
    assert luminance(grey)[0] == pytest.approx(0.18, abs=1e-4)
    assert lab_from_light(grey).lightness[0] == pytest.approx(49.5, abs=0.05)


def test_warmth_is_the_published_formula():
    """Lab 50, chroma 40 at the warmest hue, opposite to it, and across."""
    made = lab_from_light(np.zeros((3, 3), dtype=np.float32))._replace(
        chroma=np.full(3, 40, np.float32), hue=np.array([50, 230, 140], np.float32)
    )
    pull = 0.02 * 40**1.07
    np.testing.assert_allclose(warm_cool(made), [-0.5 + pull, -0.5 - pull, -0.5], atol=1e-5)
    order = [warm_cool(lab(*rgb))[0] for rgb in [(1, 0.4, 0.1), (1, 0.8, 0.6), (0.7, 0.7, 0.7), (0.4, 0.7, 0.9)]]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(
    ("x", "y", "kelvin"),
    [(0.3127, 0.3290, 6504), (0.44757, 0.40745, 2856), (0.3457, 0.3585, 5003), (0.2807, 0.2884, 10_000)],
    ids=["D65", "A", "D50", "10000 K"],
)
def test_temperatures_of_known_lights(x, y, kelvin):
    rgb = TO_RGB @ np.array([x / y, 1.0, (1 - x - y) / y])
    assert color_temperature(rgb[None].astype(np.float32))[0] == pytest.approx(kelvin, rel=0.02)


@pytest.mark.parametrize("rgb", [(0, 0, 0), (0, 1, 0), (1, 0, 1), (0.2, 0.2, 1), (1, 0.2, 0)])
def test_where_temperature_means_nothing_none_is_told(rgb):
    assert np.isnan(color_temperature(np.array([rgb], dtype=np.float32))[0])
