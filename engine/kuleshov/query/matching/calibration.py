"""How a value compares with its archive, and what it counts in a score.

Raw values of different qualities don't compare: a long take of 0.9 is common, a tension of 0.3 is rare. A value ``x``
in -1..1, wanted where it is positive, counts

    c(x) = sign(x) * |x|^(1 - blend) * q^blend        blend = 1/2 * max(0, 1 - 30/m)

``q`` is the share of the archive's m measured segments that have less of it (ties half), for a negative ``x`` the share
that has more; values nearer than 1/2048 tie, so that one pass over the values is enough. So the value (``x``) and its
rarity (``q``) count alike, as a geometric mean: nothing counts much that has hardly any of the quality, however little
the others have, and nothing that all have. An archive of up to 30 segments does not say what is rare: there a value
counts as it is. ``docs/ranking.md`` argues it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.query.matching.column_table import ColumnTable
from kuleshov.records import Unit

#: Up to so many segments percentiles are not used: below, their standard error exceeds 9 of 100 (design value).
LEAST_MEASURED = 30
#: How much the percentile counts at most, against the value itself: as much (design value, measured in
#: docs/ranking.md).
MOST_BLEND = 0.5
#: Values of -1..1 in the same of so many equal steps tie.
_STEPS = 4096


class Percentile(NamedTuple):
    """Where a value lies in its archive: ``below`` is the share with less of it, ``percentile`` 0..100 counts ties
    half."""

    below: float
    percentile: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """The empirical distribution of one quality in an archive.

    ``shares`` float64 ``[_STEPS + 1]``: the share of the ``size`` measured values below each step's lower end.
    ``blend``: how far the percentile decides what a value counts, 0 = not at all. ``unit``: what the values are of.
    """

    shares: NDArray[np.float64]
    size: int
    blend: float
    unit: Unit | None = None

    @classmethod
    def of(cls, values: ArrayLike, *, unit: Unit | None = None, calibrated: bool = True) -> Calibration:
        """Return the distribution of values in -1..1, any shape; NaN is left out. ``calibrated`` False: no blend."""
        flat = np.asarray(values).reshape(-1)
        steps = _steps(flat[~np.isnan(flat)])
        counts = np.bincount(steps, minlength=_STEPS)
        shares = np.concatenate([[0], np.cumsum(counts)]) / max(len(steps), 1)
        return cls(shares, len(steps), blend_of(len(steps)) if calibrated else 0.0, unit)

    def percentile(self, value: float, *, sign: int = 1) -> Percentile:
        """Return where a value lies; ``sign`` -1: where less is wanted."""
        step = int(_steps(np.array([value]))[0])
        low, high = self.shares[step : step + 2].tolist()
        if sign < 0:
            low, high = 1 - high, 1 - low
        return Percentile(low, 50.0 * (low + high))

    def calibrated(self, values: ArrayLike, *, sign: int = 1, amounts: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return what values count, float64 of their shape; NaN stays NaN. ``sign`` -1: less is wanted.

        ``amounts``: how much there is of what is wanted, -1..1, where that is not the value itself but a step to it.
        """
        v = np.asarray(values, dtype=np.float64)
        x = sign * v if amounts is None else np.asarray(amounts, dtype=np.float64)
        if not self.blend:
            return x
        ranks = (self.shares[:-1] + self.shares[1:]) / 2
        less, more = (ranks, 1 - ranks) if sign > 0 else (1 - ranks, ranks)
        steps = _steps(v)
        percentiles = np.where(x > 0, (less**self.blend)[steps], (more**self.blend)[steps])
        return np.copysign(np.abs(x) ** (1 - self.blend), x) * percentiles

    def in_words(self, value: float, *, sign: int = 1) -> str:
        """Return where a value lies: "more so than 97 % of the archive's 1,204 shots"."""
        share = int(100 * self.percentile(value, sign=sign).below)
        return f"more so than {share} % of the archive's {self.size:,} {self.unit}s"


#: Counts every value as it is.
PLAIN = Calibration(np.linspace(0, 1, _STEPS + 1), 0, 0.0)


def blend_of(size: int) -> float:
    """Return how far the percentile decides what a value counts in an archive with so many measured segments."""
    return MOST_BLEND * max(0.0, 1 - LEAST_MEASURED / size) if size else 0.0


def calibration_of(table: ColumnTable, name: str) -> Calibration:
    """Return the distribution of an entry of the vectors; its column is read once for each state of the archive."""
    kept = _KEPT.setdefault(table, {})
    if name not in kept:
        kept[name] = Calibration.of(table.column(name), unit=table.unit)
    return kept[name]


_KEPT: WeakKeyDictionary[ColumnTable, dict[str, Calibration]] = WeakKeyDictionary()


def _steps(values: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return in which step values lie, int32 of their shape; NaN, which counts nothing, in any."""
    scaled = (np.where(np.isnan(values), 0, values) + 1) * (_STEPS / 2)
    steps: NDArray[np.int32] = np.clip(scaled.astype(np.int32), 0, _STEPS - 1)
    return steps
