"""Evidence of transitions in thumbnails: the similarity of frames at several distances in time, and mixtures of them.

All channels are comparisons: none depends on what a picture shows, so a network trained on some films works on others.
Only thumbnails are read, which any device can make. Times are steps of the grid of ``_grid``, 24 to 37 a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._protocol import THUMBNAIL

Floats = NDArray[np.floating[Any]]  # float32, as everything here

#: Steps that must be known before and after a frame.
REACH = 32
# Pairs of frames this many steps apart; frames this many steps before and after a third one.
_LAGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
_HALF_LENGTHS = (2, 3, 4, 6, 8, 12, 16, 24, 32)
_SELECTIONS = (2, 4, 8, 16, 32)  # of the half lengths: comparing each cell costs more
_LIGHT_LAGS = (1, 2, 4, 8)

_WIDTH, _HEIGHT = THUMBNAIL
_CELLS = _WIDTH * _HEIGHT
# Contrast in code values below which a picture counts as flat: without it the noise of two black frames would differ.
_FLAT = 4.0
# Code values that make equal differences.
_LUMA_SCALE, _CHROMA_SCALE, _TONE_SCALE, _LIGHT_SCALE = 32.0, 12.0, 24.0, 48.0
_LUMA_TONES, _CHROMA_TONES = 18, 8
_STILL = 1.0  # code values; frames that differ by less are not compared with shifts
_SHIFTS = tuple(  # cells down and across
    (down, across)
    for down in (-1, 0, 1)
    for across in range(-3, 4)
    if (down, across) != (0, 0) and abs(across) + abs(down) < 4
)

_DIFFERENCES = ("layout", "luma", "chroma", "tones")
CHANNELS = (
    [f"{what}_{way}_{lag}" for lag in _LAGS for way in ("back", "ahead") for what in _DIFFERENCES]
    + [f"{what}_around_{half}" for half in _HALF_LENGTHS for what in (*_DIFFERENCES, "share", "unlike_mixture")]
    + [f"unlike_selection_{half}" for half in _SELECTIONS]
    + [f"light_{lag}" for lag in _LIGHT_LAGS]
    + ["shifted", "luma_mean", "contrast", "chroma_strength"]
)


def evidence(thumbnails: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return float32 ``[N - 2 * REACH, len(CHANNELS)]``, each about 0..1 or -1..1, for all but the outer frames.

    ``thumbnails`` uint8 ``[N, 3, height, width]``, luma, Cb and Cr of consecutive frames.
    """
    frames = _Frames(thumbnails)
    channels: list[Floats] = []
    for lag in _LAGS:
        channels += frames.differences(-lag, 0)
        channels += frames.differences(0, lag)
    for half in _HALF_LENGTHS:
        channels += frames.differences(-half, half)
        channels += frames.mixture(half)
    channels += [frames.unlike_selection(half) for half in _SELECTIONS]
    channels += [frames.light(lag) for lag in _LIGHT_LAGS]
    channels.append(frames.shifted())
    channels += frames.appearance()
    return np.stack(channels, axis=1).astype(np.float32, copy=False)


class _Frames:
    """Frames with their inner products, from which most comparisons follow.

    Every comparison is of all inner frames with others around them: ``-lag`` steps before, ``lag`` after.
    """

    def __init__(self, thumbnails: NDArray[np.uint8]) -> None:
        self._count = len(thumbnails) - 2 * REACH
        luma = thumbnails[:, 0].reshape(len(thumbnails), _CELLS).astype(np.float32)
        wide = thumbnails[:, 1:].astype(np.float32)
        rows = wide[:, :, 0::2] + wide[:, :, 1::2]
        chroma = ((rows[..., 0::2] + rows[..., 1::2]) / 4 - 128).reshape(len(thumbnails), -1)
        self._bright = luma
        self._luma_mean = luma.mean(axis=1)
        self._luma = luma - self._luma_mean[:, None]
        self._luma_products = self._luma @ self._luma.T / _CELLS
        self._chroma_products = chroma @ chroma.T / chroma.shape[1]
        self._tones = _tones(luma, chroma)

    def appearance(self) -> list[Floats]:
        """Mean luma, contrast, and strength of colour of the frames themselves."""
        return [
            self._at(self._luma_mean, 0) / 255,
            np.sqrt(np.maximum(self._products(self._luma_products, 0, 0), 0)) / 64,
            np.sqrt(np.maximum(self._products(self._chroma_products, 0, 0), 0)) / 64,
        ]

    def light(self, lag: int) -> Floats:
        """How much brighter a frame is than the one ``lag`` steps before, -1..1."""
        return np.asarray(np.tanh((self._at(self._luma_mean, 0) - self._at(self._luma_mean, -lag)) / _LIGHT_SCALE))

    def differences(self, one: int, other: int) -> list[Floats]:
        """Four distances of pairs of frames, 0..1.

        The layout of light and dark regardless of contrast; the same with contrast; the layout of colours; and tones
        wherever they are, brightness included, which a pan or a shake does not change.
        """
        same = self._products(self._luma_products, one, other)
        a, b = (self._products(self._luma_products, lag, lag) for lag in (one, other))
        flat = np.float32(_FLAT**2)
        layout = (1 - (same + flat) / np.sqrt((a + flat) * (b + flat))) / 2
        luma = np.sqrt(np.maximum(a + b - 2 * same, 0)) / _LUMA_SCALE
        chroma = np.sqrt(np.maximum(self._squared_distances(self._chroma_products, one, other), 0)) / _CHROMA_SCALE
        tones = np.abs(self._at(self._tones, one) - self._at(self._tones, other)).mean(axis=1) / _TONE_SCALE
        return [np.sqrt(np.maximum(layout, 0)), np.tanh(luma), np.tanh(chroma), np.tanh(tones)]

    def mixture(self, half: int) -> list[Floats]:
        """A frame as a mixture of those ``half`` steps before and after: the share of the later one, and the residue.

        The share is about 0..1; the residue is the distance to the nearest such mixture, 0..1.
        """
        along, way, away = np.zeros((3, self._count), dtype=np.float32)
        way += _FLAT**2
        for products, weight in ((self._luma_products, 1.0), (self._chroma_products, 2.0)):
            before_after = self._squared_distances(products, -half, half)
            before_middle, middle_after = (
                self._squared_distances(products, -half, 0),
                self._squared_distances(products, 0, half),
            )
            along += weight * (before_middle + before_after - middle_after) / 2
            way += weight * before_after
            away += weight * before_middle
        share = along / way
        unlike = np.sqrt(np.maximum(away - share * along, 0) / way)
        return [np.clip(share, -0.5, 1.5), np.tanh(unlike)]

    def unlike_selection(self, half: int) -> Floats:
        """The distance of a frame's cells from those before or after, whichever is nearer: small inside a wipe."""
        before, middle, after = (self._at(self._bright, lag) for lag in (-half, 0, half))
        nearest = np.minimum(np.abs(middle - before), np.abs(middle - after)).mean(axis=1)
        return np.asarray(np.tanh(2 * nearest / (np.abs(before - after).mean(axis=1) + _FLAT)))

    def shifted(self) -> Floats:
        """The distance of a frame from the one before, shifted by some cells: small where the camera pans."""
        shape = (-1, _HEIGHT, _WIDTH)
        one, other = self._at(self._luma, -1).reshape(shape), self._at(self._luma, 0).reshape(shape)
        nearest = np.abs(one - other).mean(axis=(1, 2))
        moving = np.flatnonzero(nearest > _STILL)
        one, other = one[moving], other[moving]
        for down, across in _SHIFTS:
            top, bottom = slice(max(down, 0), _HEIGHT + min(down, 0)), slice(max(-down, 0), _HEIGHT + min(-down, 0))
            left, right = (
                slice(max(across, 0), _WIDTH + min(across, 0)),
                slice(max(-across, 0), _WIDTH + min(-across, 0)),
            )
            difference = np.abs(one[:, top, left] - other[:, bottom, right]).mean(axis=(1, 2))
            nearest[moving] = np.minimum(nearest[moving], difference)
        return np.asarray(np.tanh(2 * nearest / _LUMA_SCALE))

    def _at(self, values: Floats, lag: int) -> Floats:
        """The values of the frames ``lag`` steps from the inner ones."""
        return values[REACH + lag : REACH + lag + self._count]

    def _products(self, products: Floats, one: int, other: int) -> Floats:
        """Inner products of the frames at two lags."""
        one, other = min(one, other), max(one, other)
        return np.diagonal(products, other - one)[REACH + one : REACH + one + self._count]

    def _squared_distances(self, products: Floats, one: int, other: int) -> Floats:
        """Squared distances of the frames at two lags."""
        a, b = (self._products(products, lag, lag) for lag in (one, other))
        return a + b - 2 * self._products(products, one, other)


def _tones(luma: Floats, chroma: Floats) -> Floats:
    """Quantiles of luma, Cb and Cr: the tones of a frame, wherever they are."""
    cb, cr = np.split(chroma, 2, axis=1)
    parts = []
    for plane, count, weight in ((luma, _LUMA_TONES, 1.0), (cb, _CHROMA_TONES, 3.0), (cr, _CHROMA_TONES, 3.0)):
        parts.append(weight * np.sort(plane, axis=1).reshape(len(plane), count, -1).mean(axis=2))
    return np.concatenate(parts, axis=1)
