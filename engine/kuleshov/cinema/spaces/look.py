"""``look``: what a stretch looks like, without a network, from what the frame loop keeps.

| block | numbers | of |
|---|---|---|
| ``color`` | 75 | how much of each colour: 3 levels of lightness, each grey or one of 12 hues, pale or strong |
| ``layout`` | 100 | where light and dark lie, 7 rows of 14 cells, whatever their level and contrast (``signatures``) |
| ``light`` | 12 | brightness, contrast, range, saturation, warmth, share of shadow |
| ``texture`` | 10 | how much goes up, across and aslant, fine and coarse; how busy the picture is |
| ``movement`` | 10 | how much moves; pan, tilt and zoom with their direction; movement of things |

Colour is counted in CIELAB with soft borders (a shade between two bins counts in both), as roots of shares, so that the
product of two is Bhattacharyya's coefficient. Layout is the mean of the frames' own: the product of two is the mean
likeness of all pairs of their frames. Weights and ranges are design values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.fingerprint.fingerprints import Fingerprints
from kuleshov.cinema.spaces.blocks import Block, BlockSpace, on_half_circle, side_by_side
from kuleshov.cinema.span import Span, ramp
from kuleshov.cinema.thumbnails.cielab import lab_from_light, linear_light
from kuleshov.cinema.thumbnails.small_pictures import coarse
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS, bin_centres
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr

_HUES = 12
_LIGHTNESS = (20.0, 50.0, 80.0)  # CIELAB, the middles of the levels
_GREY, _STRONG = (4.0, 12.0), (25.0, 50.0)  # CIELAB chroma: surely grey, surely coloured; surely pale, surely strong
_LAYOUT_CELLS = (7, 14)  # of a thumbnail without its outermost ones; two more numbers tell flat pictures apart
_COLORS = len(_LIGHTNESS) * (1 + 2 * _HUES)
_SLANTS = 4  # directions of edges, of half a turn

LOOK = BlockSpace(
    "look",
    "look-1",
    (
        Block("color", _COLORS, 0.25),
        Block("layout", 100, 0.35),
        Block("light", 12, 0.10),
        Block("texture", 2 * _SLANTS + 2, 0.10),
        Block("movement", 10, 0.20),
    ),
)


def look_vectors(measured: FilmMeasurements, stretches: Sequence[Sequence[Span]]) -> NDArray[np.float32]:
    """Return the looks of stretches of a film, each some spans of its frames: float32 ``[n, LOOK.dimensions]``."""
    kept = [measured.histograms.rows(spans) for spans in stretches]
    luma = measured.thumbnails[:, 0].astype(np.float32)
    layouts = Fingerprints(coarse(luma).astype(np.float32)).vectors
    slants = _slants(luma)
    colors = np.stack([measured.histograms.mean(spans, bins=BINS) for spans in stretches])
    return LOOK.assembled(
        {
            "color": np.sqrt(colors @ _shades(measured.coding)),
            "layout": np.stack([layouts[rows].mean(axis=0, dtype=np.float64) for rows in kept]),
            "light": _light(measured.tracks, stretches, kept),
            "texture": np.stack([slants[rows].mean(axis=0) for rows in kept]),
            "movement": _movement(measured.tracks, stretches),
        }
    )


def mirrored_layout(layouts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return blocks ``layout`` ``[n, 100]`` of the same pictures mirrored left to right."""
    cells = layouts[:, :-2].reshape(len(layouts), *_LAYOUT_CELLS)[:, :, ::-1]
    return np.concatenate([cells.reshape(len(layouts), -1), layouts[:, -2:]], axis=1)


@lru_cache(maxsize=8)
def _shades(coding: ColorSpec) -> NDArray[np.float64]:
    """How far each bin of the colour histogram belongs to each shade: float64 ``[2048, 75]``, rows adding up to 1."""
    y, cb, cr = bin_centres().T
    lab = lab_from_light(linear_light(rgb_from_ycbcr(y, cb, cr, coding)))
    low, middle, high = _LIGHTNESS
    dark, bright = 1 - ramp(lab.lightness, low, middle), ramp(lab.lightness, middle, high)
    levels = np.stack([dark, 1 - dark - bright, bright], axis=1)
    colored, strong = ramp(lab.chroma, *_GREY), ramp(lab.chroma, *_STRONG)
    place = lab.hue / 360 * _HUES
    first = np.floor(place).astype(int) % _HUES
    hues = np.zeros((BINS, _HUES))
    rows = np.arange(BINS)
    hues[rows, first] = 1 - place % 1
    hues[rows, (first + 1) % _HUES] += place % 1
    kinds = np.concatenate(
        [
            (1 - colored)[:, None],
            (colored * (1 - strong))[:, None] * hues,
            (colored * strong)[:, None] * hues,
        ],
        axis=1,
    )
    return np.asarray((levels[:, :, None] * kinds[:, None, :]).reshape(BINS, _COLORS))


def _slants(luma: NDArray[np.floating]) -> NDArray[np.float64]:
    """Shares of edges of pictures ``[n, 9, 16]`` by scale and direction, and how busy they are: ``[n, 10]``."""
    parts, strengths = [], []
    for picture in (luma, coarse(coarse(luma))[:, ::2, ::2]):
        down, across = np.gradient(picture.astype(np.float64), axis=(1, 2))
        strength = np.hypot(down, across)
        place = np.mod(np.arctan2(down, across), np.pi) / np.pi * _SLANTS
        first = np.floor(place).astype(int) % _SLANTS
        part = place % 1
        for direction in range(_SLANTS):
            near = np.where(first == direction, 1 - part, 0) + np.where((first + 1) % _SLANTS == direction, part, 0)
            parts.append((strength * near).sum(axis=(1, 2)))
        strengths.append(strength.mean(axis=(1, 2)))
    shares = np.stack(parts, axis=1)
    shares = np.sqrt(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-6))
    busy = strengths[0] / np.maximum(luma.std(axis=(1, 2), dtype=np.float64), 4.0)
    return np.concatenate([shares, 0.5 * on_half_circle(busy, 0.2, 1.2)], axis=1)


def _light(
    tracks: Tracks, stretches: Sequence[Sequence[Span]], kept: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    means = {
        name: _means(tracks, name, stretches)
        for name in ("luma_mean", "contrast", "luma_p05", "luma_p95", "saturation", "dark_share")
    }
    warmth = np.array([tracks["warmth"].values[rows].mean(dtype=np.float64) for rows in kept])
    return side_by_side(
        on_half_circle(means["luma_mean"], 0.0, 0.8),
        on_half_circle(means["contrast"], 0.0, 0.35),
        on_half_circle(means["luma_p95"] - means["luma_p05"], 0.0, 1.0),
        on_half_circle(np.sqrt(means["saturation"]), 0.0, 0.7),
        on_half_circle(warmth, -1.5, 0.7),
        on_half_circle(means["dark_share"], 0.0, 1.0),
    )


def _movement(tracks: Tracks, stretches: Sequence[Sequence[Span]]) -> NDArray[np.float64]:
    """Movement between frames; NaN for a stretch of single frames, that shows none."""
    flow, things = (_means(tracks, name, stretches, skip=1) for name in ("flow_mean", "object_motion"))
    ways = [_means(tracks, name, stretches, skip=1) for name in ("pan", "tilt", "zoom")]
    return side_by_side(
        on_half_circle(_stepped(flow), 0.0, 1.0),
        on_half_circle(_stepped(things), 0.0, 1.0),
        *(on_half_circle(np.sign(way) * _stepped(np.abs(way)), -1.0, 1.0) for way in ways),
    )


def _stepped(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Widths a second as steps of equal factors, 0..1: 0 up to 0.01, 1 from 1 on."""
    return np.asarray((np.log10(np.maximum(speed, 0.01)) / 2 + 1).clip(0, 1))


def _means(tracks: Tracks, name: str, stretches: Sequence[Sequence[Span]], *, skip: int = 0) -> NDArray[np.float64]:
    """The mean of a frame track over each stretch ``[n]``, without the first ``skip`` frames of its spans; NaN where
    nothing is left."""
    values = tracks[name].values
    means = []
    for spans in stretches:
        here = np.concatenate([values[span.first + skip : span.end] for span in spans])
        here = here[np.isfinite(here)]
        means.append(float(here.mean(dtype=np.float64)) if len(here) else np.nan)
    return np.array(means)
