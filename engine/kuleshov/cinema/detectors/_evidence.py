"""What thumbnails say about transitions: how alike are frames at several distances in time, and is one a mixture?

All of it is comparison: no channel tells what is in a picture, so what is learned on some films holds for others. Only
thumbnails are read, which any device makes of its frames. Times are steps of the grid that ``_grid`` lays over a film,
24 to 37 a second.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._protocol import THUMBNAIL

#: Steps that must be known before and after a frame.
REACH = 32
# Pairs of frames this many steps apart; frames this many steps before and after a third one.
_LAGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
_HALF_LENGTHS = (2, 3, 4, 6, 8, 12, 16, 24, 32)
_SELECTIONS = (2, 4, 8, 16, 32)  # of the half lengths: it costs more to ask whether each cell is old or new
_LIGHT_LAGS = (1, 2, 4, 8)

_WIDTH, _HEIGHT = THUMBNAIL
_CELLS = _WIDTH * _HEIGHT
# Contrast, in code values, under which a picture counts as flat: without it two black frames' noise would differ.
_FLAT = 4.0
_LUMA_SCALE, _CHROMA_SCALE, _QUANTILE_SCALE, _LIGHT_SCALE = 32.0, 12.0, 24.0, 48.0  # code values that count as much
_LUMA_QUANTILES, _CHROMA_QUANTILES = 18, 8
_SHIFTS = ((0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (1, 2))  # cells down and across, either way

CHANNELS = (
    [f"{what}_{way}_{lag}" for lag in _LAGS for way in ("back", "ahead") for what in ("layout", "luma", "chroma", "tones")]
    + [
        f"{what}_around_{half}"
        for half in _HALF_LENGTHS
        for what in ("layout", "luma", "chroma", "tones", "share", "unlike_mixture")
    ]
    + [f"unlike_selection_{half}" for half in _SELECTIONS]
    + [f"light_{lag}" for lag in _LIGHT_LAGS]
    + ["shifted", "luma_mean", "contrast", "chroma_mean"]
)


def evidence(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return float32 ``[N - 2 * REACH, len(CHANNELS)]``, each about 0..1 or -1..1, for all but the outer frames.

    ``thumbnails`` uint8 ``[N, 3, height, width]``, luma, Cb and Cr of consecutive frames.
    """
    seen = _Seen(thumbnails)
    inner = np.arange(REACH, len(thumbnails) - REACH)
    channels: list[NDArray[np.float32]] = []
    for lag in _LAGS:
        channels += seen.differences(inner - lag, inner)
        channels += seen.differences(inner, inner + lag)
    for half in _HALF_LENGTHS:
        channels += seen.differences(inner - half, inner + half)
        channels += seen.mixture(inner - half, inner, inner + half)
    channels += [seen.unlike_selection(inner - half, inner, inner + half) for half in _SELECTIONS]
    channels += [np.tanh((seen.luma_mean[inner] - seen.luma_mean[inner - lag]) / _LIGHT_SCALE) for lag in _LIGHT_LAGS]
    channels += [seen.shifted(inner), seen.luma_mean[inner] / 255, seen.contrast[inner] / 64]
    channels.append(seen.chroma_mean[inner] / 64)
    return np.stack(channels, axis=1).astype(np.float32, copy=False)


class _Seen:
    """Frames with their inner products, from which most comparisons follow."""

    def __init__(self, thumbnails: NDArray[np.uint8]) -> None:
        count = len(thumbnails)
        luma = thumbnails[:, 0].reshape(count, _CELLS).astype(np.float32)
        chroma = thumbnails[:, 1:].astype(np.float32) - 128
        chroma = chroma.reshape(count, 2, _HEIGHT // 2, 2, _WIDTH // 2, 2).mean(axis=(3, 5)).reshape(count, -1)
        self.luma_mean = luma.mean(axis=1)
        self.luma = luma - self.luma_mean[:, None]
        self.products = self.luma @ self.luma.T / _CELLS
        self.chroma_products = chroma @ chroma.T / chroma.shape[1]
        self.contrast = np.sqrt(np.maximum(np.diagonal(self.products), 0))
        self.chroma_mean = np.sqrt(np.maximum(np.diagonal(self.chroma_products), 0))
        self.tones = _quantiles(luma, chroma)

    def differences(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> list[NDArray[np.float32]]:
        """How far apart pairs of frames are, 0..1, in four ways.

        Where light and dark lie, whatever the contrast; the same with it; colours in their places; tones wherever they
        are, brightness included, which a pan or a shake leaves as they were.
        """
        products = self.products
        same, a, b = products[one, other], products[one, one], products[other, other]
        flat = np.float32(_FLAT**2)
        layout = (1 - (same + flat) / np.sqrt((a + flat) * (b + flat))) / 2
        luma = np.sqrt(np.maximum(a + b - 2 * same, 0)) / _LUMA_SCALE
        chroma_products = self.chroma_products
        chroma = chroma_products[one, one] + chroma_products[other, other] - 2 * chroma_products[one, other]
        chroma = np.sqrt(np.maximum(chroma, 0)) / _CHROMA_SCALE
        tones = np.abs(self.tones[one] - self.tones[other]).mean(axis=1) / _QUANTILE_SCALE
        return [np.sqrt(np.maximum(layout, 0)), np.tanh(luma), np.tanh(chroma), np.tanh(tones)]

    def mixture(
        self, before: NDArray[np.intp], middle: NDArray[np.intp], after: NDArray[np.intp]
    ) -> list[NDArray[np.float32]]:
        """How much of the frame after the middle holds (0..1 or so), and how far it is from any such mixture, 0..1."""
        along, way, away = 0.0, np.float32(_FLAT**2), 0.0
        for products, weight in ((self.products, 1.0), (self.chroma_products, 2.0)):
            aa, ab, am = products[before, before], products[before, after], products[before, middle]
            bb, bm, mm = products[after, after], products[after, middle], products[middle, middle]
            along = along + weight * (bm - ab - am + aa)
            way = way + weight * (aa + bb - 2 * ab)
            away = away + weight * (mm + aa - 2 * am)
        share = along / way
        unlike = np.sqrt(np.maximum(away - share * along, 0) / way)
        return [np.clip(share, -0.5, 1.5), np.tanh(unlike)]

    def unlike_selection(
        self, before: NDArray[np.intp], middle: NDArray[np.intp], after: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """How far the middle is from showing in each cell the frame before or the one after: small inside a wipe."""
        a, m, b = (self.luma[frames] + self.luma_mean[frames, None] for frames in (before, middle, after))
        nearest = np.minimum(np.abs(m - a), np.abs(m - b)).mean(axis=1)
        return np.asarray(np.tanh(2 * nearest / (np.abs(a - b).mean(axis=1) + _FLAT)), dtype=np.float32)

    def shifted(self, frames: NDArray[np.intp]) -> NDArray[np.float32]:
        """How far a frame is from the one before, moved by some cells: small where the camera pans."""
        shape = (-1, _HEIGHT, _WIDTH)
        one, other = self.luma[frames - 1].reshape(shape), self.luma[frames].reshape(shape)
        nearest = np.abs(one - other).mean(axis=(1, 2))
        for down, across in _SHIFTS:
            for a, b in ((one, other), (other, one)):
                for sign in (1, -1) if down and across else (1,):
                    a_part, b_part = a[:, down:, across:], b[:, : _HEIGHT - down, : _WIDTH - across]
                    if sign < 0:
                        a_part, b_part = a[:, down:, : _WIDTH - across], b[:, : _HEIGHT - down, across:]
                    nearest = np.minimum(nearest, np.abs(a_part - b_part).mean(axis=(1, 2)))
        return np.asarray(np.tanh(2 * nearest / _LUMA_SCALE), dtype=np.float32)


def _quantiles(luma: NDArray[np.float32], chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Quantiles of luma, Cb and Cr: what tones a frame has, wherever they lie."""
    cb, cr = np.split(chroma, 2, axis=1)
    parts = []
    for plane, count, weight in ((luma, _LUMA_QUANTILES, 1.0), (cb, _CHROMA_QUANTILES, 3.0), (cr, _CHROMA_QUANTILES, 3.0)):
        ordered = np.sort(plane, axis=1)
        parts.append(weight * ordered.reshape(len(plane), count, -1).mean(axis=2))
    return np.concatenate(parts, axis=1)
