"""An empty answer says why."""

from __future__ import annotations

import pytest

from kuleshov.query import search


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


def test_a_range_between_two_shots(small):
    (line,) = why(small, "between 16 and 20 s")
    assert line.startswith("2 of 5") or line.startswith("1 of 5")


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
