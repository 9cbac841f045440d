"""How edited frames become frames of the file: one to one, or woven of fields, and what that does to the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from .material import Picture

Pairs = list[tuple[int, int]]
WOVEN = {"interlaced": Fraction(2), "telecine": Fraction(4, 5)}  # edited frames for one of the file


def pairs(look: str, edited: int) -> Pairs:
    """For every frame of the file, the edited frames that its upper and its lower lines come from."""
    if look == "interlaced":  # edited at the field rate
        return [(k, k + 1) for k in range(0, edited - 1, 2)]
    if look == "telecine":  # 3:2: of four edited frames five, two of them combed
        cadence = ((0, 0), (1, 1), (1, 2), (2, 3), (3, 3))
        return [(k + a, k + b) for k in range(0, edited - 3, 4) for a, b in cadence]
    return [(k, k) for k in range(edited)]


def weave(frames: Iterable[Picture], of: Pairs) -> Iterator[Picture]:
    source = enumerate(frames)
    recent: dict[int, Picture] = {}
    for above, below in of:
        while below not in recent:
            number, picture = next(source)
            recent[number] = picture
            recent.pop(number - 4, None)
        if above == below:
            yield recent[above]
        else:
            woven = recent[above].copy()
            woven[1::2] = recent[below][1::2]
            yield woven


def carry(start: int, end: int, of: Pairs) -> tuple[int, int]:
    """Where a transition from edited frame ``start`` (clean) to ``end`` (clean) lies in the file: its clean frames are
    those that no line of another kind is in."""
    last = np.array([max(pair) for pair in of])
    first = np.array([min(pair) for pair in of])
    return int(np.flatnonzero(last <= start)[-1]), int(np.flatnonzero(first >= end)[0])
