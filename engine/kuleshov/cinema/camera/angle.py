"""The angle at which the camera is held, over a shot or scene, from the lean of its upright lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kuleshov.cinema.tracks import Tracks
from kuleshov.records import CameraAngle

ROLL, PITCH = "lean_roll", "lean_pitch"
_LEAST_KNOWN_SHARE = 0.5  # of the frames looked at: fewer, and a passing thing may have been measured (design value)


def describe_angle(tracks: Tracks, stretches: Sequence[tuple[float, float]]) -> CameraAngle | None:
    """Return the median angle over stretches (start and end in seconds); ``None`` where no frame was looked at."""
    if ROLL not in tracks:
        return None
    roll, pitch = (np.concatenate([tracks[name].between(*stretch) for stretch in stretches]) for name in (ROLL, PITCH))
    if not len(roll):
        return None

    def middle(values: np.ndarray) -> float | None:
        known = values[~np.isnan(values)]
        return float(np.median(known)) if len(known) >= _LEAST_KNOWN_SHARE * len(values) else None

    return CameraAngle(middle(roll), middle(pitch), float(np.mean(~np.isnan(roll))))
