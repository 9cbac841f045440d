"""Tinted and toned film: black and white pictures in one colour.

*Tinting* dyes the film base: highlights take the colour most, and black stays black. *Toning* colours the silver:
shadows take the colour, and highlights stay white. In both, the colour of a point follows from its brightness alone,
and this tells them from colour film: at equal luma, chroma hardly varies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.colour.palette import color_name
from kuleshov.media.color import LUMA_RANGE, ColorSpec, rgb_from_ycbcr
from kuleshov.records import Dye

_LEVELS = 12  # of luma
_ENOUGH = 0.01  # share of the cells that a level must hold to count
# Design values; chroma in code values of Cb and Cr.
_LEAST_CHROMA = 4.0
_MOST_SPREAD = 0.15  # standard deviation at equal luma, as a share of the mean chroma
_ONE_HUE = 0.9  # least cosine between the mean colours of two coloured levels
_COLOURED = 0.25  # least share of the strongest chroma at which a level has a hue
_SPAN = 0.25  # of luma: within less it can't be told which end has more colour
_TONED = 2.0  # toned if the line through the levels has this many times the chroma at black that it has at white


Levels = NDArray[np.float64]  # [levels that are held]


class TintingOrToning(NamedTuple):
    """Which of the two it is, and the name of the colour where it is strongest."""

    dye: Dye
    color: str


def find_tinting_or_toning(thumbnails: NDArray[np.uint8], coding: ColorSpec) -> TintingOrToning | None:
    """Return how the pictures of a segment are dyed; ``None`` if they are in colour, or in black and white.

    ``thumbnails`` uint8 ``[N, 3, h, w]``. A colour picture whose light drowns all colours but one looks tinted and is
    reported as such; so is a toned one whose luma hardly varies.
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
    coloured = strength >= max(_COLOURED * strength.max(), _LEAST_CHROMA / 2)
    directions = means[:, coloured] / strength[coloured]
    if (directions.T @ directions).min() < _ONE_HUE:
        return None
    middles = ((np.arange(_LEVELS) + 0.5) / _LEVELS)[held]
    toned = np.ptp(middles) >= _SPAN and _at(0.0, middles, strength, weights) > _TONED * _at(
        1.0, middles, strength, weights
    )
    strongest = int(np.argmax(strength * np.sqrt(middles)))
    y, cb, cr = np.rint([black + steps * middles[strongest], *(means[:, strongest] + 128)]).astype(np.int64)
    rgb = rgb_from_ycbcr(np.array(y), np.array(cb), np.array(cr), coding).clip(0, 1)
    return TintingOrToning("toned" if toned else "tinted", color_name(*rgb.tolist()))


def _at(luma: float, middles: Levels, strength: Levels, weights: Levels) -> float:
    """The chroma at a luma, at least 0, on the straight line through the levels."""
    slope, height = np.polyfit(middles, strength, 1, w=np.sqrt(weights))
    return max(float(slope * luma + height), 0.0)
