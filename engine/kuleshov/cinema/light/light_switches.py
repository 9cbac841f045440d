"""Sudden changes of light inside shots: a lamp goes on, a door opens, curtains fall."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Track
from kuleshov.records import LightSwitch

# Design values.
_LEAST_CHANGE = 0.10  # of mean luma
_SUDDEN_SECONDS = 0.2
_STEADY_SECONDS = 0.4  # before and after
_UNSTEADY = 0.35  # the largest range of luma there, as a share of the change


def light_switches(luma: Track, spans: Sequence[Span]) -> list[LightSwitch]:
    """Return where the mean luma of the frames in ``spans`` steps within 0.2 s and stays there.

    It must be steady for 0.4 s before and after: a flash is no switch, nor a slow dimming, nor anything less than 0.4 s
    from either end of a shot. A dark thing that jumps in front of the camera, or a camera that whips from the dark into
    light, looks the same.
    """
    return [switch for span in spans for switch in _in_span(luma, span)]


def _in_span(luma: Track, span: Span) -> list[LightSwitch]:
    seconds = luma.seconds[span.first : span.end]
    values = luma.values[span.first : span.end].astype(np.float64)
    half = _SUDDEN_SECONDS / 2
    before = np.searchsorted(seconds, seconds - half - 1e-6)  # the first frame of the step's time, and the last
    after = np.searchsorted(seconds, seconds + half + 1e-6) - 1
    jumps = values[after] - values[before]
    switches: list[LightSwitch] = []
    for at in np.argsort(-np.abs(jumps)):
        if abs(jumps[at]) < _LEAST_CHANGE:
            break
        time = float(seconds[at])
        if any(abs(time - switch.seconds) < _STEADY_SECONDS + _SUDDEN_SECONDS for switch in switches):
            continue
        start, end = np.searchsorted(seconds, (time - half - _STEADY_SECONDS, time + half + _STEADY_SECONDS))
        if time - half - _STEADY_SECONDS < seconds[0] - 1e-6 or time + half + _STEADY_SECONDS > seconds[-1] + 1e-6:
            continue
        old, new = values[start : before[at] + 1], values[after[at] : end]
        change = float(np.median(new) - np.median(old))
        widest_range = max(np.ptp(old), np.ptp(new))
        if abs(change) >= _LEAST_CHANGE and widest_range <= _UNSTEADY * abs(change):
            # The frame after the largest single step inside: the first that shows the new light.
            inside = np.diff(values[before[at] : after[at] + 1])
            step = before[at] + 1 + int(np.argmax(inside * np.sign(change)))
            switches.append(LightSwitch(float(seconds[step]), change))
    return sorted(switches, key=lambda switch: switch.seconds)
