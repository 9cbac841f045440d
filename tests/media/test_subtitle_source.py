"""Where subtitles' times begin, and what lies beyond the film's end."""

from __future__ import annotations

import pytest

from kuleshov.media.cues import Cue, SubtitleSource
from kuleshov.media.subtitle_source import counted_from_start, make_source, within_film

STARTS = (0.5, 2.5, 4.5, 6.2)
HOUR = 3600.0


def source(*starts: float, origin_seconds: float = 0.0) -> SubtitleSource:
    return make_source(
        [Cue(start, start + 1, f"line {at}") for at, start in enumerate(starts)],
        language=None,
        source="side-car film.srt",
        origin_seconds=origin_seconds,
    )


def starts_of(found: SubtitleSource) -> tuple[float, ...]:
    return tuple(round(line.start_seconds, 3) for line in found.lines)


@pytest.mark.parametrize(
    ("origin", "stated", "own", "told"),
    [
        (0.0, 0.0, None, ""),
        (HOUR, 0.0, None, "count from 01:00:00, a whole hour"),
        (10 * HOUR, 0.0, None, "count from 10:00:00, a whole hour"),
        (10 * HOUR, 10 * HOUR, None, "count from 10:00:00, as it states"),
        (0.0, 10 * HOUR, None, ""),
        (9 * HOUR + 3595, 9 * HOUR + 3595, None, "count from 09:59:55, as it states"),
        (10 * HOUR + 1425.48, 0.0, 10 * HOUR + 1425.48, "count from 10:23:45, the film's own timecode"),
        (HOUR, 0.0, 10 * HOUR, "count from 01:00:00, a whole hour"),
        (23 * HOUR + 3596, 0.0, 23 * HOUR + 3596, "count from 23:59:56, the film's own timecode"),
    ],
)
def test_times_count_from_the_start_of_the_film(origin: float, stated: float, own: float | None, told: str) -> None:
    times = [(origin + start) % (24 * HOUR) for start in STARTS]
    found = counted_from_start(source(*times, origin_seconds=stated), end_seconds=8.0, own_seconds=own)
    assert starts_of(found) == STARTS
    assert [line.end_seconds - line.start_seconds for line in found.lines] == pytest.approx([1.0] * 4)
    assert found.origin_seconds == 0.0
    assert (told in found.notes[0]) if told else found.notes == ()


def test_a_stray_line_does_not_hide_the_origin() -> None:
    """A title at zero, the dialogue from ten hours on, as EBU STL files have it."""
    found = counted_from_start(source(0.0, *(10 * HOUR + start for start in STARTS)), end_seconds=8.0)
    assert starts_of(found) == STARTS
    assert found.notes == (
        "side-car film.srt: its times count from 10:00:00, a whole hour; 1 line(s) before that left out",
    )


@pytest.mark.parametrize(
    "times",
    [
        (0.5, 13.25 * HOUR),
        (0.5, 2.5, 3 * HOUR),
        (HOUR + 1800.0, HOUR + 2000.0, 2 * HOUR + 100),  # another film's
        (4 * HOUR + 10.0, 5 * HOUR + 10.0, 6 * HOUR + 10.0),
    ],
)
def test_times_stay_where_no_origin_brings_them_into_the_film(times: tuple[float, ...]) -> None:
    found = counted_from_start(source(*times), end_seconds=8.0)
    assert starts_of(found) == times
    assert found.notes == ()


def test_a_long_film_may_be_counted_from_an_hour_too() -> None:
    times = [HOUR + 20.0 * at for at in range(1, 260)]  # to 2:26:20, in a film of 1:35 and in one of three hours
    assert starts_of(counted_from_start(source(*times), end_seconds=5700.0))[0] == 20.0
    assert starts_of(counted_from_start(source(*times), end_seconds=3 * HOUR))[0] == 20.0
    few = times[::30]  # foreign words of a long film, say
    assert starts_of(counted_from_start(source(*few), end_seconds=3 * HOUR)) == tuple(few)


def test_lines_end_with_the_film() -> None:
    found, notes = within_film(source(0.5, 7.5, 9.0, 13.25 * HOUR), end_seconds=8.0)
    assert [(line.start_seconds, line.end_seconds) for line in found.lines] == [(0.5, 1.5), (7.5, 8.0)]
    assert notes == [
        "side-car film.srt: 2 line(s) beyond the film's end left out (from 00:00:09 on; the film ends at 00:00:08)"
    ]
    whole, notes = within_film(source(*STARTS), end_seconds=8.0)
    assert starts_of(whole) == STARTS
    assert notes == []
    endless = make_source([Cue(7.0, 40 * HOUR, "stays for ever")], language=None, source="x")
    assert within_film(endless, end_seconds=8.0)[0].lines[0].end_seconds == 8.0
