"""Finds nothing: the film is one shot. For films known to be a single take, and to measure what detection costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuleshov.cinema.detectors._protocol import Detectors
from kuleshov.records import Transition

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import FrameEvidence
    from kuleshov.decode.frames import FrameBatch


class NoDetector:
    """Finds nothing."""

    def push(self, batch: FrameBatch, evidence: FrameEvidence) -> None:
        pass

    def settled(self) -> list[Transition]:
        return []

    def finish(self) -> list[Transition]:
        return []


def open_detectors(device: str, sensitivity: float) -> Detectors:
    return Detectors(NoDetector, models={}, for_stream=NoDetector)
