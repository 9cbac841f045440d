"""Reels and paths: the best by weight within the length, reasons that add up, steps that are bounded."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.errors import GrammarError, QueryError
from kuleshov.query.assembled.comfort_path import comfort_path
from kuleshov.query.assembled.reel import load_profile, profile_names, ranked, reel

from .conftest import make_shot
from .test_search_archive import describe

#: Valence and arousal of the one scene of each film.
FILMS = {"A": (-0.4, 0.4), "B": (-0.2, 0.3), "C": (0.0, 0.2), "D": (0.2, 0.1), "E": (0.4, 0.0), "Far": (0.9, 0.9)}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with Archive.open(tmp_path_factory.mktemp("reel") / "archive", create=True) as store:
        for title, (valence, arousal) in FILMS.items():
            shots = [
                make_shot(
                    n, seconds=4.0 + n, start=10.0 * n, feel={"valence": valence, "arousal": arousal, "tension": tense}
                )
                for n, tense in enumerate((valence, -valence, 0.3))
            ]
            analysis = describe(title, shots)
            vectors = {
                "shot": affect_vectors(analysis.shots, shots=shots),
                "scene": affect_vectors(analysis.scenes, shots=shots),
            }
            store.add(analysis, Tracks(), vectors, VECTOR_NAMES)
        yield store


@pytest.fixture
def tense(tmp_path):
    path = tmp_path / "tense.toml"
    path.write_text('description = "d"\nsource = "s"\nunit = "shot"\n[weights]\ntension = 3\nvalence = -1\n')
    return load_profile(str(path))


def test_a_reel_holds_the_best_that_fit_in_the_order_of_time(archive, tense) -> None:
    hits = reel(archive, tense, seconds=14.0)
    assert sum(hit.out_seconds - hit.in_seconds for hit in hits) <= 14.0
    assert [(hit.film, hit.index) for hit in hits] == sorted((hit.film, hit.index) for hit in hits)
    best = ranked(archive, tense)[0]
    assert best in hits
    assert all(
        one.score >= two.score for one, two in zip(ranked(archive, tense), ranked(archive, tense)[1:], strict=False)
    )


def test_the_reasons_of_a_reel_add_up_to_the_weighted_mean(archive, tense) -> None:
    (hit,) = [hit for hit in ranked(archive, tense) if (hit.film, hit.index) == ("A", 1)]
    assert hit.score == pytest.approx((3 * 0.4 + 0.4) / 4)
    assert math.fsum(reason.contribution for reason in hit.reasons) == hit.score


def test_a_reel_can_stay_within_films(archive, tense) -> None:
    only = archive.resolve("B").content_id
    assert {hit.film for hit in reel(archive, tense, seconds=100.0, films=[only])} == {"B"}


def test_flashes_and_black_are_no_moments(tmp_path, tense) -> None:
    shots = [
        make_shot(0, seconds=0.4, feel={"tension": 0.9}),
        make_shot(1, seconds=4.0, contrast_range=0.01, feel={"tension": 0.8}),
        make_shot(2, seconds=4.0, feel={"tension": 0.3}),
    ]
    analysis = describe("Leader", shots)
    vectors = {
        "shot": affect_vectors(analysis.shots, shots=shots),
        "scene": affect_vectors(analysis.scenes, shots=shots),
    }
    with Archive.open(tmp_path / "archive", create=True) as store:
        store.add(analysis, Tracks(), vectors, VECTOR_NAMES)
        assert [hit.index for hit in ranked(store, tense)] == [2]


def test_a_reel_needs_a_length(archive, tense) -> None:
    with pytest.raises(QueryError, match="give a length above 0"):
        reel(archive, tense, seconds=0.0)


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_loads_and_says_where_it_comes_from(name) -> None:
    profile = load_profile(name)
    assert profile.weights
    assert set(profile.weights) <= set(VECTOR_NAMES)
    assert profile.description
    assert profile.source
    assert bool(profile.notice) == (name == "distress")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('description = "d"\nsource = "s"\nunit = "film"\n[weights]\ntension = 1\n', "unit: 'film' is unknown"),
        (
            'description = "d"\nsource = "s"\nunit = "shot"\n[weights]\ntensoin = 1\n',
            "weights.tensoin: unknown setting",
        ),
        ('description = "d"\nsource = "s"\nunit = "shot"\n[weights]\ntension = 0\n', "at least one weight"),
        ('description = "d"\nunit = "shot"\n[weights]\ntension = 1\n', "source: is missing"),
    ],
)
def test_a_broken_profile_is_refused(tmp_path, text, complaint) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(GrammarError, match=complaint):
        load_profile(str(path))


def test_an_unknown_profile_names_the_others() -> None:
    with pytest.raises(QueryError, match="there are: comfort, confusion"):
        load_profile("bliss")


def test_a_path_leads_in_bounded_steps(archive) -> None:
    start, goal = (-0.4, 0.4), (0.4, 0.0)
    hits = comfort_path(archive, start=start, goal=goal, step=0.25)
    points = [start, *((hit.reasons[0].value, hit.reasons[1].value) for hit in hits), goal]
    steps = np.linalg.norm(np.diff(np.array(points), axis=0), axis=1)
    assert np.all(steps <= 0.25 + 1e-6)
    assert [hit.film for hit in hits] == ["B", "C", "D"]


def test_a_path_of_nothing_is_empty(archive) -> None:
    assert comfort_path(archive, start=(0.0, 0.0), goal=(0.05, 0.0), step=0.25) == []


def test_no_path_says_which_step_would_do(archive) -> None:
    with pytest.raises(QueryError, match=r"need steps of 1\.0"):
        comfort_path(archive, start=(-0.4, 0.4), goal=(0.9, 0.9), step=0.25)
    far = np.hypot(0.5, 0.9)
    assert comfort_path(archive, start=(0.4, 0.0), goal=(0.9, 0.9), step=float(far) + 0.01) == []
