"""Scenery of real pictures and a pinhole camera in it: what a camera that moves in a known way would film.

Scenery is either a sphere around the camera (it only turns and zooms: no parallax, whatever the angle) or planes at
several depths, near ones cut out, so that a camera that travels sees parallax. Lengths are in widths of the picture at
depth 1 and focal length 1; x is to the right, y down, z ahead; angles are radians.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
DENSITY = 320  # pixels of a picture to a frame-width of the film


@dataclass(frozen=True)
class Pose:
    """Where the camera is and looks: ``pan`` to the right, ``tilt`` up, ``roll`` clockwise; ``focal`` in widths."""

    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    focal: float = 1.2

    def axes(self) -> NDArray[np.float64]:
        """The camera's own axes in the world, as columns."""
        (cp, sp), (ct, st), (cr, sr) = ((np.cos(a), np.sin(a)) for a in (self.pan, self.tilt, self.roll))
        turn = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
        nod = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]])
        lean = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        return np.asarray(turn @ nod @ lean)


@dataclass(frozen=True)
class Layer:
    """A picture in the world. ``depth`` infinite: on the sphere. ``path`` is where its middle is at a time.

    ``pictures`` are shown in turn, ``rate`` a second; ``mask`` 0..1 is what of them is there (``None``: all, and the
    picture goes on, mirrored); ``blur(seconds)`` is its radius of defocus in pixels of the film.
    """

    pictures: list[Grey]
    depth: float = np.inf
    mask: Grey | None = None
    path: Any = None
    rate: float = 0.0
    blur: Any = None
    size: float = 1.0  # how large the picture is shown

    def picture(self, seconds: float) -> Grey:
        return self.pictures[int(seconds * self.rate) % len(self.pictures)]


@dataclass(frozen=True)
class Film:
    """How it is filmed: frame size, rate, grain in grey levels, JPEG quality (0: none), exposure in frames."""

    width: int = 256
    height: int = 144
    rate: float = 25.0
    grain: float = 1.0
    quality: int = 0
    exposure: float = 0.5
    flicker: float = 0.0


def _rays(film: Film, focal: float) -> NDArray[np.float64]:
    y, x = np.mgrid[0 : film.height, 0 : film.width] + 0.5
    rays = np.stack([(x - film.width / 2) / film.width, (y - film.height / 2) / film.width, np.full_like(x, focal)])
    return rays.reshape(3, -1)


def _look(layer: Layer, pose: Pose, film: Film, base: float, seconds: float) -> tuple[Grey, Grey | None]:
    """What a camera sees of one layer, and how much of it is there."""
    x, y, z = pose.axes() @ _rays(film, pose.focal)
    picture = layer.picture(seconds)
    where = layer.path(seconds) if layer.path else (0.0, 0.0)
    if np.isinf(layer.depth):
        across, down = base * np.arctan2(x, z), base * np.arctan2(y, np.hypot(x, z))
        enlarged = pose.focal / base
    else:
        ahead = layer.depth - pose.z
        z = np.maximum(z, 1e-3)
        across = (pose.x + ahead * x / z) * base / layer.depth
        down = (pose.y + ahead * y / z) * base / layer.depth
        enlarged = pose.focal * layer.depth / max(ahead, 1e-3) / base
    scale = DENSITY / layer.size
    u = (across - where[0]) * scale + picture.shape[1] / 2
    v = (down - where[1]) * scale + picture.shape[0] / 2
    shape = (film.height, film.width)
    # An image pixel covers so many of the picture's: what lies between must be averaged away.
    covered = scale / film.width / enlarged
    radius = layer.blur(seconds) * covered if layer.blur else 0.0
    sigma = np.hypot(0.4 * covered, radius)
    soft = cv2.GaussianBlur(picture, (0, 0), sigma) if sigma > 0.3 else picture
    at = (u.reshape(shape).astype(np.float32) - 0.5, v.reshape(shape).astype(np.float32) - 0.5)
    seen = cv2.remap(soft, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    if layer.mask is None:
        return seen, None
    mask = cv2.GaussianBlur(layer.mask, (0, 0), max(sigma, 0.5))
    there = cv2.remap(mask, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return seen, there


def _still(layers: list[Layer], pose: Pose, film: Film, base: float, seconds: float) -> Grey:
    picture = np.zeros((film.height, film.width), np.float32)
    for layer in layers:  # far to near
        seen, there = _look(layer, pose, film, base, seconds)
        picture = seen if there is None else picture + there * (seen - picture)
    return picture


def shoot(layers: list[Layer], pose_at: Any, seconds: float, film: Film, *, seed: int) -> NDArray[np.uint8]:
    """Film for so many seconds; return luma uint8 ``[frames, height, width]``."""
    values = np.random.default_rng(seed)
    base = pose_at(0.0).focal
    frames = []
    for number in range(round(seconds * film.rate)):
        start = number / film.rate
        a, b = pose_at(start), pose_at(start + film.exposure / film.rate)
        moved = max(abs(a.pan - b.pan), abs(a.tilt - b.tilt)) * a.focal * film.width
        steps = int(np.clip(np.ceil(moved / 2), 1, 8))  # a fast move is smeared over the time of exposure
        times = start + film.exposure / film.rate * (np.arange(steps) + 0.5) / steps
        picture = np.mean([_still(layers, pose_at(time), film, base, time) for time in times], axis=0)
        picture = picture * (1 + film.flicker * values.normal()) + values.normal(0, film.grain, picture.shape)
        frame = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        if film.quality:
            packed = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, film.quality])[1]
            frame = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
        frames.append(frame)
    return np.stack(frames)
