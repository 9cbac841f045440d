"""Faces followed from look to look within a shot, by place and size alone. Nobody is recognised.

A face belongs to the track whose last box it overlaps, or whose middle is near in units of the face's own size; the
best pairs are taken first. A track that was not seen for a second ends; so does every track at a cut. Two people who
change places between two looks change tracks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.people.sightings import Sightings
from kuleshov.models.face_detector import overlap

# Design values.
_LONGEST_GAP_SECONDS = 1.0
_FARTHEST = 1.0  # distance of middles in face heights
_LARGEST_RATIO = 1.8  # of the heights of one face in two looks
_SURE_SCORE = 0.75  # a face that was seen once only counts from here on


@dataclass
class FoundTrack:
    """Rows of the sightings that belong to one face."""

    rows: list[int] = field(default_factory=list)


def follow(seen: Sightings) -> list[FoundTrack]:
    """Return the tracks of the faces of one shot, in the order in which they appear; chance sightings are left out."""
    boxes = _boxes(seen)
    tracks: list[FoundTrack] = []
    row = 0
    while row < len(seen.seconds):
        end = int(np.searchsorted(seen.seconds, seen.seconds[row], side="right"))
        _extend(tracks, boxes, seen.seconds, range(row, end))
        row = end
    scores = seen.column("score")
    return [track for track in tracks if len(track.rows) > 1 or scores[track.rows[0]] >= _SURE_SCORE]


def _extend(tracks: list[FoundTrack], boxes: NDArray[np.float64], seconds: NDArray[np.float64], rows: range) -> None:
    """Give the faces of one frame to the tracks that are still there, or begin new ones."""
    pairs = [
        (cost, number, row)
        for number, track in enumerate(tracks)
        if seconds[rows.start] - seconds[track.rows[-1]] <= _LONGEST_GAP_SECONDS
        for row in rows
        if (cost := _distance(boxes[track.rows[-1]], boxes[row])) < _FARTHEST
    ]
    taken: set[int] = set()
    extended: set[int] = set()
    for _, number, row in sorted(pairs):
        if number not in extended and row not in taken:
            tracks[number].rows.append(row)
            extended.add(number)
            taken.add(row)
    tracks.extend(FoundTrack([row]) for row in rows if row not in taken)


def _distance(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """How unlike two boxes are as those of one face, 0 (the same) to infinity (never)."""
    heights = np.array((before[3] - before[1], after[3] - after[1]))
    if heights.max() > _LARGEST_RATIO * heights.min():
        return float("inf")
    shared = float(overlap(before, after[np.newaxis])[0])
    middles = (before[:2] + before[2:]) / 2 - (after[:2] + after[2:]) / 2
    # Widths and heights are shares of the picture's sides: each is compared with the face's own share.
    sizes = ((before[2:] - before[:2]) + (after[2:] - after[:2])) / 2
    return float(np.linalg.norm(middles / sizes)) * (1 - shared)


def _boxes(seen: Sightings) -> NDArray[np.float64]:
    x, y, width, height = (seen.column(name).astype(np.float64) for name in ("x", "y", "width", "height"))
    return np.stack((x - width / 2, y - height / 2, x + width / 2, y + height / 2), axis=1)
