"""Whether people agree: Krippendorff's alpha and intraclass correlations.

- Alpha: Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011): ``1 - observed / expected disagreement``
  over all pairs of ratings of one unit; any number of raters, any of them missing. 1 = all agree, 0 = as by chance,
  below 0 = worse than chance.
- ICC(2,1) and ICC(2,k): Shrout & Fleiss, Psychological Bulletin 86(2), 1979: raters are a sample of all raters, and
  count with their own zero: absolute agreement of one rater, and of the mean of k. Needs units that all have rated.

The libraries that know these (krippendorff, pingouin) are under the GPL; the tests hold ours to the worked examples of
both papers.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Level = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(ratings: ArrayLike, *, level: Level) -> float:
    """Return alpha of ratings ``[raters, units]``, NaN = not rated.

    NaN where no unit has two ratings, or all ratings are one and the same value (nothing could have differed).
    """
    table = np.asarray(ratings, dtype=np.float64)
    values = np.unique(table[np.isfinite(table)])
    counts = np.stack([(table == value).sum(axis=0) for value in values], axis=1) if len(values) else np.empty((0, 0))
    counts = counts[counts.sum(axis=1) >= 2].astype(np.float64)  # [units, values]
    if not len(counts):
        return float("nan")
    raters = counts.sum(axis=1, keepdims=True)
    # Pairs of values within units: each unit's pairs weigh 1 / (raters - 1).
    pairs = (counts / (raters - 1)).T @ counts - np.diag((counts / (raters - 1)).sum(axis=0))
    totals = pairs.sum(axis=0)
    difference = _difference(values, totals, level)
    expected = (np.outer(totals, totals) * difference).sum() / (totals.sum() - 1)
    return float(1 - (pairs * difference).sum() / expected) if expected > 0 else float("nan")


def _difference(values: NDArray[np.float64], totals: NDArray[np.float64], level: Level) -> NDArray[np.float64]:
    """How far two values are from one another, squared, ``[values, values]``."""
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        return np.asarray(np.subtract.outer(values, values) ** 2)
    places = np.cumsum(totals) - totals / 2  # a rank is as far from the next as there are ratings between them
    return np.asarray(np.subtract.outer(places, places) ** 2)


def icc2(ratings: ArrayLike) -> tuple[float, float]:
    """Return ICC(2,1) and ICC(2,k) of ratings ``[units, raters]``; rows with NaN are left out.

    NaN where fewer than two units have all ratings, there are fewer than two raters, or nothing varies.
    """
    table = np.asarray(ratings, dtype=np.float64)
    table = table[np.isfinite(table).all(axis=1)] if table.ndim == 2 else table.reshape(0, 0)
    units, raters = table.shape
    if units < 2 or raters < 2:
        return float("nan"), float("nan")
    mean = table.mean()
    between_units = raters * ((table.mean(axis=1) - mean) ** 2).sum() / (units - 1)
    between_raters = units * ((table.mean(axis=0) - mean) ** 2).sum() / (raters - 1)
    rest = ((table - mean) ** 2).sum() - (units - 1) * between_units - (raters - 1) * between_raters
    error = rest / ((units - 1) * (raters - 1))
    single = between_units + (raters - 1) * error + raters * (between_raters - error) / units
    mean_of_all = between_units + (between_raters - error) / units
    if single <= 0 or mean_of_all <= 0:
        return float("nan"), float("nan")
    return float((between_units - error) / single), float((between_units - error) / mean_of_all)
