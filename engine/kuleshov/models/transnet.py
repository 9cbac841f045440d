"""TransNetV2 over a film: shot-boundary scores of each frame, streamed window by window."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.kernels.rgb_frames import rgb_frames
from kuleshov.models.transnet_network import WindowScorer

if TYPE_CHECKING:
    from kuleshov.decode.frames import FrameBatch

_WIDTH, _HEIGHT = 48, 27
# Of a window's scores only the middle half is used; the film's ends are padded with copies of its first and last frame.
_WINDOW, _STEP, _MARGIN = 100, 50, 25


class TransNet:
    """Scores one film. Push its batches in order, then ``finish()``.

    Scores equal those of the package's ``predict_frames`` on the same 48x27 frames, whatever the batches. Frames stay
    on their device. Memory is that of a window.
    """

    def __init__(self, scorer: WindowScorer) -> None:
        self.identity = scorer.identity
        self._scorer = scorer
        self._frames: Any = None  # of windows that are not complete yet, uint8 tensor [n, 27, 48, 3]
        self._frame_count = 0
        self._scores: list[Future[NDArray[np.float32]]] = []

    def push(self, batch: FrameBatch) -> None:
        """Take the next frames of the film and submit the windows that they complete."""
        self.push_frames(rgb_frames(batch, width=_WIDTH, height=_HEIGHT))

    def push_frames(self, frames: Any) -> None:
        """The same for RGB frames: uint8 ``[N, 27, 48, 3]``, NumPy's or on the network's device.

        Raises ``ValueError`` for another shape or dtype.
        """
        import torch

        if str(frames.dtype).removeprefix("torch.") != "uint8" or tuple(frames.shape[1:]) != (_HEIGHT, _WIDTH, 3):
            raise ValueError(
                f"frames are {frames.dtype} {tuple(frames.shape)}; they must be uint8 (N, {_HEIGHT}, {_WIDTH}, 3)"
            )
        if not len(frames):
            return
        new = torch.as_tensor(frames)
        if not self._frame_count:
            self._frames = new[:1].repeat(_MARGIN, 1, 1, 1)
        self._frame_count += len(new)
        self._append(new)

    def finish(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return two scores per frame, float32 ``[N]``, 0..1, and drop the film.

        The first is high at one frame of each transition: at a cut, on the last frame of the old shot. The second
        is high on all frames of a transition.
        """
        frame_count = self._frame_count
        if frame_count:
            missing = -frame_count % _STEP
            self._append(self._frames[-1:].repeat(missing + _MARGIN, 1, 1, 1))
        middle = slice(_MARGIN, _MARGIN + _STEP)
        by_window = [future.result()[middle] for future in self._scores]
        scores = np.concatenate([np.empty((0, 2), dtype=np.float32), *by_window])[:frame_count]
        self._frames, self._frame_count, self._scores = None, 0, []
        return scores[:, 0].copy(), scores[:, 1].copy()

    def _append(self, frames: Any) -> None:
        import torch

        every = torch.cat((self._frames, frames))
        start = 0
        while start + _WINDOW <= len(every):
            self._scores.append(self._scorer.submit(every[start : start + _WINDOW]))
            start += _STEP
        self._frames = every[start:].clone()
