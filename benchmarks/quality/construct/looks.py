"""Looks of whole films: what happens to every frame after editing, on the way to the file.

A look is a generator that takes the edited frames and yields those of the file, as many. What weaves fields of several
frames into one (``interlaced``, ``telecine``) is in ``scan.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import cv2
import numpy as np

from .material import Picture

Rng = np.random.Generator
Look = Callable[[Iterable[Picture], Rng], Iterator[Picture]]


def plain(frames: Iterable[Picture], rng: Rng) -> Iterator[Picture]:
    yield from frames


def archive(frames: Iterable[Picture], rng: Rng) -> Iterator[Picture]:
    """Grey or sepia, flicker, grain, gate weave, scratches and dust."""
    sepia = rng.random() < 0.4
    flicker, grain, weave = rng.uniform(0.02, 0.08), rng.uniform(4, 12), rng.uniform(0.3, 1.2)
    grains = None
    scratch_x, scratch_left = 0, 0
    drift = np.zeros(2)
    for frame in frames:
        height, width = frame.shape[:2]
        if grains is None:
            grains = rng.normal(0, grain, (6, height + 32, width + 32)).astype(np.float32)
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
        top, left = rng.integers(0, 32, 2)
        grey = grey * (1 + rng.normal(0, flicker)) + grains[rng.integers(6)][top : top + height, left : left + width]
        if scratch_left:
            grey[:, scratch_x : scratch_x + 1] += 70
            scratch_left -= 1
        elif rng.random() < 0.02:
            scratch_x, scratch_left = int(rng.integers(width)), int(rng.integers(3, 30))
        for _ in range(rng.poisson(0.4)):
            spot = (int(rng.integers(width)), int(rng.integers(height)))
            cv2.circle(grey, spot, int(rng.integers(1, 4)), float(rng.choice([10, 245])), -1)
        drift = 0.8 * drift + rng.normal(0, weave, 2)
        matrix = np.array([[1, 0, drift[0]], [0, 1, drift[1]]])
        grey = cv2.warpAffine(grey, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE).clip(0, 255)
        tint = np.float32((1.0, 0.86, 0.66) if sepia else (1, 1, 1))
        yield (grey[..., None] * tint).astype(np.uint8)


def letterbox(frames: Iterable[Picture], rng: Rng) -> Iterator[Picture]:
    """Black bars above and below, or at the sides."""
    aspect = float(rng.choice([2.39, 2.2, 1.37]))
    for frame in frames:
        height, width = frame.shape[:2]
        wide, high = (width, round(width / aspect)) if aspect > width / height else (round(height * aspect), height)
        boxed = np.zeros_like(frame)
        left, top = (width - wide) // 2, (height - high) // 2
        boxed[top : top + high, left : left + wide] = cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA)
        yield boxed


def text(frames: Iterable[Picture], rng: Rng) -> Iterator[Picture]:
    """A broadcaster's mark and a running clock in the corners, subtitles that come and go."""
    lines = [
        "We should leave before it gets dark.",
        "I know.",
        "- Who told you that?",
        "Nobody did. Nobody had to.",
        "",
    ]
    line, left = "", 0
    for number, untouched in enumerate(frames):
        frame = untouched.copy()
        height, width = frame.shape[:2]
        if not left:
            line, left = lines[rng.integers(len(lines))], int(rng.integers(20, 70))
        left -= 1
        small = width / 800
        (wide, _), _ = cv2.getTextSize(line, cv2.FONT_HERSHEY_SIMPLEX, small, 1)
        place = ((width - wide) // 2, int(height * 0.92))
        cv2.putText(frame, line, place, cv2.FONT_HERSHEY_SIMPLEX, small, (0, 0, 0), 3, cv2.LINE_AA)
        cv2.putText(frame, line, place, cv2.FONT_HERSHEY_SIMPLEX, small, (255, 255, 255), 1, cv2.LINE_AA)
        cv2.putText(frame, "KV1", (int(width * 0.88), int(height * 0.1)), 0, small, (230, 230, 230), 1, cv2.LINE_AA)
        clock = f"{number // 1500:02}:{number // 25 % 60:02}:{number % 25:02}"
        cv2.putText(frame, clock, (int(width * 0.03), int(height * 0.1)), 0, small, (230, 230, 230), 1, cv2.LINE_AA)
        yield frame


def dark(frames: Iterable[Picture], rng: Rng) -> Iterator[Picture]:
    """Underexposed and noisy."""
    gain, noise = rng.uniform(0.2, 0.4), rng.uniform(1.5, 4)
    grains = None
    for frame in frames:
        height, width = frame.shape[:2]
        if grains is None:
            grains = rng.normal(0, noise, (6, height + 32, width + 32, 1)).astype(np.float32)
        top, left = rng.integers(0, 32, 2)
        grain = grains[rng.integers(6)][top : top + height, left : left + width]
        yield np.clip(frame * gain + grain, 0, 255).astype(np.uint8)


LOOKS: dict[str, Look] = {
    "plain": plain,
    "lowbit": plain,  # what differs is the encoding
    "archive": archive,
    "letterbox": letterbox,
    "text": text,
    "dark": dark,
    "interlaced": plain,
    "telecine": plain,
}
