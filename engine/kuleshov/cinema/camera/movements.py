"""What the camera does in a shot: pans, tilts, zooms, dollies and so on, each with its start and end.

Every axis of the camera's slow movement is divided into runs of one sign; several can overlap. A run is named by the
other measurements during it: a camera that travels shows near and far things move differently (parallax), one that
turns or zooms does not. All thresholds are design values, set on one half of the takes of
``benchmarks/quality/camera.py``; definitions, units and failure cases: docs/camera.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kuleshov.cinema.camera.camera_path import CameraPath, Values, camera_path
from kuleshov.cinema.camera.refocus import find_rack_focus
from kuleshov.cinema.span import Span, runs
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Movement, MovementName

# A mean distance from the centre of the frame, in picture widths: turns zoom and roll into movement of the picture.
RADIUS = 0.28

# Picture widths a second from which a run counts as a movement, and the share of that above which it continues.
_STARTS = {"pan": 0.02, "tilt": 0.02, "zoom": 0.007, "roll": 0.02}
_CONTINUES = 0.5
_PEAK_SHARE = 0.35  # a run ends where it falls below this share of its peak: half, before it was smoothed
_LEAST_SECONDS = 0.4
_LEAST_DISTANCE = {"pan": 0.02, "tilt": 0.02, "zoom": 0.016, "roll": 0.02}  # picture widths, of zoom and roll too
_SPEED_PERCENT = 75  # the percentile that is a movement's speed: smoothing rounds its beginning and end
_SHAKE_MULTIPLE = 8  # hand-held, a movement must be this many times as large as the shake
_WHIP_SPEED, _WHIP_SHARE, _WHIP_LONGEST = 1.2, 0.35, 1.0
_HANDHELD = 0.0023  # shake above 1 Hz, picture widths
_HANDHELD_SECONDS = 1.0
# Where this share of the picture moves by itself, the fit is less steady: more shake is required.
_OBJECTS_DISTURB, _HANDHELD_AMONG_OBJECTS = 0.2, 0.008
_HANDHELD_MOVING = 0.0065  # seconds: required shake for every picture width a second that the camera moves
_STATIC_SECONDS = 0.8
# An axis with less than this share of all movement is not named: it leaks from the others; the shares are higher where
# parallax or moving things disturb the fit.
_LEAK = {"pan": 0.2, "tilt": 0.2, "zoom": 0.09, "roll": 0.12}
_LEAK_DISTURBED = {"pan": 0.25, "tilt": 0.25, "zoom": 0.5, "roll": 0.6}
# Parallax as a share of the movement: where a travelling camera is as likely as a turning one, and how sharply.
_TRAVELS, _TRAVELS_WIDTH = 0.062, 0.015
_MOST_PARALLAX = 0.4  # more is no depth: things move and disturb the fit
_DOLLY_ZOOM_GROWTH, _DOLLY_ZOOM_PARALLAX, _DOLLY_ZOOM_LAG = 0.1, 0.055, 0.33
_TRACKING_STILL, _TRACKING_OBJECT, _TRACKING_EXTENT, _TRACKING_SPEED = 0.02, 0.06, 0.85, 0.05

_TURNS: dict[str, tuple[MovementName, MovementName]] = {
    "pan": ("pan_right", "pan_left"),
    "tilt": ("tilt_up", "tilt_down"),
    "zoom": ("zoom_in", "zoom_out"),
    "roll": ("roll_clockwise", "roll_counterclockwise"),
}
_TRAVEL: dict[str, tuple[MovementName, MovementName]] = {
    "pan": ("truck_right", "truck_left"),
    "tilt": ("pedestal_up", "pedestal_down"),
    "zoom": ("dolly_in", "dolly_out"),
}


@dataclass(frozen=True)
class Run:
    """Steps ``first`` to ``end`` of a path in which one axis moves one way."""

    axis: str
    first: int
    end: int
    sign: int

    @property
    def steps(self) -> slice:
        return slice(self.first, self.end)


def find_movements(
    tracks: Tracks, spans: Sequence[Span], *, paths: Sequence[CameraPath | None] | None = None
) -> list[Movement]:
    """Return what the camera does over the spans, in order of start; empty if too little can be followed.

    ``paths`` are the camera's paths over the spans, if they are known already. Empty for tracks of old archives, which
    do not separate the camera's movement from that of objects.
    """
    if "camera_speed" not in tracks:
        return []
    paths = [camera_path(tracks, span) for span in spans] if paths is None else paths
    movements = [
        movement
        for span, path in zip(spans, paths, strict=True)
        if path is not None
        for movement in _of_span(tracks, span, path)
    ]
    return sorted(movements, key=lambda movement: (movement.start_seconds, movement.name))


def _of_span(tracks: Tracks, span: Span, path: CameraPath) -> list[Movement]:
    whips = _whips(path)
    quiet = _without(path, whips)
    named = [_whip(path, *whip) for whip in whips]
    named += [movement for axis in _TURNS for run in _axis_runs(quiet, axis) for movement in _named(quiet, run)]
    named += _handheld(quiet)
    named += find_rack_focus(tracks, span, path, np.sqrt(sum(speed**2 for speed in picture_speeds(path).values())))
    return named + _static(path, named)


def _edges(path: CameraPath, first: int, end: int) -> tuple[float, float]:
    half = (path.seconds[1] - path.seconds[0]) / 2
    return float(path.seconds[first] - half), float(path.seconds[end - 1] + half)


def picture_speeds(path: CameraPath) -> dict[str, Values]:
    """Return each axis of the slow movement as movement of the picture, in picture widths a second, with its sign."""
    scale = {"pan": 1.0, "tilt": 1.0, "zoom": RADIUS, "roll": RADIUS * math.pi / 180}
    return {axis: path.slow[axis] * scale[axis] for axis in scale}


def _axis_runs(path: CameraPath, axis: str) -> list[Run]:
    values = picture_speeds(path)[axis]
    one_way = []
    for sign in (1, -1):
        for first, end in runs(sign * values >= _CONTINUES * _STARTS[axis]):
            peak = float((sign * values[first:end]).max())
            if peak < _STARTS[axis]:
                continue
            inner = runs(sign * values[first:end] >= _PEAK_SHARE * peak)
            one_way += [Run(axis, first + start, first + stop, sign) for start, stop in inner]
    return [run for run in one_way if _is_movement(path, run)]


def _is_movement(path: CameraPath, run: Run) -> bool:
    """Whether a run is a movement of the camera: long enough, far enough, and not a leak of another axis or of
    objects."""
    speeds = {axis: np.abs(values[run.steps]) for axis, values in picture_speeds(path).items()}
    step = float(path.seconds[1] - path.seconds[0])
    if (run.end - run.first) * step < min(_LEAST_SECONDS, 0.6 * len(path.seconds) * step):
        return False
    shake = float(np.median(path.shake[run.steps]))
    if float(speeds[run.axis].sum()) * step < max(_LEAST_DISTANCE[run.axis], _SHAKE_MULTIPLE * shake):
        return False
    if path.rates["parallax"][run.steps].mean() > _MOST_PARALLAX * path.rates["camera_speed"][run.steps].mean():
        return False
    disturbed = path.rates["object_share"][run.steps].mean() > _OBJECTS_DISTURB
    leak = _LEAK_DISTURBED if disturbed or travel_share(path, run) > _TRAVELS else _LEAK
    total = np.sqrt(sum(speed**2 for speed in speeds.values()))
    return bool(speeds[run.axis].mean() >= leak[run.axis] * total.mean())


def travel_share(path: CameraPath, run: Run) -> float:
    """Return the parallax of a run as a share of its movement."""
    rates = {name: float(values[run.steps].mean()) for name, values in path.rates.items()}
    if rates["camera_speed"] <= 0:
        return 0.0
    share = rates["parallax"] / rates["camera_speed"]
    if run.axis == "zoom":
        growing = float(np.abs(path.slow["zoom"][run.steps]).mean()) * RADIUS
        share = max(share, rates["parallax_radial"] / growing if growing > _STARTS["zoom"] / 2 else 0.0)
    return share


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


def _named(path: CameraPath, run: Run) -> list[Movement]:
    start, end = _edges(path, run.first, run.end)
    raw = float(np.percentile(np.abs(path.slow[run.axis][run.steps]), _SPEED_PERCENT))
    rates = {name: float(values[run.steps].mean()) for name, values in path.rates.items()}
    share = travel_share(path, run)
    travels = _logistic((share - _TRAVELS) / _TRAVELS_WIDTH)
    side = 0 if run.sign > 0 else 1
    peak = float(np.abs(picture_speeds(path)[run.axis][run.steps]).max())
    sure = 1 - math.exp(-peak / _STARTS[run.axis])  # that there is a movement at all
    if run.axis == "roll":
        return [Movement(_TURNS["roll"][side], start, end, raw, sure)]
    lags = rates["parallax_lead"] < -_DOLLY_ZOOM_LAG * rates["parallax_radial"]
    if run.axis == "zoom" and raw >= _DOLLY_ZOOM_GROWTH and share > _DOLLY_ZOOM_PARALLAX and lags:
        return [Movement("dolly_zoom", start, end, raw, sure * travels * 0.8)]
    name = (_TRAVEL if travels > 0.5 else _TURNS)[run.axis][side]
    movements = [Movement(name, start, end, raw, sure * max(travels, 1 - travels))]
    follows = (
        rates["still_share"] >= _TRACKING_STILL
        and rates["object_share"] >= _TRACKING_OBJECT
        and rates["object_extent"] <= _TRACKING_EXTENT
        and raw >= _TRACKING_SPEED
    )
    if run.axis in ("pan", "tilt") and follows:
        movements.append(Movement("tracking", start, end, raw, min(1.0, 0.5 + 4 * rates["still_share"])))
    return movements


def _whips(path: CameraPath) -> list[tuple[int, int]]:
    speed = np.hypot(path.raw["pan"], path.raw["tilt"])
    step = float(path.seconds[1] - path.seconds[0])
    whips = []
    for first, end in runs(speed >= _WHIP_SHARE * _WHIP_SPEED):
        peak = float(np.sort(speed[first:end])[-2:].min())  # a single step may be a wrong match
        inner = runs(speed[first:end] >= _WHIP_SHARE * peak)
        if peak < _WHIP_SPEED or end - first < 2:
            continue
        start, stop = max(inner, key=lambda run: run[1] - run[0])
        if (stop - start) * step <= _WHIP_LONGEST:
            whips.append((first + start, first + stop))
    return whips


def _whip(path: CameraPath, first: int, end: int) -> Movement:
    speed = float(np.median(np.hypot(path.raw["pan"][first:end], path.raw["tilt"][first:end])))
    return Movement("whip_pan", *_edges(path, first, end), speed, min(1.0, 0.5 + 0.25 * (speed / _WHIP_SPEED)))


def _without(path: CameraPath, whips: list[tuple[int, int]]) -> CameraPath:
    """The path without its whip pans: smoothed, they would look like pans."""
    if not whips:
        return path
    keep = np.ones(len(path.seconds))
    for first, end in whips:
        keep[max(0, first - 2) : end + 2] = 0
    return path.rebuilt({axis: values * keep for axis, values in path.raw.items()})


def _handheld(path: CameraPath) -> list[Movement]:
    step = float(path.seconds[1] - path.seconds[0])
    whole = len(path.seconds) * step
    movements = []
    speed = np.hypot(path.slow["pan"], path.slow["tilt"])
    for first, end in runs(path.shake >= np.maximum(_HANDHELD, _HANDHELD_MOVING * speed)):
        if (end - first) * step < min(_HANDHELD_SECONDS, 0.6 * whole):
            continue
        shake = float(np.median(path.shake[first:end]))
        if shake < _HANDHELD_AMONG_OBJECTS and path.rates["object_share"][first:end].mean() > _OBJECTS_DISTURB:
            continue
        movements.append(Movement("handheld", *_edges(path, first, end), None, shake / (shake + _HANDHELD)))
    return movements


def _static(path: CameraPath, named: list[Movement]) -> list[Movement]:
    """Where the camera does nothing else; things may move."""
    free = np.ones(len(path.seconds), dtype=bool)
    for movement in named:
        if movement.name != "rack_focus":
            free &= (path.seconds < movement.start_seconds) | (path.seconds > movement.end_seconds)
    step = float(path.seconds[1] - path.seconds[0])
    least = min(_STATIC_SECONDS, 0.9 * len(path.seconds) * step)
    speeds = picture_speeds(path)
    total = np.sqrt(sum(speed**2 for speed in speeds.values()))
    movements = []
    for first, end in runs(free):
        if (end - first) * step >= least:
            moved = float(np.median(total[first:end]))
            movements.append(Movement("static", *_edges(path, first, end), None, math.exp(-moved / _STARTS["pan"])))
    return movements
