"""Timecode against the standard's own numbers and against OpenTimelineIO, over whole days of frames."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuleshov.media.timecode import NTSC_30, NTSC_60, TimecodeRate, is_drop_frame, standard_rate, timecode_rate

FILM = Fraction(24_000, 1001)
RATES = [
    *(TimecodeRate(Fraction(rate)) for rate in (FILM, 24, 25, NTSC_30, 30, 50, NTSC_60, 60)),
    TimecodeRate(NTSC_30, drop=True),
    TimecodeRate(NTSC_60, drop=True),
]


@pytest.mark.parametrize(
    ("rate", "frame", "timecode"),
    [
        (TimecodeRate(NTSC_30, drop=True), 1799, "00:00:59;29"),
        (TimecodeRate(NTSC_30, drop=True), 1800, "00:01:00;02"),
        (TimecodeRate(NTSC_30, drop=True), 17_981, "00:09:59;29"),
        (TimecodeRate(NTSC_30, drop=True), 17_982, "00:10:00;00"),
        (TimecodeRate(NTSC_30, drop=True), 107_892, "01:00:00;00"),  # SMPTE ST 12-1: 108 numbers dropped an hour
        (TimecodeRate(NTSC_30), 108_000, "01:00:00:00"),
        (TimecodeRate(NTSC_60, drop=True), 3600, "00:01:00;04"),
        (TimecodeRate(NTSC_60, drop=True), 215_784, "01:00:00;00"),
        (TimecodeRate(FILM), 86_400, "01:00:00:00"),
        (TimecodeRate(Fraction(25)), 90_001, "01:00:00:01"),
        (TimecodeRate(Fraction(50)), 49, "00:00:00:49"),
    ],
)
def test_known_timecodes(rate, frame, timecode):
    assert rate.timecode(frame) == timecode
    assert rate.frame(timecode) == frame


@pytest.mark.parametrize("rate", RATES, ids=str)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_frame_comes_back_from_its_timecode_and_from_its_time(rate, share):
    frame = int(share * rate.day_frames)
    assert rate.frame(rate.timecode(frame)) == frame
    assert rate.frame_at(rate.seconds(frame)) == frame
    assert rate.frame_at(float(rate.seconds(frame))) == frame


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_opentimelineio_numbers_frames_the_same_way(rate):
    """Up to a day by the clock, after which it begins anew even where the numbers do not (29.97 non-drop)."""
    from opentimelineio.opentime import RationalTime, to_timecode

    fps = float(rate.frames_per_second)
    for minute in (*range(1, 13), 59, 60, 61, 1300):
        for frame in range(60 * rate.nominal * minute - 65, 60 * rate.nominal * minute + 6):
            assert rate.timecode(frame) == to_timecode(RationalTime(frame, fps), fps, rate.drop), frame


def test_an_hour_of_drop_frame_is_an_hour():
    for rate in (TimecodeRate(NTSC_30, drop=True), TimecodeRate(NTSC_60, drop=True)):
        assert float(rate.seconds(rate.frame("01:00:00;00"))) == pytest.approx(3600, abs=0.005)
    assert float(TimecodeRate(NTSC_30).seconds(108_000)) == pytest.approx(3603.6)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_after_a_day_timecodes_begin_anew(rate):
    last = rate.timecode(rate.day_frames - 1)
    assert last.startswith("23:59:59")
    assert last.endswith(f"{rate.nominal - 1}")
    assert rate.timecode(rate.day_frames) == rate.timecode(0)
    start = rate.frame("23:59:57:00")
    assert rate.timecode(start + 4 * rate.nominal).replace(";", ":") == "00:00:01:00"


@pytest.mark.parametrize(
    ("rate", "timecode", "says"),
    [
        (TimecodeRate(NTSC_30, drop=True), "00:01:00;01", "does not exist"),
        (TimecodeRate(Fraction(24)), "00:00:01:24", "count to 23"),
        (TimecodeRate(Fraction(24)), "00:61:01:00", "no timecode"),
        (TimecodeRate(Fraction(24)), "1.5", "no timecode"),
        (TimecodeRate(Fraction(25)), "24:00:00:00", "past the end of a day"),
        (TimecodeRate(NTSC_30, drop=True), "25:00:00;00", "past the end of a day"),
    ],
)
def test_what_is_no_timecode_is_refused(rate, timecode, says):
    with pytest.raises(ValueError, match=says):
        rate.frame(timecode)


def test_rates():
    assert standard_rate(29.97) == standard_rate(Fraction(2997, 100)) == NTSC_30
    assert standard_rate(23.976) == FILM
    assert standard_rate(Fraction(25, 2)) == Fraction(25, 2)
    assert timecode_rate(59.94).drop
    assert not timecode_rate(NTSC_30, drop=False).drop
    assert not timecode_rate(24).drop
    with pytest.raises(ValueError, match="drop-frame"):
        timecode_rate(25, drop=True)
    with pytest.raises(ValueError, match="positive"):
        timecode_rate(Fraction(0))
    assert is_drop_frame("00:00:01;02")
    assert not is_drop_frame("00:00:01:02")
