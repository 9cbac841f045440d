"""How frames look: light and colour that show in a small picture, eight times a second.

Measured on thumbnails and colour histograms that exist for other reasons, so it costs next to nothing. A *cell* is a
pixel of the thumbnail: the mean of about 8 x 8 analysis pixels. What is smaller than that is not seen.

``LOOK_TRACKS`` names the tracks. All thresholds are design values, in luma 0..1 and CIELAB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.cielab import Floats, Lab, color_temperature, lab_from_light, linear_light, luminance, warm_cool
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import bin_centres
from kuleshov.media.color import LUMA_RANGE, ColorSpec, rgb_from_ycbcr

#: The tracks and their units; each is defined where it is computed, and in docs/light-and-colour.md.
LOOK_TRACKS = {
    "warmth": "WC",
    "colorfulness": "M",
    "color_temperature": "K",
    "teal_orange": "0..1",
    "backlight": "stops",
    "silhouette": "0..1",
    "light_edges": "0..1",
    "night": "0..1",
    "dusk": "0..1",
    "day": "0..1",
}

_DARK, _BRIGHT = 0.18, 0.5  # luma of a cell in shadow; of one that is lit
_BLACK = 0.015  # luma up to which there is nothing
_BACKGROUND = 0.35  # mean luma from which a background can light from behind
_FLARE = 0.01  # luminance that every display adds: what is darker is not told apart
_LIT = (0.02, 0.95)  # luminance between which a cell says what colour the light has
#: Hues in degrees of CIELAB.
_ORANGE, _TEAL, _BLUE, _GREEN, _WARM = (30, 85), (185, 265), (235, 315), (105, 165), (20, 95)


@dataclass(frozen=True)
class Looks:
    """The looks of kept frames of a stretch: ``seconds`` float64 ``[n]``, and float32 ``[n]`` by ``LOOK_TRACKS``."""

    seconds: NDArray[np.float64]
    values: Mapping[str, Floats]

    @classmethod
    def of(cls, tracks: Tracks, rows: NDArray[np.int64]) -> Looks:
        """Return what the tracks say of some of the kept frames."""
        return cls(tracks["warmth"].seconds[rows], {name: tracks[name].values[rows] for name in LOOK_TRACKS})

    def mean(self, name: str) -> float:
        return float(np.mean(self.values[name], dtype=np.float64))


class Cells(NamedTuple):
    """Small pictures ``[N, h, w]``: ``luma`` 0..1 in code values, ``light`` linear RGB ``[N, h, w, 3]``, and CIELAB."""

    luma: Floats
    light: Floats
    lab: Lab


def look_at(thumbnails: NDArray[np.uint8], histograms: NDArray[np.int32], coding: ColorSpec) -> dict[str, Floats]:
    """Return the values of ``LOOK_TRACKS``, float32 ``[N]`` each, NaN where a frame does not say.

    ``thumbnails`` uint8 ``[N, 3, h, w]``, ``histograms`` int32 ``[N, 2048]`` of the same frames.
    """
    cells = _cells(thumbnails, coding)
    backlight, silhouette = _against_the_light(cells)
    return {
        "warmth": warm_cool(cells.lab).mean(axis=(1, 2)),
        "colorfulness": _colorfulness(histograms, coding),
        "color_temperature": _temperature(cells),
        "teal_orange": _teal_orange(cells.lab),
        "backlight": backlight,
        "silhouette": silhouette,
        "light_edges": _light_edges(cells.luma),
        **_time_of_day(cells),
    }


def _cells(thumbnails: NDArray[np.uint8], coding: ColorSpec) -> Cells:
    light = linear_light(rgb_from_ycbcr(thumbnails[:, 0], thumbnails[:, 1], thumbnails[:, 2], coding))
    black, steps = LUMA_RANGE[coding.range]
    luma = ((thumbnails[:, 0].astype(np.float32) - black) / np.float32(steps)).clip(0, 1)
    return Cells(luma, light, lab_from_light(light))


def _colorfulness(histograms: NDArray[np.int32], coding: ColorSpec) -> Floats:
    """M3 of Hasler and Suesstrunk (SPIE 5007, 2003) from the middles of the histogram's bins: 0 grey, 33 moderately
    colourful, 59 quite, 109 extremely."""
    y, cb, cr = bin_centres().T
    red, green, blue = 255 * rgb_from_ycbcr(y, cb, cr, coding).clip(0, 1).T
    opponents = np.stack([red - green, (red + green) / 2 - blue], axis=1).astype(np.float64)
    weights = histograms / np.maximum(histograms.sum(axis=1, keepdims=True), 1)
    means = weights @ opponents
    variances = np.maximum(weights @ opponents**2 - means**2, 0)
    return np.asarray(np.sqrt(variances.sum(axis=1)) + 0.3 * np.sqrt((means**2).sum(axis=1)), dtype=np.float32)


def _temperature(cells: Cells) -> Floats:
    """Colour temperature of the mean of the cells that are neither dark nor burnt out: the grey world's guess."""
    y = luminance(cells.light)
    lit = ((y > _LIT[0]) & (y < _LIT[1]))[..., None]
    return color_temperature((cells.light * lit).sum(axis=(1, 2)))


def _share(which: NDArray[np.bool_]) -> Floats:
    return np.asarray(which.mean(axis=(1, 2)), dtype=np.float32)


def _of_hue(lab: Lab, hues: tuple[int, int], *, chroma: float) -> NDArray[np.bool_]:
    return np.asarray((lab.hue >= hues[0]) & (lab.hue <= hues[1]) & (lab.chroma >= chroma))


def _teal_orange(lab: Lab) -> Floats:
    """How far teal and orange share the colours among them: balance x share of the coloured cells x their extent."""
    orange, teal = _share(_of_hue(lab, _ORANGE, chroma=12)), _share(_of_hue(lab, _TEAL, chroma=6))
    both, colored = orange + teal, _share(lab.chroma >= 6)
    balance = 2 * np.minimum(orange, teal) / np.maximum(both, 1e-6)
    return np.asarray(balance * both / np.maximum(colored, 1e-6) * _ramp(both, 0.15, 0.5), dtype=np.float32)


def _against_the_light(cells: Cells) -> tuple[Floats, Floats]:
    """Backlight in stops and silhouette 0..1: the best of upright windows near the middle against what is beside them.

    A window is a third of the picture wide; it is compared in the same rows (all but the uppermost and lowest sixth)
    with what lies to its left and to its right, and the lesser difference counts: so neither a dark ground under a
    bright sky nor a dark half of the picture is a figure. Backlight: how much brighter it is beside than inside, by
    medians, 0 where that is not bright. Silhouette: the geometric mean of how much more of the window is in shadow, and
    how much more beside it is lit.
    """
    _, height, width = cells.luma.shape
    rows = slice(height // 6, height - height // 6)
    luma, y = cells.luma[:, rows], luminance(cells.light[:, rows]) + _FLARE
    third = max(width // 3, 1)
    backlights, silhouettes = [], []
    for start in np.unique(np.linspace(width // 6, width - width // 6 - third, 5).round().astype(int)):
        inside, beside = slice(start, start + third), (slice(start), slice(start + third, None))
        within = np.median(y[..., inside], axis=(1, 2))
        dark, lit = _share(luma[..., inside] < _DARK), _share(luma[..., inside] > _BRIGHT)
        stops, darker, lighter = [], [], []
        for side in beside:
            bright = luma[..., side].mean(axis=(1, 2)) > _BACKGROUND
            stops.append(np.log2(np.median(y[..., side], axis=(1, 2)) / within) * bright)
            darker.append(dark - _share(luma[..., side] < _DARK))
            lighter.append(_share(luma[..., side] > _BRIGHT) - lit)
        backlights.append(np.maximum(np.minimum(*stops), 0))
        silhouettes.append(np.sqrt(np.maximum(np.minimum(*darker), 0) * np.maximum(np.minimum(*lighter), 0)))
    return np.max(backlights, axis=0).astype(np.float32), np.max(silhouettes, axis=0).astype(np.float32)


def _light_edges(luma: Floats) -> Floats:
    """95th percentile of the steps of luma from cell to cell, along and across: large where light has hard edges."""
    across, down = np.abs(np.diff(luma, axis=2)), np.abs(np.diff(luma, axis=1))
    steps = np.concatenate([across.reshape(len(luma), -1), down.reshape(len(luma), -1)], axis=1)
    return np.asarray(np.percentile(steps, 95, axis=1), dtype=np.float32)


def _time_of_day(cells: Cells) -> dict[str, Floats]:
    """Evidence, 0..1 each, that it is night, dusk (blue hour or a setting sun) or day; 0.5 is brightness alone.

    - night: a dark picture; and a dark upper third, and points of light
    - dusk: neither dark nor bright, mostly blue; and a brighter upper third, and warm lights. Or a glowing upper half
      over what is darker
    - day: a bright picture without much shadow; and a bright upper third that is blue or nearly white, and green
    """
    luma, lab = cells.luma, cells.lab
    height = luma.shape[1]
    sky, ground = slice(0, height // 3), slice(height // 3, height)
    mean, dark = luma.mean(axis=(1, 2)), _share(luma < _DARK)
    above, below = luma[:, sky].mean(axis=(1, 2)), luma[:, ground].mean(axis=(1, 2))
    middle, top = np.percentile(luma, (50, 98), axis=(1, 2))
    blue = _of_hue(lab, _BLUE, chroma=6)
    lamps = _share(_of_hue(lab, _WARM, chroma=15) & (luma > 0.45))
    glow = _of_hue(lab, _WARM, chroma=20)[:, : height // 2]
    picture = _ramp(top, 0.06, 0.15) * (1 - _ramp(_share(luma < _BLACK), 0.6, 0.9))  # neither black nor a title on it
    night = picture * (1 - _ramp(mean, 0.12, 0.30)) * _ramp(dark, 0.35, 0.70)
    night = night * (0.5 + 0.25 * (1 - _ramp(above, 0.10, 0.25)) + 0.25 * _ramp(top - middle, 0.25, 0.50))
    dim = _ramp(mean, 0.06, 0.14) * (1 - _ramp(mean, 0.40, 0.55))
    rising = _ramp(above - below, 0.0, 0.15)
    blue_hour = dim * _ramp(_share(blue), 0.35, 0.65) * (0.5 + 0.25 * rising + 0.25 * _ramp(lamps, 0.0, 0.02))
    sunset = dim * _ramp(_share(glow), 0.4, 0.8) * _ramp(above - below, 0.10, 0.30) * 0.75
    clear = _share(blue[:, sky] & (luma[:, sky] > 0.35)) + _share((lab.chroma < 6)[:, sky] & (luma[:, sky] > 0.7))
    day = _ramp(mean, 0.28, 0.45) * (1 - _ramp(dark, 0.20, 0.45))
    day = day * (0.5 + 0.25 * _ramp(clear, 0.3, 0.7) + 0.25 * _ramp(_share(_of_hue(lab, _GREEN, chroma=12)), 0.05, 0.2))
    evidence = {"night": night, "dusk": np.maximum(blue_hour, sunset), "day": day}
    return {name: np.asarray(values, dtype=np.float32) for name, values in evidence.items()}


def _ramp(values: Floats, low: float, high: float) -> Floats:
    """0 up to ``low``, 1 from ``high`` on, a straight line between."""
    return np.asarray(((values - low) / (high - low)).clip(0, 1), dtype=np.float32)
