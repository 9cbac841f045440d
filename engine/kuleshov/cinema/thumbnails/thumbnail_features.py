"""Light and colour of a film's thumbnails, eight times a second.

Thumbnails and colour histograms are kept for other reasons, so these measurements cost next to nothing. A *cell* is a
pixel of the thumbnail: the mean of about 16 x 16 analysis pixels. Smaller things are not seen.

``THUMBNAIL_TRACKS`` names the tracks. All thresholds are design values, in luma 0..1 and CIELAB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import ramp
from kuleshov.cinema.thumbnails.cielab import (
    Floats,
    Lab,
    color_temperature,
    lab_from_light,
    linear_light,
    luminance,
    warm_cool,
)
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import bin_centres
from kuleshov.media.color import LUMA_RANGE, ColorSpec, rgb_from_ycbcr

#: The tracks and their units; each is defined where it is computed, and in docs/light-and-colour.md.
THUMBNAIL_TRACKS = {
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

_DARK, _BRIGHT = 0.18, 0.5  # luma of a cell in shadow; of a lit one
_BLACK = 0.015  # luma up to which nothing is visible
_BACKGROUND = 0.35  # mean luma from which a background can be a backlight
_FLARE = 0.01  # luminance that every display adds: darker values can't be told apart
_LIT = (0.02, 0.95)  # luminance of the cells that show the colour of the light
#: Hues in degrees of CIELAB.
_ORANGE, _TEAL, _BLUE, _GREEN, _WARM = (30, 85), (185, 265), (235, 315), (105, 165), (20, 95)


@dataclass(frozen=True)
class ThumbnailFeatures:
    """Features of some kept frames: ``seconds`` float64 ``[n]``; float32 ``[n]`` by name of ``THUMBNAIL_TRACKS``."""

    seconds: NDArray[np.float64]
    values: Mapping[str, Floats]

    @classmethod
    def of(cls, tracks: Tracks, rows: NDArray[np.int64]) -> ThumbnailFeatures:
        """Return the features of some of the kept frames."""
        return cls(tracks["warmth"].seconds[rows], {name: tracks[name].values[rows] for name in THUMBNAIL_TRACKS})

    def mean(self, name: str) -> float:
        return float(np.mean(self.values[name], dtype=np.float64))


class Cells(NamedTuple):
    """Small pictures ``[N, h, w]``: ``luma`` 0..1 in code values, ``light`` linear RGB ``[N, h, w, 3]``, and CIELAB."""

    luma: Floats
    light: Floats
    lab: Lab


def thumbnail_features(
    thumbnails: NDArray[np.uint8], histograms: NDArray[np.int32], coding: ColorSpec
) -> dict[str, Floats]:
    """Return the values of ``THUMBNAIL_TRACKS``, float32 ``[N]`` each, NaN where a frame has no such value.

    ``thumbnails`` uint8 ``[N, 3, h, w]``, ``histograms`` int32 ``[N, 2048]`` of the same frames.
    """
    if not len(thumbnails):
        return {name: np.empty(0, dtype=np.float32) for name in THUMBNAIL_TRACKS}
    cells = _cells(thumbnails, coding)
    backlight, silhouette = _backlight_and_silhouette(cells)
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
    """M3 of Hasler and Suesstrunk (SPIE 5007, 2003) from the histogram's bin centres: 0 grey, 33 moderately colourful,
    59 quite, 109 extremely."""
    moments = histograms.astype(np.float64) @ _opponents(coding) / np.maximum(histograms.sum(axis=1), 1)[:, None]
    means, squares = moments[:, :2], moments[:, 2:]
    variances = np.maximum(squares - means**2, 0)
    return np.asarray(np.sqrt(variances.sum(axis=1)) + 0.3 * np.sqrt((means**2).sum(axis=1)), dtype=np.float32)


@lru_cache(maxsize=8)
def _opponents(coding: ColorSpec) -> NDArray[np.float64]:
    """R - G and (R + G) / 2 - B in 0..255 of every bin's centre, and their squares: ``[2048, 4]``."""
    y, cb, cr = bin_centres().T
    red, green, blue = 255 * rgb_from_ycbcr(y, cb, cr, coding).clip(0, 1).T.astype(np.float64)
    both = np.stack([red - green, (red + green) / 2 - blue], axis=1)
    return np.concatenate([both, both**2], axis=1)


def _temperature(cells: Cells) -> Floats:
    """Colour temperature of the mean of the cells that are neither dark nor burnt out: the grey-world estimate."""
    y = luminance(cells.light)
    lit = ((y > _LIT[0]) & (y < _LIT[1]))[..., None]
    return color_temperature((cells.light * lit).sum(axis=(1, 2)))


def _share(which: NDArray[np.bool_]) -> Floats:
    return np.asarray(which.mean(axis=(1, 2)), dtype=np.float32)


def _percentiles(values: Floats, *percents: int) -> list[Floats]:
    """Percentiles of each row of ``[N, n]``: ``[N]`` each, always one of the row's values."""
    ranks = [min(values.shape[1] * percent // 100, values.shape[1] - 1) for percent in percents]
    ordered = np.partition(values, ranks, axis=1)
    return [ordered[:, rank] for rank in ranks]


def _of_hue(lab: Lab, hues: tuple[int, int], *, chroma: float) -> NDArray[np.bool_]:
    return np.asarray((lab.hue >= hues[0]) & (lab.hue <= hues[1]) & (lab.chroma >= chroma))


def _teal_orange(lab: Lab) -> Floats:
    """How much the colours are teal and orange: their balance x share of the coloured cells x extent."""
    orange, teal = _share(_of_hue(lab, _ORANGE, chroma=12)), _share(_of_hue(lab, _TEAL, chroma=6))
    both, colored = orange + teal, _share(lab.chroma >= 6)
    balance = 2 * np.minimum(orange, teal) / np.maximum(both, 1e-6)
    return np.asarray(balance * both / np.maximum(colored, 1e-6) * ramp(both, 0.15, 0.5), dtype=np.float32)


def _backlight_and_silhouette(cells: Cells) -> tuple[Floats, Floats]:
    """Backlight in stops and silhouette 0..1: the highest of upright windows near the middle.

    A window is a third of the picture wide. In the same rows (all but the top and bottom sixth) it is compared with the
    picture to its left and to its right, and the smaller difference counts: so neither a dark ground under a bright sky
    nor a dark half of the picture is a figure. Backlight: how much brighter the sides are than the window, by the means
    of log luminance; 0 where they are not bright. Silhouette: the geometric mean of how much more of the window is in
    shadow, and how much more of the sides is lit.
    """
    _, height, width = cells.luma.shape
    rows = slice(height // 6, height - height // 6)
    luma, stops = cells.luma[:, rows], np.log2(luminance(cells.light[:, rows]) + _FLARE)
    columns = np.stack([values.mean(axis=1) for values in (luma, stops, luma < _DARK, luma > _BRIGHT)])
    sums = np.concatenate([np.zeros((*columns.shape[:2], 1)), np.cumsum(columns, axis=2)], axis=2)

    def mean(first: int, end: int) -> NDArray[np.float64]:
        """Mean luma and stops, dark and lit share of some columns: ``[4, N]``."""
        return np.asarray((sums[..., end] - sums[..., first]) / (end - first))

    third = max(width // 3, 1)
    backlight, silhouette = np.zeros(len(luma)), np.zeros(len(luma))
    for start in np.unique(np.linspace(width // 6, width - width // 6 - third, 5).round().astype(int)):
        inside, left, right = mean(start, start + third), mean(0, start), mean(start + third, width)
        behind = [(side[1] - inside[1]) * (side[0] > _BACKGROUND) for side in (left, right)]
        darker, lighter = inside[2] - np.maximum(left[2], right[2]), np.minimum(left[3], right[3]) - inside[3]
        backlight = np.maximum(backlight, np.minimum(*behind))
        silhouette = np.maximum(silhouette, np.sqrt(np.maximum(darker, 0) * np.maximum(lighter, 0)))
    return backlight.astype(np.float32), silhouette.astype(np.float32)


def _light_edges(luma: Floats) -> Floats:
    """95th percentile of the luma steps between neighbouring cells, across and down: large in hard light."""
    across, down = np.abs(np.diff(luma, axis=2)), np.abs(np.diff(luma, axis=1))
    steps = np.concatenate([across.reshape(len(luma), -1), down.reshape(len(luma), -1)], axis=1)
    return _percentiles(steps, 95)[0]


def _time_of_day(cells: Cells) -> dict[str, Floats]:
    """Evidence, 0..1 each, for night, dusk (blue hour or a setting sun) and day; brightness alone gives 0.5.

    - night: a dark picture; more for a dark upper third, and for points of light
    - dusk: neither dark nor bright, mostly blue; more for a brighter upper third, and for warm lights. Or a warm glow
      in the upper half above a darker ground
    - day: a bright picture without much shadow; more for a bright upper third that is blue or nearly white, and for
      green
    """
    luma, lab = cells.luma, cells.lab
    height = luma.shape[1]
    sky, ground = slice(0, height // 3), slice(height // 3, height)
    mean, dark = luma.mean(axis=(1, 2)), _share(luma < _DARK)
    above, below = luma[:, sky].mean(axis=(1, 2)), luma[:, ground].mean(axis=(1, 2))
    middle, top = _percentiles(luma.reshape(len(luma), -1), 50, 98)
    blue = _of_hue(lab, _BLUE, chroma=6)
    lamps = _share(_of_hue(lab, _WARM, chroma=15) & (luma > 0.45))
    glow = _of_hue(lab, _WARM, chroma=20)[:, : height // 2]
    picture = ramp(top, 0.06, 0.15) * (1 - ramp(_share(luma < _BLACK), 0.6, 0.9))  # neither black nor a title on it
    night = picture * (1 - ramp(mean, 0.12, 0.30)) * ramp(dark, 0.35, 0.70)
    night = night * (0.5 + 0.25 * (1 - ramp(above, 0.10, 0.25)) + 0.25 * ramp(top - middle, 0.25, 0.50))
    dim = ramp(mean, 0.06, 0.14) * (1 - ramp(mean, 0.40, 0.55))
    rising = ramp(above - below, 0.0, 0.15)
    blue_hour = dim * ramp(_share(blue), 0.35, 0.65) * (0.5 + 0.25 * rising + 0.25 * ramp(lamps, 0.0, 0.02))
    sunset = dim * ramp(_share(glow), 0.4, 0.8) * ramp(above - below, 0.10, 0.30) * 0.75
    clear = _share(blue[:, sky] & (luma[:, sky] > 0.35)) + _share((lab.chroma < 6)[:, sky] & (luma[:, sky] > 0.7))
    day = ramp(mean, 0.28, 0.45) * (1 - ramp(dark, 0.20, 0.45))
    day = day * (0.5 + 0.25 * ramp(clear, 0.3, 0.7) + 0.25 * ramp(_share(_of_hue(lab, _GREEN, chroma=12)), 0.05, 0.2))
    evidence = {"night": night, "dusk": np.maximum(blue_hour, sunset), "day": day}
    return {name: np.asarray(values, dtype=np.float32) for name, values in evidence.items()}
