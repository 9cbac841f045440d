"""Nearly free beside decoding: comparisons of small pictures, read by a small network; finds every kind of transition.

Cuts, dissolves, fades and wipes, with their extents, at any frame rate. Its stages:

1. Frames on a regular grid of time are chosen (``_grid``).
2. Thumbnails on it are compared at many distances in time (``_evidence``).
3. A network of some 35,000 weights reads the comparisons (``_network``, ``_reader``).
4. Its odds become transitions (``_verdicts``), with calibrated confidences (``_calibration``), on the film's frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._calibration import Calibration, load_calibration
from kuleshov.cinema.detectors._grid import Grid
from kuleshov.cinema.detectors._network import load_network
from kuleshov.cinema.detectors._protocol import Detectors
from kuleshov.cinema.detectors._reader import Reader
from kuleshov.cinema.detectors._verdicts import Verdict, unfinished_steps, verdicts
from kuleshov.records import Transition

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import FrameEvidence
    from kuleshov.decode.frames import FrameBatch


# In a live film: the number of last steps whose verdicts can still change.
_UNSETTLED_STEPS = 8
# The longest transition whose end is waited for; this much of the past is kept.
_LONGEST_STEPS = 120


class CascadeDetector:
    """Keeps the thumbnails of some seconds, and a few numbers for every frame of the film.

    Verdicts with a confidence above ``1 - sensitivity`` are transitions. Without a calibration the network's own odds
    are the confidence.
    """

    def __init__(self, *, calibration: Calibration | None, sensitivity: float) -> None:
        self._calibration = calibration
        self._least_confidence = 1 - sensitivity
        self._grid = Grid()
        self._reader = Reader(load_network())
        self._frame_of_step: list[NDArray[np.intp]] = []
        self._jump: list[NDArray[np.float32]] = []
        self._frames = 0
        self._first_step = self._first_frame = 0  # kept
        self._settled_step = 0  # all before it was reported

    def push(self, batch: FrameBatch, evidence: FrameEvidence) -> None:
        chosen = self._grid.choose(batch.pts_seconds)
        self._reader.push(evidence.thumbnails[chosen])
        self._frame_of_step.append(self._frames + chosen)
        self._jump.append(evidence.luma_difference + evidence.histogram_difference)
        self._frames += len(batch)

    def finish(self) -> list[Transition]:
        if not self._frames:
            return []
        odds = self._reader.finish()
        return self._transitions(odds, settled_step=self._first_step + len(odds))

    def settled(self) -> list[Transition]:
        self._reader.catch_up()
        odds = self._reader.odds()
        known = self._first_step + len(odds)
        settled_step = known - _UNSETTLED_STEPS
        if (unfinished := unfinished_steps(odds)) < _LONGEST_STEPS:
            settled_step = min(settled_step, known - unfinished)
        transitions = self._transitions(odds, settled_step=settled_step)
        self._forget(max(self._first_step, self._settled_step - _LONGEST_STEPS))
        return transitions

    def _transitions(self, odds: NDArray[np.float32], *, settled_step: int) -> list[Transition]:
        """Those that end before ``settled_step`` and were not reported before."""
        if settled_step <= self._settled_step:
            return []
        frame_of_step, jump = np.concatenate(self._frame_of_step), np.concatenate(self._jump)
        transitions = []
        for verdict in verdicts(odds):
            confidence = self._confidence(verdict)
            is_new = self._settled_step <= self._first_step + verdict.end < settled_step
            if is_new and confidence >= self._least_confidence:
                start, end = _frames(verdict, frame_of_step - self._first_frame, jump)
                transitions.append(
                    Transition(verdict.type, start + self._first_frame, end + self._first_frame, confidence)
                )
        self._settled_step = settled_step
        return transitions

    def _forget(self, step: int) -> None:
        """Drop everything before a step."""
        steps = step - self._first_step
        if not steps:
            return
        frame_of_step, jump = np.concatenate(self._frame_of_step)[steps:], np.concatenate(self._jump)
        frame = int(frame_of_step[0]) if len(frame_of_step) else self._first_frame
        self._frame_of_step, self._jump = [frame_of_step], [jump[frame - self._first_frame :]]
        self._reader.forget(steps)
        self._first_step, self._first_frame = step, frame

    def _confidence(self, verdict: Verdict) -> float:
        if self._calibration is None:
            return verdict.probability
        return self._calibration.confidence(verdict.type, verdict.probability)


def _frames(verdict: Verdict, frame_of_step: NDArray[np.intp], jump: NDArray[np.float32]) -> tuple[int, int]:
    """From steps of the grid to frames: a cut between two steps is where the picture changes most."""
    start, end = int(frame_of_step[verdict.start]), int(frame_of_step[verdict.end])
    if verdict.type == "cut":
        end = start + 1 + int(np.argmax(jump[start + 1 : end + 1]))
        start = end - 1
    return start, end


def open_detectors(device: str, sensitivity: float) -> Detectors:
    """Raises ``ModelError`` if the network's weights can't be read."""
    calibration = load_calibration()

    def make() -> CascadeDetector:
        return CascadeDetector(calibration=calibration, sensitivity=sensitivity)

    return Detectors(make, {"shots": load_network().identity}, for_stream=make)
