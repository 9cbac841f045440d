"""The frames of the film that a shot list is fitted to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

#: A list may end this many frames before or after the film: programs count the last frames of a file differently.
END_TOLERANCE_FRAMES = 2


@dataclass(frozen=True)
class FilmFrames:
    """A film's frames: float64 ``[frames]`` when each is shown, when the last one ends (seconds), frames a second.

    ``first_timecode`` is what the file itself numbers its first frame, ``None`` if it does not.
    """

    frame_seconds: NDArray[np.float64]
    end_seconds: float
    rate: Fraction
    variable: bool
    first_timecode: str | None = None

    @property
    def count(self) -> int:
        return len(self.frame_seconds)

    @property
    def first_seconds(self) -> float:
        """When the first picture is shown; not 0 where sound begins before it."""
        return float(self.frame_seconds[0]) if self.count else 0.0

    @property
    def borders(self) -> NDArray[np.float64]:
        """When each frame begins, and when the last one ends: float64 ``[frames + 1]``, rising."""
        return np.append(self.frame_seconds, self.end_seconds)

    def nearest(self, seconds: float) -> int:
        """Return the frame that begins nearest to a time; after the last frame, the number of frames."""
        borders = self.borders
        after = int(np.searchsorted(borders, seconds))
        if after == 0:
            return 0
        if after == len(borders):
            return self.count if seconds - self.end_seconds <= self.end_seconds - borders[-2] else self.count + 1
        return after if borders[after] - seconds < seconds - borders[after - 1] else after - 1
