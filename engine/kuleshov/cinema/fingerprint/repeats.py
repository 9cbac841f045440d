"""Whether two shots are the same footage, the same setup at another time, or neither.

Their ``fingerprints``, eight a second, are aligned at every offset. Two numbers decide:

- *likeness*: the mean product of the aligned fingerprints: the layout of light and dark
- *movement*: the correlation of their changes, without means and steady drifts. The same frames change alike; the same
  setup a little later does not, however still its background is

| kind | likeness | movement |
|---|---|---|
| ``footage`` | 0.80 | 0.7, in one film 0.9: its copies are of one encoding, and people move alike in a repeated setup |
| ``picture`` | 0.96, in one film 0.98 | too little movement, or too short: the same frames, or the same setup |
| ``setup`` | 0.88 | anything else |

The borders were chosen on real clips, against copies made of them (half the size, regraded, cropped, mirrored), halves
of one shot, and a music video that returns to its setups all the time: docs/similarity.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.fingerprint.fingerprints import GRID_HZ, Fingerprints, Version, fingerprints_of

Repetition = Literal["footage", "picture", "setup"]

#: The likeness from which two shots have anything in common, and from which they are one setup.
LEAST_LIKE, SAME_SETUP = 0.80, 0.88


class Borders(NamedTuple):
    """The movement from which shots are the same footage, the likeness from which still ones are the same picture."""

    movement: float
    picture: float


WITHIN_A_FILM, ACROSS_FILMS = Borders(0.90, 0.98), Borders(0.70, 0.96)
#: Root mean square of a fingerprint's changes from which something moves; re-encoding alone makes up to 0.06.
_MOVES = 0.08
_LEAST_MOVING_ROWS = 6
#: Standard deviation of luma in code values: a flatter picture, black or white, repeats nothing.
_FLAT = 4.0
_LEAST_SHARE = 0.5  # of the shorter shot that must be aligned with the other
_LONGEST_ROWS = 30 * GRID_HZ  # of a longer shot, the beginning is compared
_NEARLY = 0.05  # likeness within which the offset is chosen by movement


class Strip(NamedTuple):
    """A shot's fingerprints: unit vectors float32 ``[n, 100]``, eight a second; those of the mirrored shot; and whether
    it is more than black or white."""

    vectors: NDArray[np.float32]
    flipped: NDArray[np.float32]
    has_contrast: bool


class Repeat(NamedTuple):
    """What two shots have in common.

    ``movement`` is ``None`` if too little moves. ``offset_seconds``: the picture at ``t`` of the first shot is at ``t +
    offset_seconds`` of the other, both from their beginnings; ``shared_seconds``: how much they share.
    """

    kind: Repetition
    likeness: float
    movement: float | None
    offset_seconds: float
    shared_seconds: float
    mirrored: bool


@dataclass(frozen=True)
class Group:
    """Shots that repeat each other, as indices of the compared shots; the first is the earliest."""

    kind: Repetition
    members: tuple[int, ...]


def strips_of(version: Version) -> list[Strip]:
    """Return the fingerprints of a film's shots, in order."""
    prints = fingerprints_of(version)
    strips = []
    for start, end in version.shots:
        luma = prints.luma[prints.rows(start, end)][:_LONGEST_ROWS]
        has_contrast = float(luma.std(axis=(1, 2)).mean()) >= _FLAT
        part = Fingerprints(luma)
        strips.append(Strip(part.vectors, part.flipped, has_contrast))
    return strips


def repeat_of(one: Strip, other: Strip, *, borders: Borders, mirrored: bool = False) -> Repeat | None:
    """Return how one shot is repeated in another; ``None`` if it is neither the same footage nor the same setup.

    ``mirrored`` also compares it flipped left to right, if it is not found as it is.
    """
    if not (one.has_contrast and other.has_contrast):
        return None
    repeat = _compare(one.vectors, other.vectors, borders, mirrored=False)
    if repeat is None and mirrored:
        repeat = _compare(one.flipped, other.vectors, borders, mirrored=True)
    return repeat


def _compare(
    one: NDArray[np.float32], other: NDArray[np.float32], borders: Borders, *, mirrored: bool
) -> Repeat | None:
    likeness, movement, offset, rows = _best_alignment(one, other)
    moves = not np.isnan(movement)
    kind: Repetition
    if likeness >= LEAST_LIKE and moves and movement >= borders.movement:
        kind = "footage"
    elif likeness >= borders.picture and not moves:
        kind = "picture"
    elif likeness >= SAME_SETUP:
        kind = "setup"
    else:
        return None
    return Repeat(kind, likeness, movement if moves else None, offset / GRID_HZ, rows / GRID_HZ, mirrored)


def _best_alignment(one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[float, float, int, int]:
    """Likeness, movement (NaN: unknown), offset and length in rows, of the best alignment of two shots."""
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
    # If everything is still, all offsets are alike: movement decides which is the right one.
    at = int(near[np.argmax(likeness[near] + np.nan_to_num(movements))])
    return float(likeness[at]), float(movements[near == at][0]), int(offsets[at]), int(ends[at] - starts[at])


def _same_changes(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The correlation of the changes of two parts ``[n, D]``, without steady drifts; NaN if there is too little
    change."""
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
    """Return the groups among ``count`` shots by pairs that repeat each other; each pair of one kind joins two.

    A shot can be in a group of the same footage and in one of the same setup, which then has both copies.
    """
    listed = list(repeats)
    groups = []
    kinds: Sequence[tuple[Repetition, tuple[Repetition, ...]]] = (
        ("footage", ("footage",)),
        ("picture", ("picture",)),
        ("setup", ("footage", "picture", "setup")),
    )
    known: set[tuple[int, ...]] = set()
    for kind, joining in kinds:
        leader = list(range(count))

        def first_of(shot: int, leader: list[int] = leader) -> int:
            while leader[shot] != shot:
                shot = leader[shot]
            return shot

        for one, other, repeat in listed:
            if repeat.kind in joining:
                low, high = sorted((first_of(one), first_of(other)))
                leader[high] = low
        together: dict[int, list[int]] = {}
        for shot in range(count):
            together.setdefault(first_of(shot), []).append(shot)
        for members in together.values():
            if len(members) > 1 and tuple(members) not in known:
                known.add(tuple(members))
                groups.append(Group(kind, tuple(members)))
    return groups
