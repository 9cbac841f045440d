"""Diversity over films: an answer shows what an archive has, not what one film has of it.

Of every ten hits a film has at most three, as long as a hit of another film is left that is at least half as good. A
hit that is put back comes first among the next ten; nothing is lost, and within a film the order stays. This is a cap
rather than maximal marginal relevance (Carbonell & Goldstein 1998): a reader can check it, its one number means
something, and likeness of content is dealt with before (``query.ranking.duplicates``).
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

#: Of so many hits, a film has at most so many (design values: the first page, and four films on it at least).
PAGE, MOST_OF_A_FILM = 10, 3
#: No hit comes before one that is more than twice as good.
LEAST_SHARE = 0.5


def spread(
    film: NDArray[np.int32], scores: NDArray[np.float64], *, k: int, more: bool = False
) -> tuple[list[int], bool]:
    """Return which hits to show, the first ``k`` in order, and whether hits beyond the given could change that.

    ``film`` ``[n]`` and ``scores`` ``[n]`` of the hits, best first; ``more``: there are others, none better.
    """
    rest: dict[int, deque[int]] = {}
    for place, number in enumerate(film.tolist()):
        rest.setdefault(number, deque()).append(place)
    free = [(places[0], number) for number, places in rest.items()]  # the best hit of each film; in order, so a heap
    put_back: list[tuple[int, int]] = []
    taken: dict[int, int] = {}
    shown: list[int] = []
    while len(shown) < k and (free or put_back):
        if len(shown) % PAGE == 0:
            for waiting in put_back:
                heappush(free, waiting)
            put_back, taken = [], {}
        best = min(put_back, default=None)
        source = free
        if best is not None and (not free or best < free[0]):
            floor = LEAST_SHARE * scores[best[0]]
            if not free or scores[free[0][0]] < floor:
                if more and scores[-1] >= floor:
                    return shown, True
                source = put_back
                put_back.remove(best)
        place, number = best if source is put_back and best is not None else heappop(free)
        shown.append(place)
        taken[number] = taken.get(number, 0) + 1
        rest[number].popleft()
        if rest[number]:
            waiting = (rest[number][0], number)
            if taken[number] < MOST_OF_A_FILM:
                heappush(free, waiting)
            else:
                put_back.append(waiting)
    return shown, more and len(shown) < k
