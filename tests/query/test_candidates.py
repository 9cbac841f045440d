"""Columns decide as a plain look at every segment does: random archives, ties, the unmeasured, films that left."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.columns.columns import MEASURE_PATHS, Columns, Part
from kuleshov.query import Condition, Query, Sort, Term
from kuleshov.query.match_query import match_query
from kuleshov.query.matching.column_table import ColumnTable, Selection
from kuleshov.query.ranking.rank import rank_hits
from kuleshov.query.spec.ranking import BY_SCORE

NAMES = ("bright", "silent", "tension")
PATHS = ("duration_seconds", "sound.loudness_lufs")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("kuleshov.archive.columns.columns._BLOCK", 7)
    monkeypatch.setattr("kuleshov.query.ranking.rank._MOST_ORDERED", 5)


class ColumnsAlone:
    """As much of an archive as ranking needs."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def columns(self, unit: str) -> Columns:
        return self._columns


def some_columns(rng: np.random.Generator) -> Columns:
    """Up to four parts of a few films each, some of them gone, values on a coarse grid so that many tie."""
    parts, next_id, films = [], 1, 0
    for _ in range(int(rng.integers(0, 5))):
        counts = rng.integers(1, 9, size=rng.integers(1, 5)).tolist()
        n = sum(counts)
        grid = rng.integers(-3, 4, size=(len(MEASURE_PATHS) + len(NAMES), n)) / 4  # sums of these are exact
        grid[rng.random(grid.shape) < 0.15] = np.nan
        # Ids of other units lie between.
        ids = next_id + np.cumsum(rng.integers(1, 3, size=n))
        # Content ids are in no order.
        names = [f"{(7 * (films + film)) % 23:02d}" for film in range(len(counts))]
        next_id, films = int(ids[-1]) + 1, films + len(counts)
        segments = np.stack([ids, np.concatenate([np.arange(count) for count in counts])])
        gone = frozenset(name for name in names if rng.random() < 0.2)
        measures, values = grid[: len(MEASURE_PATHS)], grid[len(MEASURE_PATHS) :].astype(np.float32)
        parts.append(Part(segments, measures, values, tuple(zip(names, counts, strict=True)), gone))
    return Columns(Stamp("made", 1), NAMES, parts)


def plain(columns: Columns) -> list[tuple[int, str, int, dict[str, float]]]:
    """Return (id, film, index, numbers by name) of every segment that counts, by a loop."""
    rows = []
    for part in columns.parts:
        films = [film for film, count in part.films for _ in range(count)]
        for row, film in enumerate(films):
            if film not in part.gone:
                numbers = {path: float(part.measures[MEASURE_PATHS.index(path), row]) for path in PATHS}
                numbers |= {name: float(part.values[place, row]) for place, name in enumerate(NAMES)}
                rows.append((int(part.segments[0, row]), film, int(part.segments[1, row]), numbers))
    return rows


def expected(columns: Columns, query: Query, films: set[str] | None, k: int) -> list[int]:
    """The first ``k`` ids, told by a loop over all segments and one sort."""
    found, implied = [], None
    if query.conditions and not query.terms:  # limits alone are ordered by the first
        implied = Sort(query.conditions[0].measure, query.conditions[0].op in (">", ">="), "")
    for id, film, index, numbers in plain(columns):
        fits = all(one.accepts(numbers[one.measure]) for one in query.conditions)
        fits = fits and all(one.accepts(numbers[one.name]) for one in query.terms)
        sort, key = query.sort or implied, 0.0
        if sort is not None:
            key = numbers[sort.key] * (1 if sort.descending else -1)
        if fits and not math.isnan(key) and (films is None or film in films):
            parts = [one.sign * one.weight * numbers[one.name] for one in query.terms]
            score = math.fsum(part for part in parts if not math.isnan(part))
            found.append((-key, -score, film, index, id))
    return [entry[-1] for entry in sorted(found)[:k]]


def some_query(rng: np.random.Generator) -> Query:
    names = rng.choice(NAMES, size=rng.integers(0, 4), replace=False)
    terms = tuple(
        Term(
            str(name),
            int(rng.choice([-1, 1])),
            ((1.0,), (0.5, 0.5), (0.5, 0.25, 0.25))[len(names) - 1][number],
            float(rng.choice([-1 / 4, 0, 0.1, 1 / 4])),
            str(name),
            inclusive=bool(rng.random() < 0.5),
            hint=bool(rng.random() < 0.2),
        )
        for number, name in enumerate(names)
    )
    conditions = tuple(
        Condition(str(path), str(rng.choice(["<", "<=", ">", ">="])), float(rng.integers(-2, 3) / 4))
        for path in rng.choice(PATHS, size=rng.integers(0, 3), replace=False)
    )
    sort = Sort(str(rng.choice([*NAMES, *PATHS])), bool(rng.random() < 0.5), "") if rng.random() < 0.5 else None
    return Query("", terms, conditions, sort)


@pytest.mark.parametrize("seed", range(60))
def test_the_first_are_those_of_a_plain_look_at_all(seed):
    rng = np.random.default_rng(seed)
    columns = some_columns(rng)
    for _ in range(6):
        query, k = some_query(rng), int(rng.integers(1, 30))
        films = None if rng.random() < 0.5 else {f"{film:02d}" for film in rng.integers(0, 23, size=9)}
        matches = match_query(ColumnsAlone(columns), query, films=films, calibrated=False)
        rows = [hit.row for hit in rank_hits(matches, k=k, ranking=BY_SCORE)]
        assert columns.ids(np.array(rows, dtype=np.int64)).tolist() == expected(columns, query, films, k), query


@pytest.mark.parametrize("seed", range(10))
def test_ids_rows_and_vectors_belong_together(seed):
    rng = np.random.default_rng(seed)
    columns = some_columns(rng)
    rows = plain(columns)
    assert len(columns) == len(rows)
    ids = np.array([id for id, *_ in rows], dtype=np.int64)
    assert Selection.of(ColumnTable(columns, "shot")).ids().tolist() == ids.tolist()
    places = columns.at(ids)
    assert (places >= 0).all()
    assert columns.ids(places).tolist() == ids.tolist()
    wanted = np.array([[numbers[name] for name in NAMES] for *_, numbers in rows], dtype=np.float32).reshape(-1, 3)
    np.testing.assert_array_equal(columns.vectors(places), wanted)
    order = np.argsort(columns.order_keys(places)).tolist()
    assert [rows[i][1:3] for i in order] == sorted(row[1:3] for row in rows)
    strange = np.array([0, 10**6, *(part.segments[0, 0] for part in columns.parts if part.films[0][0] in part.gone)])
    assert (columns.at(strange) == -1).all()
    assert np.isnan(columns.vectors(columns.at(strange))).all()
