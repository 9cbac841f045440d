"""Rack focus: sharpness moves from one part of the picture to another while the camera is still."""

from __future__ import annotations

import numpy as np

from kuleshov.cinema.camera.camera_path import CameraPath, Values
from kuleshov.cinema.camera.focus import LAG_SECONDS
from kuleshov.cinema.span import Span, runs
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Movement

# Design values: sharpness in powers of two of texture, averaged over the picture.
_LEAST = 0.05
_SHARE = 0.5
# Picture widths a second, and picture widths of shake: a camera that moves changes where the picture is sharp.
_STILL, _STEADY = 0.012, 0.001
_OBJECTS = 0.09
_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.1, 2.0


def find_rack_focus(tracks: Tracks, span: Span, path: CameraPath, speed: Values) -> list[Movement]:
    """Return every rack focus in a span; ``speed`` is that of the picture along ``path``, in picture widths a second.

    It needs a ``refocus`` (see ``camera.focus``) of 0.05 and more, a camera that is still, and few moving things. Times
    are exact to about a quarter of a second, as sharpness is compared over half a second.
    """
    seconds, values = (getattr(tracks["refocus"], name)[span.first : span.end] for name in ("seconds", "values"))
    settled = seconds >= seconds[0] + LAG_SECONDS + 2 * float(np.median(np.diff(seconds)))
    change = np.where(settled, values, 0.0)
    movements = []
    for first, end in runs(change >= _LEAST):
        peak = float(change[first:end].max())
        strong = first + np.flatnonzero(change[first:end] >= _SHARE * peak)
        start, stop = (float(seconds[at]) - LAG_SECONDS / 2 for at in (strong[0], strong[-1]))
        near = (path.seconds >= start - LAG_SECONDS) & (path.seconds <= stop + LAG_SECONDS)
        if not near.any() or not _SHORTEST_SECONDS <= stop - start <= _LONGEST_SECONDS:
            continue
        still = speed[near].max() < _STILL and path.shake[near].max() < _STEADY
        if still and path.rates["object_share"][near].mean() < _OBJECTS:
            movements.append(Movement("rack_focus", start, stop, None, peak / (peak + _LEAST)))
    return movements
