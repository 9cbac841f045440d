"""The figures of a ranked answer, against worked examples and their limits."""

from __future__ import annotations

import math

import pytest

from kuleshov.query.evaluation.retrieval_scores import mean_and_interval, ndcg, precision, recall


def test_ndcg_of_a_worked_example():
    # Gains 3, 2, 3, 0, 1, 2 of a topic that also has a 3 and a 2 that were not found.
    found, known = [3, 2, 3, 0, 1, 2], [3, 3, 3, 2, 2, 2, 1, 0]
    gained = 3 / 1 + 2 / math.log2(3) + 3 / 2 + 0 + 1 / math.log2(6) + 2 / math.log2(7)
    best = 3 / 1 + 3 / math.log2(3) + 3 / 2 + 2 / math.log2(5) + 2 / math.log2(6) + 2 / math.log2(7)
    assert ndcg(found, known, k=6) == pytest.approx(gained / best)


def test_the_best_order_is_one_and_any_other_is_less():
    known = [3, 2, 1, 0]
    assert ndcg([3, 2, 1, 0], known, k=10) == 1
    assert ndcg([2, 3, 1, 0], known, k=10) < 1
    assert ndcg([], known, k=10) == 0
    assert ndcg([0, 0], [0, 0], k=10) is not None
    assert math.isnan(ndcg([0, 0], [0, 0], k=10))


def test_precision_counts_empty_places_and_recall_what_was_not_found():
    assert precision([1, 2], k=5) == 2 / 5
    assert recall([1, 0, 2], [1, 2, 3, 0], k=10) == 2 / 3
    assert recall([0, 2], [1, 2], k=1) == 0
    assert math.isnan(recall([], [0], k=10))


def test_the_interval_holds_the_mean_narrows_with_more_queries_and_repeats():
    few, many = [0.0, 1.0] * 5, [0.0, 1.0] * 200
    mean, low, high = mean_and_interval(few)
    assert (mean, mean_and_interval(few)) == (0.5, (mean, low, high))
    assert low < 0.5 < high
    assert mean_and_interval(many)[2] - mean_and_interval(many)[1] < (high - low) / 2
    assert mean_and_interval([0.25, math.nan]) == (0.25, 0.25, 0.25)
    assert all(math.isnan(value) for value in mean_and_interval([math.nan]))
