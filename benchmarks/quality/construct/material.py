"""Stretches of real clips without a cut in them, and still pictures, from which a film's shots are taken.

``stretches.json`` lists first and last frame of every stretch by clip. They were found by splitting the clips at cuts,
fades and dissolves, then looked through; what was in doubt is not listed. Pictures are RGB, uint8
``[height, width, 3]``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

# Pictures without neighbours in time: a moving camera makes shots of them.
STILLS = (
    "flow/flyingchairs_flownet2/0000000-img0.png",
    "flow/flyingchairs_flownet2/0000001-img0.png",
    "flow/sintel_mmflow_demo/frame_0001.png",
)
WHOLE = (0.0, 0.0, 1.0, 1.0)
WITHOUT_BARS = {  # clips that have bars around them: where the picture is
    "video/transnetv2/test.mp4": (0.15, 0.0, 0.86, 1.0),
    "video/libopenshot/sintel_trailer-720p.mp4": (0.0, 0.14, 1.0, 0.86),
}


@dataclass(frozen=True)
class Stretch:
    """Frames ``first`` to ``last`` of a clip, both included; a still picture has one, and no rate."""

    clip: str
    first: int
    last: int
    rate: float
    picture: tuple[float, float, float, float] = WHOLE  # left, top, right, bottom, in parts

    @property
    def seconds(self) -> float:
        return (self.last - self.first) / self.rate if self.rate else float("inf")


@cache
def stretches(data: Path) -> tuple[Stretch, ...]:
    """What of the material is there."""
    import av

    found = []
    for clip, ranges in json.loads(Path(__file__).with_name("stretches.json").read_text()).items():
        if not (data / clip).exists():
            continue
        with av.open(str(data / clip), metadata_errors="replace") as container:
            rate = float(container.streams.video[0].average_rate or 25)
        for number, (first, last) in enumerate(ranges):
            # Bars are cut off every other stretch: a film may mix shots with and without.
            picture = WITHOUT_BARS.get(clip, WHOLE) if number % 2 else WHOLE
            found.append(Stretch(clip, first, last, rate, picture))
    found += [Stretch(name, 0, 0, 0.0) for name in STILLS if (data / name).exists()]
    return tuple(found)


def load(data: Path, wanted: Iterable[Stretch], width: int, height: int) -> dict[Stretch, list[Picture]]:
    """Decode stretches, cut to the film's shape; every clip is decoded once, no further than it is needed."""
    import av

    pictures: dict[Stretch, list[Picture]] = {stretch: [] for stretch in wanted}
    for clip in sorted({stretch.clip for stretch in pictures}):
        of_clip = [stretch for stretch in pictures if stretch.clip == clip]
        with av.open(str(data / clip), metadata_errors="replace") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for number, frame in enumerate(container.decode(stream)):
                for stretch in of_clip:
                    if stretch.first <= number <= stretch.last:
                        pictures[stretch].append(_filling(frame, stretch.picture, width, height))
                if number >= max(stretch.last for stretch in of_clip):
                    break
    return pictures


def _filling(frame: Any, part: tuple[float, float, float, float], width: int, height: int) -> Picture:
    """A part of a decoded frame, scaled until it fills the film's shape, and what sticks out cut off."""
    left, top, right, bottom = part
    scale = max(width / (frame.width * (right - left)), height / (frame.height * (bottom - top)))
    wide, high = round(frame.width * scale), round(frame.height * scale)
    picture = frame.reformat(wide, high, "rgb24", interpolation="BILINEAR").to_ndarray()
    x, y = round(wide * (left + right) / 2 - width / 2), round(high * (top + bottom) / 2 - height / 2)
    x, y = min(max(x, 0), wide - width), min(max(y, 0), high - height)
    return np.ascontiguousarray(picture[y : y + height, x : x + width])


@dataclass(frozen=True)
class Grade:
    """What a colourist does: gain and gamma of the light, a turn of the hues in degrees, a factor of the saturation."""

    gain: float = 1.0
    gamma: float = 1.0
    hue: float = 0.0
    saturation: float = 1.0

    def apply(self, picture: Picture) -> Picture:
        if self == Grade():
            return picture
        table = np.clip(255 * self.gain * (np.arange(256) / 255) ** self.gamma, 0, 255).astype(np.uint8)
        picture = cv2.LUT(picture, table)
        if self.hue or self.saturation != 1:
            hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
            hsv[..., 0] = ((hsv[..., 0].astype(np.int16) + round(self.hue / 2)) % 180).astype(np.uint8)
            hsv[..., 1] = np.clip(hsv[..., 1] * self.saturation, 0, 255).astype(np.uint8)
            picture = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
        return picture


@dataclass(frozen=True)
class Camera:
    """What part of the picture is seen, and how that moves.

    ``zoom`` >= 1 magnifies about ``center`` (parts of width and height). ``pan`` is the way of the centre in parts of
    the width a second, ``push`` the growth of the zoom a second, ``shake`` a hand's tremor in parts of the width.
    """

    mirror: bool = False
    zoom: float = 1.0
    center: tuple[float, float] = (0.5, 0.5)
    pan: tuple[float, float] = (0.0, 0.0)
    push: float = 0.0
    shake: float = 0.0
    phase: float = 0.0

    def apply(self, picture: Picture, seconds: float) -> Picture:
        height, width = picture.shape[:2]
        zoom = max(1.0, self.zoom * (1 + self.push) ** seconds)
        x = self.center[0] + self.pan[0] * seconds
        y = self.center[1] + self.pan[1] * seconds
        if self.shake:
            waves = [(1.3, 1.0), (2.9, 0.6), (5.3, 0.3)]
            x += self.shake * sum(size * np.sin(6.283 * rate * seconds + self.phase * rate) for rate, size in waves)
            y += self.shake * sum(size * np.sin(6.1 * rate * seconds + self.phase + rate) for rate, size in waves)
        if self.mirror:
            picture = picture[:, ::-1]
        if zoom == 1:
            return np.ascontiguousarray(picture)
        margin = 0.5 / zoom  # the view never leaves the picture
        x, y = np.clip(x, margin, 1 - margin), np.clip(y, margin, 1 - margin)
        matrix = np.array([[zoom, 0, width * (0.5 - zoom * x)], [0, zoom, height * (0.5 - zoom * y)]])
        return cv2.warpAffine(
            np.ascontiguousarray(picture),
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )


@dataclass(frozen=True)
class Shot:
    """A stretch as it is seen in the film: from which second of it, how fast, through which camera, how graded."""

    stretch: Stretch
    start_seconds: float
    speed: float
    camera: Camera
    grade: Grade

    def trimmed(self, seconds: float) -> Shot:
        """The same with no more of its stretch than ``seconds`` of it show."""
        stretch, skipped = self.stretch, int(self.start_seconds * self.stretch.rate)
        first = stretch.first + skipped
        last = min(stretch.last, first + int(seconds * self.speed * stretch.rate) + 2)
        start_seconds = self.start_seconds - skipped / stretch.rate if stretch.rate else 0.0
        return replace(self, stretch=replace(stretch, first=first, last=last), start_seconds=start_seconds)

    def draw(self, pictures: list[Picture], seconds: float, *, blend: bool) -> Picture:
        """The picture ``seconds`` after the shot began; ``blend`` mixes neighbours in time where none is near."""
        position = (self.start_seconds + seconds * self.speed) * self.stretch.rate
        position = min(max(position, 0.0), len(pictures) - 1)
        below = int(position)
        part = position - below
        if blend and part and below + 1 < len(pictures):
            picture = cv2.addWeighted(pictures[below], 1 - part, pictures[below + 1], part, 0)
        else:
            picture = pictures[round(position)]
        return self.grade.apply(self.camera.apply(picture, seconds))
