"""A hundred thousand shots: answers stay exact, few rows are read, and nobody waits."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kuleshov.archive.catalog.catalog import Stamp
from kuleshov.archive.columns.columns import MEASURE_PATHS, Columns, Part
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.query import parse, search
from kuleshov.query.spec.ranking import BY_SCORE

COUNT = 100_000
BRIGHT, TENSION, SILENT = (VECTOR_NAMES.index(name) for name in ("bright", "tension", "silent"))


class LargeArchive:
    """The searching half of ``Archive`` over random vectors; rows are made when they are read."""

    path = Path("large")
    vector_names = VECTOR_NAMES

    def __init__(self, shot):
        rng = np.random.default_rng(1)
        self.vectors = rng.uniform(-1, 1, (COUNT, len(VECTOR_NAMES))).astype(np.float32)
        self.vectors[: COUNT // 2, SILENT] = np.nan
        self.seconds = rng.lognormal(1, 1, COUNT).round(2)
        self.rows_read = 0
        self._shot = shot(0)
        self._film = FilmEntry("0" * 32, "large", "large.mkv", 1e6, 1, COUNT, 0, "p", "2024")

    def films(self):
        return [self._film]

    def columns(self, unit):
        count = COUNT if unit == "shot" else 0
        measures = np.broadcast_to(self.seconds[:count], (len(MEASURE_PATHS), count))
        segments = np.tile(np.arange(count), (2, 1))
        films = ((self._film.content_id, count),)
        part = Part(segments, measures, np.ascontiguousarray(self.vectors[:count].T), films)
        return Columns(Stamp("large", 1), VECTOR_NAMES, [part])

    def segments(self, unit, ids):
        self.rows_read += len(ids)
        return [
            SegmentRow(
                i, self._film, "shot", replace(self._shot, index=i, end_seconds=self.seconds[i]), self.vectors[i]
            )
            for i in ids
        ]


@pytest.fixture(scope="module")
def large(shot):
    return LargeArchive(shot)


@pytest.mark.parametrize(
    "text",
    [
        "bright and silent shots",
        "extremely bright, extremely silent, extremely dark",  # none
        "bright silent shots longer than 20 s",
        "very bright, very warm, very saturated, very loud, very moving, very shaky",  # very few
        "not silent shots, not dark",
        "longest bright shots",
        "brightest and most silent shots",
        "shots longer than 5 s",
    ],
)
def test_a_search_is_exact_and_quick(large, text):
    query = parse(text)
    ok = np.ones(COUNT, dtype=bool)
    for one in query.conditions:
        ok &= np.array([one.accepts(value) for value in large.seconds.tolist()])
    score = np.zeros(COUNT)
    for term in query.terms:
        values = large.vectors[:, VECTOR_NAMES.index(term.name)].astype(np.float64)
        ok &= term.sign * values >= term.minimum if term.inclusive else term.sign * values > term.minimum
        score += term.sign * term.weight * np.nan_to_num(values)
    large.rows_read = 0

    started = time.perf_counter()
    result = search(large, query, ranking=BY_SCORE)
    seconds = time.perf_counter() - started

    assert len(result.hits) == min(10, ok.sum())
    assert all(ok[hit.index] for hit in result.hits)
    if query.terms and query.sort is None:
        best = np.sort(score[ok])[::-1][:10]
        assert [hit.score for hit in result.hits] == pytest.approx(best.tolist(), abs=1e-6)
    assert large.rows_read <= 3000
    assert seconds < 4  # twenty times what it takes


def test_equal_scores_do_not_read_everything(shot):
    archive = LargeArchive(shot)
    archive.vectors[:] = 0.5
    archive.seconds[:] = 3.0
    for text in ("bright silent shots", "longest", "shots under 5 s"):
        archive.rows_read = 0
        result = search(archive, text, ranking=BY_SCORE)
        assert [hit.index for hit in result.hits] == list(range(10))
        assert archive.rows_read <= 8000
