"""Weighted median and robust spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MAD_TO_DEVIATION = 1.4826  # of a normal distribution


def median_and_spread(values: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Return the weighted median of values ``[n]``, and 1.4826 times the weighted median distance from it."""
    median = _weighted_median(values, weights)
    return median, _MAD_TO_DEVIATION * _weighted_median(np.abs(values - median), weights)


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the value with half of the weight on either side; the mean of two if it lies between them."""
    order = np.argsort(values, kind="stable")
    values = values[order]
    below = np.cumsum(weights[order])
    half = below[-1] / 2
    low = int(np.searchsorted(below, half, side="left"))
    high = int(np.searchsorted(below, half, side="right"))
    return float((values[min(low, len(values) - 1)] + values[min(high, len(values) - 1)]) / 2)
