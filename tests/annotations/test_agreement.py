"""Agreement: the worked examples of the papers that define it, and what must hold of any ratings."""

from __future__ import annotations

import numpy as np
import pytest

from kuleshov.annotations.agreement import icc2, krippendorff_alpha

_ = np.nan
#: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
#: Shrout & Fleiss (1979), table 2: six targets, four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_the_published_example(level, alpha):
    assert krippendorff_alpha(KRIPPENDORFF, level=level) == pytest.approx(alpha, abs=0.0005)


def test_icc_is_that_of_the_published_example():
    single, mean = icc2(SHROUT_FLEISS)
    assert single == pytest.approx(0.29, abs=0.005)
    assert mean == pytest.approx(0.62, abs=0.005)


def test_who_agrees_wholly_has_one_and_who_guesses_about_nothing():
    same = np.tile([1.0, 2.0, 3.0, 5.0], (3, 1))
    assert krippendorff_alpha(same, level="ordinal") == pytest.approx(1)
    assert icc2(same.T) == (pytest.approx(1), pytest.approx(1))
    guessed = np.random.default_rng(0).integers(1, 6, (3, 400)).astype(float)
    assert abs(krippendorff_alpha(guessed, level="interval")) < 0.06
    assert abs(icc2(guessed.T)[0]) < 0.06


def test_a_zero_of_ones_own_costs_absolute_agreement():
    table = np.random.default_rng(1).normal(size=(30, 2))
    table[:, 1] = table[:, 0]
    shifted = table + np.array([0, 2])
    assert icc2(shifted)[0] < 0.6 < icc2(table)[0]


def test_what_can_not_be_told_is_nan():
    assert np.isnan(krippendorff_alpha([[1, _], [_, 2]], level="nominal"))  # no unit is rated twice
    assert np.isnan(krippendorff_alpha([[1, 1], [1, 1]], level="nominal"))  # nothing could differ
    assert np.isnan(krippendorff_alpha(np.empty((0, 0)), level="nominal"))
    assert all(np.isnan(icc2([[1, _], [_, 2], [3, 3]])))


def test_a_unit_that_one_rated_alone_changes_nothing():
    more = np.hstack([np.array(KRIPPENDORFF), [[5], [_], [_], [_]]])
    for level in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha(more, level=level) == krippendorff_alpha(KRIPPENDORFF, level=level)
