"""Whether two shots are the same footage, the same setup at another time, or neither.

Both are boiled down to ``signatures`` eight times a second and laid over each other at every offset. Two numbers
decide:

- *likeness*: the mean product of the signatures that lie over each other: where light and dark lie
- *movement*: the correlation of how they change, their means and steady drifts taken out. The same frames change alike;
  the same setup a little later does not, however still its background is

| kind | likeness | movement |
|---|---|---|
| ``footage`` | 0.80 | 0.7, in one film 0.9: its copies are of one encoding, and people move alike in a repeated setup |
| ``picture`` | 0.96, in one film 0.98 | too little moves to tell, or too short: the same frames, or the same setup |
| ``setup`` | 0.88 | anything else |

The borders were chosen on real clips, against copies made of them (half the size, regraded, cropped, mirrored), halves
of one shot, and a music video that comes back to its setups all the time: docs/similarity.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.fingerprint.fingerprints import GRID_HZ, Fingerprints, Version, sampled

Repetition = Literal["footage", "picture", "setup"]

#: From which likeness two shots have anything in common; from which they are one setup.
LEAST_LIKE, SAME_SETUP = 0.80, 0.88


class Borders(NamedTuple):
    """The movement from which shots are the same footage, the likeness from which still ones are the same picture."""

    movement: float
    picture: float


WITHIN_A_FILM, ACROSS_FILMS = Borders(0.90, 0.98), Borders(0.70, 0.96)
#: Root mean square of a signature's changes from which something moves; re-encoding alone makes up to 0.06.
_MOVES = 0.08
_LEAST_MOVING_ROWS = 6
#: Standard deviation of luma in code values: a flatter picture, black or white, is no repetition of anything.
_FLAT = 4.0
_LEAST_SHARE = 0.5  # of the shorter shot that must lie over the other
_LONGEST_ROWS = 30 * GRID_HZ  # of a longer shot its beginning is compared
_NEARLY = 0.05  # likeness within which the offset is chosen by movement


class Strip(NamedTuple):
    """A shot boiled down: unit vectors float32 ``[n, 100]``, eight a second, the same of it mirrored left to right, and
    whether there is anything to be seen."""

    vectors: NDArray[np.float32]
    flipped: NDArray[np.float32]
    seen: bool


class Repeat(NamedTuple):
    """What two shots have in common.

    ``movement`` is ``None`` where too little moves to tell. ``offset_seconds``: what is seen at ``t`` of the first shot
    is seen at ``t + offset_seconds`` of the other, both counted from their beginnings; ``shared_seconds`` how long.
    """

    kind: Repetition
    likeness: float
    movement: float | None
    offset_seconds: float
    shared_seconds: float
    mirrored: bool


@dataclass(frozen=True)
class Group:
    """Shots that repeat each other, as places in what was compared; the first is the earliest."""

    kind: Repetition
    members: tuple[int, ...]


def strips_of(version: Version) -> list[Strip]:
    """Return a film's shots boiled down, in order."""
    signatures = sampled(version)
    strips = []
    for start, end in version.shots:
        rows = signatures.rows(start, end)
        luma = signatures.luma[rows][:_LONGEST_ROWS]
        seen = float(luma.std(axis=(1, 2)).mean()) >= _FLAT
        part = Fingerprints(luma)
        strips.append(Strip(part.vectors, part.flipped, seen))
    return strips


def repeat_of(one: Strip, other: Strip, *, borders: Borders, mirrored: bool = False) -> Repeat | None:
    """Return what of one shot is seen again in another; ``None`` where it is neither footage nor setup.

    ``mirrored`` also looks whether it was flipped left to right, where it is not found as it is.
    """
    if not (one.seen and other.seen):
        return None
    found = _judged(one.vectors, other.vectors, borders, mirrored=False)
    if found is None and mirrored:
        found = _judged(one.flipped, other.vectors, borders, mirrored=True)
    return found


def _judged(one: NDArray[np.float32], other: NDArray[np.float32], borders: Borders, *, mirrored: bool) -> Repeat | None:
    likeness, movement, offset, rows = _laid_over(one, other)
    tells = not np.isnan(movement)
    kind: Repetition
    if likeness >= LEAST_LIKE and tells and movement >= borders.movement:
        kind = "footage"
    elif likeness >= borders.picture and not tells:
        kind = "picture"
    elif likeness >= SAME_SETUP:
        kind = "setup"
    else:
        return None
    return Repeat(kind, likeness, movement if tells else None, offset / GRID_HZ, rows / GRID_HZ, mirrored)


def _laid_over(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[float, float, int, int]:
    """Likeness, movement (NaN: not told), offset and length in rows, where two shots lie over each other best."""
    least = int(np.ceil(_LEAST_SHARE * min(len(one), len(other))))
    offsets = np.arange(-(len(one) - least), len(other) - least + 1)
    products = one @ other.T
    ends = np.minimum(len(one), len(other) - offsets)
    starts = np.maximum(0, -offsets)
    likeness = np.array([np.trace(products, offset=int(offset)) for offset in offsets]) / (ends - starts)
    best = float(likeness.max())
    if best < LEAST_LIKE:
        return best, np.nan, int(offsets[likeness.argmax()]), 0
    near = np.flatnonzero(likeness >= best - _NEARLY)
    movements = np.array(
        [
            _same_changes(one[starts[at] : ends[at]], other[starts[at] + offsets[at] : ends[at] + offsets[at]])
            for at in near
        ]
    )
    # Where everything is still all offsets are alike: movement tells which is the right one.
    at = int(near[np.argmax(likeness[near] + np.nan_to_num(movements))])
    return float(likeness[at]), float(movements[near == at][0]), int(offsets[at]), int(ends[at] - starts[at])


def _same_changes(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The correlation of how two stretches ``[n, D]`` change, steady drifts taken out; NaN: too little does."""
    if len(one) < _LEAST_MOVING_ROWS:
        return float("nan")
    changes = [_without_drift(part.astype(np.float64)) for part in (one, other)]
    sizes = [float((part**2).sum(axis=1).mean()) for part in changes]
    if min(sizes) < _MOVES**2:
        return float("nan")
    return float((changes[0] * changes[1]).sum(axis=1).mean() / np.sqrt(sizes[0] * sizes[1]))


def _without_drift(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    time = np.linspace(-1, 1, len(rows))
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred - np.outer(time, time @ centred) / (time @ time))


def groups_of(count: int, repeats: Iterable[tuple[int, int, Repeat]]) -> list[Group]:
    """Return which of ``count`` shots form groups, by pairs that repeat each other; each pair of one kind joins two.

    A shot may be in a group of the same footage and in one of the same setup, which then holds both copies.
    """
    listed = list(repeats)
    groups = []
    kinds: Sequence[tuple[Repetition, tuple[Repetition, ...]]] = (
        ("footage", ("footage",)),
        ("picture", ("picture",)),
        ("setup", ("footage", "picture", "setup")),
    )
    found: set[tuple[int, ...]] = set()
    for kind, joining in kinds:
        leader = list(range(count))

        def first_of(place: int, leader: list[int] = leader) -> int:
            while leader[place] != place:
                place = leader[place]
            return place

        for one, other, repeat in listed:
            if repeat.kind in joining:
                low, high = sorted((first_of(one), first_of(other)))
                leader[high] = low
        together: dict[int, list[int]] = {}
        for place in range(count):
            together.setdefault(first_of(place), []).append(place)
        for members in together.values():
            if len(members) > 1 and tuple(members) not in found:
                found.add(tuple(members))
                groups.append(Group(kind, tuple(members)))
    return groups
