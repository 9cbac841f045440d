"""Like a place of a film, but otherwise: what is found, and reasons that add up."""

from __future__ import annotations

import pytest

from kuleshov.errors import ArchiveError, QueryError
from kuleshov.query import parse, search
from kuleshov.query.explain.why_not import why_not

TITLE = "Cleo: from 5 to 7!"


@pytest.fixture
def films(archive, shot):
    archive.add(TITLE, [shot(0, luma_mean=0.3, warmth=0.0, feel={"calm": 0.0, "tension": 0.2}), shot(1, luma_mean=0.9)])
    archive.add("Twin", [shot(0, luma_mean=0.3, warmth=0.0, feel={"calm": 0.0, "tension": 0.2})])
    archive.add("Calm twin", [shot(0, luma_mean=0.3, warmth=0.0, feel={"calm": 0.6, "tension": 0.1})])
    archive.add("Calm other", [shot(0, luma_mean=0.9, warmth=0.4, saturation=0.6, feel={"calm": 0.6, "tension": 0.1})])
    archive.add("Dark", [shot(0, luma_mean=0.05, warmth=0.0, feel={"calm": 0.0, "tension": 0.7})])
    return archive


def titles(result):
    return [hit.film for hit in result.hits]


def test_the_most_alike_comes_first_and_the_place_itself_does_not(films):
    result = search(films, f'shots like "{TITLE}"@1')
    assert titles(result)[0] == "Twin"
    assert result.hits[0].score == pytest.approx(1.0)
    assert all((hit.film, hit.index) != (TITLE, 0) for hit in result.hits)


def test_but_calmer(films):
    result = search(films, f'shots like "{TITLE}"@0:01 but calmer')
    assert titles(result) == ["Calm twin", "Calm other"]
    for hit in result.hits:
        assert hit.score == pytest.approx(sum(reason.contribution for reason in hit.reasons), abs=1e-12)
    assert "mood_calm +0.60 against +0.00" in " ".join(reason.text for reason in result.hits[0].reasons)


def test_but_darker_counts_from_the_place(films):
    assert titles(search(films, f'shots like "{TITLE}"@1 but darker')) == ["Dark"]
    assert TITLE in titles(search(films, 'shots like "Twin"@1 but brighter'))


def test_more_than_there(films):
    assert titles(search(films, "shots more tense than Twin@1")) == ["Dark"]


def test_with_other_wishes(films):
    query = parse(f'very dark shots like "{TITLE}"@1 but more tense')
    weights = [term.weight for term in query.terms] + [one.weight for one in query.likes]
    assert sum(weights) + sum(term.weight for one in query.likes for term in one.deltas) == pytest.approx(1)
    result = search(films, query)
    assert titles(result) == ["Dark"]
    assert result.hits[0].score == pytest.approx(sum(one.contribution for one in result.hits[0].reasons), abs=1e-12)


def test_none_says_why(films):
    assert search(films, "shots more tense than Dark@1").empty_because == (
        'no shot is "more tense" beside Dark at 1 s',
    )


def test_an_unknown_film_or_time_is_an_error(films):
    with pytest.raises(ArchiveError, match="'Clio'"):
        search(films, "shots like Clio@1 but calmer")
    with pytest.raises(QueryError, match="has no shot at 500 s"):
        search(films, "shots like Twin@8:20")


def test_why_not_names_the_step(films):
    query = parse("shots like Twin@1 but calmer")
    twin, calm = (next(film for film in films.films() if film.title == title) for title in ("Dark", "Calm twin"))
    assert not why_not(films, query, twin, 1.0).parts[0].fulfilled
    verdict = why_not(films, query, calm, 1.0)
    assert verdict.parts[0].fulfilled
    assert verdict.hit == search(films, query).hits[0]


@pytest.mark.parametrize("text", ["scenes like this one", "like Sunrise", "calmer than before"])
def test_without_a_place_it_is_reported(text):
    assert not parse(text).likes
    assert parse(text).not_understood
