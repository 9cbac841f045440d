"""Events inside a shot that are no transition: what light, cameras, objects, film and editors do besides cutting.

A distractor changes pictures in place, over a run of frames that it is given, and returns the first and the last that
it changed, as numbers in that run. What stays (a light switched on, a title) is said to last while it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from .material import Picture

Rng = np.random.Generator


@dataclass(frozen=True)
class Distractor:
    """``seconds`` are the shortest and longest time that it takes; ``apply`` draws it on frames ``first`` to ``last``,
    and may go on to the end of the run."""

    seconds: tuple[float, float]
    apply: Callable[[list[Picture], int, int, Rng], None]

    def place(self, run: list[Picture], stop: int, rate: float, rng: Rng) -> tuple[int, int] | None:
        """Draw it somewhere before frame ``stop`` of the run, not near its ends; None where there is no room."""
        length = max(1, round(rng.uniform(*self.seconds) * rate))
        margin = max(3, round(0.3 * rate))
        if stop < length + 2 * margin:
            return None
        first = int(rng.integers(margin, stop - length - margin + 1))
        self.apply(run, first, first + length - 1, rng)
        return first, first + length - 1


def _light(picture: Picture, gain: float, lift: float = 0.0) -> Picture:
    return cv2.convertScaleAbs(picture, alpha=gain, beta=lift)


def _mixed(picture: Picture, color: tuple[int, ...] | Picture, share: float) -> Picture:
    other = color if isinstance(color, np.ndarray) else np.broadcast_to(np.uint8(color), picture.shape)
    return cv2.addWeighted(picture, 1 - share, np.ascontiguousarray(other), share, 0)


def flash(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """White or coloured, full or partial, all at once."""
    color = [(255, 255, 255), (255, 255, 255), (255, 240, 200), (255, 80, 60), (90, 120, 255)][rng.integers(5)]
    share = rng.uniform(0.5, 1.0)
    for k in range(first, last + 1):
        run[k] = _mixed(run[k], color, share)


def camera_flash(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A photographer's: one overexposed frame, then decay."""
    peak = rng.uniform(2.0, 6.0)
    for k in range(first, last + 1):
        run[k] = _light(run[k], 1 + peak * 0.45 ** (k - first), 60 * 0.45 ** (k - first))


def lightning(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """Irregular bluish bursts."""
    level = 0.0
    for k in range(first, last + 1):
        level = rng.uniform(0.4, 1.0) if rng.random() < 0.35 else level * 0.5
        run[k] = _mixed(_light(run[k], 1 + 1.5 * level), (215, 225, 255), 0.5 * level)


def strobe(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """On and off, in turns of one to three frames, to white or to black."""
    period, color = int(rng.integers(1, 4)), int(rng.choice([0, 255]))
    share = rng.uniform(0.7, 1.0)
    for k in range(first, last + 1):
        if (k - first) // period % 2 == 0:
            run[k] = _mixed(run[k], (color,) * 3, share)


def blank_frames(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A few frames of black or white inside a shot: leader, damage, a dropped tape."""
    color = 0 if rng.random() < 0.75 else 255
    for k in range(first, last + 1):
        run[k] = np.full_like(run[k], color)


def _change(picture: Picture, rng: Rng, darkest: float, brightest: float) -> float:
    """A gain that is seen and leaves something to see: bright pictures only get darker, dark ones only brighter."""
    level = picture.mean()
    brighter = level < 60 or (level < 110 and rng.random() < 0.5)
    return rng.uniform(1.4, brightest) if brighter else rng.uniform(darkest, 0.7)


def light_switch(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A lamp goes on or off: gain and gamma change within these frames, and stay."""
    gain = _change(run[first], rng, 0.35, 2.0)
    gamma = rng.uniform(0.9, 1.3)
    for k in range(first, len(run)):
        share = min(1.0, (k - first + 1) / (last - first + 1))
        target = 255 * gain * (np.arange(256) / 255) ** gamma
        table = (1 - share) * np.arange(256) + share * target
        run[k] = cv2.LUT(run[k], np.clip(table, 0, 255).astype(np.uint8))


def exposure(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """The iris is turned slowly to another value, and stays."""
    gain = _change(run[first], rng, 0.45, 1.9)
    for k in range(first, len(run)):
        share = min(1.0, (k - first + 1) / (last - first + 1))
        run[k] = _light(run[k], 1 + (gain - 1) * share)


def whip_pan(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """The camera whips away and back, or once around: blurred on the way, at the end it sees what it saw."""
    width = run[0].shape[1]
    around = rng.random() < 0.5
    travel = 2 * (width - 1) if around else width * rng.uniform(0.5, 1.0)  # the picture's mirror image lies beside it
    part = np.linspace(0, 1, last - first + 3)
    place = rng.choice([-1, 1]) * travel * ((3 - 2 * part) * part**2 if around else np.sin(np.pi * part) ** 2)
    for k in range(first, last + 1):
        before, now = place[k - first], place[k - first + 1]
        blur = max(1, int(abs(now - before) * 0.8))
        run[k] = cv2.blur(_shifted(run[k], now, 0), (blur, 1))


def shake(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A blow to the camera or a run with it."""
    size = run[0].shape[1] * rng.uniform(0.02, 0.07)
    for k in range(first, last + 1):
        fading = 1 - (k - first) / (last - first + 1)
        x, y = rng.normal(0, size, 2) * fading
        run[k] = cv2.blur(_shifted(run[k], x, y), (1 + int(abs(x) / 3), 1 + int(abs(y) / 3)))


def _shifted(picture: Picture, x: float, y: float) -> Picture:
    matrix = np.array([[1, 0, x], [0, 1, y]])
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)


def occluder(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """Something dark or bright, out of focus, crosses the whole picture in front of the lens."""
    height, width = run[0].shape[:2]
    wide = width * rng.uniform(0.5, 1.3)
    soft = width * rng.uniform(0.02, 0.1)
    color = np.array(rng.integers(0, 50, 3) if rng.random() < 0.7 else rng.integers(150, 230, 3), np.float32)
    texture = cv2.resize(rng.normal(0, 12, (6, 9)).astype(np.float32), (width, height))[..., None]
    slant = rng.uniform(-0.3, 0.3) * np.arange(height)[:, None]
    back = rng.random() < 0.5
    for k in range(first, last + 1):
        part = (k - first + 1) / (last - first + 2)
        center = -wide / 2 + (width + wide) * (1 - part if back else part)
        inside = wide / 2 - np.abs(np.arange(width)[None, :] + slant - center)
        share = np.clip(inside / soft, 0, 1)[..., None]
        run[k] = np.clip(run[k] * (1 - share) + (color + texture) * share, 0, 255).astype(np.uint8)


def fast_object(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A large thing flies through a part of the picture, blurred by its speed."""
    height, width = run[0].shape[:2]
    radius = height * rng.uniform(0.15, 0.35)
    texture = _light(np.ascontiguousarray(run[0][::-1]), rng.uniform(0.3, 1.2), rng.uniform(-40, 40))
    y0, y1 = rng.uniform(0.2, 0.8, 2) * height
    back = rng.random() < 0.5
    for k in range(first, last + 1):
        part = (k - first + 0.5) / (last - first + 1)
        x = -radius + (width + 2 * radius) * (1 - part if back else part)
        step = (width + 2 * radius) / (last - first + 1)
        mask = np.zeros((height, width), np.float32)
        cv2.ellipse(mask, (int(x), int(y0 + (y1 - y0) * part)), (int(radius), int(radius * 0.8)), 0, 0, 360, 1, -1)
        share = cv2.blur(mask, (max(1, int(step / 2)), 5))[..., None]
        run[k] = (run[k] * (1 - share) + texture * share).astype(np.uint8)


def explosion(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A fireball grows over the picture in a third of the time and dies down."""
    height, width = run[0].shape[:2]
    x, y = rng.uniform(0.25, 0.75) * width, rng.uniform(0.3, 0.8) * height
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    rough = cv2.resize(
        rng.uniform(0.6, 1.4, (7, 12)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    distance = np.hypot(columns - x, rows - y) / width * rough
    for k in range(first, last + 1):
        part = (k - first + 1) / (last - first + 2)
        reach = min(1.0, part * 3) * rng.uniform(0.7, 0.8)
        heat = np.clip((reach - distance) / 0.25, 0, 1) * (1 if part < 0.4 else (1 - part) / 0.6)
        fire = np.stack([255 * np.ones_like(heat), 160 + 95 * heat, 40 + 200 * heat**2], -1)
        glow = 1 + 0.6 * float(heat.mean())
        run[k] = np.clip(run[k] * glow * (1 - heat[..., None]) + fire * heat[..., None], 0, 255).astype(np.uint8)


def freeze(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """The picture stands still, then goes on where it would be."""
    for k in range(first + 1, last + 1):
        run[k] = run[first].copy()


def dropped(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """Every other frame is lost and its neighbour shown twice."""
    for k in range(first + 1, last + 1, 2):
        run[k] = run[k - 1].copy()


def zoom(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A quick zoom in, which stays."""
    height, width = run[0].shape[:2]
    factor = rng.uniform(1.4, 2.4)
    for k in range(first, len(run)):
        now = factor ** min(1.0, (k - first + 1) / (last - first + 1))
        matrix = np.array([[now, 0, width / 2 * (1 - now)], [0, now, height / 2 * (1 - now)]])
        run[k] = cv2.warpAffine(run[k], matrix, (width, height))


def title(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A title or a subtitle appears, at once or faded in, and goes away the same way."""
    height, width = run[0].shape[:2]
    words = [("KULESHOV",), ("PART TWO", "THE RETURN"), ("- Where were you last night?",), ("Three years later",)]
    lines = words[rng.integers(len(words))]
    large = rng.random() < 0.5
    mask = np.zeros((height, width), np.uint8)
    for number, line in enumerate(lines):
        scale = width / (14 * len(line)) if large else width / 700
        (wide, high), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_DUPLEX, scale, 1)
        y = height // 2 + int((number - len(lines) / 2 + 1) * high * 1.6) if large else int(height * 0.9)
        cv2.putText(mask, line, ((width - wide) // 2, y), cv2.FONT_HERSHEY_DUPLEX, scale, 255, 1, cv2.LINE_AA)
    share = mask[..., None].astype(np.float32) / 255
    ramp = int(rng.integers(0, max(1, (last - first) // 3) + 1))
    for k in range(first, last + 1):
        level = min(1.0, (k - first + 1) / (ramp + 1), (last - k + 1) / (ramp + 1))
        run[k] = (run[k] * (1 - share * level) + 255 * share * level).astype(np.uint8)


def screen(run: list[Picture], first: int, last: int, rng: Rng) -> None:
    """A screen in the picture flickers and changes its programme."""
    height, width = run[0].shape[:2]
    wide, high = int(width * rng.uniform(0.25, 0.5)), int(height * rng.uniform(0.3, 0.55))
    x, y = int(rng.uniform(0.05, 0.95) * (width - wide)), int(rng.uniform(0.05, 0.95) * (height - high))
    programme = cv2.resize(rng.integers(0, 256, (4, 5, 3)).astype(np.uint8), (wide, high))
    for k in range(first, last + 1):
        if rng.random() < 0.15:
            programme = cv2.resize(rng.integers(0, 256, (4, 5, 3)).astype(np.uint8), (wide, high))
        run[k] = run[k].copy()
        run[k][y : y + high, x : x + wide] = _light(programme, rng.uniform(0.6, 1.0))


KINDS: dict[str, Distractor] = {
    "flash": Distractor((0.04, 0.16), flash),
    "cameraflash": Distractor((0.12, 0.3), camera_flash),
    "lightning": Distractor((0.3, 0.9), lightning),
    "strobe": Distractor((0.4, 1.2), strobe),
    "blackframe": Distractor((0.04, 0.16), blank_frames),
    "lightswitch": Distractor((0.04, 0.12), light_switch),
    "exposure": Distractor((0.8, 2.0), exposure),
    "whippan": Distractor((0.3, 0.7), whip_pan),
    "shake": Distractor((0.5, 1.3), shake),
    "occluder": Distractor((0.4, 1.2), occluder),
    "fastobject": Distractor((0.15, 0.4), fast_object),
    "explosion": Distractor((0.6, 1.6), explosion),
    "freeze": Distractor((0.3, 1.0), freeze),
    "dropped": Distractor((0.4, 1.0), dropped),
    "zoom": Distractor((0.2, 0.8), zoom),
    "title": Distractor((0.8, 2.0), title),
    "screen": Distractor((0.6, 1.6), screen),
}
