"""Colours as an eye sees them: CIELAB, warm and cool, correlated colour temperature.

Pictures are SDR (HDR is mapped before it is measured), on the reference display of BT.1886: R'G'B' with BT.709's
primaries, white D65.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.tone import SDR_GAMMA

Floats = NDArray[np.float32]

#: Linear RGB to XYZ, white has Y = 1 (ITU-R BT.709-6).
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], dtype=np.float32)
_WHITE = _TO_XYZ.sum(axis=1)
#: The range of colour temperatures: outside it, McCamy's polynomial leaves the Planckian locus.
KELVIN_RANGE = (2000.0, 12_500.0)
_FARTHEST_FROM_LOCUS = 0.05


class Lab(NamedTuple):
    """CIELAB, float32 arrays of one shape: ``lightness`` 0..100; ``chroma`` from 0; ``hue`` in degrees, 0..360."""

    lightness: Floats
    chroma: Floats
    hue: Floats


def linear_light(rgb: Floats) -> Floats:
    """Return the linear light of R'G'B' ``[..., 3]``, 0..1 each; values outside are clipped first."""
    return np.asarray(rgb.clip(0, 1) ** SDR_GAMMA, dtype=np.float32)


def luminance(light: Floats) -> Floats:
    """Return the luminance ``[...]`` of linear RGB ``[..., 3]``, white 1."""
    return np.asarray(light @ _TO_XYZ[1])


def lab_from_light(light: Floats) -> Lab:
    """Return the CIELAB colours (CIE 15:2004, white D65) of linear RGB ``[..., 3]``."""
    xyz = (light @ _TO_XYZ.T) / _WHITE
    linear = xyz * np.float32(841 / 108) + np.float32(4 / 29)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), linear)
    red, yellow = 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])
    return Lab(116 * f[..., 1] - 16, np.hypot(red, yellow), np.degrees(np.arctan2(yellow, red)) % 360)


def warm_cool(lab: Lab) -> Floats:
    """Return how warm colours look: above 0 warm, below cool. Grey is -0.5, strong orange about +2, strong blue and
    cyan -1.5 to -2.5.

    The model of Ou, Luo, Woodcock and Wright (Color Research and Application 29(3), 2004), fitted to the judgements of
    British and Chinese observers on single colour patches: ``-0.5 + 0.02 C^1.07 cos(h - 50 degrees)``.
    """
    return np.asarray(-0.5 + 0.02 * lab.chroma**1.07 * np.cos(np.radians(lab.hue - 50)), dtype=np.float32)


def color_temperature(light: Floats) -> Floats:
    """Return the correlated colour temperature in K of linear RGB ``[..., 3]``; NaN where it means nothing.

    McCamy's polynomial (Color Research and Application 17(2), 1992) of the CIE 1931 chromaticity. NaN: black, outside
    ``KELVIN_RANGE``, and farther than 0.05 from the Planckian locus in the CIE 1960 diagram, where CIE 15:2004 does
    not define it. The locus is Krystek's (Color Research and Application 10(1), 1985).
    """
    xyz = light.astype(np.float64) @ _TO_XYZ.T
    total = xyz.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = xyz[..., 0] / total, xyz[..., 1] / total
        n = (x - 0.3320) / (0.1858 - y)
        kelvin = ((449 * n + 3525) * n + 6823.3) * n + 5520.33
        u, v = 4 * x / (-2 * x + 12 * y + 3), 6 * y / (-2 * x + 12 * y + 3)
        at_u, at_v = _planckian_locus(kelvin)
        near = np.hypot(u - at_u, v - at_v) <= _FARTHEST_FROM_LOCUS
        defined = near & (kelvin >= KELVIN_RANGE[0]) & (kelvin <= KELVIN_RANGE[1]) & (total > 0)
    return np.asarray(np.where(defined, kelvin, np.nan), dtype=np.float32)


def _planckian_locus(kelvin: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """CIE 1960 u and v of black bodies between 1,000 and 15,000 K (Krystek 1985)."""
    u = (0.860117757 + kelvin * (1.54118254e-4 + kelvin * 1.28641212e-7)) / (
        1 + kelvin * (8.42420235e-4 + kelvin * 7.08145163e-7)
    )
    v = (0.317398726 + kelvin * (4.22806245e-5 + kelvin * 4.20481691e-8)) / (
        1 - kelvin * (2.89741816e-5 - kelvin * 1.61456053e-7)
    )
    return u, v
