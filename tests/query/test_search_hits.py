"""Hits: who qualifies, in what order, and reasons that add up."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from kuleshov.errors import QueryError
from kuleshov.query import Condition, Query, Term, parse, search
from kuleshov.query.spec.ranking import BY_SCORE


@pytest.fixture
def two_films(archive, shot):
    """Night: shots 2, 5, 8, ... 23 s long, ever brighter and less tense. Day: 1 to 5 s, bright, without subtitles."""
    archive.add(
        "night",
        [
            shot(i, seconds=2 + 3 * i, luma_mean=0.05 + 0.05 * i, feel={"tension": 0.4 - 0.1 * i, "sadness": 0.2})
            for i in range(8)
        ],
    )
    archive.add(
        "day", [shot(i, seconds=1.0 + i, luma_mean=0.5, dialogue=None, feel={"tension": -0.35}) for i in range(5)]
    )
    return archive


def found(result):
    return [(hit.film, hit.index) for hit in result.hits]


QUERIES = [
    "dark",
    "tense long take",
    "tense, not too bright",
    "very dark",
    "slightly dark, sad",
    "longer than 5 s",
    "dark shots between 3 and 12 s",
    "darkest",
    "longest takes",
    "first shot",
    "sad shots, longest first",
    "pan left",
    "dark shots in the first minute, sorted by length",
    "noir",
]


@pytest.mark.parametrize("text", QUERIES)
def test_contributions_add_up_to_the_score(two_films, text):
    result = search(two_films, text, k=20)
    for hit in result.hits:
        assert math.fsum(reason.contribution for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-9)
        assert -1 <= hit.score <= 1 + 1e-9
        assert hit.reasons
    assert bool(result.hits) != bool(result.empty_because)


@pytest.mark.parametrize("text", QUERIES)
def test_hits_are_those_that_a_plain_look_at_all_segments_finds(two_films, text):
    query = parse(text)
    names = two_films.vector_names

    def qualifies(row):
        values = dict(zip(names, row.vector.tolist(), strict=True))
        limits = all(one.accepts(row.segment.duration_seconds) for one in query.conditions if one.measure[0] == "d")
        starts = all(one.accepts(row.segment.start_seconds) for one in query.conditions if one.measure[0] == "s")
        pans = all(one.accepts(row.segment.camera.pan) for one in query.conditions if one.measure == "camera.pan")
        return limits and starts and pans and all(term.accepts(values[term.name]) for term in query.terms)

    expected = {(row.film.title, row.segment.index) for row in two_films.rows if qualifies(row)}
    assert set(found(search(two_films, query, k=50, ranking=BY_SCORE))) == expected


def test_scores_fall(two_films):
    scores = [hit.score for hit in search(two_films, "dark tense", k=20).hits]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) > 2


def test_the_score_is_the_weighted_sum_of_the_vector(two_films):
    query = parse("tense, very dark")
    (row,) = [row for row in two_films.rows if row.film.title == "night" and row.segment.index == 0]
    values = dict(zip(two_films.vector_names, row.vector.tolist(), strict=True))
    expected = sum(term.weight * term.sign * values[term.name] for term in query.terms)
    assert search(two_films, query).hits[0].score == pytest.approx(expected, abs=1e-6)


def test_a_feeling_is_unfolded_into_its_cues(two_films):
    hit = search(two_films, "tense long take", k=1).hits[0]
    cues = {reason.cue: reason for reason in hit.reasons}
    assert {"tension: motion", "tension: lighting_key", "long_take"} == set(cues)
    tension = 0.4 - 0.1 * hit.index
    assert cues["tension: motion"].contribution == pytest.approx(0.5 * 0.25 * tension)
    assert cues["tension: motion"].text == "tension: motion (0.5)"


def test_a_mood_is_unfolded_under_its_own_name(two_films):
    assert {reason.cue for reason in search(two_films, "sad shots").hits[0].reasons} == {
        "sadness: motion",
        "sadness: lighting_key",
    }


def test_an_unwanted_feeling_counts_the_other_way(two_films):
    hit = search(two_films, "not tense shots", k=1).hits[0]
    assert hit.film == "day"
    assert hit.score == pytest.approx(0.35)
    assert all(reason.contribution > 0 for reason in hit.reasons)


def test_a_reason_names_the_measured_number(two_films):
    (longest,) = search(two_films, "long take", k=1).hits
    assert longest.reasons[0].text == "long take: shot length 23 s"
    (darkest,) = search(two_films, "dark", k=1).hits
    assert darkest.reasons[0].text == "dark: mean luma 0.05"
    assert darkest.reasons[0].value < 0 < darkest.reasons[0].contribution


def test_the_largest_reason_comes_first(two_films):
    for hit in search(two_films, "dark tense long take, longer than 1 s").hits:
        sizes = [abs(reason.contribution) for reason in hit.reasons]
        assert sizes == sorted(sizes, reverse=True)


def test_conditions_alone_share_the_score(two_films):
    result = search(two_films, "longer than 10 s, after 0:30")
    assert found(result)[0] == ("night", 7)
    for hit in result.hits:
        assert hit.score == pytest.approx(1)
        assert [reason.contribution for reason in hit.reasons] == [0.5, 0.5]
    assert "duration 23 s" in {reason.text.split(": ")[1] for reason in result.hits[0].reasons}


def test_a_range_is_one_reason(two_films):
    hit = search(two_films, "between 3 and 12 s").hits[0]
    assert [reason.contribution for reason in hit.reasons] == [1.0]


def test_conditions_beside_qualities_only_let_in(two_films):
    plain = {(hit.film, hit.index): hit.score for hit in search(two_films, "dark", k=20).hits}
    limited = search(two_films, "dark, longer than 6 s", k=20)
    assert 0 < len(limited.hits) < len(plain)
    for hit in limited.hits:
        assert hit.score == pytest.approx(plain[hit.film, hit.index])


def test_an_order_alone_scores_one(two_films):
    hits = search(two_films, "first shot").hits
    assert hits[0].score == 1
    assert [hit.in_seconds for hit in hits] == sorted(hit.in_seconds for hit in hits)


def test_a_superlative_lets_no_one_out(two_films):
    result = search(two_films, "darkest", k=20, ranking=BY_SCORE)
    assert len(result.hits) == 13
    assert found(result)[0] == ("night", 0)
    assert found(result)[-1][0] == "day"


def test_an_order_holds_after_filtering(two_films):
    result = search(two_films, "tense shots, longest first", k=20)
    assert found(result) == [("night", 3), ("night", 2), ("night", 1), ("night", 0)]


def test_longest_first_only_arranges(two_films):
    result = search(two_films, "tense shots, longest first", k=20)
    alone = {(hit.film, hit.index): hit.score for hit in search(two_films, "tense shots", k=20).hits}
    assert {(hit.film, hit.index): hit.score for hit in result.hits} == alone


def test_what_has_no_place_in_the_order_is_no_hit(archive, shot):
    archive.add("film", [shot(0, feel={"tension": 0.2}), shot(1), shot(2, feel={"tension": 0.4})])
    archive.rows[1].vector[archive.vector_names.index("tension")] = np.nan
    for text in ("shots sorted by tension", "most tense shots"):
        assert found(search(archive, text)) == [("film", 2), ("film", 0)]
    json.dumps(search(archive, "shots sorted by tension").to_json(), allow_nan=False)


def test_equal_hits_come_by_film_and_place(archive, shot):
    archive.add("second", [shot(i, luma_mean=0.1) for i in range(3)])
    archive.add("first", [shot(i, luma_mean=0.1) for i in range(3)])
    expected = [("second", 0), ("second", 1), ("second", 2), ("first", 0), ("first", 1)]
    assert found(search(archive, "dark", k=5, ranking=BY_SCORE)) == expected
    assert found(search(archive, "darkest", k=5, ranking=BY_SCORE)) == expected
    assert found(search(archive, "shorter than 5 s", k=5, ranking=BY_SCORE)) == expected


def test_the_unmeasured_is_no_hit_either_way(archive, shot):
    archive.add("mute", [shot(0, sound=None)])
    archive.add("sound", [shot(0, loudness_lufs=-40.0), shot(1, loudness_lufs=-5.0)])
    assert found(search(archive, "quiet")) == [("sound", 0)]
    assert found(search(archive, "not quiet")) == [("sound", 1)]
    assert found(search(archive, "slightly quiet")) == [("sound", 0)]
    assert found(search(archive, "loudest", k=5)) == [("sound", 1), ("sound", 0)]
    assert found(search(archive, "quieter than 0 LUFS", k=5)) == [("sound", 0), ("sound", 1)]


def test_no_dialogue_leaves_none(archive, shot):
    archive.add("film", [shot(0, speech_share=0.0), shot(1, speech_share=0.2), shot(2, speech_share=0.9)])
    assert found(search(archive, "no dialogue")) == [("film", 0)]
    assert found(search(archive, "not talky")) == [("film", 0), ("film", 1)]


def test_k_and_the_number_in_the_query(two_films):
    assert len(search(two_films, "darkest", ranking=BY_SCORE).hits) == 10
    assert len(search(two_films, "darkest", k=3, ranking=BY_SCORE).hits) == 3
    assert len(search(two_films, "twelve darkest shots", ranking=BY_SCORE).hits) == 12
    assert len(search(two_films, "two darkest shots", k=5, ranking=BY_SCORE).hits) == 2
    with pytest.raises(QueryError, match="k is 0"):
        search(two_films, "dark", k=0)


def test_films_can_be_chosen(two_films):
    day = two_films.entries[1].content_id
    assert {film for film, _ in found(search(two_films, "bright", films=[day]))} == {"day"}
    assert search(two_films, "dark", films=[day]).empty_because


def test_a_query_made_by_hand(two_films):
    query = Query("", (Term("bright", -1, 1.0, 0.0, ""),), (Condition("duration_seconds", ">", 4.0),))
    result = search(two_films, query)
    assert found(result)[0] == ("night", 1)
    assert result.hits[0].reasons[0].text == "bright: mean luma 0.1"
    with pytest.raises(QueryError, match="'brigt' is in no vector"):
        search(two_films, Query("", (Term("brigt", 1, 1.0, 0.0, ""),)))
    with pytest.raises(QueryError, match="no such measure"):
        Condition("duration", ">", 4.0)
    with pytest.raises(QueryError, match="unknown unit 'film'"):
        search(two_films, "dark", unit="film")


def test_the_same_question_has_the_same_answer(two_films):
    for text in QUERIES:
        assert search(two_films, text) == search(two_films, text)


def test_the_answer_as_json(two_films):
    answer = json.loads(json.dumps(search(two_films, "tense long take, zebra", k=1).to_json(), allow_nan=False))
    assert set(answer) == {"query", "hits", "empty_because", "notes"}
    assert set(answer["query"]) == {"text", "parsed", "not_understood"}
    assert answer["query"]["text"] == "tense long take, zebra"
    assert answer["query"]["not_understood"] == ["zebra"]
    assert [term["name"] for term in answer["query"]["parsed"]["terms"]] == ["tension", "long_take"]
    (hit,) = answer["hits"]
    for key in ("film", "content_id", "unit", "in_seconds", "out_seconds", "in_frame", "out_frame", "score", "reasons"):
        assert key in hit
    assert {"cue", "value", "contribution"} <= set(hit["reasons"][0])
    assert hit["out_frame"] - hit["in_frame"] == 24 * (hit["out_seconds"] - hit["in_seconds"])


def test_a_nan_in_a_vector_of_the_archive_stays_out_of_json(archive, shot):
    archive.add("mute", [shot(0, sound=None, luma_mean=0.1)])
    result = search(archive, "dark")
    assert not np.isnan(result.hits[0].score)
    json.dumps(result.to_json(), allow_nan=False)
