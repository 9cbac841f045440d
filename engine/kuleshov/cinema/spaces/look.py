"""``look``: the look of a segment, without a network, from what the frame loop keeps.

| block | numbers | content |
|---|---|---|
| ``color`` | 75 | shares of colours: 3 levels of lightness, each grey or one of 12 hues, pale or strong |
| ``layout`` | 100 | layout of light and dark, 7 rows of 14 cells, at any level and contrast (``fingerprints``) |
| ``light`` | 12 | brightness, contrast, range, saturation, warmth, share of shadow |
| ``texture`` | 10 | shares of vertical, horizontal and diagonal edges, fine and coarse; how busy the picture is |
| ``movement`` | 10 | amount of movement; pan, tilt and zoom with their direction; movement of objects |

Colours are counted in CIELAB with soft borders (a shade between two bins counts in both), as roots of shares, so that
the product of two is Bhattacharyya's coefficient. Layout is the mean over frames: the product of two is the mean
similarity of all pairs of their frames. Weights and ranges are design values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.fingerprint.fingerprints import Fingerprints
from kuleshov.cinema.spaces.blocks import Block, BlockSpace, on_half_circle, side_by_side
from kuleshov.cinema.span import Span, frame_values, ramp
from kuleshov.cinema.thumbnails.cielab import lab_from_light, linear_light
from kuleshov.cinema.thumbnails.small_pictures import coarse
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS, bin_centres
from kuleshov.media.color import ColorSpec, rgb_from_ycbcr

_HUES = 12
_LIGHTNESS = (20.0, 50.0, 80.0)  # CIELAB, the centres of the levels
_GREY, _STRONG = (4.0, 12.0), (25.0, 50.0)  # CIELAB chroma: all grey, all coloured; all pale, all strong
_LAYOUT_CELLS = (7, 14)  # of a thumbnail without its outermost ones; two more numbers distinguish flat pictures
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


def look_vectors(measured: FilmMeasurements, segments: Sequence[Sequence[Span]]) -> NDArray[np.float32]:
    """Return the looks of segments, each some spans of a film's frames: float32 ``[n, LOOK.dimensions]``."""
    kept = [measured.histograms.rows(spans) for spans in segments]
    luma = measured.thumbnails[:, 0].astype(np.float32)
    layouts = Fingerprints(coarse(luma).astype(np.float32)).vectors
    slants = _slants(luma)
    colors = np.stack([measured.histograms.mean(spans, bins=BINS) for spans in segments])
    return LOOK.assembled(
        {
            "color": np.sqrt(colors @ _shades(measured.coding)),
            "layout": np.stack([layouts[rows].mean(axis=0, dtype=np.float64) for rows in kept]),
            "light": _light(measured.tracks, segments, kept),
            "texture": np.stack([slants[rows].mean(axis=0) for rows in kept]),
            "movement": _movement(measured.tracks, segments),
        }
    )


def mirrored_layout(layouts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return blocks ``layout`` ``[n, 100]`` of the same pictures mirrored left to right."""
    cells = layouts[:, :-2].reshape(len(layouts), *_LAYOUT_CELLS)[:, :, ::-1]
    return np.concatenate([cells.reshape(len(layouts), -1), layouts[:, -2:]], axis=1)


@lru_cache(maxsize=8)
def _shades(coding: ColorSpec) -> NDArray[np.float64]:
    """The share of each shade in each bin of the colour histogram: float64 ``[2048, 75]``, rows sum to 1."""
    y, cb, cr = bin_centres().T
    lab = lab_from_light(linear_light(rgb_from_ycbcr(y, cb, cr, coding)))
    low, middle, high = _LIGHTNESS
    dark, bright = 1 - ramp(lab.lightness, low, middle), ramp(lab.lightness, middle, high)
    levels = np.stack([dark, 1 - dark - bright, bright], axis=1)
    colored, strong = ramp(lab.chroma, *_GREY), ramp(lab.chroma, *_STRONG)
    position = lab.hue / 360 * _HUES
    first = np.floor(position).astype(int) % _HUES
    hues = np.zeros((BINS, _HUES))
    rows = np.arange(BINS)
    hues[rows, first] = 1 - position % 1
    hues[rows, (first + 1) % _HUES] += position % 1
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
    """Shares of edges of pictures ``[n, 9, 16]`` by scale and direction, and the pictures' busyness: ``[n, 10]``."""
    parts, strengths = [], []
    for picture in (luma, coarse(coarse(luma))[:, ::2, ::2]):
        down, across = np.gradient(picture.astype(np.float64), axis=(1, 2))
        strength = np.hypot(down, across)
        position = np.mod(np.arctan2(down, across), np.pi) / np.pi * _SLANTS
        first = np.floor(position).astype(int) % _SLANTS
        part = position % 1
        for direction in range(_SLANTS):
            near = np.where(first == direction, 1 - part, 0) + np.where((first + 1) % _SLANTS == direction, part, 0)
            parts.append((strength * near).sum(axis=(1, 2)))
        strengths.append(strength.mean(axis=(1, 2)))
    shares = np.stack(parts, axis=1)
    shares = np.sqrt(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-6))
    busy = strengths[0] / np.maximum(luma.std(axis=(1, 2), dtype=np.float64), 4.0)
    return np.concatenate([shares, 0.5 * on_half_circle(busy, 0.2, 1.2)], axis=1)


def _light(
    tracks: Tracks, segments: Sequence[Sequence[Span]], kept: Sequence[NDArray[np.int64]]
) -> NDArray[np.float64]:
    means = {
        name: _means(tracks, name, segments)
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


def _movement(tracks: Tracks, segments: Sequence[Sequence[Span]]) -> NDArray[np.float64]:
    """Movement between frames; NaN for a segment of single frames."""
    flow, objects = (_means(tracks, name, segments, skip=1) for name in ("flow_mean", "object_motion"))
    axes = [_means(tracks, name, segments, skip=1) for name in ("pan", "tilt", "zoom")]
    return side_by_side(
        on_half_circle(_log_speed(flow), 0.0, 1.0),
        on_half_circle(_log_speed(objects), 0.0, 1.0),
        *(on_half_circle(np.sign(speed) * _log_speed(np.abs(speed)), -1.0, 1.0) for speed in axes),
    )


def _log_speed(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Picture widths a second on a logarithmic scale, 0..1: 0 up to 0.01, 1 from 1."""
    return np.asarray((np.log10(np.maximum(speed, 0.01)) / 2 + 1).clip(0, 1))


def _means(tracks: Tracks, name: str, segments: Sequence[Sequence[Span]], *, skip: int = 0) -> NDArray[np.float64]:
    """The mean of a frame track over each segment ``[n]``, without the first ``skip`` frames of its spans; NaN if no
    value is left."""
    means = []
    for spans in segments:
        values = frame_values(tracks, name, spans, skip=skip)
        values = values[np.isfinite(values)]
        means.append(float(values.mean(dtype=np.float64)) if len(values) else np.nan)
    return np.array(means)
