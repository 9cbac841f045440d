"""Takes of every movement, with the truth: which labels hold, from when to when, and how fast.

Labels are those of ``kuleshov.cinema.camera.camera.movements``. A take is drawn from a seed: speeds, film rates, looks,
pauses before and after, things that cross, are drawn too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from moves.world import DENSITY, Film, Grey, Layer, Pose, shoot

RATES = (23.976, 25.0, 30.0, 50.0)
LOOKS = ({}, {"grain": 2.5}, {"quality": 50}, {"grain": 3.0, "flicker": 0.02, "quality": 70}, {"exposure": 0.1})
Values = np.random.Generator


@dataclass(frozen=True)
class Part:
    """A label that holds between two times; ``speed`` in frame-widths (of a zoom or dolly: growth) a second."""

    label: str
    start_seconds: float
    end_seconds: float
    speed: float | None = None


@dataclass
class Take:
    """``parts`` is the truth; ``frames`` uint8 ``[N, height, width]``."""

    kind: str
    parts: list[Part]
    layers: list[Layer]
    pose_at: Callable[[float], Pose]
    seconds: float
    film: Film
    seed: int
    notes: dict[str, Any] = field(default_factory=dict)

    def frames(self) -> NDArray[np.uint8]:
        return shoot(self.layers, self.pose_at, self.seconds, self.film, seed=self.seed)


@dataclass(frozen=True)
class Course:
    """How far a move has come: still, then faster, even, slower, still. 1 a second where it is even."""

    start: float
    end: float
    ramp: float

    def __call__(self, seconds: float) -> float:
        """The distance at a time: the integral of a trapezoid that is half as high at ``start`` and ``end``."""
        return self._rise(seconds - self.start) - self._rise(seconds - self.end)

    def _rise(self, since: float) -> float:
        half = self.ramp / 2
        if since <= -half:
            return 0.0
        return (since + half) ** 2 / (2 * self.ramp) if since < half else since


def blob(values: Values, height: int, width: int) -> Grey:
    """A rounded shape that fills most of a picture."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radii = 1 + 0.25 * np.sin(2 * angles + values.uniform(0, 6)) + 0.15 * np.sin(3 * angles + values.uniform(0, 6))
    radii = radii / radii.max() * 0.48
    points = np.stack([width / 2 + width * radii * np.cos(angles), height / 2 + height * radii * np.sin(angles)], -1)
    mask = np.zeros((height, width), np.float32)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1.0)
    return mask


class Scenery:
    """Makes layers of real pictures: float32 grey, all as wide as 2.2 frame-widths of the film."""

    def __init__(self, stills: list[Grey], values: Values) -> None:
        self._stills, self._values = stills, values

    def still(self) -> Grey:
        return self._stills[int(self._values.integers(len(self._stills)))]

    def sphere(self) -> list[Layer]:
        return [Layer([self.still()])]

    def thing(self, size: float, *, depth: float = 1.0, path: Any = None, rate: float = 0.0) -> Layer:
        """Something ``size`` widths wide, cut out of other pictures; with a ``rate`` it changes in itself."""
        values = self._values
        width, height = round(DENSITY * size), round(DENSITY * size * values.uniform(0.8, 1.5))
        pictures = []
        source = self.still()
        for _ in range(4 if rate else 1):
            corners = [
                (int(values.integers(max(1, source.shape[1] - width))), int(values.integers(source.shape[0] // 3)))
                for _ in range(6)
            ]
            cuts = [source[y : y + height, x : x + width] for x, y in corners]
            # The one with the most to see: what is flat shows no movement.
            best = max(cuts, key=lambda cut: float(np.abs(np.diff(cut, axis=1)).mean()))
            pictures.append(cv2.resize(best, (width, height)))
        return Layer(pictures, depth=depth, mask=blob(values, height, width), path=path, rate=rate)

    def depths(self, *, near: int = 3) -> list[Layer]:
        """A far plane and things nearer to the camera, here and there."""
        values = self._values
        layers = [Layer([self.still()], depth=float(values.uniform(3, 6)))]
        for depth in sorted(values.uniform(1.0, 2.2, near), reverse=True):
            where = (float(values.uniform(-0.5, 0.5)), float(values.uniform(-0.15, 0.25)))
            layers.append(self.thing(float(values.uniform(0.25, 0.5)), depth=float(depth), path=lambda _, w=where: w))
        return layers


def shake(values: Values, size: float) -> Callable[[float], tuple[float, float, float]]:
    """A hand: pan and tilt in widths, roll in radians, mostly between 1 and 6 Hz, with a slower drift; RMS ``size``."""
    rates = np.concatenate([values.uniform(0.2, 0.7, 2), values.uniform(1.2, 6.0, 6)])
    sizes = np.concatenate([np.full(2, 0.8), values.uniform(0.4, 1.0, 6)])
    sizes = sizes / np.sqrt((sizes[2:] ** 2).sum() / 2)
    phases = values.uniform(0, 2 * np.pi, (3, len(rates)))

    def at(seconds: float) -> tuple[float, float, float]:
        x, y, turn = (sizes * np.sin(2 * np.pi * rates * seconds + phases)).sum(axis=1) * size / np.sqrt(2)
        return float(x), float(y), float(turn)

    return at


def _glide(course: Course, *, around: float = 0.0, **speeds: float) -> Callable[[float], Pose]:
    """A pose that moves by so much a second along ``course``; ``zoom`` is growth, the rest as in ``Pose``.

    At the time ``around`` the camera is where all scenery is laid out for.
    """
    offset = course(around)

    def at(seconds: float) -> Pose:
        way = course(seconds) - offset
        zoom = speeds.get("zoom", 0.0)
        moved = {name: speed * way for name, speed in speeds.items() if name != "zoom"}
        return replace(Pose(**moved), focal=1.2 * float(np.exp(zoom * way)))

    return at


def _crossing(scenery: Scenery, values: Values, seconds: float) -> Layer:
    """Something that crosses the frame of a camera that stands."""
    way, size = float(values.choice([-1, 1])), float(values.uniform(0.15, 0.4))
    height = float(values.uniform(-0.05, 0.15))
    return scenery.thing(
        size, path=lambda t: (way * (1.2 * t / seconds - 0.6), height + 0.01 * np.sin(9 * t)), rate=8.0
    )


def make_take(kind: str, *, stills: list[Grey], seed: int) -> Take:
    """Draw a take of a kind. Raises ``KeyError`` for an unknown one."""
    values = np.random.default_rng([seed, sorted(KINDS).index(kind)])
    film = Film(rate=float(values.choice(RATES)), **LOOKS[int(values.integers(len(LOOKS)))])
    return KINDS[kind](Scenery(stills, values), values, film, seed)


def _timing(values: Values) -> tuple[Course, float]:
    start = float(values.choice([0.0, values.uniform(0.5, 1.2)]))
    length = float(values.uniform(1.5, 3.0))
    after = float(values.choice([0.0, values.uniform(0.5, 1.2)]))
    # A move that the cut interrupts goes on beyond it.
    course = Course(start if start else -1.0, start + length if after else 99.0, 0.3)
    return course, start + length + after


def _shown(label: str, course: Course, seconds: float, speed: float | None = None) -> Part:
    return Part(label, max(course.start, 0.0), min(course.end, seconds), speed)


def _log(values: Values, low: float, high: float) -> float:
    return float(np.exp(values.uniform(np.log(low), np.log(high))))


def _simple(axis: str, low: float, high: float, labels: tuple[str, str], *, deep: bool) -> Any:
    """A take in which one number of the pose moves, up or down; ``labels`` for more and for less of it."""

    def make(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
        way, speed = int(values.integers(2)), _log(values, low, high)
        course, seconds = _timing(values)
        layers = scenery.depths() if deep else scenery.sphere()
        moved = -speed if way else speed
        # In the middle of the picture, an angle a second is so many widths a second.
        amount = moved / 1.2 if axis in ("pan", "tilt") else moved
        rate = None if deep or axis == "roll" else speed
        parts = [_shown(labels[way], course, seconds, rate)]
        around = seconds / 2 if axis in ("x", "y") else 0.0
        return Take(labels[way], parts, layers, _glide(course, around=around, **{axis: amount}), seconds, film, seed)

    return make


def _static(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    seconds = float(values.uniform(2, 4))
    layers = scenery.sphere() if values.random() < 0.5 else scenery.depths()
    if values.random() < 0.7:
        layers = [*layers, _crossing(scenery, values, seconds)]
    return Take("static", [Part("static", 0, seconds)], layers, lambda _: Pose(), seconds, film, seed)


def _flat_zoom(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    """A zoom on things at many depths: what tells it from a dolly is that they do not part."""
    take = _simple("zoom", 0.06, 0.5, ("zoom_in", "zoom_out"), deep=False)(scenery, values, film, seed)
    return replace(take, layers=scenery.depths())


def _handheld(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    seconds, hand = float(values.uniform(2.5, 4.0)), shake(values, _log(values, 0.004, 0.012))

    def at(seconds: float) -> Pose:
        x, y, turn = hand(seconds)
        return Pose(pan=x / 1.2, tilt=y / 1.2, roll=0.5 * turn)

    layers = scenery.sphere() if values.random() < 0.5 else scenery.depths()
    if values.random() < 0.4:
        layers = [*layers, _crossing(scenery, values, seconds)]
    return Take("handheld", [Part("handheld", 0, seconds)], layers, at, seconds, film, seed)


def _handheld_pan(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    way, speed = int(values.integers(2)), _log(values, 0.15, 0.6)
    course, seconds = _timing(values)
    hand = shake(values, _log(values, 0.004, 0.010))
    label = ("pan_right", "pan_left")[way]

    def at(seconds: float) -> Pose:
        x, y, turn = hand(seconds)
        return Pose(
            pan=(x + (-speed if way else speed) * (course(seconds) - course(0.0))) / 1.2, tilt=y / 1.2, roll=0.5 * turn
        )

    parts = [Part("handheld", 0, seconds), _shown(label, course, seconds, speed)]
    return Take("handheld pan", parts, scenery.sphere(), at, seconds, film, seed)


def _whip(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    way, speed, length = int(values.integers(2)), _log(values, 1.8, 4.0), float(values.uniform(0.2, 0.45))
    start = float(values.uniform(0.5, 1.2))
    course, seconds = Course(start, start + length, 0.12), start + length + float(values.uniform(0.5, 1.2))
    moved = (-speed if way else speed) / 1.2
    parts = [Part("whip_pan", start, start + length, speed)]
    notes = {"direction": ("pan_right", "pan_left")[way]}
    return Take("whip_pan", parts, scenery.sphere(), _glide(course, pan=moved), seconds, film, seed, notes)


def _dolly_zoom(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    """The subject keeps its size while the camera travels and zooms against it."""
    way, speed, seconds = float(values.choice([-1, 1])), _log(values, 0.25, 0.6), float(values.uniform(1.2, 2.0))
    subject = 1.6
    far = Layer([scenery.still()], depth=float(values.uniform(5, 8)))
    thing = scenery.thing(float(values.uniform(0.5, 0.8)), depth=subject, path=lambda _: (0.0, 0.05))

    def at(seconds: float) -> Pose:
        ahead = subject * float(np.exp(-way * speed * seconds))
        return Pose(z=subject - ahead, focal=1.2 * ahead / subject)

    return Take("dolly_zoom", [Part("dolly_zoom", 0, seconds)], [far, thing], at, seconds, film, seed)


def _rack_focus(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    seconds, start, length = 3.0, float(values.uniform(0.8, 1.4)), float(values.uniform(0.4, 0.9))
    most, way = float(values.uniform(2.0, 4.0)), int(values.integers(2))
    course = Course(start, start + length, 0.2)

    def share(seconds: float) -> float:
        done = course(seconds) / length
        return 1 - done if way else done

    far = Layer([scenery.still()], depth=4.0, blur=lambda t: most * share(t))
    where = (float(values.choice([-0.25, 0.25])), 0.1)
    near = replace(
        scenery.thing(float(values.uniform(0.35, 0.5)), depth=1.0, path=lambda _: where),
        blur=lambda t: most * (1 - share(t)),
    )
    parts = [Part("rack_focus", start, start + length)]
    return Take("rack_focus", parts, [far, near], lambda _: Pose(), seconds, film, seed)


def _tracking(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    """Someone moves, and the camera turns or travels along."""
    way, speed = int(values.integers(2)), _log(values, 0.15, 0.6)
    deep = bool(values.integers(2))
    seconds = float(values.uniform(2, 3.5))
    course = Course(-1.0, 99.0, 0.3)
    moved = -speed if way else speed
    bob, drift = float(values.uniform(0.004, 0.01)), float(values.uniform(-0.02, 0.02))
    offset = course(0.0) * moved
    sway = lambda t: drift * np.sin(1.5 * t)  # noqa: E731
    if deep:
        layers = [*scenery.depths(near=2)]
        path = lambda t: (moved * course(t) - offset + sway(t), 0.05 + bob * np.sin(11 * t))  # noqa: E731
        at = lambda t: Pose(x=moved * course(t) - offset)  # noqa: E731
        subject = scenery.thing(float(values.uniform(0.2, 0.4)), depth=1.2, path=path, rate=6.0)
    else:
        layers = scenery.sphere()
        path = lambda t: (moved * course(t) - offset + sway(t), 0.05 + bob * np.sin(11 * t))  # noqa: E731
        at = lambda t: Pose(pan=(moved * course(t) - offset) / 1.2)  # noqa: E731
        subject = scenery.thing(float(values.uniform(0.2, 0.4)), depth=np.inf, path=path, rate=6.0)
    label = (("pan_right", "pan_left"), ("truck_right", "truck_left"))[deep][way]
    parts = [Part("tracking", 0, seconds), Part(label, 0, seconds, None if deep else speed)]
    return Take("tracking", parts, [*layers, subject], at, seconds, film, seed)


def _pan_with_thing(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    """A pan past someone who goes their own way."""
    take = _simple("pan", 0.1, 0.6, ("pan_right", "pan_left"), deep=False)(scenery, values, film, seed)
    goes, start = float(values.uniform(-0.5, 0.5)), float(values.uniform(-0.2, 0.2))
    thing = scenery.thing(
        float(values.uniform(0.15, 0.3)), depth=np.inf, path=lambda t: (start + goes * t, 0.1), rate=6.0
    )
    return replace(take, kind="pan past someone", layers=[*take.layers, thing])


def _pan_and_zoom(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    course, seconds = _timing(values)
    across, along = int(values.integers(2)), int(values.integers(2))
    speed, growth = _log(values, 0.1, 0.4), _log(values, 0.15, 0.4)
    pose = _glide(course, pan=(-speed if across else speed) / 1.2, zoom=-growth if along else growth)
    parts = [
        _shown(("pan_right", "pan_left")[across], course, seconds),
        _shown(("zoom_in", "zoom_out")[along], course, seconds),
    ]
    return Take("pan and zoom", parts, scenery.sphere(), pose, seconds, film, seed)


def _diagonal(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    course, seconds = _timing(values)
    across, up, speed = int(values.integers(2)), int(values.integers(2)), _log(values, 0.1, 0.5)
    tilt = speed * float(values.uniform(0.6, 1.2))
    pose = _glide(course, pan=(-speed if across else speed) / 1.2, tilt=(-tilt if up else tilt) / 1.2)
    parts = [
        _shown(("pan_right", "pan_left")[across], course, seconds),
        _shown(("tilt_up", "tilt_down")[up], course, seconds),
    ]
    return Take("pan and tilt", parts, scenery.sphere(), pose, seconds, film, seed)


def _one_after_the_other(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    """A pan, a rest, a tilt."""
    first, second = Course(0.5, 2.0, 0.3), Course(2.8, 4.2, 0.3)
    across, up = int(values.integers(2)), int(values.integers(2))
    pan, tilt = _log(values, 0.1, 0.5), _log(values, 0.08, 0.3)

    def at(seconds: float) -> Pose:
        return Pose(
            pan=(-pan if across else pan) * first(seconds) / 1.2, tilt=(-tilt if up else tilt) * second(seconds) / 1.2
        )

    parts = [
        Part(("pan_right", "pan_left")[across], 0.5, 2.0, pan),
        Part(("tilt_up", "tilt_down")[up], 2.8, 4.2, tilt),
    ]
    return Take("pan, then tilt", parts, scenery.sphere(), at, 4.8, film, seed)


def _handheld_dolly(scenery: Scenery, values: Values, film: Film, seed: int) -> Take:
    seconds, speed, hand = float(values.uniform(2.5, 3.5)), _log(values, 0.25, 0.5), shake(values, 0.005)

    def at(seconds: float) -> Pose:
        x, y, turn = hand(seconds)
        return Pose(z=speed * seconds * 0.8, pan=x / 1.2, tilt=y / 1.2, roll=0.5 * turn)

    parts = [Part("handheld", 0, seconds), Part("dolly_in", 0, seconds)]
    layers = scenery.depths()
    return Take("handheld dolly", parts, [replace(layers[0], depth=3.5), *layers[1:]], at, seconds, film, seed)


KINDS: dict[str, Callable[[Scenery, Values, Film, int], Take]] = {
    "static": _static,
    "pan": _simple("pan", 0.05, 0.8, ("pan_right", "pan_left"), deep=False),
    "tilt": _simple("tilt", 0.05, 0.5, ("tilt_up", "tilt_down"), deep=False),
    "roll": _simple("roll", 0.10, 0.5, ("roll_clockwise", "roll_counterclockwise"), deep=False),
    "zoom": _flat_zoom,
    "dolly": _simple("z", 0.12, 0.45, ("dolly_in", "dolly_out"), deep=True),
    "truck": _simple("x", 0.12, 0.6, ("truck_right", "truck_left"), deep=True),
    "pedestal": _simple("y", 0.10, 0.4, ("pedestal_down", "pedestal_up"), deep=True),
    "tracking": _tracking,
    "handheld": _handheld,
    "handheld pan": _handheld_pan,
    "handheld dolly": _handheld_dolly,
    "whip": _whip,
    "dolly zoom": _dolly_zoom,
    "rack focus": _rack_focus,
    "pan past someone": _pan_with_thing,
    "pan and zoom": _pan_and_zoom,
    "pan and tilt": _diagonal,
    "pan, then tilt": _one_after_the_other,
}
