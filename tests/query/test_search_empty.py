"""An empty answer says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kuleshov.query import Condition, Query, Term, search


@pytest.fixture
def small(archive, shot):
    archive.add(
        "film",
        [shot(i, seconds=seconds, feel={"tension": tension}) for i, (seconds, tension) in enumerate(SHOTS)],
    )
    return archive


#: Length and tension: the long ones are not tense.
SHOTS = [(2.0, 0.3), (3.0, 0.2), (7.4, 0.1), (15.0, -0.1), (25.0, -0.4)]


def why(archive, text, **options):
    result = search(archive, text, **options)
    assert not result.hits
    assert all(line and "\n" not in line for line in result.empty_because)
    return list(result.empty_because)


def test_a_limit_that_nothing_reaches(small):
    assert why(small, "longer than 30 s") == ["no shot is longer than 30 s: the longest is 25 s"]
    assert why(small, "at least 1:00") == ["no shot is 60 s or longer: the longest is 25 s"]
    assert why(small, "under 2 s") == ["no shot is shorter than 2 s: the shortest is 2 s"]
    assert why(small, "louder than -10 LUFS") == ["no shot is louder than -10 LUFS: the loudest is -21 LUFS"]
    assert why(small, "more than 40 cuts per minute", unit="shot") == [
        "no shot has cuts per minute above 40/min: the highest is 17/min"
    ]
    assert why(small, "saturation at most 0.01") == ["no shot has saturation of at most 0.01: the lowest is 0.11"]


def test_a_quality_that_nothing_has(small):
    (line,) = why(small, "very dark")
    assert line.startswith('no shot fulfils "very dark" (above 0.5): the nearest is at ')
    assert line.endswith("(mean luma 0.31)")


def test_qualities_that_do_not_meet(small):
    assert why(small, "tense long take") == [
        '3 of 5 shots fulfil "tense"; 2 of 5 shots fulfil "long take"; none fulfils both'
    ]
    assert why(small, "tense, longer than 10 s") == [
        '2 of 5 shots fulfil "longer than 10 s"; 3 of 5 shots fulfil "tense"; none fulfils both'
    ]


def test_what_is_in_the_way_of_several_is_told(small):
    assert why(small, "tense long take, louder than -30 LUFS") == [
        '5 of 5 shots fulfil "louder than -30 LUFS"; 3 of 5 shots fulfil "tense"; 2 of 5 shots fulfil "long take"; '
        "none fulfils all of them",
        'without "tense" there would be 2 shots',
        'without "long take" there would be 3 shots',
    ]
    query = Query(
        "",
        terms=(Term("tension", 1, 1.0, 0.25, "very tense"),),
        conditions=(
            Condition("duration_seconds", ">", 5.0, "longer than 5 s"),
            Condition("start_seconds", ">=", 40.0, "after 0:40"),
        ),
    )
    assert why(small, query)[1] == 'without "very tense" there would be 1 shot'
    query = replace(query, conditions=(*query.conditions, Condition("pace.cuts_per_minute", "<", 16.9, "slow")))
    assert why(small, query)[0].startswith("no shot has cuts per minute below")


def test_the_part_that_removes_the_last_is_told_where_no_one_part_does(small):
    query = Query(
        "",
        terms=(Term("tension", 1, 1.0, 0.25, "very tense"), Term("tension", -1, 1.0, 0.3, "very relaxed")),
        conditions=(Condition("duration_seconds", "<", 10.0, "short"), Condition("start_seconds", ">", 15.0, "late")),
    )
    assert why(small, query)[1:] == ['taken in this order, "very tense" removes the last 1 shot']


def test_a_range_between_two_shots(small):
    assert why(small, "between 16 and 20 s") == [
        'no shot fulfils "between 16 and 20 s": the nearest have 15 s and 25 s'
    ]


def test_what_could_not_be_measured(archive, shot):
    archive.add("mute", [shot(0, sound=None, dialogue=None)])
    assert why(archive, "quiet") == ['"quiet" could not be measured on any shot']
    assert why(archive, "no dialogue") == ['"no dialogue": no shot has a measured speech share']
    assert why(archive, "loudest") == ['"loudest" could not be measured on any shot']
    assert why(archive, "quieter than -10 LUFS") == ['"quieter than -10 LUFS": no shot has a measured loudness']


def test_a_measured_zero_is_not_unmeasured(archive, shot):
    archive.add("film", [shot(0, loudness_lufs=-20.0), shot(1, sound=None)])
    (line,) = why(archive, "loud")
    assert "at 0.00 (loudness -20 LUFS)" in line


def test_nothing_was_understood(small):
    first, second = why(small, "zebra crossing")
    assert first == "nothing to search for was understood; not understood: zebra, crossing"
    assert second.startswith("ask for qualities")


@pytest.mark.parametrize("text", ["", "   ", "...", "\n"])
def test_an_empty_query(small, text):
    assert why(small, text)[0] in ("the query is empty", "the query names nothing to search for")


def test_a_query_that_names_only_what_to_return(small):
    assert why(small, "shots")[0] == "the query names nothing to search for"


def test_a_slip_is_proposed(small):
    assert 'did you mean "tense" for "tnse"?' in why(small, "tnse")


def test_an_empty_archive(archive):
    assert why(archive, "dark") == ["the archive is empty: ingest films first"]


def test_an_archive_without_scenes(small):
    assert why(small, "tense scenes") == ["the archive has no scenes"]


def test_films_that_were_left_out(small, shot):
    other = small.add("other", [shot(0, luma_mean=0.9)])
    lines = why(small, "tense shots", films=[other.content_id])
    assert lines[-1] == "only 1 of 2 films were searched"
