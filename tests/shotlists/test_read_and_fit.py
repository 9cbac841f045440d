"""Shot lists as other programs write them, fitted to a film of 100 frames; and every way in which they can be wrong."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kuleshov.records import Transition
from kuleshov.shotlists.entries import ShotListError
from kuleshov.shotlists.film_frames import FilmFrames
from kuleshov.shotlists.fit import compare_with_detected, fit
from kuleshov.shotlists.read import read_shot_list


def film(rate=Fraction(25), count=100):
    return FilmFrames(np.array([float(n / rate) for n in range(count)]), float(count / rate), rate, False)


def fitted(tmp_path, text, *, name="list.txt", of=None, start=None):
    path = tmp_path / name
    path.write_text(text)
    return fit(read_shot_list(path), of or film(), start=start)


def cut(frame):
    return Transition("cut", frame - 1, frame, 1.0)


CUTS = (cut(30), cut(75))

SAME = {
    "pairs.txt": "# TRECVID\n0 29\n30 74\n75 99\n",
    "exclusive pairs.txt": "0 30\n30 75\n75 100\n",
    "frames.csv": "start_frame,end_frame\n0,30\n30,75\n75,100\n",
    "last frames.csv": "First Frame;Last Frame\n0;29\n30;74\n75;99\n",
    "seconds.csv": "start_seconds,end_seconds\n0,1.2\n1.2,3\n3,4\n",
    "clock.csv": "start,end\n00:00:00.000,00:00:01.200\n00:00:01.200,00:00:03.000\n0:03.000,0:04.000\n",
    "timecodes.tsv": "In\tOut\n00:00:00:00\t00:00:01:05\n00:00:01:05\t00:00:03:00\n00:00:03:00\t00:00:04:00\n",
    "starts.csv": "name,start_frame\na,0\nb,30\nc,75\n",
    "scenedetect.csv": (
        "Timecode List:,00:00:01.200,00:00:03.000\n"
        "Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time (seconds)\n"
        "1,1,00:00:00.000,0.000,30,00:00:01.200,1.200\n"
        "2,31,00:00:01.200,1.200,75,00:00:03.000,3.000\n"
        "3,76,00:00:03.000,3.000,100,00:00:04.000,4.000\n"
    ),
    "film.edl": (
        "TITLE: x\nFCM: NON-DROP FRAME\n\n"
        "001  AX       V     C        00:00:00:00 00:00:01:05 01:00:00:00 01:00:01:05\n"
        "* FROM CLIP NAME: x.mov\n"
        "001  AX       A     C        00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00\n"
        "002  AX       V     C        00:00:01:05 00:00:03:00 01:00:01:05 01:00:03:00\n"
        "003  AX       V     C        00:00:03:00 00:00:04:00 01:00:03:00 01:00:04:00\n"
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_all_shapes_of_the_same_list_say_the_same(tmp_path, name):
    assert fitted(tmp_path, SAME[name], name=name).transitions == CUTS


def test_an_hour_of_leader_is_understood_and_noted(tmp_path):
    (note,) = fitted(tmp_path, SAME["film.edl"], name="film.edl").notes
    assert "counted from 01:00:00:00" in note
    shifted = SAME["film.edl"].replace(" 01:00:0", " 00:59:5")  # 00:59:50:00 is the first frame
    with pytest.raises(ShotListError, match=r"begins at frame 89\d+.*--list-start"):
        fitted(tmp_path, shifted, name="film.edl")
    assert fitted(tmp_path, shifted, name="film.edl", start="00:59:50:00").transitions == CUTS


def test_gradual_transitions(tmp_path):
    edl = (
        "001  AX V C     00:00:00:00 00:00:01:05 00:00:00:00 00:00:01:05\n"
        "002  AX V C     00:00:01:05 00:00:01:05 00:00:01:05 00:00:01:05\n"
        "002  AX V D 012 00:00:01:05 00:00:03:00 00:00:01:05 00:00:03:00\n"
        "003  BL V C     00:00:00:00 00:00:00:00 00:00:03:00 00:00:03:00\n"
        "003  AX V D 005 00:00:03:00 00:00:04:00 00:00:03:00 00:00:04:00\n"
    )
    assert fitted(tmp_path, edl, name="a.edl").transitions == (
        Transition("dissolve", 29, 42, 1.0),
        Transition("fade_black", 74, 80, 1.0),
    )
    pairs = fitted(tmp_path, "0 24\n35 74\n75 99\n").transitions  # frames 25 to 34 are the dissolve's
    assert pairs == (Transition("dissolve", 24, 35, 1.0), cut(75))


def test_drop_frame_timecodes(tmp_path):
    """Two minutes at 29.97, cut at the first number after two dropped ones: frame 1800."""
    of = film(Fraction(30_000, 1001), 3600)
    edl = (
        "FCM: DROP FRAME\n"
        "001  AX V C 00:00:00;00 00:01:00;02 00:00:00;00 00:01:00;02\n"
        "002  AX V C 00:01:00;02 00:02:00;04 00:01:00;02 00:02:00;04\n"
    )
    assert fitted(tmp_path, edl, name="a.edl", of=of).transitions == (cut(1800),)
    colons = edl.replace(";", ":")
    assert fitted(tmp_path, colons, name="a.edl", of=of).transitions == (cut(1800),)
    with pytest.raises(ShotListError, match=r"drop-frame timecode is for 29\.97.*another frame rate"):
        fitted(tmp_path, edl, name="a.edl")


def test_times_in_a_film_of_variable_rate_mean_the_nearest_frame(tmp_path):
    seconds = np.concatenate([np.arange(50) * 0.04, 2.0 + np.arange(50) * 0.1])
    of = FilmFrames(seconds, 7.0, Fraction(14), True)
    assert fitted(tmp_path, "start_seconds\n0\n2.31\n", name="a.csv", of=of).transitions == (cut(53),)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("0 29\n20 74\n75 99\n", "a.txt", "line 2: begins at frame 20, but the shot before ends at 30"),
        ("0 29\n75 99\n30 74\n", "a.txt", "line 3: begins at frame 30"),
        (
            "start_frame,end_frame\n0,30\n40,75\n75,100\n",
            "a.csv",
            "line 3: a gap: no shot is listed for frames 30 to 39",
        ),
        ("0 29\n30 74\n75 250\n", "a.txt", "ends at frame 251, but the film has 100"),
        (
            "0 29\n30 74\n75 95\n",
            "a.txt",
            r"ends at frame 96, but the film has 100 \(as a list made at (24|23.976) frames",
        ),
        ("0 29\n30 49\n50 59\n", "a.txt", "ends at frame 60.*another film or copy"),
        ("5 29\n30 99\n", "a.txt", "begins at frame 5"),
        ("0 29\n29 20\n", "a.txt", "from frame 29 to 20; it must end after it begins"),
        ("start_frame,frame_rate\n0,24/1\n30,24/1\n", "a.csv", "made for 24 frames a second; the film has 25"),
        ("start,end\n0,x\n", "a.csv", "'x' is not a position in a film"),
        ("start_frame,transition\n0,\n30,swirl\n", "a.csv", "'swirl' is unknown; known are"),
        ("name,colour\na,b\n", "a.csv", "no heading for the start of shots"),
        ("just words\n", "a.txt", "not a known shot list"),
        ("{}", "a.otio", "not readable as OpenTimelineIO|no timeline"),
        ("TITLE: x\n", "a.edl", "lists no shot"),
        ("001 AX V C 00:00:00:00 00:00:01:29 00:00:00:00 00:00:01:29\n", "a.edl", "count to 24.*another frame rate"),
        (
            "001 AX V K 00:00:00:00 00:00:01:20 00:00:00:00 00:00:01:20\n",
            "a.edl",
            r"line 1: a key without its background \(K B\)",
        ),
    ],
)
def test_errors_are_named(tmp_path, text, name, says):
    with pytest.raises(ShotListError, match=says):
        fitted(tmp_path, text, name=name)


def test_an_end_a_frame_off_is_accepted_with_a_note(tmp_path):
    done = fitted(tmp_path, "0 29\n30 74\n75 100\n")
    assert done.transitions == CUTS
    assert "1 frame(s) before or after the film's end" in done.notes[0]


def test_a_list_that_is_a_frame_off_or_another_films_is_noticed():
    cuts = [cut(frame) for frame in (10, 30, 44, 60, 81, 90)]
    assert compare_with_detected(cuts, cuts, source="a") == []
    (note,) = compare_with_detected([cut(entry.end_frame + 1) for entry in cuts], cuts, source="a")
    assert "100% of its cuts lie 1 frame(s) after" in note
    (note,) = compare_with_detected([cut(frame) for frame in (5, 20, 36, 52, 70, 97)], cuts, source="a")
    assert "does the list belong to this film?" in note
