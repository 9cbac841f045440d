"""Numbers, units, ranges and places in the film."""

from __future__ import annotations

import pytest

from kuleshov.query import parse

DURATION = {
    "longer than 20 s": "> 20",
    "shots longer than 20 seconds": "> 20",
    "over a minute": "> 60",
    "under 3 seconds": "< 3",
    "at least 1:30": ">= 90",
    "> 20s": "> 20",
    ">=1.5s": ">= 1.5",
    "20+ seconds": ">= 20",
    "20 s or more": ">= 20",
    "10 seconds or less": "<= 10",
    "up to 2½ minutes": "<= 150",
    "no longer than 5 s": "<= 5",
    "not longer than 5 s": "<= 5",
    "never over 20 s": "<= 20",
    "no shorter than 10 seconds": ">= 10",
    "not under 20s": ">= 20",
    "at most 3 secs": "<= 3",
    "exceeding 90s": "> 90",
    "minimum 30 seconds": ">= 30",
    "30 seconds minimum": ">= 30",
    "max 5s": "<= 5",
    "twenty-five seconds or longer": ">= 25",
    "a hundred and twenty seconds or more": ">= 120",
    "more than a minute and a half": "> 90",
    "more than half a minute": "> 30",
    "longer than a quarter of an hour": "> 900",
    "1 min 30 s or longer": ">= 90",
    "1m30s or longer": ">= 90",
    "duration > 12": "> 12",
    "longer than 20": "> 20",
    "longer than 20 and dark": "> 20",
    "length under 4 s": "< 4",
    "more than 1,200 ms": "> 1.2",
    "longer than 1,5 s": "> 1.5",
    "lasting over ten seconds": "> 10",
    "between 5 and 10 s": ">= 5 <= 10",
    "from 5 to 10 seconds": ">= 5 <= 10",
    "5-10 s": ">= 5 <= 10",
    "5 – 10 seconds": ">= 5 <= 10",
    "5s-10s": ">= 5 <= 10",
    "10 to 5 seconds long": ">= 5 <= 10",
    ">= 10 s and <= 20 s": ">= 10 <= 20",
    "a 20-second shot": ">= 18 <= 22",
    "half a minute": ">= 27 <= 33",
    "about 20 s": ">= 15 <= 25",
    "20 s or so": ">= 15 <= 25",
    "one minute long": ">= 54 <= 66",
    "a couple of seconds": ">= 1.8 <= 2.2",
    "1:30": ">= 81 <= 99",
}
OTHERS = {
    "more than 30 cuts per minute": "pace.cuts_per_minute > 30",
    "20+ cuts a minute": "pace.cuts_per_minute >= 20",
    "cuts per minute over 20": "pace.cuts_per_minute > 20",
    "cutting faster than half a cut per second": "pace.cuts_per_minute > 30",
    "ASL under 3 s": "pace.average_shot_length_seconds < 3",
    "average shot length of at least half a minute": "pace.average_shot_length_seconds >= 30",
    "louder than -20 LUFS": "sound.loudness_lufs > -20",
    "quieter than −30 LUFS": "sound.loudness_lufs < -30",
    "loudness below -25": "sound.loudness_lufs < -25",
    "-23 LUFS": "sound.loudness_lufs >= -24 sound.loudness_lufs <= -22",
    "peak loudness above -6 LUFS": "sound.loudness_max_lufs > -6",
    "over 180 words per minute": "dialogue.words_per_second > 3",
    "at least 50 words": "dialogue.words >= 50",
    "fewer than three questions": "dialogue.questions < 3",
    "more than 80% dark": "lighting.dark_share > 0.8",
    "at least sixty percent silence": "sound.silence_share >= 0.6",
    "saturation above 30 %": "color.saturation > 0.3",
    "brightness < 0.1": "lighting.luma_mean < 0.1",
    "warmth between 0.02 and 0.1": "color.warmth >= 0.02 color.warmth <= 0.1",
    "pan left": "camera.pan > 0",
    "tilting down": "camera.tilt < 0",
    "in the first ten minutes": "start_seconds < 600",
    "in the first half hour": "start_seconds < 1800",
    "after 1:00:00": "start_seconds >= 3600",
    "after the first hour": "start_seconds >= 3600",
    "from 1:00:00 on": "start_seconds >= 3600",
    "before the 5 minute mark": "start_seconds < 300",
    "before minute 5": "start_seconds < 300",
    "not before 10:00": "start_seconds >= 600",
    "between 10:00 and 20:00": "start_seconds >= 600 start_seconds <= 1200",
}
NOTHING = {
    "20": ["20"],
    "over 30": ["over", "30"],
    "in the last five minutes": ["last five minutes"],
    "at the 20 minute mark": ["20 minute mark"],
    "half an hour into the film": ["half an hour into the film"],
    "4k": ["4k"],
    "16:9": ["16", "9"],
    "a second shot": ["second"],
    "20 frames": ["20", "frames"],
    "longer than 20 frames": ["20", "frames"],
    "louder than -20 dB": ["-20", "dB"],
    "ASL of 30 cuts per minute": None,
}


def conditions(text):
    return [(one.measure, one.op, pytest.approx(one.value)) for one in parse(text).conditions]


def expected(text):
    parts = text.split()
    return [(parts[i], parts[i + 1], float(parts[i + 2])) for i in range(0, len(parts), 3)]


@pytest.mark.parametrize(("text", "limits"), DURATION.items(), ids=DURATION)
def test_a_length(text, limits):
    parts = limits.split()
    wanted = [("duration_seconds", parts[i], float(parts[i + 1])) for i in range(0, len(parts), 2)]
    assert conditions(text) == wanted
    assert parse(text).not_understood == ()


@pytest.mark.parametrize(("text", "limits"), OTHERS.items(), ids=OTHERS)
def test_another_measure(text, limits):
    assert conditions(text) == expected(limits)
    assert parse(text).not_understood == ()


@pytest.mark.parametrize(("text", "reported"), NOTHING.items(), ids=NOTHING)
def test_a_number_that_measures_nothing_here(text, reported):
    query = parse(text)
    if reported is None:
        assert all("average" not in one.measure for one in query.conditions)
    else:
        assert query.conditions == ()
        assert list(query.not_understood) == reported


def test_a_range_can_not_be_negated():
    query = parse("not between 5 and 10 s")
    assert query.conditions == ()
    assert query.not_understood == ("between 5 and 10 s",)


def test_numbers_stand_beside_qualities():
    query = parse("dark shots over a minute, louder than -20 LUFS")
    assert [one.name for one in query.terms] == ["bright"]
    assert conditions("dark shots over a minute, louder than -20 LUFS") == [
        ("duration_seconds", ">", 60),
        ("sound.loudness_lufs", ">", -20),
    ]


def test_a_length_does_not_swallow_the_long_take():
    query = parse("20 second long take")
    assert [one.name for one in query.terms] == ["long_take"]
    assert conditions("20 second long take") == [("duration_seconds", ">=", 18), ("duration_seconds", "<=", 22)]


def test_slow_moves_are_bounded():
    assert conditions("slow zoom in") == [("camera.zoom", "<=", 0.06)]
    assert conditions("zoom in") == []
