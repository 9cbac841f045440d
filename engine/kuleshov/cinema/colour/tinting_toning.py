"""Tinted and toned film: black and white pictures that wear one colour.

*Tinting* dyes the film itself: lights wear the colour most, and black stays black. *Toning* colours the silver: shadows
wear the colour, and lights stay white. Either way a place's colour follows from its brightness alone, and that is how
they are told from pictures in colour: at equal luma chroma hardly varies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.colour.palette import color_name
from kuleshov.media.color import LUMA_RANGE, ColorSpec, rgb_from_ycbcr
from kuleshov.records import Dye

_LEVELS = 12  # of luma
_ENOUGH = 0.01  # share of the cells that a level must hold to be looked at
# Design values; chroma in code values of Cb and Cr.
_LEAST_CHROMA = 4.0
_MOST_SPREAD = 0.15  # standard deviation at equal luma, as a share of the mean chroma
_ONE_HUE = 0.9  # least cosine between the mean colours of two levels that wear it
_WEARING = 0.25  # least share of the strongest chroma at which a level has a hue
_SPAN = 0.25  # of luma: in less, it does not show which end wears more
_TONED = 2.0  # how much more chroma the line through the levels must have at black than at white


Levels = NDArray[np.float64]  # [levels that are held]


class FilmDye(NamedTuple):
    """How a picture wears its one colour, and the colour's name where it is strongest."""

    dye: Dye
    color: str


def find_dye(thumbnails: NDArray[np.uint8], coding: ColorSpec) -> FilmDye | None:
    """Return how the pictures of a stretch are dyed, ``None`` where they are in colour or in black and white.

    ``thumbnails`` uint8 ``[N, 3, h, w]``. A picture in colour whose light drowns all colours but one looks tinted, and
    is called so; so is a toned one whose luma hardly varies.
    """
    black, steps = LUMA_RANGE[coding.range]
    luma = ((thumbnails[:, 0].astype(np.float64).ravel() - black) / steps).clip(0, 1)
    chroma = np.stack([thumbnails[:, 1].ravel(), thumbnails[:, 2].ravel()]).astype(np.float64) - 128
    level = np.minimum((luma * _LEVELS).astype(np.int64), _LEVELS - 1)
    counts = np.bincount(level, minlength=_LEVELS)
    held = counts >= max(_ENOUGH * len(level), 1)
    sums = np.stack([np.bincount(level, weights=plane, minlength=_LEVELS) for plane in chroma])
    squares = np.bincount(level, weights=(chroma**2).sum(axis=0), minlength=_LEVELS)
    means = sums[:, held] / counts[held]
    weights = counts[held] / counts[held].sum()
    strength = np.hypot(*means)
    mean_strength = float(weights @ strength)
    spread = float(np.sqrt(weights @ np.maximum(squares[held] / counts[held] - strength**2, 0)))
    if mean_strength < _LEAST_CHROMA or spread > _MOST_SPREAD * mean_strength:
        return None
    wearing = strength >= max(_WEARING * strength.max(), _LEAST_CHROMA / 2)
    directions = means[:, wearing] / strength[wearing]
    if (directions.T @ directions).min() < _ONE_HUE:
        return None
    middles = ((np.arange(_LEVELS) + 0.5) / _LEVELS)[held]
    toned = np.ptp(middles) >= _SPAN and _at(0.0, middles, strength, weights) > _TONED * _at(
        1.0, middles, strength, weights
    )
    strongest = int(np.argmax(strength * np.sqrt(middles)))
    y, cb, cr = np.rint([black + steps * middles[strongest], *(means[:, strongest] + 128)]).astype(np.int64)
    rgb = rgb_from_ycbcr(np.array(y), np.array(cb), np.array(cr), coding).clip(0, 1)
    return FilmDye("toned" if toned else "tinted", color_name(*rgb.tolist()))


def _at(luma: float, middles: Levels, strength: Levels, weights: Levels) -> float:
    """The chroma at a luma, at least 0, on the straight line through that of the levels."""
    slope, height = np.polyfit(middles, strength, 1, w=np.sqrt(weights))
    return max(float(slope * luma + height), 0.0)
