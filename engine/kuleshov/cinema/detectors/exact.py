"""The learned model on every frame (TransNetV2): finds cuts, dissolves and fades; some 14 ms of CPU time a frame.

It does not know wipes, and takes a single black frame for a transition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._luma import LONGEST_BLANK_FRAMES, is_blank, transition_type
from kuleshov.cinema.detectors._protocol import Detectors
from kuleshov.cinema.span import runs
from kuleshov.records import Transition

if TYPE_CHECKING:
    from kuleshov.cinema.detectors._protocol import FrameEvidence
    from kuleshov.decode.frames import FrameBatch
    from kuleshov.models.transnet import TransNet

# The threshold that the authors publish, on the head that marks one frame of each transition: a sensitivity of 0.5.
_THRESHOLD = 0.5
# The other head marks all frames of a transition; where it falls below this, the transition ends.
_EXTENT_THRESHOLD = 0.1
# The first head never fires on a dissolve of two seconds: there is no one frame to mark. The second head marks many
# frames then, while flashes, whip pans and passing objects raise it for a few.
_SUSTAINED_MARGIN, _SUSTAINED_FRAMES = 0.1, 6.0
# A single unmarked frame between two marked runs, or (at cuts) a shot of two frames, is no shot of its own.
_LONGEST_GAP_FRAMES = 1
_LONGEST_CUT_FRAMES = 3


class _Interval(NamedTuple):
    """Frames that a transition marks: ``first`` to ``end`` (exclusive)."""

    first: int
    end: int
    confidence: float


class TransNetDetector:
    """Finds transitions by the two heads of TransNetV2."""

    def __init__(self, network: TransNet, *, sensitivity: float) -> None:
        self._network = network
        self._threshold = 1 - sensitivity
        self._luma_mean: list[NDArray[np.float32]] = []

    def push(self, batch: FrameBatch, evidence: FrameEvidence) -> None:
        self._network.push(batch)
        self._luma_mean.append(evidence.luma_mean.copy())

    def finish(self) -> list[Transition]:
        cut_scores, transition_scores = self._network.finish()
        luma_mean = np.concatenate([np.empty(0, dtype=np.float32), *self._luma_mean])
        return transitions_from_scores(cut_scores, transition_scores, luma_mean, threshold=self._threshold)


def transitions_from_scores(
    cut_scores: NDArray[np.float32],
    transition_scores: NDArray[np.float32],
    luma_mean: NDArray[np.float32],
    *,
    threshold: float = _THRESHOLD,
) -> list[Transition]:
    """Return the transitions in the network's scores; all three are float32 ``[N]``, 0..1.

    ``threshold`` is that of the first head.
    """
    transitions = []
    for interval in _joined(_marked(cut_scores, transition_scores, threshold), luma_mean):
        first, end, confidence = interval
        if end - first <= _LONGEST_CUT_FRAMES:
            # At a cut the first head peaks on the last frame of the old shot.
            start = first + int(np.argmax(cut_scores[first:end]))
            transition = Transition("cut", start, start + 1, confidence)
        else:
            start = max(first - 1, 0)
            kind = transition_type(luma_mean[start : end + 1])
            transition = Transition(kind, start, end, confidence)
        if transition.end_frame < len(luma_mean):
            transitions.append(transition)
    return transitions


def _marked(
    cut_scores: NDArray[np.float32], transition_scores: NDArray[np.float32], threshold: float
) -> list[_Interval]:
    """The frames that either head marks as a transition."""
    marked = []
    for first, end in runs((transition_scores > _EXTENT_THRESHOLD) | (cut_scores > threshold)):
        cut_score = float(cut_scores[first:end].max())
        peak, frames = float(transition_scores[first:end].max()), float(transition_scores[first:end].sum())
        if cut_score > threshold:
            marked.append(_Interval(first, end, cut_score))
        elif peak >= min(threshold + _SUSTAINED_MARGIN, 1.0) and frames >= _SUSTAINED_FRAMES:
            marked.append(_Interval(first, end, peak))
    return marked


def _joined(intervals: list[_Interval], luma_mean: NDArray[np.float32]) -> list[_Interval]:
    """The intervals with the parts of one transition joined: the two sides of a fade, both sides of a flash."""
    joined: list[_Interval] = []
    for interval in intervals:
        before = joined[-1] if joined else None
        if before is not None:
            gap = interval.first - before.end
            blank = gap <= LONGEST_BLANK_FRAMES and is_blank(luma_mean[before.end : interval.first])
            if gap <= _LONGEST_GAP_FRAMES or blank:
                joined[-1] = _Interval(before.first, interval.end, max(before.confidence, interval.confidence))
                continue
        joined.append(interval)
    return joined


def open_detectors(device: str, sensitivity: float) -> Detectors:
    """Raises ``ModelError`` if the network can't be loaded."""
    from kuleshov.models.transnet import TransNet
    from kuleshov.models.transnet_network import TransNetwork, open_scorer

    scorer = open_scorer(TransNetwork(device=device))
    return Detectors(
        lambda: TransNetDetector(TransNet(scorer), sensitivity=sensitivity), {"shots": scorer.identity}, scorer.close
    )
