"""Scenes and films are found by how they go on; the reasons name times and values, and add up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.errors import QueryError
from kuleshov.query import parse, search, with_arc
from kuleshov.query.explain.why_not import why_not
from kuleshov.records import Arc, Moments

from .conftest import make_shot
from .test_search_archive import describe

SECONDS = 5.0


def story(count: int, feel) -> list:
    """Shots of five seconds; ``feel(place)`` says what each reads as, place 0..1, and may name measurements."""
    places = [number / (count - 1) for number in range(count)]
    return [make_shot(n, seconds=SECONDS, start=SECONDS * n, **feel(place)) for n, place in enumerate(places)]


def hope(place: float) -> dict:
    return {"feel": {"valence": 0.8 * place - 0.4, "sadness": 0.4 - 0.8 * place, "tension": 0.1, "arousal": 0.0}}


def swell(place: float) -> dict:
    return {"feel": {"valence": 0.1, "tension": math.sin(math.pi * place) - 0.5, "arousal": math.sin(math.pi * place)}}


def calm_then_bang(place: float) -> dict:
    loud = 0.45 < place < 0.6
    return {"feel": {"calm": -0.3 if loud else 0.3, "tension": 0.0}, "loudness_lufs": -6.0 if loud else -40.0}


FILMS = {"Hope": hope, "Swell": swell, "Bang": calm_then_bang}


def film(title: str, feel, *, fade: bool = False):
    """A film of one scene and then a shot more that is no part of it, which may begin with a fade."""
    shots = story(14, feel)
    if fade:
        entry = replace(shots[-1].transition_in, type="fade_black")
        shots[-1] = replace(shots[-1], transition_in=entry)
    analysis = describe(title, shots)
    scene = replace(analysis.scenes[0], end_shot=13, end_seconds=shots[12].end_seconds, end_frame=shots[12].end_frame)
    return replace(analysis, scenes=[scene], arc=Arc([], {}, 32.0, [], [], []))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("courses") / "archive", create=True) as store:
        for title, feel in FILMS.items():
            analysis = film(title, feel, fade=title == "Hope")
            shots = affect_vectors(analysis.shots, shots=analysis.shots)
            vectors = {"shot": shots, "scene": affect_vectors(analysis.scenes, shots=analysis.shots)}
            moments = Moments.of(analysis.shots, shots, VECTOR_NAMES)
            store.add(analysis, Tracks(), vectors, VECTOR_NAMES, moments=moments)
        yield store


@pytest.mark.parametrize(
    ("text", "films"),
    [
        ("from despair to hope", ["Hope"]),
        ("from hope to despair", []),
        ("grows happy", []),  # joy is 0 throughout
        ("rising mood", ["Hope"]),
        ("mood falls", []),
        ("calm just before loud", ["Bang"]),
        ("loud, then calm", ["Bang"]),
        ("starts sad", ["Hope"]),
        ("ends positive", ["Hope", "Swell"]),
        ("fade to black", ["Hope"]),
        ("scenes where tension rises then falls", ["Swell"]),
        ("build-up to the climax", ["Swell"]),
        ("climax", ["Hope", "Swell", "Bang"]),
    ],
)
def test_scenes_are_found_by_their_course(archive, text, films) -> None:
    result = search(archive, text)
    assert not result.query.not_understood
    assert sorted(hit.film for hit in result.hits) == sorted(films)
    for hit in result.hits:
        assert hit.unit == "scene"
        assert hit.score == pytest.approx(math.fsum(reason.contribution for reason in hit.reasons))
        assert re.search(r" at \d:\d\d", hit.reasons[0].text)


def test_shots_can_be_asked_for(archive) -> None:
    assert search(archive, "rising mood", unit="shot").hits == ()


def test_a_course_lets_in_and_counts_beside_qualities(archive) -> None:
    (hit,) = search(archive, "positive scenes, rising tension then falling").hits or (None,)
    assert hit is None or hit.film == "Swell"
    result = search(archive, "quiet scenes, calm just before loud")
    assert [hit.film for hit in result.hits] == ["Bang"]
    (course,) = [reason for reason in result.hits[0].reasons if reason.cue == "change"]
    assert course.contribution == pytest.approx(0.5 * course.value)


def test_films_are_found_by_their_arc(archive) -> None:
    result = search(archive, "films whose tension rises and then falls")
    assert [(hit.film, hit.unit) for hit in result.hits] == [("Swell", "film")]
    (hit,) = result.hits
    assert hit.score > 0.8
    assert (hit.in_seconds, hit.out_seconds) == (0.0, 70.0)
    assert "likeness" in hit.reasons[0].text


def test_films_are_found_by_a_drawn_arc(archive) -> None:
    result = search(archive, with_arc(parse(""), "-0.5,0,0.5", of="valence"))
    assert [hit.film for hit in result.hits] == ["Hope"]
    result = search(archive, with_arc(parse("scenes"), "0,1,0", of="tension"))
    assert [(hit.film, hit.unit) for hit in result.hits] == [("Swell", "scene")]


def test_a_quality_of_films_is_that_of_their_mean(archive) -> None:
    assert search(archive, "films in color whose tension rises then falls").hits[0].film == "Swell"
    assert search(archive, "black and white films whose tension rises then falls").hits == ()


def test_limits_lines_and_orders_hold_for_films_too(archive) -> None:
    assert search(archive, "films longer than 60 s whose tension rises then falls").hits[0].film == "Swell"
    assert search(archive, "films longer than 90 s whose tension rises then falls").hits == ()
    assert search(archive, 'films whose tension rises then falls, where she says "never"').hits == ()
    result = search(archive, with_arc(parse("quietest"), "0,1,0", of="tension"))
    assert result.query.sort is not None
    assert [hit.film for hit in result.hits] == ["Swell"]


def test_nothing_found_says_where_it_comes_nearest(archive) -> None:
    result = search(archive, "from hope to despair")
    assert result.hits == ()
    assert result.empty_because[0].startswith("no scene fulfils")
    assert "at 0:" in result.empty_because[0]


def test_films_without_moments_are_named(tmp_path) -> None:
    with Archive.open(tmp_path / "old", create=True) as store:
        analysis = replace(film("Old", hope), arc=None)
        shots = affect_vectors(analysis.shots, shots=analysis.shots)
        vectors = {"shot": shots, "scene": affect_vectors(analysis.scenes, shots=analysis.shots)}
        store.add(analysis, Tracks(), vectors, VECTOR_NAMES)
        content_id = analysis.film.content_id
        assert store.moments(content_id, ["tension"]) is None
        assert store.arc(content_id) is None
        assert store.analysis(content_id).arc is None
        result = search(store, "from despair to hope")
        assert "described before there were moments" in result.empty_because[0]
        verdict = why_not(store, parse("from despair to hope"), store.films()[0], 1.0)
        assert (verdict.hit, verdict.place, verdict.parts[0].fulfilled) == (None, None, False)
        assert "described before there were moments" in verdict.parts[0].text
        store.refresh()
        assert store.check() == []


@pytest.mark.parametrize(("end", "found"), [(0.0, True), (0.2, False)])
def test_a_film_that_ends_in_black_fades_out(tmp_path, end, found) -> None:
    shots = story(3, hope)
    analysis = describe("Last", shots)
    vectors = affect_vectors(shots, shots=shots)
    tracks = Tracks()
    tracks.add("luma_mean", unit="0..1", seconds=np.linspace(0, 14.9, 150), values=np.linspace(0.4, end, 150))
    with Archive.open(tmp_path / "archive", create=True) as store:
        all_vectors = {"shot": vectors, "scene": affect_vectors(analysis.scenes, shots=shots)}
        moments = Moments.of(shots, vectors, VECTOR_NAMES)
        store.add(analysis, tracks, all_vectors, VECTOR_NAMES, moments=moments)
        assert bool(search(store, "scenes that fade to black").hits) == found


def test_moments_come_back_by_column(archive) -> None:
    entry = archive.resolve("Hope")
    moments = archive.moments(entry.content_id, ["valence", "not yet invented"])
    assert len(moments) == 14
    np.testing.assert_allclose(moments.values["valence"], np.linspace(-0.4, 0.4, 14), atol=1e-6)
    assert np.isnan(moments.values["not yet invented"]).all()
    assert archive.analysis(entry.content_id).arc.climax_seconds == 32.0


def test_why_not_tells_each_part_and_how_far_off(archive) -> None:
    query = parse("tense scenes longer than 100 s, from hope to despair")
    verdict = why_not(archive, query, archive.resolve("Hope"), 12.0)
    parts = {part.words: part for part in verdict.parts}
    assert verdict.place is None
    assert parts["longer than 100 s"].missing == pytest.approx(100 - 65)
    assert not parts["from hope to despair"].fulfilled
    assert parts["tense"].fulfilled
    assert "tension is +0.10, asked above 0" in parts["tense"].text
    assert verdict.hit.score == pytest.approx(math.fsum(reason.contribution for reason in verdict.hit.reasons))


def test_why_not_of_a_hit_tells_its_place(archive) -> None:
    verdict = why_not(archive, parse("from despair to hope"), archive.resolve("Hope"), 12.0)
    assert (verdict.place, [part.fulfilled for part in verdict.parts]) == (1, [True])
    film_verdict = why_not(archive, parse("films whose tension rises then falls"), archive.resolve("Hope"), 0.0)
    assert (film_verdict.unit, film_verdict.place, film_verdict.parts[0].fulfilled) == ("film", None, False)


def test_why_not_needs_a_place_in_the_film(archive) -> None:
    with pytest.raises(QueryError, match="Hope has no scene at 500 s"):
        why_not(archive, parse("tense"), archive.resolve("Hope"), 500.0)
