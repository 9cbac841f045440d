"""A grid over a film's frames, about as many steps a second whatever the frame rate, so that windows mean time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Frames nearer than this to the last one on the grid are left out of it: 24 to 37.5 steps a second, where there are as
# many frames. 25 of 50, 30 of 60 and of 120.
_LEAST_STEP_SECONDS = 0.8 / 30


class Grid:
    """Chooses which frames of a film stand on its grid, batch by batch."""

    def __init__(self) -> None:
        self._last_seconds = -np.inf

    def choose(self, pts_seconds: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the places of those of the next frames that stand on the grid; times rise."""
        chosen = []
        for place, seconds in enumerate(pts_seconds.tolist()):
            if seconds - self._last_seconds >= _LEAST_STEP_SECONDS:
                chosen.append(place)
                self._last_seconds = seconds
        return np.array(chosen, dtype=np.intp)
