"""Which films a query is about, and that only those are searched."""

from __future__ import annotations

import pytest

from kuleshov.errors import QueryError
from kuleshov.query import parse, search
from kuleshov.query.parts.film_filter import FilmFilter


def years(text):
    (one,) = [one for one in parse(text).filters if one.field == "year"]
    return one.low, one.high


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1940s films", (1940, 1949)),
        ("from the seventies", (1970, 1979)),
        ("calm shots of the early 1960s", (1960, 1963)),
        ("late '60s movies", (1967, 1969)),
        ("50s movies", (1950, 1959)),
        ("before 1950", (None, 1949)),
        ("films made since 1990", (1990, None)),
        ("after the 1930s", (1940, None)),
        ("between 1940 and 1950", (1940, 1950)),
        ("1948 films", (1948, 1948)),
        ("tense scenes from 1941", (1941, 1941)),
        ("from 1941 on", (1941, None)),
        ("around 1925", (1923, 1927)),
        ("pre-1930 footage", (None, 1929)),
    ],
)
def test_years(text, expected):
    assert years(text) == expected
    assert not parse(text).not_understood


@pytest.mark.parametrize(
    "text",
    [
        "shots longer than 40s",
        "the last 30s",
        "first 20s",
        "from five to ten seconds",
        "below 2000 K",
        "in his thirties",
    ],
)
def test_lengths_are_no_years(text):
    assert not parse(text).filters


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("longest takes by Ozu", "director", "Ozu"),
        ("directed by Agnès Varda, dark", "director", "Agnès Varda"),
        ("directed by agnes varda, dark", "director", "agnes varda"),
        ("Hitchcock's most suspenseful scenes", "director", "Hitchcock"),
        ('close-ups in "Cleo from 5 to 7"', "title", "Cleo from 5 to 7"),
        ("French films", "country", "France"),
        ("dark shots from Japan", "country", "Japan"),
        ("scenes in Japanese", "language", "Japanese"),
        ("French-language films", "language", "French"),
    ],
)
def test_names(text, field, value):
    (one,) = parse(text).filters
    assert (one.field, one.values[0]) == (field, value)
    assert not parse(text).not_understood


@pytest.mark.parametrize("text", ["Dutch angle", "American shot", "a bird's eye view", "in black", "shot by night"])
def test_what_is_no_film(text):
    assert not parse(text).filters


@pytest.fixture
def films(archive, shot):
    archive.add(
        "Cleo from 5 to 7", [shot(0, luma_mean=0.05)], year=1962, director="Agnès Varda", country="France, Italy"
    )
    archive.add("Ordet", [shot(0, luma_mean=0.05)], year=1955, director="Carl Th. Dreyer", language="dan")
    archive.add("Nobody knows", [shot(0, luma_mean=0.05)])
    return archive


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dark shots", {"Cleo from 5 to 7", "Ordet", "Nobody knows"}),
        ("dark shots of the 1950s", {"Ordet"}),
        ("dark shots by Agnès Varda", {"Cleo from 5 to 7"}),
        ("dark shots directed by agnes varda", {"Cleo from 5 to 7"}),
        ("dark shots in Danish", {"Ordet"}),
        ("Italian films", {"Cleo from 5 to 7"}),
        ("films before 1960", {"Ordet"}),
        ('darkest shots in "Ordet"', {"Ordet"}),
    ],
)
def test_only_these_films_are_searched(films, text, found):
    result = search(films, text)
    assert {hit.film for hit in result.hits} == found
    for hit in result.hits:
        assert hit.score == pytest.approx(sum(reason.contribution for reason in hit.reasons), abs=1e-12)


def test_a_query_of_films_alone_is_fulfilled_wholly(films):
    for text in ("shots of the 1950s in Danish", "films of the 1950s in Danish"):
        (hit,) = search(films, text).hits
        assert hit.score == pytest.approx(1.0)
        assert [(one.cue, one.contribution) for one in hit.reasons] == [("year", 0.5), ("language", 0.5)]


def test_no_such_film_says_which_there_are(films):
    assert search(films, "dark shots by Ozu").empty_because == (
        'no film fulfils "by Ozu"; there are: Agnès Varda, Carl Th. Dreyer',
    )
    (reason,) = search(films, "French films of the 1950s").empty_because
    assert reason == '1 of 3 films fulfil "French"; 1 of 3 films fulfil "of the 1950s"; none fulfils both'


def test_a_filter_checks_itself():
    with pytest.raises(QueryError, match="films have title, year"):
        FilmFilter("length", "long", ("x",))
    with pytest.raises(QueryError, match="give a year"):
        FilmFilter("year", "old")
    with pytest.raises(QueryError, match="give values"):
        FilmFilter("director", "by ...", ("...",))


@pytest.mark.parametrize(
    ("text", "films", "others"),
    [
        ("Japanese long takes", [("country", None, None)], ["long_take"]),
        ("Italian, in daylight", [("country", None, None)], ["day"]),
        ("seventies close-ups", [("year", 1970, 1979)], ["close_up"]),
        ("interwar, loud", [("year", 1918, 1939)], ["loud"]),
        ("pre-war, calm", [("year", None, 1939)], ["mood_calm"]),
        ("chiaroscuro in 1940s films", [("year", 1940, 1949)], ["chiaroscuro"]),
        ("Dutch angles in films", [], ["dutch"]),
        ("American shot", [], ["medium_shot"]),
    ],
)
def test_which_films_shots_are_of(text, films, others):
    query = parse(text)
    assert [(one.field, one.low, one.high) for one in query.filters] == films
    assert [term.name for term in query.terms] == others


def test_after_in_films_are_where_to_look():
    assert not parse("chiaroscuro in 1940s films").of_films
    assert not parse("romantic nights in French cinema").of_films
    assert parse("sad French films").of_films
