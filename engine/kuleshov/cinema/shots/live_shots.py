"""The shots of a live film so far: cuts that the detector confirms seconds late, and frames that look like cuts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from kuleshov.cinema.editing.pace import WINDOW_SECONDS, shot_pace
from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Pace

# A frame looks like a cut if its luma and histogram differ this much from the frame before, in sum (each 0..1), and
# this many times as much as those of the frames around it (design values). Only pace and the movement within a window
# use it.
_JUMP, _TIMES_AS_MUCH = 0.35, 3.0
_AROUND = 4  # frames to either side
#: The longest delay of the detector: a likely cut that it has not confirmed by then is none.
_DETECTOR_DELAY_SECONDS = 6.0
_SAME_SECONDS = 0.5


def likely_cuts(tracks: Tracks) -> list[int]:
    """Return the frames of a window that look like the first of a shot."""
    jump = tracks["luma_difference"].values + tracks["histogram_difference"].values
    cuts = []
    for at in np.flatnonzero(jump > _JUMP).tolist():
        around = np.concatenate((jump[max(0, at - _AROUND) : at], jump[at + 1 : at + 1 + _AROUND]))
        if len(around) and jump[at] > _TIMES_AS_MUCH * float(np.median(around)):
            cuts.append(at)
    return cuts


def spans_between(cuts: list[int], *, frames: int) -> list[Span]:
    """Return the spans of a window's frames between cuts."""
    edges = sorted({0, *cuts, frames})
    return [Span(first, end) for first, end in pairwise(edges)]


class ShotsSoFar:
    """When shots began, as far back as the last minute's pace needs it."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._certain: list[float] = []
        self._likely: list[float] = []

    def likely(self, seconds: float) -> None:
        """A shot seems to begin."""
        self._likely.append(seconds)

    def certain(self, seconds: float) -> None:
        """The detector reports that a shot began, some seconds ago."""
        self._likely = [cut for cut in self._likely if abs(cut - seconds) > _SAME_SECONDS]
        self._certain.append(seconds)

    def pace(self, *, start_seconds: float, end_seconds: float) -> Pace:
        """Return the pace around the shot that is on at the end of a window."""
        self._began = start_seconds if self._began is None else self._began
        self._likely = [cut for cut in self._likely if end_seconds - cut < _DETECTOR_DELAY_SECONDS]
        cuts = sorted(cut for cut in (*self._certain, *self._likely) if self._began < cut < end_seconds)
        edges = [self._began, *cuts, end_seconds]
        times = list(pairwise(edges))
        # Of shots before the last minute, only the one that reaches into it is needed.
        old = [end for _, end in times if end < end_seconds - WINDOW_SECONDS]
        if old:
            self._began = old[-1]
            self._certain = [cut for cut in self._certain if cut > self._began]
        return shot_pace(times, len(times) - 1)
