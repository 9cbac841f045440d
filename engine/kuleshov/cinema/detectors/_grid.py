"""A grid over a film's frames with about as many steps a second at any frame rate.

Windows on it are lengths of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Frames nearer than this to the last one on the grid are not on it: 24 to 37.5 steps a second, if there are as many
# frames. 25 of 50, 30 of 60 and of 120.
_LEAST_STEP_SECONDS = 0.8 / 30


class Grid:
    """Chooses the frames of a film that are on its grid, batch by batch."""

    def __init__(self) -> None:
        self._last_seconds = -np.inf

    def choose(self, pts_seconds: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the positions of those of the next frames that are on the grid; times rise."""
        chosen = []
        for position, seconds in enumerate(pts_seconds.tolist()):
            if seconds - self._last_seconds >= _LEAST_STEP_SECONDS:
                chosen.append(position)
                self._last_seconds = seconds
        return np.array(chosen, dtype=np.intp)
