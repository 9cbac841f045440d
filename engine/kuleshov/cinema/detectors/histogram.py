"""Fast, beside decoding nearly free: compares histograms and layouts of frames; misses wipes and some dissolves.

Cuts are jumps that stand out among their neighbours and do not return; fades are read off the mean luma; dissolves are
stretches whose middle is the mean of their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._fades import fades
from kuleshov.cinema.detectors._protocol import Detectors
from kuleshov.cinema.detectors._scan import DISSOLVE_EVIDENCE, REACH, Scan, scan
from kuleshov.cinema.detectors._signature import Signatures
from kuleshov.records import Transition

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import FrameEvidence
    from kuleshov.decode.frames import FrameBatch

# A cut jumps at least this far, and this many times as far as the frames around it. Of these the two that jump most
# are left out, for they may be cuts themselves.
_LEAST_CUT = 0.25
_TIMES_AROUND = 2.5
_AROUND_FRAMES = 8
_CUTS_AROUND = 2
# What two frames of a still picture may differ by, from noise and compression.
_NOISE = 0.02
# Of two cuts this near only the greater counts, and a cut this near a gradual transition belongs to it.
_LEAST_APART_FRAMES = 2


class HistogramDetector:
    """Keeps the signatures of some seconds, and a few numbers for every frame of the film."""

    def __init__(self) -> None:
        self._recent = Signatures.none()
        self._scans: list[Scan] = []
        self._luma_mean: list[NDArray[np.float32]] = []

    def push(self, batch: FrameBatch, evidence: FrameEvidence) -> None:
        if not len(batch):
            return
        signatures = Signatures.of(evidence)
        if not self._luma_mean:
            # The film's ends are scanned as if its first and last frame stood still.
            self._recent = signatures[:1].repeat(REACH)
        self._luma_mean.append(evidence.luma_mean.copy())
        self._scan(signatures)

    def finish(self) -> list[Transition]:
        if not self._luma_mean:
            return []
        self._scan(self._recent[-1:].repeat(REACH))
        fading = fades(np.concatenate(self._luma_mean))
        jumping = cuts(
            np.concatenate([each.jump for each in self._scans]), np.concatenate([each.returns for each in self._scans])
        )
        return merged(fading, jumping, _dissolves(self._scans))

    def _scan(self, signatures: Signatures) -> None:
        self._recent = self._recent + signatures
        if len(self._recent) > 2 * REACH:
            self._scans.append(scan(self._recent))
            self._recent = self._recent[-2 * REACH :]


def cuts(jump: NDArray[np.float32], returns: NDArray[np.bool_]) -> list[Transition]:
    """Return the cuts of a film by each frame's jump (float32 ``[N]``, 0..1) and whether it returns (bool ``[N]``)."""
    found: list[Transition] = []
    for frame in np.flatnonzero((jump >= _LEAST_CUT) & ~returns).tolist():
        around = jump[max(frame - _AROUND_FRAMES, 0) : frame + _AROUND_FRAMES + 1]
        usual = np.sort(around)[::-1][1 + _CUTS_AROUND :][:1].sum()
        if frame == 0 or jump[frame] < _TIMES_AROUND * (usual + _NOISE):
            continue
        cut = Transition("cut", frame - 1, frame, _confidence(jump[frame], _LEAST_CUT))
        if found and frame - found[-1].end_frame <= _LEAST_APART_FRAMES:
            cut = max(found.pop(), cut, key=lambda each: each.confidence)
        found.append(cut)
    return found


def _dissolves(scans: list[Scan]) -> list[Transition]:
    """The stretches with the best evidence, none overlapping another."""
    evidence = np.concatenate([each.dissolve for each in scans])
    before = np.concatenate([each.frames_before for each in scans])
    after = np.concatenate([each.frames_after for each in scans])
    frames = np.flatnonzero(evidence >= DISSOLVE_EVIDENCE)
    found: list[Transition] = []
    for frame in frames[np.argsort(-evidence[frames], kind="stable")].tolist():
        start, end = max(frame - int(before[frame]), 0), frame + int(after[frame])
        if end < len(evidence) and not any(start < other.end_frame and other.start_frame < end for other in found):
            found.append(Transition("dissolve", start, end, _confidence(evidence[frame], DISSOLVE_EVIDENCE)))
    return found


def merged(fading: list[Transition], jumping: list[Transition], dissolving: list[Transition]) -> list[Transition]:
    """Return the transitions of a film in order: fades swallow cuts and dissolves that they touch, cuts dissolves."""
    kept: list[Transition] = []
    for transition in (*fading, *jumping, *dissolving):
        if not any(
            transition.start_frame < other.end_frame + _LEAST_APART_FRAMES
            and other.start_frame - _LEAST_APART_FRAMES < transition.end_frame
            for other in kept
        ):
            kept.append(transition)
    return sorted(kept, key=lambda each: each.start_frame)


def _confidence(evidence: float, threshold: float) -> float:
    """0.5 at the threshold, 1 for all the evidence there can be."""
    return min(1.0, 0.5 + 0.5 * (float(evidence) - threshold) / (1 - threshold))


def open_detectors(device: str) -> Detectors:
    return Detectors(HistogramDetector, models={})
