"""The judged queries: every line of the lists can be judged, and made films measure as they were drawn."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks/quality/retrieval"))

from facts import level_of
from made import make_films
from truth import Pool, read_wants

from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.query.evaluation.judgements import read_judgements

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks/quality/retrieval"


@pytest.fixture(scope="module")
def pool():
    return Pool(make_films(3, 9), "scene")


@pytest.mark.parametrize("name", ["dev", "heldout"])
def test_every_line_can_be_judged(pool, name):
    wants = read_wants((FOLDER / f"queries/{name}.txt").read_text())
    assert len(wants) == 266
    for want in wants:
        grades = pool.grades(want)
        assert grades.shape == (len(pool.places),)
        assert set(grades.tolist()) <= {0.0, 1.0, 2.0, 3.0}


def test_the_lists_share_wants_but_no_words():
    lists = [read_wants((FOLDER / f"queries/{name}.txt").read_text()) for name in ("dev", "heldout")]
    assert [want.parts for want in lists[0]] == [want.parts for want in lists[1]]
    assert not {want.text for want in lists[0]} & {want.text for want in lists[1]}


@pytest.mark.parametrize(("fact", "name", "sign"), [("dark", "bright", -1), ("loud", "loud", 1), ("shaky", "shaky", 1)])
def test_what_was_drawn_is_measured(pool, fact, name, sign):
    scenes = pool.stretches
    vectors = affect_vectors([one.record for one in scenes], shots=[])
    values = sign * vectors[:, VECTOR_NAMES.index(name)]
    levels = np.array([level_of(fact, one) for one in scenes])
    assert (values[levels >= 1] > 0).all()
    assert (values[levels <= -1] < 0).all()
    assert (levels >= 1).any()


def test_the_same_seed_makes_the_same_films():
    one, other = make_films(5, 1), make_films(5, 1)
    assert one[0].analysis == other[0].analysis
    assert make_films(6, 1)[0].analysis != one[0].analysis


def test_what_was_seen_in_real_clips_can_be_read():
    judgements = read_judgements(FOLDER / "real.csv")
    assert len({one.query for one in judgements}) == 20
    assert {one.grade for one in judgements} == {1.0, 2.0, 3.0}
