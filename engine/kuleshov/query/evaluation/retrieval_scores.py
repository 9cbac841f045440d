"""How good a ranked answer is, given grades of relevance: nDCG, precision, recall, and the interval of their mean.

A grade is a gain of 0 (not relevant) or more. nDCG at k (Järvelin and Kekäläinen, ACM Trans. Inf. Syst. 20(4), 2002,
doi 10.1145/582415.582418) is the sum of the gains of the first k, each divided by log2(rank + 1), over the same sum of
the best possible order; gains are used as they are, as trec_eval does. What has a gain above 0 is relevant.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

_DRAWS = 2000
_CONFIDENCE = 0.95


def ndcg(gains: Sequence[float], known: Iterable[float], *, k: int) -> float:
    """Return nDCG at ``k``, 0..1: ``gains`` of the answer in its order, ``known``: all gains there are.

    NaN where nothing is relevant.
    """
    best = _discounted(sorted(known, reverse=True)[:k])
    return _discounted(gains[:k]) / best if best > 0 else math.nan


def precision(gains: Sequence[float], *, k: int) -> float:
    """Return the share of the first ``k`` that is relevant; a missing hit is not."""
    return sum(gain > 0 for gain in gains[:k]) / k


def recall(gains: Sequence[float], known: Iterable[float], *, k: int) -> float:
    """Return the share of all that is relevant that is among the first ``k``; NaN where nothing is relevant."""
    relevant = sum(gain > 0 for gain in known)
    return sum(gain > 0 for gain in gains[:k]) / relevant if relevant else math.nan


def mean_and_interval(values: Sequence[float], *, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean over queries and its 95 % interval, by drawing queries with replacement (bootstrap).

    NaN values are left out; all three are NaN where none is left. The same values give the same interval.
    """
    known = np.array([value for value in values if not math.isnan(value)])
    if not len(known):
        return math.nan, math.nan, math.nan
    drawn = np.random.default_rng(seed).integers(0, len(known), (_DRAWS, len(known)))
    low, high = np.quantile(known[drawn].mean(axis=1), [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return float(known.mean()), float(low), float(high)


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
