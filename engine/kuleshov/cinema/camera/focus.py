"""Where the picture is sharp, and whether that changes: the evidence for a rack focus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A frame is compared with the one this long before it: about the length of a rack focus (design value).
LAG_SECONDS = 0.5


@dataclass(frozen=True)
class Focus:
    """Float32 ``[N]`` each, in powers of two of texture."""

    sharpness: NDArray[np.float32]  #: mean over the picture
    refocus: NDArray[np.float32]  #: the mean gain or the mean loss of sharpness over the cells, whichever is less


class FocusMeter:
    """Compares the sharpness of each frame's cells with half a second before.

    Sharpness is ``FlowStatistics.sharpness``: of the frame before, so values are a frame late. In a rack focus part of
    the picture gets sharper while another part gets softer; a fade, a blur of everything, or an object that enters does
    only one of the two. ``refocus`` means nothing within half a second after a cut, and little while the camera moves.
    """

    def __init__(self) -> None:
        self._seconds = np.empty(0)
        self._cells: NDArray[np.float32] | None = None

    def push(self, seconds: NDArray[np.float64], cells: NDArray[np.float32]) -> Focus:
        """Take the next frames: ``seconds`` ``[N]``, ``cells`` float32 ``[N, cells]``."""
        self._seconds = np.concatenate([self._seconds, seconds])
        self._cells = cells if self._cells is None else np.concatenate([self._cells, cells])
        late = np.searchsorted(self._seconds, seconds - LAG_SECONDS + 1e-9, side="right") - 1
        change = cells - self._cells[np.maximum(late, 0)]
        change[late < 0] = 0
        gained, lost = np.maximum(change, 0).mean(axis=1), np.maximum(-change, 0).mean(axis=1)
        keep = max(int(late[-1]), 0) if len(late) else 0
        self._seconds, self._cells = self._seconds[keep:], self._cells[keep:]
        return Focus(
            sharpness=cells.mean(axis=1).astype(np.float32), refocus=np.minimum(gained, lost).astype(np.float32)
        )
