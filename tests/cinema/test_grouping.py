"""The best division of a sequence: as good as the best of all possible divisions."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.cinema.scenes.grouping import best_grouping


def total(groups, pairs, borders):
    """The sum of a division, pair by pair."""
    count, reach = pairs.shape
    scene = {item: number for number, (first, end) in enumerate(groups) for item in range(first, end)}
    inside = sum(
        pairs[one, other - one - 1]
        for one in range(count)
        for other in range(one + 1, min(one + reach, count - 1) + 1)
        if scene[one] == scene[other]
    )
    return inside + sum(borders[first] for first, _ in groups[1:])


def divisions(count, longest):
    for begins in product((False, True), repeat=count - 1):
        starts = [0, *(item + 1 for item, begun in enumerate(begins) if begun)]
        groups = list(pairwise([*starts, count]))
        if all(end - first <= longest for first, end in groups):
            yield groups


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_no_division_is_better(count, reach, longest, seed):
    rng = np.random.default_rng(seed)
    pairs, borders = rng.normal(size=(count, reach)), rng.normal(size=count)
    groups = best_grouping(pairs, borders, longest=longest)
    assert [item for first, end in groups for item in range(first, end)] == list(range(count))
    assert max(end - first for first, end in groups) <= longest
    best = max(total(each, pairs, borders) for each in divisions(count, longest))
    assert abs(total(groups, pairs, borders) - best) < 1e-9


def test_what_lies_past_the_end_and_before_the_first_is_not_asked():
    rng = np.random.default_rng(3)
    pairs, borders = rng.normal(size=(12, 5)), rng.normal(size=12)
    groups = best_grouping(pairs, borders)
    borders[0] = np.nan
    for item in range(12):
        pairs[item, 11 - item :] = np.nan
    assert best_grouping(pairs, borders) == groups


def test_nothing_and_one():
    assert best_grouping(np.zeros((0, 3)), np.zeros(0)) == []
    assert best_grouping(np.zeros((1, 1)), np.zeros(1)) == [(0, 1)]


def test_pairs_that_belong_together_stay_so_over_what_differs_between():
    """A-B-A-B: the two that alternate do not look alike, but are one group."""
    kinds = np.array([0, 1] * 4 + [2, 3] * 4)
    pairs = np.zeros((16, 4))
    for item in range(16):
        for lag in range(1, 5):
            if item + lag < 16:
                pairs[item, lag - 1] = 2.0 if kinds[item] == kinds[item + lag] else -1.0
    assert best_grouping(pairs, np.zeros(16)) == [(0, 8), (8, 16)]
