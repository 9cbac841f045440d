"""Faces that come into sight: after nobody was visible, or as one more face within a shot.

A shot that begins with a face after a shot with a face is no entrance: conversations cut from face to face all the
time. An entrance is timed as exactly as the film was searched for faces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kuleshov.cinema.people.framing import scale_of
from kuleshov.records import FaceTrack, Segment, ShotScale

#: A face that was out of sight for no longer has not left, and one that appears this soon after a cut began with it.
#: Design value: three frames at the slowest usual rate.
_AWAY_SECONDS = 1.5
_NEAR = 0.25  # share of the width: how far a face can have moved meanwhile
#: A face that appears nearer than this to the left or right border comes from there, share of the width.
_AT_BORDER = 0.2


@dataclass(frozen=True)
class FaceEntrance:
    """A face that comes into sight: when, in which shot scale, and how."""

    seconds: float
    scale: ShotScale
    way: str  # "at a cut", "from the left", "from the right", "within the shot"

    @property
    def text(self) -> str:
        return f"a face comes into sight {self.way}, {self.scale}"


def face_entrances(moments: Sequence[Segment]) -> list[FaceEntrance]:
    """Return the entrances of a film in order, from its moments in order; none if it was not searched for faces."""
    return sorted(_entrances(moments), key=lambda entrance: entrance.seconds)


def _entrances(moments: Sequence[Segment]) -> Iterator[FaceEntrance]:
    before: Segment | None = None
    for moment in moments:
        if moment.people is None:
            before = None
            continue
        same_shot = before is not None and before.index == moment.index
        faces_before = before.people.faces if before and before.people else []
        nobody_before = before is not None and not faces_before
        for face in sorted(moment.people.faces, key=lambda face: face.seconds[0]):
            start = face.seconds[0]
            at_start = start - moment.start_seconds < _AWAY_SECONDS
            if at_start and not same_shot:
                if nobody_before:
                    yield _entrance(face, "at a cut")
                    nobody_before = False  # several faces from the same cut are one event
            elif not any(_is_same(other, face) for other in (*faces_before, *moment.people.faces)):
                yield _entrance(face, _side(face.x[0]))
        before = moment


def _entrance(face: FaceTrack, way: str) -> FaceEntrance:
    return FaceEntrance(face.seconds[0], scale_of(np.array(face.height)), way)


def _is_same(former: FaceTrack, face: FaceTrack) -> bool:
    """Whether a face is an earlier one that was lost for a moment."""
    away = face.seconds[0] - former.seconds[-1]
    return 0 < away <= _AWAY_SECONDS and abs(face.x[0] - former.x[-1]) <= _NEAR


def _side(x: float) -> str:
    if x < _AT_BORDER:
        return "from the left"
    return "from the right" if x > 1 - _AT_BORDER else "within the shot"
