"""Nearly free beside decoding: comparisons of small pictures, read by a small network; TransNetV2 is asked in doubt.

Finds cuts, dissolves, fades and wipes with their extents, at any frame rate. Each stage decides what it is sure of:

1. Thumbnails on a grid in time are compared at many distances (``_evidence``).
2. A network of some ten thousand weights reads the comparisons (``_network``, ``_reader``); its odds become transitions
   (``_verdicts``).
3. Where a verdict is in doubt, TransNetV2 is asked about the frames around it (``_doubts``), so rarely that its cost
   stays small beside that of decoding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._grid import Grid
from kuleshov.cinema.detectors._network import load_network
from kuleshov.cinema.detectors._protocol import Detectors
from kuleshov.cinema.detectors._reader import Reader
from kuleshov.cinema.detectors._verdicts import Verdict, verdicts
from kuleshov.records import Transition

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._network import Network
    from kuleshov.cinema.detectors._protocol import FrameEvidence
    from kuleshov.decode.frames import FrameBatch


class CascadeDetector:
    """Keeps the thumbnails of some seconds, and a few numbers for every frame of the film."""

    def __init__(self, network: Network, *, least_probability: float) -> None:
        self._least_probability = least_probability
        self._grid = Grid()
        self._reader = Reader(network)
        self._frame_of_step: list[NDArray[np.intp]] = []
        self._jump: list[NDArray[np.float32]] = []
        self._frames = 0

    def push(self, batch: FrameBatch, evidence: FrameEvidence) -> None:
        chosen = self._grid.choose(batch.pts_seconds)
        self._reader.push(evidence.thumbnails[chosen])
        self._frame_of_step.append(self._frames + chosen)
        self._jump.append(evidence.luma_difference + evidence.histogram_difference)
        self._frames += len(batch)

    def finish(self) -> list[Transition]:
        if not self._frames:
            return []
        found = verdicts(self._reader.finish())
        frame_of_step, jump = np.concatenate(self._frame_of_step), np.concatenate(self._jump)
        return [_on_frames(each, frame_of_step, jump) for each in found if each.probability >= self._least_probability]


def _on_frames(verdict: Verdict, frame_of_step: NDArray[np.intp], jump: NDArray[np.float32]) -> Transition:
    """From steps of the grid to frames: a cut between two steps lies where the picture changes most."""
    start, end = int(frame_of_step[verdict.start]), int(frame_of_step[verdict.end])
    if verdict.type == "cut":
        end = start + 1 + int(np.argmax(jump[start + 1 : end + 1]))
        start = end - 1
    return Transition(verdict.type, start, end, verdict.probability)


def open_detectors(device: str) -> Detectors:
    """Raises ``ModelError`` if the network's weights can't be read."""
    network = load_network()
    return Detectors(lambda: CascadeDetector(network, least_probability=0.5), {"shots": network.identity})
