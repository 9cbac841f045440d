"""The best division of a sequence into groups: dynamic programming, exact.

After optimal sequential grouping (Rotman, Porat, Ashour, IJSC 11(2), 2017), whose additive cost sums the distances
inside every group. It needs the number of groups, as the sum only falls with it; here a pair's score is positive if the
two belong together and negative if they do not (as in correlation clustering: Bansal, Blum, Chawla, Machine Learning
56, 2004), so that the number of groups follows from the best division.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: The longest group: it bounds the time, and has more shots than any scene.
LONGEST_GROUP = 1000


def best_grouping(
    pairs: NDArray[np.float64], borders: NDArray[np.float64], *, longest: int = LONGEST_GROUP
) -> list[tuple[int, int]]:
    """Return the groups ``(first, end)``, end exclusive, with the largest sum of scores; they hold every item once.

    ``pairs`` float64 ``[items, reach]``: ``[i, k]`` is what items ``i`` and ``i + 1 + k`` add if they are in one group;
    items further apart add nothing. ``borders`` float64 ``[items]``: what a group adds that begins with the item; the
    first value is not used. Among equal sums the later border wins. Takes ``O(items * (longest + reach))`` time.
    """
    count, reach = pairs.shape
    best = np.full(count + 1, -np.inf)  # the best sum over the first n items
    best[0] = 0.0
    came_from = np.zeros(count + 1, dtype=np.int64)
    price = np.concatenate(([0.0], borders[1:]))
    inside = np.zeros(count)  # what the group from each item to the current one adds
    for item in range(count):
        low = max(0, item - longest + 1)
        near = max(0, item - reach)
        others = np.arange(near, item)
        # A group that begins at an item gains that item's pair with the current one, and all pairs after it.
        gained = np.cumsum(pairs[others, item - others - 1][::-1])[::-1]
        inside[near:item] += gained
        if near > low and len(gained):
            inside[low:near] += gained[0]
        sums = best[low : item + 1] + price[low : item + 1] + inside[low : item + 1]
        first = low + len(sums) - 1 - int(np.argmax(sums[::-1]))
        best[item + 1], came_from[item + 1] = sums[first - low], first
    groups = []
    end = count
    while end:
        groups.append((int(came_from[end]), end))
        end = int(came_from[end])
    return groups[::-1]
