"""How a value stands in its archive, and what it counts in a score: raw values of different qualities don't compare.

A long take of 0.9 is common, a tension of 0.3 is rare. Of a value ``x`` in -1..1, wanted where it is positive, counts

    c(x) = sign(x) * |x|^(1 - pull) * q^pull        pull = 1/2 * max(0, 1 - 30/m)

``q`` is the share of the archive's m measured segments that have less of it (ties half), for a negative ``x`` the share
that has more; values nearer than 1/2048 tie, so that a pass over the values is enough. So what is there (``x``) and
what stands out (``q``) count alike, as a geometric mean: nothing counts much that has hardly any of the quality,
however little the others have, and nothing that all have. An archive of up to 30 segments says nothing of what is rare:
there a value counts as it is. ``docs/ranking.md`` argues it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.matching.column_table import Table

#: Up to so many segments percentiles are not used: below, their standard error exceeds 9 of 100 (design value).
LEAST_MEASURED = 30
#: What the archive counts against the value itself at most: as much (design value, measured in docs/ranking.md).
MOST_PULL = 0.5
#: Values of -1..1 in the same of so many equal steps tie.
_STEPS = 4096


class Place(NamedTuple):
    """Where a value stands: ``below`` is the share that has less of it, ``percentile`` 0..100 counts ties half."""

    below: float
    percentile: float


@dataclass(frozen=True, eq=False)
class Standing:
    """How the values of one thing are spread in an archive.

    ``shares`` float64 ``[_STEPS + 1]``: which share of the ``size`` measured values lies below each step's lower end.
    ``pull`` is how far the archive decides what a value counts, 0 = not at all. ``among`` says what they are of.
    """

    shares: NDArray[np.float64]
    size: int
    pull: float
    among: Unit | None = None

    @classmethod
    def of(cls, values: ArrayLike, *, among: Unit | None = None, calibrated: bool = True) -> Standing:
        """Return the standing among values of -1..1, any shape; NaN ones are left out."""
        flat = np.asarray(values).reshape(-1)
        steps = _steps(flat[~np.isnan(flat)])
        counts = np.bincount(steps, minlength=_STEPS)
        shares = np.concatenate([[0], np.cumsum(counts)]) / max(len(steps), 1)
        return cls(shares, len(steps), pull_of(len(steps)) if calibrated else 0.0, among)

    def place(self, value: float, *, sign: int = 1) -> Place:
        """Return where a value stands; ``sign`` -1: where less is wanted."""
        step = int(_steps(np.array([value]))[0])
        low, high = self.shares[step : step + 2].tolist()
        if sign < 0:
            low, high = 1 - high, 1 - low
        return Place(low, 50.0 * (low + high))

    def counted(self, values: ArrayLike, *, sign: int = 1, amounts: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return what values count, float64 of their shape; NaN counts NaN. ``sign`` -1: less is wanted.

        ``amounts``: what there is of what is wanted, -1..1, where that is not the value itself but a step to it.
        """
        v = np.asarray(values, dtype=np.float64)
        x = sign * v if amounts is None else np.asarray(amounts, dtype=np.float64)
        if not self.pull:
            return x
        ranks = (self.shares[:-1] + self.shares[1:]) / 2
        less, more = (ranks, 1 - ranks) if sign > 0 else (1 - ranks, ranks)
        steps = _steps(v)
        outside = np.where(x > 0, (less**self.pull)[steps], (more**self.pull)[steps])
        return np.copysign(np.abs(x) ** (1 - self.pull), x) * outside

    def told(self, value: float, *, sign: int = 1) -> str:
        """Return where a value stands in words: "more so than 97 % of the archive's 1,204 shots"."""
        share = int(100 * self.place(value, sign=sign).below)
        return f"more so than {share} % of the archive's {self.size:,} {self.among}s"


#: What is counted as it is.
PLAIN = Standing(np.linspace(0, 1, _STEPS + 1), 0, 0.0)


def pull_of(size: int) -> float:
    """Return how far an archive with so many measured segments decides what a value counts."""
    return MOST_PULL * max(0.0, 1 - LEAST_MEASURED / size) if size else 0.0


class Standings:
    """The standing of every quality in an archive as of one state; a column is looked through when first asked for.

    ``calibrated`` False: every value counts as it is.
    """

    def __init__(self, table: Table, *, calibrated: bool = True) -> None:
        self.table = table
        self.calibrated = calibrated

    def of(self, name: str) -> Standing:
        """Return the standing of a quality, as it is, not as it is wanted."""
        if not self.calibrated:
            return PLAIN
        kept = _KEPT.setdefault(self.table, {})
        if name not in kept:
            kept[name] = Standing.of(self.table.column(name), among=self.table.unit)
        return kept[name]


_KEPT: WeakKeyDictionary[Table, dict[str, Standing]] = WeakKeyDictionary()


def _steps(values: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return in which step values lie, int32 of their shape; NaN, which counts nothing, in any."""
    scaled = (np.where(np.isnan(values), 0, values) + 1) * (_STEPS / 2)
    steps: NDArray[np.int32] = np.clip(scaled.astype(np.int32), 0, _STEPS - 1)
    return steps
