"""What a list counts from: the first picture or the container's zero, the film's own timecode, a day that ends."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from kuleshov.shotlists.entries import ShotListError
from kuleshov.shotlists.film_frames import FilmFrames

from .lists import CUTS, cut, film, fitted
from .test_edl_dialects import edl

SECONDS = (0.0, 1.2, 3.0, 4.0)


def table(seconds, digits=3):
    rows = (f"{start:.{digits}f};{end:.{digits}f}" for start, end in pairwise(seconds))
    return "start;end\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("first_seconds", [0.021, 0.0213, 0.023, 0.5, 1.4, 2.0])
@pytest.mark.parametrize("digits", [2, 3])
def test_seconds_from_the_first_picture_and_from_zero_mean_the_same(tmp_path, first_seconds, digits):
    of = film(first_seconds=first_seconds)
    from_picture = fitted(tmp_path, table(SECONDS, digits), name="a.csv", of=of)
    from_zero = fitted(tmp_path, table([first_seconds + second for second in SECONDS], digits), name="a.csv", of=of)
    assert from_picture.transitions == from_zero.transitions == CUTS
    assert [bool(done.notes) for done in (from_picture, from_zero)] == [first_seconds > 0.04] * 2
    if first_seconds > 0.04:
        assert "its seconds count from the first picture; the first picture is at" in from_picture.notes[0]
        assert "its seconds count from the zero of the file" in from_zero.notes[0]


def test_the_first_shot_may_reach_back_to_zero(tmp_path):
    """Cuts as FFmpeg prints them, of pictures that begin at half a second."""
    of = film(first_seconds=0.5)
    assert fitted(tmp_path, table((0.0, 1.7, 3.5, 4.5)), name="a.csv", of=of).transitions == CUTS


def test_starts_alone_go_by_the_beginnings_of_frames(tmp_path):
    of = film(first_seconds=0.021)
    assert fitted(tmp_path, "start_seconds\n0\n1.2\n3\n", name="a.csv", of=of).transitions == CUTS
    assert fitted(tmp_path, "start_seconds\n0\n1.221\n3.021\n", name="a.csv", of=of).transitions == CUTS


def test_timecodes_of_a_film_of_variable_rate_count_from_the_first_picture(tmp_path):
    seconds = 0.7 + np.concatenate([np.arange(50) * 0.04, 2.0 + np.arange(50) * 0.08])
    of = FilmFrames(seconds, 0.7 + 6.0, Fraction(50, 3), True)
    text = edl(spans=("00:00:00:00 00:00:02:12", "00:00:02:12 00:00:06:00"))
    assert fitted(tmp_path, text.replace(":12", ":10"), of=of).transitions == (cut(55),)


@pytest.mark.parametrize(
    ("rate", "own"),
    [
        (Fraction(25), "10:23:45:12"),
        (Fraction(25), "00:00:10:00"),
        (Fraction(24), "23:59:58:12"),  # midnight comes within the film
        (Fraction(30_000, 1001), "00:59:58;20"),
        (Fraction(30_000, 1001), "01:00:00:00"),
        (Fraction(50), "09:59:59:49"),
    ],
)
def test_a_list_in_the_films_own_timecode(tmp_path, rate, own):
    from kuleshov.media.timecode import is_drop_frame, timecode_rate

    counted = timecode_rate(rate, drop=is_drop_frame(own))
    codes = [counted.timecode(counted.frame(own) + frame) for frame in (0, 30, 75, 100)]
    spans = tuple(f"{start} {end}" for start, end in pairwise(codes))
    text = edl(spans=spans).replace("FCM: NON-DROP FRAME\n", "")
    done = fitted(tmp_path, text, of=film(rate, timecode=own))
    assert done.transitions == CUTS
    assert f"counted from {own}, the film's own timecode" in done.notes[0]


def test_a_list_need_not_be_in_the_films_own_timecode(tmp_path):
    of = film(timecode="10:23:45:12")
    assert fitted(tmp_path, edl(), of=of).transitions == CUTS
    hours = edl().replace(" 00:00:", " 01:00:")
    assert "counted from 01:00:00:00 (" in fitted(tmp_path, hours, of=of).notes[0]
    late = edl(spans=("10:23:46:12 10:23:47:12",))
    with pytest.raises(ShotListError, match="begins at frame 25: nothing is listed before it"):
        fitted(tmp_path, late, of=of)


def test_a_list_past_midnight(tmp_path):
    codes = ("23:59:58:00", "23:59:59:05", "00:00:01:00", "00:00:02:00")
    text = edl(spans=tuple(f"{start} {end}" for start, end in pairwise(codes)))
    assert fitted(tmp_path, text, start="23:59:58:00").transitions == CUTS
    with pytest.raises(ShotListError, match="past the end of a day"):
        fitted(tmp_path, text.replace("00:00:02:00", "24:00:02:00"), start="23:59:58:00")
    with pytest.raises(ShotListError, match="past the end of a day"):
        fitted(tmp_path, text, start="25:00:00:00")
    with pytest.raises(ShotListError, match="begins at frame -1500"):
        fitted(tmp_path, edl(), start="00:01:00:00")


def test_other_picture_tracks_of_a_timeline_are_named(tmp_path):
    import opentimelineio as otio

    timeline = otio.schema.Timeline("film")
    for name, lengths in (("V1", (30, 45, 25)), ("titles", (10,))):
        track = otio.schema.Track(name, kind=otio.schema.TrackKind.Video)
        for length in lengths:
            span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(length, 25))
            track.append(otio.schema.Clip("x", source_range=span))
        timeline.tracks.append(track)
    done = fitted(tmp_path, otio.adapters.write_to_string(timeline, "otio_json"), name="a.otio")
    assert done.transitions == CUTS
    assert done.notes == ("a.otio: picture track titles passed over, the shots are those of the first",)
