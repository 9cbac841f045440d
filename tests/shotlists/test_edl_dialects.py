"""Edit decision lists as many programs write them: tracks, reels, out-points, effects, and lines that are no events."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kuleshov.records import Transition
from kuleshov.shotlists.entries import ShotListError

from .lists import CUTS, cut, film, fitted

SPANS = ("00:00:00:00 00:00:01:05", "00:00:01:05 00:00:03:00", "00:00:03:00 00:00:04:00")
INCLUSIVE = ("00:00:00:00 00:00:01:04", "00:00:01:05 00:00:02:24", "00:00:03:00 00:00:03:24")


def edl(middle: str = "AX       V     C       ", *, spans: tuple[str, ...] = SPANS, between: str = "") -> str:
    """An EDL of three events; ``middle`` stands between their numbers and their times."""
    events = [f"{number:03d}  {middle} {span} {span}" for number, span in enumerate(spans, 1)]
    return "TITLE: x\nFCM: NON-DROP FRAME\n\n" + f"\n{between}\n".join(events) + "\n"


@pytest.mark.parametrize(
    "middle",
    [
        *(
            f"film     {track:<6} C       "
            for track in ("AA/V", "A/V", "A2/V", "A3/V", "B", "V1", "VA1A2", "V1A1", "AV")
        ),
        "my tape 2 V     C       ",
        "CAM B    V     C       ",
        "A V      V     C       ",
        "Reel (3) AA/V  C       ",
        "         V     C       ",
        "ax       v     c       ",
    ],
)
def test_tracks_and_reels(tmp_path, middle):
    done = fitted(tmp_path, edl(middle))
    assert done.transitions == CUTS
    assert done.notes == ()


def test_out_points_may_be_the_last_frame_shown(tmp_path):
    done = fitted(tmp_path, edl(spans=INCLUSIVE))
    assert done.transitions == CUTS
    assert "last frame of each shot" in done.notes[0]
    table = "in,out\n" + "".join(span.replace(" ", ",") + "\n" for span in INCLUSIVE)
    assert fitted(tmp_path, table, name="list.csv").transitions == CUTS
    times = "start;end\n0;1,16\n1,2;2,96\n3;3,96\n"
    assert fitted(tmp_path, times, name="list.csv").transitions == CUTS


def test_a_shot_of_one_frame_by_its_last_frame(tmp_path):
    """The same timecode twice is the outgoing picture of a dissolve only where the dissolve follows."""
    spans = ("00:00:00:00 00:00:01:04", "00:00:01:05 00:00:01:05", "00:00:01:06 00:00:03:24")
    assert fitted(tmp_path, edl(spans=spans)).transitions == (cut(30), cut(31))


def test_a_gap_is_still_a_gap(tmp_path):
    spans = ("00:00:00:00 00:00:01:05", "00:00:01:10 00:00:03:00", "00:00:03:00 00:00:04:00")
    with pytest.raises(ShotListError, match="line 6: a gap: no shot is listed for frames 30 to 34"):
        fitted(tmp_path, edl(spans=spans))
    one_off = (*INCLUSIVE[:1], "00:00:01:05 00:00:03:00", *SPANS[2:])
    with pytest.raises(ShotListError, match="a gap: no shot is listed for frames 29 to 29"):
        fitted(
            tmp_path, edl(spans=(*one_off, "00:00:04:00 00:00:05:00", "00:00:05:00 00:00:06:00")), of=film(count=150)
        )


def test_the_shots_are_those_of_the_first_picture_track(tmp_path):
    title = "004  AX       V2    C        00:00:00:00 00:00:01:00 00:00:00:10 00:00:01:10"
    done = fitted(tmp_path, edl(between=title))
    assert done.transitions == CUTS
    assert done.notes == ("list.edl: track V2 passed over, the shots are those of V: lines 5, 7",)
    with pytest.raises(ShotListError, match=r"nothing is listed before it.*; track V2 passed over.*lines 4, 5, 7"):
        fitted(tmp_path, edl(between=title).replace("001  AX       V ", "001  AX       V2"))
    with pytest.raises(ShotListError, match=r"lists no shot \(track V3 passed over.*lines 3, 4, 5\)"):
        fitted(tmp_path, edl("AX       V3    C       ").replace("\n\n0", "\n0"))


def test_effects_speeds_and_comments_do_not_divide(tmp_path):
    between = (
        "M2   AX       012.5                00:00:00:00\n"
        "* FROM CLIP NAME: a.mov\n>>> SOURCE a.mov\n|C:ResolveColorBlue |M:Marker 1 |D:1\n"
        "EFFECTS NAME IS CROSS DISSOLVE\nFINAL CUT PRO REEL: 001 REPLACED BY: 001A\nAUD  3    4\n"
        "SPLIT:    AUDIO DELAY=  00:00:00:05"
    )
    done = fitted(tmp_path, edl(between=between))
    assert done.transitions == CUTS
    assert done.notes == ()


def test_dissolves_wipes_and_keys(tmp_path):
    text = (
        "001  AX V C            00:00:00:00 00:00:01:05 00:00:00:00 00:00:01:05\n"
        "002  AX V C            00:00:01:05 00:00:01:05 00:00:01:05 00:00:01:05\n"
        "002  AX AA/V W001 012  00:00:01:05 00:00:03:00 00:00:01:05 00:00:03:00\n"
        "003  AX V K B          00:00:03:00 00:00:04:00 00:00:03:00 00:00:04:00\n"
        "003  AX V K     010    00:00:00:00 00:00:00:20 00:00:03:00 00:00:03:20\n"
    )
    done = fitted(tmp_path, text)
    assert done.transitions == (Transition("wipe", 29, 42, 1.0), cut(75))
    assert done.notes == ("list.edl: line 5 passed over: a key lies over the picture",)


def test_every_line_that_is_no_event_is_named(tmp_path):
    done = fitted(tmp_path, edl(between="see the director's notes"))
    assert done.transitions == CUTS
    assert done.notes[0] == 'list.edl: line 5 passed over, it is no event: "see the director\'s notes"'
    with pytest.raises(ShotListError, match=r"line 6: '002 AX Q C .*' is no event of an EDL"):
        fitted(tmp_path, edl().replace("002  AX       V ", "002  AX       Q "))
    with pytest.raises(ShotListError, match=r"line 6: '002 AX V C 00:00:01:05.*' is no event"):
        fitted(tmp_path, edl().replace(" 00:00:01:05 00:00:03:00 00:00:01:05 00:00:03:00", " 00:00:01:05 00:00:03:00"))


def test_text_after_the_timecodes(tmp_path):
    assert fitted(tmp_path, edl().replace("\n002", "  beach.mov\n002")).transitions == CUTS


@pytest.mark.parametrize(
    ("fcm", "mark", "second_cut"),
    [("DROP FRAME", ":", 1800), ("NON-DROP FRAME", ":", 1802), ("NON-DROP FRAME", ";", 1800), (None, ";", 1800)],
)
def test_drop_frame_is_what_the_timecodes_or_the_list_say(tmp_path, fcm, mark, second_cut):
    last = "00:02:00:04" if second_cut == 1800 else "00:02:00:00"
    text = (
        "".join(
            f"{number:03d} AX V C {span} {span}\n"
            for number, span in enumerate(("00:00:00:00 00:01:00:02", f"00:01:00:02 {last}"), 1)
        )
        .replace(":02 ", f"{mark}02 ")
        .replace(":02\n", f"{mark}02\n")
    )
    text = (f"FCM: {fcm}\n" if fcm else "") + text
    assert fitted(tmp_path, text, of=film(Fraction(30_000, 1001), 3600)).transitions == (cut(second_cut),)


def test_drop_frame_said_of_a_rate_that_drops_nothing(tmp_path):
    done = fitted(tmp_path, edl().replace("NON-DROP", "DROP"))
    assert done.transitions == CUTS
    assert "no timecode is dropped" in done.notes[0]
