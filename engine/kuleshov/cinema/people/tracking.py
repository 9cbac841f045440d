"""Faces followed from frame to frame within a shot, by position and size alone. Nobody is recognised.

A face belongs to the track whose last box it overlaps, or whose centre is near in units of the face's own size; the
best pairs are taken first. A track without a face for a second ends; so does every track at a cut. Two people who
change places between two frames change tracks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.people.sightings import Sightings
from kuleshov.models.face_detector import overlap

# Design values.
_LONGEST_GAP_SECONDS = 1.0
_FARTHEST = 1.0  # distance of centres in face heights
_LARGEST_RATIO = 1.8  # of the heights of one face in two frames
_SURE_SCORE = 0.75  # a face found only once counts from this score


def follow(faces: Sightings) -> list[list[int]]:
    """Return the tracks of one shot's faces, each as its rows, by their first row; chance finds are left out."""
    boxes, seconds = _boxes(faces), faces.seconds
    tracks: list[list[int]] = []
    alive: list[list[int]] = []
    row = 0
    while row < len(seconds):
        end = int(np.searchsorted(seconds, seconds[row], side="right"))
        alive = [track for track in alive if seconds[row] - seconds[track[-1]] <= _LONGEST_GAP_SECONDS]
        begun = _extend(alive, boxes, range(row, end))
        alive += begun
        tracks += begun
        row = end
    scores = faces.column("score")
    return [track for track in tracks if len(track) > 1 or scores[track[0]] >= _SURE_SCORE]


def _extend(alive: list[list[int]], boxes: NDArray[np.float64], rows: range) -> list[list[int]]:
    """Add the faces of one frame to the tracks that are alive; return new tracks of the others."""
    pairs = [
        (distance, number, row)
        for number, track in enumerate(alive)
        for row in rows
        if (distance := _distance(boxes[track[-1]], boxes[row])) < _FARTHEST
    ]
    extended: set[int] = set()
    taken: set[int] = set()
    for _, number, row in sorted(pairs):
        if number not in extended and row not in taken:
            alive[number].append(row)
            extended.add(number)
            taken.add(row)
    return [[row] for row in rows if row not in taken]


def _distance(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """The distance of two boxes as boxes of one face, 0 (the same) to infinity (another face)."""
    heights = np.array((before[3] - before[1], after[3] - after[1]))
    if heights.max() > _LARGEST_RATIO * heights.min():
        return float("inf")
    shared = float(overlap(before, after[np.newaxis])[0])
    middles = (before[:2] + before[2:]) / 2 - (after[:2] + after[2:]) / 2
    # Widths and heights are shares of the picture's sides: each is compared with the face's own share.
    sizes = ((before[2:] - before[:2]) + (after[2:] - after[:2])) / 2
    return float(np.linalg.norm(middles / sizes)) * (1 - shared)


def _boxes(faces: Sightings) -> NDArray[np.float64]:
    x, y, width, height = (faces.column(name).astype(np.float64) for name in ("x", "y", "width", "height"))
    return np.stack((x - width / 2, y - height / 2, x + width / 2, y + height / 2), axis=1)
