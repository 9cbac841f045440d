"""The palette of a picture: its colours by name."""

from __future__ import annotations

import colorsys
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kuleshov.kernels.color_histogram import bin_centres
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr
from kuleshov.records import PaletteColor

_PALETTE_LEAST_SHARE = 0.01
#: Upper hue in degrees of each colour, after common usage; brown, olive and pink depend on lightness as well.
_HUES = (
    (15, "red"),
    (42, "orange"),
    (70, "yellow"),
    (165, "green"),
    (200, "cyan"),
    (260, "blue"),
    (300, "purple"),
    (345, "pink"),
    (360, "red"),
)
_BROWN_HUES = (8, 55)


def palette_of(histogram: NDArray[np.float64], coding: ColorSpec) -> list[PaletteColor]:
    """Return the colours of a colour histogram float64 ``[2048]`` that sums to 1, the largest first.

    Bins are merged by name; each colour's RGB is the mean of its bins. Shares below 1 % are left out.
    """
    rgb, names = _bin_colors(coding)
    colors = []
    for name in sorted(set(names)):
        members = [number for number in np.flatnonzero(histogram) if names[number] == name]
        share = float(histogram[members].sum())
        if share >= _PALETTE_LEAST_SHARE:
            mean = (histogram[members, None] * rgb[members]).sum(axis=0) / share
            code = "#" + "".join(f"{round(255 * value):02x}" for value in mean)
            colors.append(PaletteColor(name, code, share))
    return sorted(colors, key=lambda color: -color.share)


@lru_cache(maxsize=8)
def _bin_colors(coding: ColorSpec) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """RGB float32 ``[2048, 3]`` in 0..1 of every bin's centre, and its colour name."""
    luma, cb, cr = bin_centres().T
    rgb = rgb_from_ycbcr(luma, cb, cr, coding).clip(0, 1)
    return rgb, tuple(color_name(*color) for color in rgb.tolist())


def color_name(red: float, green: float, blue: float) -> str:
    """Return the basic colour term for an R'G'B' colour in 0..1."""
    hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if lightness < 0.10:
        return "black"
    if chroma < 0.10:
        return "white" if lightness > 0.85 else "grey"
    degrees = 360 * hue
    if _BROWN_HUES[0] < degrees < _BROWN_HUES[1] and lightness < 0.40 and chroma < 0.55:
        return "brown"  # dark orange, and dark red near it
    name = next(name for limit, name in _HUES if degrees <= limit)
    if name == "yellow" and lightness < 0.40:
        return "green"  # olive
    return "pink" if name == "red" and lightness > 0.72 else name
