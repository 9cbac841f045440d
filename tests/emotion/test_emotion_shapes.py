"""Shapes of curves: the six are distinguished under noise and bent time; warping finds the cheapest path."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.emotion.shapes import (
    BAND,
    POINTS,
    curve_likeness,
    likeness,
    resampled,
    shape_likenesses,
    shape_of,
    smoothed,
    template,
    warping_path,
)
from kuleshov.records import SHAPES


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("seed", range(4))
def test_a_shape_is_known_under_noise_and_bent_time(name, seed) -> None:
    rng = np.random.default_rng(seed)
    bent = np.linspace(0, 1, 300) ** rng.uniform(0.8, 1.25)
    curve = 0.3 * np.interp(bent, np.linspace(0, 1, POINTS), template(name)) + rng.normal(0, 0.1, 300) + 0.2
    found = shape_of(curve)
    assert found.name == name
    assert 0.3 < found.confidence <= 1


def test_the_opposite_course_is_unlike() -> None:
    assert shape_likenesses(template("rise"))["fall"] < -0.8


def test_noise_alone_is_told_with_little_confidence() -> None:
    rng = np.random.default_rng(1)
    confidences = [shape_of(rng.normal(0, 0.5, 300)).confidence for _ in range(12)]
    assert np.median(confidences) < 0.3


def test_a_flat_curve_has_no_shape() -> None:
    assert shape_of(np.full(100, 0.4)).name is None
    assert shape_of(np.full(100, np.nan)).name is None
    assert curve_likeness(np.full(100, 0.4), template("rise")) is None


def test_gaps_are_bridged() -> None:
    curve = 0.5 * template("fall-rise")
    curve[20:26] = np.nan
    assert shape_of(curve).name == "fall-rise"


def test_level_and_size_do_not_count() -> None:
    curve = np.sin(np.linspace(0, 5, 200))
    assert curve_likeness(curve, 0.2 * curve + 0.6) == pytest.approx(1.0)


def test_smoothing_keeps_level_and_length() -> None:
    assert smoothed(np.full(30, 0.7), 9.0) == pytest.approx(np.full(30, 0.7))
    assert len(smoothed(np.arange(50.0), 11.0)) == 50
    assert smoothed(np.arange(5.0), 1.9).tolist() == [0, 1, 2, 3, 4]


def cheapest(one: np.ndarray, other: np.ndarray, reach: int) -> float:
    """The cost of the best path, by the recursion of the textbook."""
    count = len(one)
    total = np.full((count, count), np.inf)
    for row in range(count):
        for column in range(max(0, row - reach), min(count, row + reach + 1)):
            before = [
                total[i, j]
                for i, j in ((row - 1, column - 1), (row - 1, column), (row, column - 1))
                if i >= 0 and j >= 0
            ]
            total[row, column] = (one[row] - other[column]) ** 2 + (min(before) if row or column else 0.0)
    return float(total[-1, -1])


@pytest.mark.parametrize("seed", range(6))
def test_the_path_is_the_cheapest_one(seed) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, 25))
    path = warping_path(one, other, band=0.2)
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [24, 24]
    assert set(map(tuple, np.diff(path, axis=0).tolist())) <= {(0, 1), (1, 0), (1, 1)}
    assert np.abs(path[:, 0] - path[:, 1]).max() <= 5
    assert ((one[path[:, 0]] - other[path[:, 1]]) ** 2).sum() == pytest.approx(cheapest(one, other, 5))


def test_a_course_that_is_late_is_alike_within_the_band_only() -> None:
    times = np.linspace(0, 1, POINTS)
    peak = lambda at: np.exp(-(((times - at) / 0.08) ** 2))  # noqa: E731
    near, far = likeness(peak(0.4), peak(0.4 + BAND * 0.6)), likeness(peak(0.2), peak(0.8))
    assert near > 0.95
    assert far < 0.3


def test_a_curve_of_other_length_is_refused() -> None:
    with pytest.raises(ValueError, match="curves of 3 and 4 values"):
        warping_path(np.zeros(3), np.zeros(4))


def test_a_curve_is_resampled_to_the_same_number_of_points() -> None:
    drawn = resampled(np.linspace(-1, 1, 7))
    assert drawn is not None
    assert len(drawn) == POINTS
    assert np.all(np.diff(drawn) >= 0)
