"""What the signatures around a frame say about it, computed once the frames after it are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors._signature import Signatures

# A dissolve is looked for between the frames this far before and after its middle.
_HALF_LENGTHS = (4, 6, 8, 12, 16, 24, 32)
#: Frames that must be known before and after a frame to scan it.
REACH = max(_HALF_LENGTHS)
# An interruption (flash, strobe, black frame) lasts up to this many frames.
_LONGEST_INTERRUPTION = 6
# The picture has come back if it differs from what it was by less than this share of the jump, and this much at all.
_RETURN_SHARE, _RETURN_DISTANCE = 0.5, 0.3
# Jumps below this need no return test: they are too small for a cut.
_LEAST_JUMP = 0.1
#: Evidence from which on a frame counts as the middle of a dissolve.
DISSOLVE_EVIDENCE = 0.4
# Frames that hold less of the new picture than this, or more than one minus it, are clean.
_MIXED = 0.07


@dataclass(frozen=True)
class Scan:
    """One value per frame, float32 or int64 ``[N]``.

    - ``jump``: distance to the frame before, 0..1
    - ``returns``: whether the picture before the jump comes back soon after it, or was there shortly before
    - ``dissolve``: how well the frame fits as the middle of a dissolve, 0..1
    - ``frames_before``, ``frames_after``: how far back the last clean frame of the old shot is, and how far ahead the
      first clean one of the new; 0 where ``dissolve`` is below ``DISSOLVE_EVIDENCE``
    """

    jump: NDArray[np.float32]
    returns: NDArray[np.bool_]
    dissolve: NDArray[np.float32]
    frames_before: NDArray[np.int64]
    frames_after: NDArray[np.int64]


def scan(signatures: Signatures) -> Scan:
    """Scan all frames but the first and last ``REACH``, which are needed as neighbours."""
    frames = np.arange(REACH, len(signatures) - REACH)
    jump = signatures.distance(frames - 1, frames)
    returns = np.zeros(len(frames), dtype=np.bool_)
    for place in np.flatnonzero(jump > _LEAST_JUMP):
        returns[place] = _returns(signatures, int(frames[place]), float(jump[place]))
    by_half_length = np.stack([_dissolve(signatures, frames, half) for half in _HALF_LENGTHS])
    before, after = np.zeros((2, len(frames)), dtype=np.int64)
    best = by_half_length.argmax(axis=0)
    dissolve = by_half_length.max(axis=0)
    for place in np.flatnonzero(dissolve >= DISSOLVE_EVIDENCE):
        for half, evidence in zip(_HALF_LENGTHS[best[place] :], by_half_length[best[place] :, place], strict=True):
            if evidence < DISSOLVE_EVIDENCE:
                break
            before[place], after[place] = _extent(signatures, int(frames[place]), half)
            # Ends that are mixed themselves are clean by definition: look further.
            if before[place] < half and after[place] < half:
                break
    return Scan(jump, returns, dissolve, before, after)


def _returns(signatures: Signatures, frame: int, jump: float) -> bool:
    steps = np.arange(1, _LONGEST_INTERRUPTION + 1)
    limit = min(_RETURN_SHARE * jump, _RETURN_DISTANCE)
    comes_back = signatures.distance(np.full_like(steps, frame - 1), frame + steps)
    was_there = signatures.distance(np.full_like(steps, frame), frame - 1 - steps)
    return bool(min(comes_back.min(), was_there.min()) < limit)


def _dissolve(signatures: Signatures, frames: NDArray[np.intp], half: int) -> NDArray[np.float32]:
    before, after = frames - half, frames + half
    unlike = signatures.unlike_mixture(before, frames, after)
    return signatures.distance(before, after) * np.maximum(1 - 2 * unlike, 0)


def _extent(signatures: Signatures, frame: int, half: int) -> tuple[int, int]:
    mixing = signatures.mixing(frame - half, frame + half)
    old = np.flatnonzero(mixing[:half] < _MIXED)
    new = np.flatnonzero(mixing[half + 1 :] > 1 - _MIXED)
    # The ends themselves hold 0 and 1 by definition.
    return half - int(old[-1]), 1 + int(new[0])
