"""How much the picture moves, and in which direction: motion, pan, tilt, zoom, roll and shake of a segment.

``movements`` finds what the camera does, by name and time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kuleshov.cinema.camera.camera_path import CameraPath, camera_path, shake_size
from kuleshov.cinema.camera.movements import find_movements
from kuleshov.cinema.span import Span, frame_values
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Amount, Camera

# Picture widths a second (design values): an eye follows 0.1 of the width a second with ease and loses detail above
# 0.3.
_SLOW, _MODERATE, _FAST = 0.02, 0.10, 0.30
_LEAST_SUPPORT = 0.005  # share of the picture that must have enough texture to be followed (design value)
_LEAST_SPEED = 0.005  # picture widths a second: below it, parallax as a share of the movement means nothing
_STEADY_SHAKE = 0.003  # picture widths: steadiness is one half (design value)


def describe_camera(tracks: Tracks, spans: Sequence[Span]) -> Camera | None:
    """Return the movement over the frames of ``spans``; ``None`` if none can be measured.

    That is if no span has two frames, or if the picture has too little texture to follow: black leader, a white flash.
    Motion is that of everything in the picture, camera and objects; pan, tilt, zoom and roll are the camera's part of
    it (``kernels.global_motion``): an object disturbs them only if it fills more of the textured picture than the
    background does. ``shake`` is the size of the camera's movement above 1 Hz (``camera_path.shake_size``), and
    ``steadiness`` the same from 1 to 0. ``parallax`` is the residue between near and far, as a share of the movement.
    """
    if all(span.end - span.first < 2 for span in spans):
        return None
    if float(np.mean(frame_values(tracks, "flow_support", spans, skip=1))) < _LEAST_SUPPORT:
        return None

    def mean(name: str) -> float:
        return float(np.mean(frame_values(tracks, name, spans, skip=1)))

    motion = mean("flow_mean")
    paths = [camera_path(tracks, span) for span in spans]
    shake = _shake(paths)
    return Camera(
        amount=_amount(motion),
        motion_mean=motion,
        motion_median=mean("flow_median"),
        motion_p90=mean("flow_p90"),
        pan=mean("pan"),
        tilt=mean("tilt"),
        zoom=mean("zoom"),
        shake=shake,
        steadiness=1 / (1 + shake / _STEADY_SHAKE),
        **(_camera_and_objects(mean) if "camera_speed" in tracks else {}),  # missing in old archives
        movements=find_movements(tracks, spans, paths=paths),
    )


def _camera_and_objects(mean: Callable[[str], float]) -> dict[str, float]:
    speed = mean("camera_speed")
    return {
        "roll": mean("roll"),
        "parallax": mean("parallax") / speed if speed >= _LEAST_SPEED else 0.0,
        "object_motion": mean("object_motion"),
        "object_share": mean("object_share"),
    }


def _amount(motion: float) -> Amount:
    if motion < _SLOW:
        return "static"
    if motion < _MODERATE:
        return "slow"
    return "moderate" if motion < _FAST else "fast"


def _shake(paths: Sequence[CameraPath | None]) -> float:
    """The mean shake of the spans, weighted by length; 0 if none is long enough to measure."""
    known = [path for path in paths if path is not None]
    lengths = [len(path.seconds) for path in known]
    return float(np.average([shake_size(path) for path in known], weights=lengths)) if known else 0.0
