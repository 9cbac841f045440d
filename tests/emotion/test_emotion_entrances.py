"""Faces that come into sight: when, how, and as causes of changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kuleshov.emotion.causes import Causes
from kuleshov.emotion.cues import cues
from kuleshov.emotion.face_entrances import face_entrances
from kuleshov.records import FaceTrack

from .conftest import FACES
from .test_emotion_curves import film

NOBODY = replace(
    FACES,
    **{"face_share": 0.0, "close_share": 0.0, "count": 0, "grouping": "nobody", "framing": None},
    **dict.fromkeys(("smile", "sad", "angry", "fearful", "disgusted", "surprised", "neutral")),
    **dict.fromkeys(("valence_derived", "arousal_derived", "turned_away_share", "gaze_down_share")),
)


def face(first: float, last: float, *, x: float = 0.5, height: float = 0.4) -> FaceTrack:
    seconds = [first, (first + last) / 2, last]
    return FaceTrack(seconds, [x] * 3, [0.4] * 3, [height] * 3, None, None, None, None, None, None, [])


def with_faces(shots: list, *faces: FaceTrack) -> list:
    """The same shots with these faces, nobody where none of them is."""
    found = []
    for shot in shots:
        here = [one for one in faces if shot.start_seconds <= one.seconds[0] < shot.end_seconds]
        found.append(replace(shot, people=replace(FACES, faces=here) if here else NOBODY))
    return found


def told(shots: list, *faces: FaceTrack) -> list[tuple[float, str]]:
    return [(one.seconds, one.way) for one in face_entrances(with_faces(shots, *faces))]


def test_a_face_after_a_shot_of_nobody_enters_at_the_cut(shot) -> None:
    shots = film(shot, count=4, seconds=4.0)
    assert told(shots, face(4.2, 7.8)) == [(4.2, "at a cut")]
    assert told(shots, face(4.2, 7.8), face(4.3, 7.8, x=0.8)) == [(4.2, "at a cut")], "two at once are one event"
    assert told(shots, face(4.2, 7.8), face(8.1, 11.8)) == [(4.2, "at a cut")], "from face to face nobody enters"
    assert told(shots, face(0.1, 3.8)) == [], "who is there from the beginning does not enter"


def test_a_face_that_comes_in_within_a_shot_says_from_where(shot) -> None:
    shots = film(shot, count=2, seconds=9.0)
    assert told(shots, face(5.0, 8.0, x=0.1)) == [(5.0, "from the left")]
    assert told(shots, face(5.0, 8.0, x=0.9)) == [(5.0, "from the right")]
    assert told(shots, face(0.1, 8.8), face(5.0, 8.0)) == [(5.0, "within the shot")]
    assert told(shots, face(0.1, 4.0), face(4.8, 8.0)) == [], "lost for a moment"
    assert told(shots, face(0.1, 4.0), face(4.8, 8.0, x=0.1)) == [(4.8, "from the left")], "somebody else"


def test_parts_of_a_long_shot_go_on(shot) -> None:
    parts = [replace(part, index=0) for part in film(shot, count=3, seconds=5.0)]
    assert told(parts, face(0.1, 4.9), face(5.1, 9.9)) == []
    assert told(parts, face(5.4, 9.9)) == [(5.4, "within the shot")]


def test_nobody_looked_nobody_entered(shot) -> None:
    assert face_entrances([replace(one, people=None) for one in film(shot, count=3)]) == []


def test_a_face_that_comes_into_sight_is_the_cause_of_what_it_brings(shot, grammar) -> None:
    shots = film(shot, count=24)
    smiling = replace(FACES, smile=0.95, sad=0.0, close_share=1.0, face_share=1.0)
    shots = [
        replace(one, people=replace(smiling, faces=[face(one.start_seconds + 0.1, one.end_seconds - 0.1)]))
        if one.index >= 12
        else replace(one, people=NOBODY)
        for one in shots
    ]
    causes = Causes(shots, cues(shots, grammar=grammar), (), grammar)
    (cause,) = causes.of({"smile": 0.3, "brightness": 0.01}, 31.0, dimension="valence")
    assert cause.kind == "entrance of a face"
    assert cause.seconds == pytest.approx(30.1)
    assert cause.text.startswith("a face comes into sight at a cut, CU: ")
    assert cause.share == pytest.approx(0.3 / 0.31)
