"""Short runs of frames from anywhere in many films: training clips, key frames to embed again.

A decoder goes through a film; a window reader seeks. It returns exactly the frames that were asked for, whatever the
codec's order, the film's rate or its cuts (``tests/decode/test_windows.py`` is the suite that every reader passes).
Colours come from the reader's own conversion to RGB: equal up to rounding in flat areas, not at edges of chroma.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.film_index import FilmIndex
from kuleshov.errors import MediaError
from kuleshov.media.probe import MediaInfo


@dataclass(frozen=True)
class Window:
    """``count`` frames of a film, every ``stride``-th, from frame ``start_frame`` or the one at ``start_seconds`` on.

    Exactly one start is given. The frame at a time is the one shown then. Raises ``ValueError`` for a window that
    breaks these rules.
    """

    film: MediaInfo
    count: int
    stride: int = 1
    start_frame: int | None = None
    start_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.count < 1 or self.stride < 1:
            raise ValueError(f"window has count {self.count} and stride {self.stride}; both must be 1 or more")
        if (self.start_frame is None) == (self.start_seconds is None):
            raise ValueError("window must have a start_frame or a start_seconds, and not both")
        start = self.start_frame if self.start_frame is not None else self.start_seconds
        if start is None or not start >= 0:
            raise ValueError(f"window starts at {start}; it must be 0 or more")

    def frames(self, index: FilmIndex) -> NDArray[np.int64]:
        """Return the numbers of its frames, int64 ``[count]``. Raises ``MediaError`` if the film has fewer."""
        first = self.start_frame
        if first is None:
            first = index.frame_at(self.start_seconds or 0.0)
        numbers = first + self.stride * np.arange(self.count, dtype=np.int64)
        if numbers[-1] >= len(index):
            raise MediaError(
                self.film.path,
                f"a window asks for frames {first} to {numbers[-1]}; it has {len(index)}, the last at "
                f"{index.seconds[-1]:.3f} s",
                remedy="ask for fewer, or start earlier",
            )
        return numbers


@dataclass(frozen=True)
class WindowFrames:
    """The frames of a window.

    - ``rgb``: uint8 ``[count, H, W, 3]``, full size, upright, pixels as coded (not made square); NumPy's on the
      ``"cpu"``, torch's elsewhere
    - ``pts_seconds``: float64 ``[count]`` on the host
    - ``index``: int64 ``[count]`` on the host, the frames' numbers
    """

    rgb: Any
    pts_seconds: NDArray[np.float64]
    index: NDArray[np.int64]
    device: str


class WindowReader(Protocol):
    """Reads windows; ``name`` says what reads them, for provenance."""

    name: str

    def read(self, windows: Sequence[Window]) -> list[WindowFrames]:
        """Return the frames of every window, in the order of the request; a window may be asked for repeatedly.

        Raises ``MediaError`` for a film that this reader can't decode or that lacks a frame: all windows or none.
        """
