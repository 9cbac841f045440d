"""Takes: pieces of footage as a camera of the synthesiser's sees them, with its movements and its grading."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Size of a rendered frame: three times that of the thumbnails that detectors read.
WIDTH, HEIGHT = 96, 54


def take(footage: NDArray[np.uint8], frames: int, random: np.random.Generator) -> Any:
    """Render ``frames`` frames from some stretch of footage: float32 tensor ``[frames, 3, HEIGHT, WIDTH]``, 0..255.

    Footage that is too short runs to and fro. Mirroring, speed, framing, camera movement and grading are drawn.
    """
    speed = random.choice([0.5, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0])
    place = random.uniform(0, max(1.0, len(footage) - frames * speed)) + np.arange(frames) * speed
    span = max(1, len(footage) - 1)
    place = span - np.abs(place % (2 * span) - span)
    if random.random() < 0.08:
        place[:] = place[0]  # a still
    return graded(framed(footage[np.round(place).astype(int)], _camera(frames, random)), random)


def framed(frames: NDArray[np.uint8], camera: NDArray[np.float64]) -> Any:
    """See frames through a camera: float64 ``[N, 4]``, centre across and down (-1..1), half width (1 = all), roll.

    What lies beyond the picture's edge is its mirror image.
    """
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    x, y, half, roll = torch.from_numpy(camera.astype(np.float32)).T
    cosine, sine = half * torch.cos(roll), half * torch.sin(roll)
    matrix = torch.stack([torch.stack([cosine, -sine, x], dim=1), torch.stack([sine, cosine, y], dim=1)], dim=1)
    pixels = torch.from_numpy(np.ascontiguousarray(frames)).float()
    grid = affine_grid(matrix, [len(frames), 3, HEIGHT, WIDTH], align_corners=False)
    return grid_sample(pixels, grid, padding_mode="reflection", align_corners=False)


def graded(pixels: Any, random: np.random.Generator) -> Any:
    """Give a take a look of its own: mirror, gamma, gain, lift, saturation, tint."""
    import torch

    if random.random() < 0.5:
        pixels = pixels.flip(3)
    if random.random() < 0.3:
        return pixels
    luma = (pixels[:, :1].clamp(16, 235) - 16) / 219
    luma = luma ** float(np.exp(random.normal(0, 0.25))) * random.uniform(0.6, 1.15) + random.uniform(-0.03, 0.08)
    pixels[:, :1] = (16 + 219 * luma).clamp(0, 255)
    tint = random.normal(0, 6, size=(1, 2, 1, 1)) if random.random() < 0.5 else np.zeros((1, 2, 1, 1))
    pixels[:, 1:] = 128 + (pixels[:, 1:] - 128) * random.uniform(0.3, 1.5)
    pixels[:, 1:] += torch.from_numpy(tint.astype(np.float32))
    return pixels


def _camera(frames: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Where the camera looks on each frame: held, pushed in, panned, or carried by hand."""
    time = np.linspace(0, 1, frames)[:, None]
    half = random.uniform(0.45, 1.0)
    start, end = (np.array([*random.uniform(-(1 - half), 1 - half, 2), half, 0.0]) for _ in range(2))
    movement = random.random()
    if movement < 0.36:
        camera = np.repeat(start[None], frames, axis=0)
    elif movement < 0.5:  # a swing across the place, sudden or eased, within a part of a second
        half = random.uniform(0.25, 0.5)
        way = random.choice([-1, 1]) * (1 - half) * np.array([1.0, random.uniform(-0.5, 0.5)])
        turn = np.clip((np.arange(frames)[:, None] - random.uniform(0, frames)) / random.uniform(4, 20), 0, 1)
        camera = np.tile([0.0, 0.0, half, 0.0], (frames, 1))
        turn = turn if random.random() < 0.5 else _eased(turn)
        if random.random() < 0.7:
            camera[:, :2] = way * (2 * turn - 1)
        else:  # a sudden zoom
            camera[:, 2:3] = half * np.exp(random.choice([-1, 1]) * random.uniform(0.3, 0.9) * turn)
    elif movement < 0.75:
        end[2] = half * np.exp(random.normal(0, 0.3))
        camera = start + (end - start) * time
    else:  # a pan, faster or slower, with eased ends
        end = start + np.array([*random.normal(0, [1.0, 0.3]) * random.uniform(0.1, 1.5), 0.0, 0.0])
        camera = start + (end - start) * _eased(np.clip(time * random.uniform(1, 4) - random.uniform(0, 2), 0, 1))
    if random.random() < 0.35:
        camera = camera + _shake(frames, random.uniform(0.003, 0.05), random)
    return camera


def _shake(frames: int, size: float, random: np.random.Generator) -> NDArray[np.float64]:
    """A hand's: smooth noise across, down and in roll."""
    white = random.normal(0, 1, size=(frames + 8, 4))
    smooth = np.stack([np.convolve(each, np.ones(5) / 5, mode="valid") for each in white.T], axis=1)[:frames]
    return smooth * size * np.array([1.0, 1.0, 0.0, 0.5]) * 2


def _eased(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return share * share * (3 - 2 * share)
