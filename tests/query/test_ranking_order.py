"""The order of an answer: films mixed, copies as one hit, and the same whatever was ingested first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.query import Ranking, parse, search
from kuleshov.query.explain.why_not import why_not
from kuleshov.query.ranking.diversity import LEAST_SHARE, MOST_OF_A_FILM, PAGE, spread
from kuleshov.query.spec.ranking import BY_SCORE

from .test_search_archive import describe

MIXED = Ranking(collapse=False)


def found(result):
    return [(hit.film, hit.index) for hit in result.hits]


# Films mixed


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(1, 70), st.integers(0, 99))
def test_hits_of_all_films_come_and_none_is_lost(films, k, seed):
    scores = np.sort(np.random.default_rng(seed).uniform(0.01, 1, len(films)))[::-1]
    shown, unsure = spread(np.array(films, dtype=np.int32), scores, k=k)
    assert not unsure
    assert len(shown) == len(set(shown)) == min(k, len(films))
    for film in set(films):
        assert (order := [place for place in shown if films[place] == film]) == sorted(order)
    for start in range(0, len(shown), PAGE):
        for number, place in enumerate(shown[start : start + PAGE], start=start):
            waiting = sorted(set(range(len(films))) - set(shown[:number]))
            taken = [films[one] for one in shown[start:number]]
            free = [one for one in waiting if taken.count(films[one]) < MOST_OF_A_FILM]
            if free and scores[free[0]] >= LEAST_SHARE * scores[waiting[0]]:
                assert place == free[0]
            else:
                assert place == waiting[0]


def test_more_candidates_are_asked_for_where_one_film_fills_the_first():
    film = np.zeros(20, dtype=np.int32)
    assert spread(film, np.linspace(1, 0.8, 20), k=10, more=True) == ([0, 1, 2], True)
    assert spread(film, np.linspace(1, 0.2, 20), k=10, more=True) == (list(range(10)), False)  # none is good enough
    assert spread(film, np.linspace(1, 0.8, 20), k=10, more=False) == (list(range(10)), False)


@pytest.fixture
def five_films(archive, shot):
    """One film of 100 very dark shots; four of three dark ones each, a little brighter; and bright ones."""
    archive.add("darkest", [shot(n, luma_mean=0.01 + 1e-5 * n) for n in range(100)])
    for number in range(4):
        archive.add(f"dark {number}", [shot(n, luma_mean=0.05 + 0.01 * number + 0.001 * n) for n in range(3)])
    archive.add("bright", [shot(n, luma_mean=0.6 + 1e-5 * n) for n in range(200)])
    return archive


def test_one_film_takes_three_of_ten_places_and_its_others_follow(five_films):
    hits = search(five_films, "dark shots", k=20, ranking=MIXED).hits
    films = [hit.film for hit in hits]
    assert films[:3] == ["darkest"] * 3
    assert films[:10].count("darkest") == 3
    assert films[10:13] == ["darkest"] * 3  # what was put back comes first on the next page
    assert films[13:16] == ["dark 2", "dark 2", "dark 3"]
    assert [hit.index for hit in hits if hit.film == "darkest"] == list(range(8))
    assert len(set(found(search(five_films, "dark shots", k=500, ranking=MIXED)))) == 112


@pytest.mark.parametrize("text", ["darkest shots", 'dark shots in "darkest"', "shots longer than 1 s"])
def test_films_are_not_mixed_where_an_order_or_a_film_is_asked_for(five_films, text):
    assert {hit.film for hit in search(five_films, text, ranking=MIXED).hits} == {"darkest"}


def test_films_are_not_mixed_where_three_are_searched(five_films):
    films = [film.content_id for film in five_films.films()[:3]]
    assert {hit.film for hit in search(five_films, "dark shots", films=films, ranking=MIXED).hits} == {"darkest"}
    archive_wide = search(five_films, "dark shots", ranking=replace(MIXED, diverse=False))
    assert {hit.film for hit in archive_wide.hits} == {"darkest"}


def test_why_not_says_that_a_hit_was_put_back(five_films):
    film = five_films.films()[0]
    verdict = why_not(five_films, parse("dark shots"), film, 30.1, ranking=MIXED)
    assert (verdict.by_score, verdict.place) == (4, 11)
    verdict = why_not(five_films, parse("dark shots"), film, 20.1, ranking=MIXED)
    assert (verdict.by_score, verdict.place) == (3, 3)


# Copies as one


def footage(rng, shot, count):
    """Shots that differ in much, as those of a film do."""
    return [
        shot(
            n,
            seconds=round(float(rng.lognormal(1, 0.7)), 1) + 0.5,
            luma_mean=float(rng.uniform(0.02, 0.25)),
            saturation=float(rng.uniform(0, 0.3)),
            warmth=float(rng.uniform(-0.4, 0.4)),
            loudness_lufs=float(rng.uniform(-50, -5)),
            motion_mean=float(rng.uniform(0, 0.5)),
            feel={name: float(rng.uniform(-1, 1)) for name in ("tension", "valence", "arousal", "calm", "fear", "awe")},
        )
        for n in range(count)
    ]


def noisy(archive, film, rng):
    """Let the values of a film's shots differ a little, as a second encoding does."""
    for row in archive.rows:
        if row.film is film:
            row.vector[:] = np.clip(row.vector + rng.normal(0, 0.02, len(row.vector)), -1, 1)


@pytest.fixture
def copied(archive, shot):
    rng = np.random.default_rng(21)
    shots = footage(rng, shot, 8)
    archive.add("first", shots)
    noisy(archive, archive.add("copy", shots), rng)
    archive.add("other", footage(rng, shot, 8))
    return archive


def test_a_copy_of_a_shot_is_told_beside_it(copied):
    plain = search(copied, "dark shots", k=50, ranking=BY_SCORE)
    result = search(copied, "dark shots", k=50)
    alike = {(hit.film, hit.index): [(one.film, one.index) for one in hit.alike] for hit in result.hits}
    assert len(alike) == 16
    for (film, index), others in alike.items():
        assert film == "other" or others == [("copy" if film == "first" else "first", index)]
        assert film != "other" or not others
    everything = {*alike, *(one for others in alike.values() for one in others)}
    assert everything == set(found(plain))
    assert result.to_json()["hits"][0]["alike"][0].keys() == {
        *("film", "content_id", "index", "in_seconds", "out_seconds", "score")
    }


def test_a_shot_that_is_quoted_elsewhere_stays_a_hit(copied, shot):
    rng = np.random.default_rng(22)
    quoted = [row.segment for row in copied.rows if row.film.title == "first"][3]
    around = footage(rng, shot, 5)
    copied.add("quoting", [*around[:2], replace(quoted, index=2), *around[3:]])
    assert ("quoting", 2) in found(search(copied, "dark shots", k=50))


def test_two_copies_of_which_one_has_what_is_asked_for_stay_two(copied):
    row = next(row for row in copied.rows if row.film.title == "copy" and row.segment.index == 2)
    row.vector[VECTOR_NAMES.index("warm")] = 0.9
    other = next(row for row in copied.rows if row.film.title == "first" and row.segment.index == 2)
    other.vector[VECTOR_NAMES.index("warm")] = 0.1
    both = found(search(copied, "dark warm shots", k=50))
    assert {("first", 2), ("copy", 2)} <= set(both)


def test_shots_of_one_set_up_are_one_hit_only_near_each_other(archive, shot):
    rng = np.random.default_rng(23)
    (one, *others) = footage(rng, shot, 24)
    places = {0, 2, 4, 20}
    shots = [replace(one, index=n) if n in places else replace(others[n - 1], index=n) for n in range(24)]
    archive.add("film", shots)
    alike = {hit.index: [other.index for other in hit.alike] for hit in search(archive, "dark shots", k=50).hits}
    assert alike[0] == [2, 4]
    assert alike[20] == []


def test_copies_stay_apart_where_they_are_ordered_by_what_differs(archive, shot):
    archive.add("film", [shot(n, seconds=3.0 + n) for n in range(5)])
    assert len(search(archive, "longest shots").hits) == 5
    assert len(search(archive, "shots longer than 2 s").hits) == 5


def test_black_pictures_have_too_little_to_agree_in(copied):
    for row in copied.rows:
        row.vector[30:] = np.nan
    assert all(not hit.alike for hit in search(copied, "dark shots", k=50).hits)


def test_why_not_names_the_hit_that_stands_for_it(copied):
    best = search(copied, "dark shots").hits[0]
    (other,) = best.alike
    film = next(film for film in copied.films() if film.title == other.film)
    verdict = why_not(copied, parse("dark shots"), film, other.in_seconds + 0.1)
    assert verdict.place == 1
    assert verdict.alike_to == f"{best.film}, shot {best.index}"


# The same answer


QUERIES = (
    "tense long take",
    "dark shots",
    "shots longer than 3 s",
    "longest shots",
    'shots like "film 2"@1 but darker',
    "darkest scenes",
)


@pytest.mark.parametrize("tied", [False, True])
def test_the_answer_does_not_depend_on_which_film_was_ingested_first(tmp_path, shot, tied):
    """Also where all is tied: then film and place decide."""
    rng = np.random.default_rng(31)
    described = []
    for number in range(4):
        shots = [shot(n, luma_mean=0.1) for n in range(10)] if tied else footage(rng, shot, 10)
        described.append(describe(f"film {number}", shots))
    answers = []
    for name, order in (("one", range(4)), ("other", (3, 0, 2, 1))):
        with Archive.open(tmp_path / name, create=True) as archive:
            for number in order:
                analysis = described[number]
                units = (("shot", analysis.shots), ("scene", analysis.scenes))
                vectors = {unit: affect_vectors(one, shots=analysis.shots) for unit, one in units}
                archive.add(analysis, Tracks(), vectors, VECTOR_NAMES)
            answers.append([search(archive, text, k=5, ranking=r) for text in QUERIES for r in (Ranking(), BY_SCORE)])
            assert answers[-1][:4] == [
                search(archive, text, k=5, ranking=r) for text in QUERIES[:2] for r in (Ranking(), BY_SCORE)
            ]
    for one, other in zip(*answers, strict=True):
        assert one.hits == other.hits
        assert one.empty_because == other.empty_because
    assert any(answer.hits for answer in answers[0])
