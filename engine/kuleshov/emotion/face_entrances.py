"""Faces that come into a film: where nobody was seen just before, or one more than before within a shot.

A shot that begins with a face after a shot in which a face was seen too is no entrance: conversations cut from face to
face all the time. How exactly an entrance is timed is how often faces were looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kuleshov.cinema.people.framing import scale_of
from kuleshov.records import FaceTrack, Segment, ShotScale

#: A face that was out of sight no longer than this has not left, and one so near to a shot's beginning began with it.
#: Design value: three looks at the slowest usual rate.
_AWAY_SECONDS = 1.5
_NEAR = 0.25  # share of the width: so far a face may have moved meanwhile
#: A face that begins nearer than this to the left or right border comes in from there, share of the width.
_AT_BORDER = 0.2


@dataclass(frozen=True)
class FaceEntrance:
    """A face comes into sight at a time in seconds, as near as ``scale``; ``way`` says how."""

    seconds: float
    scale: ShotScale
    way: str  # "at a cut", "from the left", "from the right", "within the shot"

    @property
    def text(self) -> str:
        return f"a face comes into sight {self.way}, {self.scale}"


def face_entrances(moments: Sequence[Segment]) -> list[FaceEntrance]:
    """Return the entrances of a film in order, from its moments in order; none where nobody looked for faces."""
    return sorted(_entrances(moments), key=lambda one: one.seconds)


def _entrances(moments: Sequence[Segment]) -> Iterator[FaceEntrance]:
    before: Segment | None = None
    for moment in moments:
        if moment.people is None:
            before = None
            continue
        goes_on = before is not None and before.index == moment.index
        last_seen = before.people.faces if before and before.people else []
        begins_alone = before is not None and not last_seen
        for face in sorted(moment.people.faces, key=lambda face: face.seconds[0]):
            start = face.seconds[0]
            at_start = start - moment.start_seconds < _AWAY_SECONDS
            if at_start and not goes_on:
                if begins_alone:
                    yield _entrance(face, "at a cut")
                    begins_alone = False  # several who are there from the cut on are one event
            elif not any(_goes_on(each, face) for each in (*last_seen, *moment.people.faces)):
                yield _entrance(face, _side(face.x[0]))
        before = moment


def _entrance(face: FaceTrack, way: str) -> FaceEntrance:
    return FaceEntrance(face.seconds[0], scale_of(np.array(face.height)), way)


def _goes_on(former: FaceTrack, face: FaceTrack) -> bool:
    """Whether a face is another one that was lost for a moment."""
    away = face.seconds[0] - former.seconds[-1]
    return 0 < away <= _AWAY_SECONDS and abs(face.x[0] - former.x[-1]) <= _NEAR


def _side(x: float) -> str:
    if x < _AT_BORDER:
        return "from the left"
    return "from the right" if x > 1 - _AT_BORDER else "within the shot"
