"""Patterns of shot lengths: of lengths drawn from known distributions, and of real films."""

from __future__ import annotations

import csv
import math
from collections import defaultdict

import numpy as np
import pytest

from kuleshov.cinema.editing.editing import (
    describe_editing,
    intensification,
    lognormal,
    long_shot_seconds,
    rhythm_slope,
)

DRAWN = np.random.default_rng(0)


def times(lengths):
    ends = np.cumsum(lengths)
    return list(zip((ends - lengths).tolist(), ends.tolist(), strict=True))


def pink(count, *, slope=1.0, seed=0):
    """Lengths whose logarithms have a spectrum of 1 / f^slope."""
    rng = np.random.default_rng(seed)
    frequencies = np.fft.rfftfreq(count)
    frequencies[0] = 1
    spectrum = (rng.normal(size=len(frequencies)) + 1j * rng.normal(size=len(frequencies))) * frequencies ** (
        -slope / 2
    )
    spectrum[0] = 0
    wave = np.fft.irfft(spectrum, count)
    return np.exp(0.7 * wave / wave.std() + 1)


def test_averages_of_a_known_sequence():
    editing = describe_editing(times(np.array([2.0, 4.0, 12.0, 2.0])), long_seconds=None)
    assert editing.shots == 4
    assert editing.average_shot_length_seconds == 5.0
    assert editing.median_shot_length_seconds == 3.0
    assert (editing.shortest_shot_seconds, editing.longest_shot_seconds) == (2.0, 12.0)
    assert editing.cuts_per_minute == pytest.approx(9.0)
    assert editing.long_takes == 1
    assert editing.log_mean is editing.lognormal_fit is editing.long_shot_seconds is editing.rhythm_slope is None


def test_one_shot_is_a_film_too():
    editing = describe_editing([(0.0, 90.0)], long_seconds=None)
    assert (editing.shots, editing.cuts_per_minute, editing.long_takes) == (1, 0.0, 1)
    assert editing.intensification is None


def test_the_lognormal_is_that_which_was_drawn_from():
    found = lognormal(np.exp(DRAWN.normal(1.2, 0.8, 3000)).tolist())
    assert found is not None
    assert found.mean == pytest.approx(1.2, abs=0.05)
    assert found.deviation == pytest.approx(0.8, abs=0.04)
    assert found.fit > 0.995
    assert found.long_seconds == pytest.approx(math.exp(1.2 + 1.645 * 0.8), rel=0.1)


def test_what_is_not_lognormal_fits_worse():
    two_kinds = np.concatenate([DRAWN.normal(1, 0.05, 150), DRAWN.normal(20, 0.5, 150)])
    found = lognormal(two_kinds.tolist())
    assert found is not None
    assert found.fit < 0.85
    equal = lognormal([3.0] * 30)
    assert equal is not None
    assert (equal.deviation, equal.fit) == (pytest.approx(0), 0)
    assert lognormal([3.0] * 19) is None


def test_a_long_take_is_long_for_its_film():
    slow = times(np.exp(DRAWN.normal(math.log(15), 0.5, 60)))
    long = long_shot_seconds(slow)
    assert long is not None
    assert long > 25
    assert describe_editing(slow, long_seconds=long).long_takes < 0.15 * 60
    assert describe_editing(slow, long_seconds=None).long_takes > 0.6 * 60
    fast = times(np.full(60, 1.5))
    assert describe_editing(fast, long_seconds=long_shot_seconds(fast)).long_takes == 0


@pytest.mark.parametrize(("slope", "tolerance"), [(0.0, 0.15), (0.5, 0.15), (1.0, 0.15)])
def test_the_slope_of_the_rhythm(slope, tolerance):
    found = [rhythm_slope(pink(600, slope=slope, seed=seed).tolist()) for seed in range(8)]
    assert np.mean([each for each in found if each is not None]) == pytest.approx(slope, abs=tolerance)


def test_few_or_equal_shots_have_no_rhythm():
    assert rhythm_slope(pink(63).tolist()) is None
    assert rhythm_slope([2.0] * 100) is None
    assert rhythm_slope(pink(64).tolist()) is not None


def test_a_scene_tightens_where_its_shots_get_shorter_or_closer():
    shrinking = [8, 7, 5, 4, 3, 2, 1.5, 1]
    assert intensification(shrinking) > 0.9  # type: ignore[operator]
    assert intensification(shrinking[::-1]) == pytest.approx(-intensification(shrinking))  # type: ignore[operator]
    assert abs(intensification([3, 2, 3, 2, 3, 2, 3, 2.0])) < 0.1  # type: ignore[arg-type]
    closer = intensification([3.0] * 6, sizes=[0.1, 0.15, 0.2, 0.3, 0.5, 0.7])
    assert closer is not None
    assert closer > 0.8
    assert intensification([3.0] * 6) == 0
    assert intensification([3, 2, 1]) is None
    with pytest.raises(ValueError, match="2 sizes for 4 shots"):
        intensification([1.0] * 4, sizes=[1, 2])


def test_steadier_shortening_tightens_more():
    """From the same first length to the same last one, more and more evenly."""
    found = [intensification(lengths) for lengths in ([4, 6, 2, 7, 3, 1], [4, 5, 2, 4, 2, 1], [4, 3, 2.3, 1.7, 1.3, 1])]
    assert found == sorted(found)  # type: ignore[type-var]


def test_real_films_are_lognormal_nearly_and_have_rhythm(data):
    """The rhythm of shot lengths of the first parts of films, measured by people, is gone once they are shuffled."""
    films = defaultdict(list)
    with (data / "cinemetrics/ai-film-shot-analysis/hero_movies_clean.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            films[row["movie_title"]].append((int(row["shot_number"]), float(row["shot_length_sec"])))
    slopes, shuffled = [], []
    for name, shots in films.items():
        lengths = [length for _, length in sorted(shots) if length > 0]
        found = lognormal(lengths)
        assert found is not None
        assert found.fit > 0.85, name
        assert 1 < math.exp(found.mean) < 4, name
        if len(lengths) > 250:
            slopes.append(rhythm_slope(lengths))
            shuffled.append(rhythm_slope(np.random.default_rng(0).permutation(lengths).tolist()))
    assert len(slopes) == 6
    assert min(slopes) > 0.35
    assert max(slopes) < 1.1
    assert max(np.abs(shuffled)) < 0.25
