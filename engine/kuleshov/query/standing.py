"""How a value stands in its archive, and what it counts in a score: raw values of different qualities don't compare.

A long take of 0.9 is common, a tension of 0.3 is rare. Of a value ``x`` in -1..1, wanted where it is positive, counts

    c(x) = sign(x) * |x|^(1 - pull) * q^pull        pull = 1/2 * max(0, 1 - 30/m)

``q`` is the share of the archive's m measured segments that have less of it (ties half), for a negative ``x`` the share
that has more. So what is there (``x``) and what stands out (``q``) count alike, as a geometric mean: nothing counts
much that has hardly any of the quality, however little the others have, and nothing that all have. An archive of up to
30 segments says nothing of what is rare: there a value counts as it is. ``docs/ranking.md`` argues it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.cinema.measures import Unit
from kuleshov.query.table import Table

#: Up to so many segments percentiles are not used: below, their standard error exceeds 9 of 100 (design value).
LEAST_MEASURED = 30
#: What the archive counts against the value itself at most: as much (design value, measured in docs/ranking.md).
MOST_PULL = 0.5
#: So many columns are kept ordered and as they count: 8 bytes a segment each.
_MOST_KEPT = 64


class Place(NamedTuple):
    """Where a value stands: ``below`` is the share that has less of it, ``percentile`` 0..100 counts ties half."""

    below: float
    percentile: float


@dataclass(frozen=True, eq=False)
class Standing:
    """The values that an archive has of one thing: ``ordered`` float32 or float64 ``[m]``, ascending, none NaN.

    ``pull`` is how far the archive decides what a value counts, 0 = not at all. ``among`` says what they are of.
    """

    ordered: NDArray[np.floating]
    pull: float
    among: Unit | None = None

    @classmethod
    def of(cls, values: ArrayLike, *, among: Unit | None = None, calibrated: bool = True) -> Standing:
        """Return the standing among values, any shape; NaN ones are left out."""
        flat = np.asarray(values, dtype=np.float64).reshape(-1)
        ordered = np.sort(flat[~np.isnan(flat)])
        return cls(ordered, pull_of(len(ordered)) if calibrated else 0.0, among)

    def place(self, value: float, *, sign: int = 1) -> Place:
        """Return where a value stands; ``sign`` -1: where less is wanted."""
        size = max(len(self.ordered), 1)
        low, high = (int(end) for end in self._ends(np.float64(value)))
        if sign < 0:
            low, high = len(self.ordered) - high, len(self.ordered) - low
        return Place(low / size, 50.0 * (low + high) / size)

    def counted(self, values: ArrayLike, *, sign: int = 1, amounts: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return what values count, float64 of their shape; NaN counts NaN. ``sign`` -1: less is wanted.

        ``amounts``: what there is of what is wanted, -1..1, where that is not the value itself but a step to it.
        """
        v = np.asarray(values, dtype=np.float64)
        x = sign * v if amounts is None else np.asarray(amounts, dtype=np.float64)
        if not self.pull:
            return x
        low, high = self._ends(v)
        rank = (low + high) / (2 * len(self.ordered))
        return _counted(x, rank if sign > 0 else 1 - rank, self.pull)

    def _ends(self, values: NDArray[np.float64] | np.float64) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return how many lie below values, and how many not above; looked up as they are kept, none copied."""
        kept = np.asarray(values, dtype=self.ordered.dtype)
        return np.searchsorted(self.ordered, kept, side="left"), np.searchsorted(self.ordered, kept, side="right")

    def told(self, value: float, *, sign: int = 1) -> str:
        """Return where a value stands in words: "more so than 97 % of the archive's 1,204 shots"."""
        share = int(100 * self.place(value, sign=sign).below)
        return f"more so than {share} % of the archive's {len(self.ordered):,} {self.among}s"


#: What is counted as it is.
PLAIN = Standing(np.empty(0), 0.0)


def pull_of(size: int) -> float:
    """Return how far an archive with so many measured segments decides what a value counts."""
    return MOST_PULL * max(0.0, 1 - LEAST_MEASURED / size) if size else 0.0


class Standings:
    """The standing of every quality in an archive as of one state; columns are ordered when they are first asked for.

    ``calibrated`` False: every value counts as it is.
    """

    def __init__(self, table: Table, *, calibrated: bool = True) -> None:
        self.table = table
        self.calibrated = calibrated

    def of(self, name: str) -> Standing:
        """Return the standing of a quality, as it is, not as it is wanted."""
        if not self.calibrated:
            return PLAIN
        return _kept(self.table, name)[0]

    def counted(self, name: str) -> NDArray[np.float32]:
        """Return what the values of a quality count, float32 ``[n]``, a row each, NaN = not measured. Unwanted,
        they count -c."""
        if not self.calibrated:
            return self.table.column(name)
        return _kept(self.table, name)[1]


_Kept = OrderedDict[str, tuple[Standing, NDArray[np.float32]]]
_KEPT: WeakKeyDictionary[Table, _Kept] = WeakKeyDictionary()


def _kept(table: Table, name: str) -> tuple[Standing, NDArray[np.float32]]:
    kept = _KEPT.setdefault(table, OrderedDict())
    if name not in kept:
        kept[name] = _ordered(table.column(name), table.unit)
        if len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    kept.move_to_end(name)
    return kept[name]


def _ordered(values: NDArray[np.float32], unit: Unit) -> tuple[Standing, NDArray[np.float32]]:
    """Return the standing of a column and what each of its values counts, by one sort."""
    order = np.argsort(values)  # NaN last
    size = len(values) - int(np.isnan(values).sum())
    order = order[:size]
    ordered = values[order]
    standing = Standing(ordered, pull_of(size), unit)
    if not standing.pull:
        return standing, values
    firsts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.append(firsts[1:], size)
    ranks = np.repeat((firsts + ends) / (2 * size), ends - firsts)
    counted = np.full(len(values), np.nan, dtype=np.float32)
    counted[order] = _counted(ordered.astype(np.float64), ranks, standing.pull)
    return standing, counted


def _counted(x: NDArray[np.float64], rank: NDArray[np.float64], pull: float) -> NDArray[np.float64]:
    """Return c of values whose mid-ranks as shares are ``rank``."""
    outside = np.where(x > 0, rank, 1 - rank)
    return np.sign(x) * np.abs(x) ** (1 - pull) * outside**pull
