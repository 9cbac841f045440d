"""Sightings: every face found in a frame, as plain numbers.

They are kept as tracks, so that a film can be divided into other shots without decoding it again.

The track ``face_count`` has one value for each frame that was searched. Every other track of ``SIGHTING_TRACKS`` has
one value for each face of each such frame, in the same order: faces of one frame share its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.tracks import Tracks
from kuleshov.records import EXPRESSIONS

_COUNT = "face_count"
_NUMBERS = ("x", "y", "width", "height", "score", "yaw", "pitch", "roll", "eye_opening")
#: Names and units of the tracks of single faces. Positions and sizes are shares of the picture without its bars.
SIGHTING_TRACKS = {
    **{f"face_{name}": "0..1" for name in ("x", "y", "width", "height", "score")},
    **{f"face_{name}": "degrees" for name in ("yaw", "pitch", "roll")},
    "face_eye_opening": "",
    **{f"face_{name}": "0..1" for name in EXPRESSIONS},
}


@dataclass(frozen=True)
class Sighting:
    """One face in one frame. ``x``, ``y``: its centre. Unknown values are NaN.

    ``expressions``: likelihoods, in the order of ``EXPRESSIONS``; angles as in ``models.face_mesh``.
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    yaw: float
    pitch: float
    roll: float
    eye_opening: float
    expressions: tuple[float, ...]


@dataclass(frozen=True)
class Sightings:
    """The faces of a film, by time.

    ``searched`` float64 ``[L]``: times of the frames that were searched, ascending; ``counts`` int64 ``[L]``: faces in
    each. ``seconds`` float64 ``[N]``, ``numbers`` float32 ``[N, 9]`` (``x`` to ``eye_opening`` of ``Sighting``) and
    ``expressions`` float32 ``[N, 7]``: a row a face; NaN = unknown.
    """

    searched: NDArray[np.float64]
    counts: NDArray[np.int64]
    seconds: NDArray[np.float64]
    numbers: NDArray[np.float32]
    expressions: NDArray[np.float32]

    def column(self, name: str) -> NDArray[np.float32]:
        """Return one of the numbers of every face: ``column("height")``."""
        return self.numbers[:, _NUMBERS.index(name)]

    def between(self, start_seconds: float, end_seconds: float) -> Sightings:
        """Return the sightings with ``start_seconds <= time < end_seconds``."""
        first, end = np.searchsorted(self.searched, (start_seconds, end_seconds))
        low, high = np.searchsorted(self.seconds, (start_seconds, end_seconds))
        return Sightings(
            self.searched[first:end],
            self.counts[first:end],
            self.seconds[low:high],
            self.numbers[low:high],
            self.expressions[low:high],
        )

    def select(self, rows: Sequence[int]) -> Sightings:
        """Return some of the faces, by time; frames without any of them remain as searched frames."""
        order = np.sort(np.array(rows, np.int64))
        seconds = self.seconds[order]
        counts = np.searchsorted(seconds, self.searched, side="right") - np.searchsorted(seconds, self.searched)
        return Sightings(self.searched, counts, seconds, self.numbers[order], self.expressions[order])

    def add_to(self, tracks: Tracks) -> None:
        """Add them as tracks."""
        tracks.add(_COUNT, unit="faces", seconds=self.searched, values=self.counts)
        columns = np.concatenate((self.numbers, self.expressions), axis=1)
        for (name, unit), values in zip(SIGHTING_TRACKS.items(), columns.T, strict=True):
            tracks.add(name, unit=unit, seconds=self.seconds, values=values)


def joined(parts: Sequence[Sightings]) -> Sightings:
    """Return the sightings of several consecutive parts as one."""
    columns = ("searched", "counts", "seconds", "numbers", "expressions")
    return Sightings(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def collect_sightings(looks: Sequence[tuple[float, Sequence[Sighting]]]) -> Sightings:
    """Return the sightings of the frames that were searched: their times, ascending, each with its faces."""
    faces = [(seconds, face) for seconds, sightings in looks for face in sightings]
    numbers = [[getattr(face, name) for name in _NUMBERS] for _, face in faces]
    return Sightings(
        np.array([seconds for seconds, _ in looks], np.float64),
        np.array([len(sightings) for _, sightings in looks], np.int64),
        np.array([seconds for seconds, _ in faces], np.float64),
        np.array(numbers, np.float32).reshape(-1, len(_NUMBERS)),
        np.array([face.expressions for _, face in faces], np.float32).reshape(-1, len(EXPRESSIONS)),
    )


def sightings_of(tracks: Tracks) -> Sightings | None:
    """Return the sightings in a film's tracks; ``None`` if the film was not searched for faces."""
    if _COUNT not in tracks:
        return None
    columns = np.stack([tracks[name].values for name in SIGHTING_TRACKS], axis=1)
    split = len(_NUMBERS)
    return Sightings(
        tracks[_COUNT].seconds,
        tracks[_COUNT].values.astype(np.int64),
        tracks["face_x"].seconds,
        columns[:, :split],
        columns[:, split:],
    )
