"""The angle of the camera over a shot or scene, from its vertical lines (``vertical_lines``)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kuleshov.cinema.tracks import Tracks
from kuleshov.records import CameraAngle

ROLL, PITCH = "lean_roll", "lean_pitch"
_LEAST_KNOWN_SHARE = 0.5  # of the measured frames: fewer could show a passing thing (design value)


def describe_angle(tracks: Tracks, spans: Sequence[tuple[float, float]]) -> CameraAngle | None:
    """Return the median angle over spans (start and end in seconds); ``None`` if no frame of them was measured."""
    if ROLL not in tracks:
        return None
    roll, pitch = (np.concatenate([tracks[name].between(*span) for span in spans]) for name in (ROLL, PITCH))
    if not len(roll):
        return None

    def median(values: np.ndarray) -> float | None:
        known = values[~np.isnan(values)]
        return float(np.median(known)) if len(known) >= _LEAST_KNOWN_SHARE * len(values) else None

    return CameraAngle(median(roll), median(pitch), float(np.mean(~np.isnan(roll))))
