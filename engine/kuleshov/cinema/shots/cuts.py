"""Jump cuts and match cuts, by comparing the pictures on both sides of a cut.

Only hard cuts are compared, by the last thumbnail of the shot before and the first one of the new shot (thumbnails are
kept eight times a second, so up to an eighth of a second from the cut). All thresholds are design values.

- **Jump cut**: the same framing of the same place, in which something jumps. The border of the picture, where the
  background is, hardly changes, and something inside changes far more than it does from one moment to the next within
  the shots.
- **Match cut**: another picture in which light and dark are in the same places (shape), the picture continues to move
  in the same direction and as fast (movement), or the colours are the same (colour). Shape or movement is needed: shots
  of one place share their colours anyway, and colour alone is no match.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.shots.match_cut_similarity import (
    COLOR,
    MOVEMENT_SECONDS,
    MOVING,
    SHAPE,
    match_cut_similarity,
    same_movement,
)
from kuleshov.cinema.shots.shots import ShotFrames
from kuleshov.cinema.span import Span, ramp
from kuleshov.cinema.thumbnails.color_histograms import HistogramSeries
from kuleshov.cinema.thumbnails.small_pictures import FLAT, coarse
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS
from kuleshov.records import MatchCut

_SAME_BORDER = (4.0, 9.0)  # mean difference of the border in code values: certainly the same, certainly not
_LEAP = (1.5, 4.0)  # ratio of the change inside to the usual change in the same time
_LEAST_LEAP = 3.0  # code values: smaller changes are noise
_LEAST_CONFIDENCE = 0.5


class Cuts:
    """The cuts of a film, compared one by one."""

    def __init__(self, tracks: Tracks, histograms: HistogramSeries, thumbnails: NDArray[np.uint8]) -> None:
        """``thumbnails`` uint8 ``[kept, 3, h, w]`` of the frames that ``histograms`` keeps."""
        self._tracks = tracks
        self._histograms = histograms
        self._thumbnails = thumbnails

    def jump_cut(self, before: ShotFrames, after: ShotFrames) -> float:
        """Return the confidence that ``after`` begins with a jump cut, 0..1."""
        if after.transition_in.type != "cut":
            return 0.0
        old, new = self._rows(before), self._rows(after)
        last, first = self._pictures(old[-1:])[0], self._pictures(new[:1])[0]
        change = np.abs(first - last).mean(axis=0)
        border = _border(change.shape)
        inside = float(np.sort(change[~border])[-max(change[~border].size // 8, 1) :].mean())
        usual = max(self._usual_change(old[-6:], border), self._usual_change(new[:6], border), _LEAST_LEAP / _LEAP[0])
        same = 1 - ramp(change[border].mean(), *_SAME_BORDER)
        visible = first[0][border].std() >= FLAT  # a black border is no framing
        return float(same * ramp(inside / usual, *_LEAP) * visible)

    def match_cut(self, before: ShotFrames, after: ShotFrames) -> MatchCut | None:
        """Return how well the cut into ``after`` matches, ``None`` if that is not certain enough."""
        if after.transition_in.type != "cut":
            return None
        one, other = self._pictures(self._rows(before)[-1:])[0, 0], self._pictures(self._rows(after)[:1])[0, 0]
        border = _border(one.shape)
        if min(one.std(), other.std()) < FLAT or np.abs(other - one)[border].mean() < _SAME_BORDER[1]:
            return None  # nothing to compare, or the same picture
        shape = float(ramp(_correlation(coarse(one), coarse(other)), *SHAPE))
        color = float(ramp(self._overlap(before.clean, after.clean), *COLOR))
        movement = self._movement(before.clean, after.clean)
        confidence = float(sum(match_cut_similarity(shape=shape, movement=movement or 0.0, color=color).values()))
        return MatchCut(confidence, shape, color, movement) if confidence >= _LEAST_CONFIDENCE else None

    def _rows(self, shot: ShotFrames) -> NDArray[np.int64]:
        return self._histograms.rows([shot.clean])

    def _pictures(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return self._thumbnails[rows].astype(np.float64)

    def _usual_change(self, rows: NDArray[np.int64], border: NDArray[np.bool_]) -> float:
        """How much the eighth of the inside that changes most changes from one kept frame to the next."""
        if len(rows) < 2:
            return 0.0
        changes = np.abs(np.diff(self._pictures(rows), axis=0)).mean(axis=1)[:, ~border]
        return float(np.median(np.sort(changes, axis=1)[:, -max(changes.shape[1] // 8, 1) :].mean(axis=1)))

    def _overlap(self, one: Span, other: Span) -> float:
        """Bhattacharyya coefficient of the colours of two shots without their brightness: 1 = the same."""
        hues = [self._histograms.mean([span], bins=BINS).reshape(8, -1).sum(axis=0) for span in (one, other)]
        return float(np.sqrt(hues[0] * hues[1]).sum())

    def _movement(self, before: Span, after: Span) -> float | None:
        """Similarity of the movement before and after: 1 = same direction and speed; ``None`` if there is none."""
        vectors = []
        for span, last in ((before, True), (after, False)):
            seconds = self._tracks["pan"].seconds[span.first + 1 : span.end]  # the first frame moves from another shot
            if not len(seconds):
                return None
            near = seconds >= seconds[-1] - MOVEMENT_SECONDS if last else seconds <= seconds[0] + MOVEMENT_SECONDS
            moved = [self._tracks[name].values[span.first + 1 : span.end][near] for name in ("pan", "tilt")]
            vectors.append(np.median(moved, axis=1))
        fast = [float(np.hypot(*vector)) for vector in vectors]
        if min(fast) < MOVING:
            return None
        direction = float(vectors[0] @ vectors[1]) / (fast[0] * fast[1])
        return float(same_movement(direction, min(fast) / max(fast)))


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The cells along the upper edge and the sides, where the background is."""
    height, width = shape
    border = np.zeros(shape, dtype=bool)
    border[: max(height // 5, 1)] = True
    border[:, : max(width // 5, 1)] = border[:, -max(width // 5, 1) :] = True
    return border


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / length if length > 1e-9 else 0.0
