"""What a value counts in its archive: against the formula done slowly, and what it must and must not do."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.columns.columns import MEASURE_PATHS, Columns, Part
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.query.matching.calibration import PLAIN, Calibration, blend_of, calibration_of
from kuleshov.query.matching.column_table import ColumnTable, Selection, table_of

CONTENT_IDS = [f"{(number * 2654435761) % 2**32:08x}{'0' * 24}" for number in range(1, 9)]


def table(values: np.ndarray, *, name: str = "tension", films: int = 1, order=None, parts: int = 1) -> ColumnTable:
    """A table in which ``name`` has these values in films of equal size; ``order``: in which they were added."""
    vectors = np.full((len(values), len(VECTOR_NAMES)), np.nan, dtype=np.float32)
    vectors[:, VECTOR_NAMES.index(name)] = values
    pieces = np.array_split(vectors, films)
    first, stored = 0, []
    for added in np.array_split(np.array(order or range(films)), parts):
        sizes = [len(pieces[number]) for number in added]
        ids = np.arange(first, first + sum(sizes))
        segments = np.stack([ids, np.concatenate([np.arange(size) for size in sizes])])
        chosen = np.ascontiguousarray(np.concatenate([pieces[number] for number in added]).T)
        films_of = tuple((CONTENT_IDS[number], size) for number, size in zip(added, sizes, strict=True))
        stored.append(Part(segments, np.zeros((len(MEASURE_PATHS), len(ids))), chosen, films_of))
        first += len(ids)
    return ColumnTable(Columns(Stamp("test", 0), VECTOR_NAMES, stored), "shot")


def by_definition(values: list[float], value: float) -> float:
    """The formula of the module, one value at a time."""
    if math.isnan(value):
        return value
    measured = [one for one in values if not math.isnan(one)]
    blend = 0.5 * max(0.0, 1 - 30 / len(measured))
    steps = [int((one + 1) * 2048) for one in measured]
    here = int((value + 1) * 2048)
    less = sum(one < here for one in steps) + sum(one == here for one in steps) / 2
    more = len(measured) - less
    return float(np.sign(value) * abs(value) ** (1 - blend) * ((less if value > 0 else more) / len(measured)) ** blend)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("size", [1, 30, 31, 400])
def test_every_value_counts_by_the_definition(size, parts):
    values = np.random.default_rng(size).uniform(-1, 1, size).round(2).astype(np.float32)  # with ties
    values[5:8] = np.nan
    calibration = calibration_of(table(values, films=min(size, 6), parts=min(parts, size)), "tension")
    counted = calibration.calibrated(values)
    expected = [by_definition(values.tolist(), value) for value in values.tolist()]
    np.testing.assert_allclose(counted, expected, rtol=1e-6)
    np.testing.assert_allclose(calibration.calibrated(values, sign=-1), -counted, rtol=1e-6)


def test_more_of_a_quality_never_counts_less():
    values = np.sort(np.random.default_rng(1).normal(0, 0.4, 500).clip(-1, 1)).astype(np.float32)
    assert (np.diff(calibration_of(table(values), "tension").calibrated(values)) >= 0).all()


def test_a_small_archive_counts_values_as_they_are():
    values = np.linspace(-1, 1, 30, dtype=np.float32)
    calibration = calibration_of(table(values), "tension")
    np.testing.assert_array_equal(calibration.calibrated(values), values.astype(np.float64))
    assert blend_of(30) == blend_of(0) == 0
    assert 0 < blend_of(31) < blend_of(300) < blend_of(10**6) < 0.5


def test_not_calibrated_counts_values_as_they_are():
    values = np.linspace(-1, 1, 300, dtype=np.float32)
    for calibration in (Calibration.of(values, calibrated=False), PLAIN):
        np.testing.assert_array_equal(calibration.calibrated(values), values.astype(np.float64))


def test_values_are_told_apart_to_a_step():
    calibration = Calibration.of([0.1] * 50 + [0.10002] * 50 + [0.11] * 50)
    assert calibration.percentile(0.1) == calibration.percentile(0.10002)
    assert calibration.percentile(0.11).below == pytest.approx(100 / 150)


def test_what_is_rare_counts_beside_what_is_common():
    """A tension of 0.3 that few have counts more than a long take of 0.5 that most have."""
    rng = np.random.default_rng(2)
    tense = Calibration.of(rng.normal(0, 0.12, 2000), unit="shot")
    long = Calibration.of(rng.normal(0.6, 0.25, 2000).clip(-1, 1), unit="shot")
    assert float(tense.calibrated(0.3)) > 1.2 * float(long.calibrated(0.5))


def test_calm_films_have_no_tense_shots():
    """The most tense shot of an archive of calm films does not pass for tense: its standing counts half at most."""
    calm = Calibration.of(np.random.default_rng(3).uniform(-0.6, 0.02, 1000), unit="shot")
    assert calm.percentile(0.02).percentile > 99
    assert float(calm.calibrated(0.02)) < 0.15
    assert float(calm.calibrated(0.0)) == 0
    assert float(calm.calibrated(-0.3)) < -0.3


def test_a_step_stands_where_its_value_stands():
    values = np.random.default_rng(4).uniform(-1, 1, 500)
    calibration = Calibration.of(values, unit="shot")
    for value, sign in ((0.4, 1), (-0.4, -1)):
        step = (value - 0.1) * sign / 2
        place = calibration.percentile(value, sign=sign).percentile / 100
        blend = calibration.blend
        assert float(calibration.calibrated(value, sign=sign, amounts=step)) == pytest.approx(
            np.sign(step) * abs(step) ** (1 - blend) * (place if step > 0 else 1 - place) ** blend
        )


def test_the_place_in_words_counts_only_what_lies_below():
    calibration = Calibration.of([0.0] * 60 + [0.5] * 40, unit="scene")
    assert calibration.in_words(0.5) == "more so than 60 % of the archive's 100 scenes"
    assert calibration.in_words(0.0) == "more so than 0 % of the archive's 100 scenes"
    assert calibration.in_words(0.0, sign=-1) == "more so than 40 % of the archive's 100 scenes"
    assert calibration.percentile(0.5).percentile == 80
    assert calibration.percentile(0.5, sign=-1).percentile == 20


def test_nothing_depends_on_which_film_was_added_first():
    values = np.random.default_rng(5).uniform(-1, 1, 800).astype(np.float32)
    one, other = table(values, films=8), table(values, films=8, order=[3, 1, 7, 0, 2, 6, 4, 5], parts=4)
    counted = [
        calibration_of(at, "tension").calibrated(at.column("tension"))[at.columns.order_keys(np.arange(800)).argsort()]
        for at in (one, other)
    ]
    np.testing.assert_array_equal(*counted)
    samples = [set(at.columns.order_keys(at.sample(50)).tolist()) for at in (one, other)]
    assert samples[0] == samples[1]
    assert len(samples[0]) == 50


def test_the_table_leaves_out_what_no_longer_counts():
    values = np.arange(100, dtype=np.float32) / 100
    columns = table(values, films=2, parts=2).columns
    part = replace(columns.parts[0], gone=frozenset({columns.parts[0].films[0][0]}))
    left = ColumnTable(Columns(Stamp("test", 1), VECTOR_NAMES, [part, columns.parts[1]]), "shot")
    assert left.counted.tolist() == [False] * 50 + [True] * 50
    assert np.isnan(left.column("tension")[:50]).all()
    assert calibration_of(left, "tension").size == 50
    assert left.sample(10).min() >= 50
    assert Selection.of(left).among([0, 99]).rows().tolist() == [99]
    assert left.index(np.array([50, 99])).tolist() == [0, 49]


def test_a_table_is_made_once_for_a_state(tmp_path):
    from kuleshov.archive import Archive

    with Archive.open(tmp_path / "archive", create=True) as archive:
        assert table_of(archive, "shot") is table_of(archive, "shot")
        assert len(table_of(archive, "shot").counted) == 0
