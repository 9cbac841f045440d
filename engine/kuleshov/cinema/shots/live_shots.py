"""The shots of a live film so far: what the detector is certain of, seconds late, and what looks like a cut at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kuleshov.cinema.editing.pace import WINDOW_SECONDS, shot_pace
from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Pace

# A frame whose luma and histogram differ so much from the one before, in all (each 0..1), and so many times as much as
# those around it do, looks like a cut (design values). Only pace and the movement within a window rest on it.
_JUMP, _TIMES_AS_MUCH = 0.35, 3.0
_AROUND = 4  # frames to either side
#: After so long the detector has spoken: what it has not confirmed was no cut.
_DETECTOR_SPEAKS_SECONDS = 6.0
_SAME_SECONDS = 0.5


def likely_cuts(tracks: Tracks) -> list[int]:
    """Return the frames of a window that look as if a shot began with them."""
    jump = tracks["luma_difference"].values + tracks["histogram_difference"].values
    found = []
    for at in np.flatnonzero(jump > _JUMP).tolist():
        around = np.concatenate((jump[max(0, at - _AROUND) : at], jump[at + 1 : at + 1 + _AROUND]))
        if len(around) and jump[at] > _TIMES_AS_MUCH * float(np.median(around)):
            found.append(at)
    return found


def spans_between(cuts: list[int], *, frames: int) -> list[Span]:
    """Return the stretches of a window's frames that no cut divides."""
    edges = sorted({0, *cuts, frames})
    return [Span(first, end) for first, end in pairwise(edges)]


class ShotsSoFar:
    """Where shots began, as far as the last minute's pace needs it."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._certain: list[float] = []
        self._likely: list[float] = []

    def likely(self, seconds: float) -> None:
        """A shot seems to begin."""
        self._likely.append(seconds)

    def certain(self, seconds: float) -> None:
        """The detector says that a shot began, some seconds ago."""
        self._likely = [each for each in self._likely if abs(each - seconds) > _SAME_SECONDS]
        self._certain.append(seconds)

    def pace(self, *, start_seconds: float, end_seconds: float) -> Pace:
        """Return the pace around the shot that goes on at the end of a window."""
        self._began = start_seconds if self._began is None else self._began
        self._likely = [each for each in self._likely if end_seconds - each < _DETECTOR_SPEAKS_SECONDS]
        cuts = sorted(each for each in (*self._certain, *self._likely) if self._began < each < end_seconds)
        edges = [self._began, *cuts, end_seconds]
        times = list(pairwise(edges))
        # Of what is older than a minute only the shot is needed that reaches into it.
        old = [end for _, end in times if end < end_seconds - WINDOW_SECONDS]
        if old:
            self._began = old[-1]
            self._certain = [each for each in self._certain if each > self._began]
        return shot_pace(times, len(times) - 1)
