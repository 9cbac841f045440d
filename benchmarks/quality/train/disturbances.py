"""What looks like a transition and is none: flashes, whip pans, passing objects, lights that go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from train.takes import HEIGHT, WIDTH, framed

Draw = Callable[[Any, int, np.random.Generator], Any]


def flash(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """A photographer's flash, lightning, a shot: some frames of light, all at once or dying away."""
    import torch

    frames = int(random.choice([1, 1, 2, 2, 3, 4, 6]))
    strength = random.uniform(0.3, 1.0)
    decay = random.choice([0.0, 0.3, 0.6])
    colour = torch.tensor([random.uniform(190, 255), *(128 + random.normal(0, [8, 8]))], dtype=torch.float32)[
        :, None, None
    ]
    where = torch.from_numpy(_blob(random) if random.random() < 0.4 else np.ones((1, HEIGHT, WIDTH), np.float32))
    for step, frame in enumerate(range(at, min(at + frames, len(pixels)))):
        share = where * float(strength * (1 - decay) ** step)
        pixels[frame] += (colour - pixels[frame]) * share
    return pixels


def strobe(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """A light that flashes again and again, or darkness that does."""
    period, frames = int(random.integers(2, 7)), int(random.integers(10, 36))
    level, share = random.choice([12.0, 235.0, 250.0]), float(random.uniform(0.4, 1.0))
    for frame in range(at, min(at + frames, len(pixels))):
        if (frame - at) % period < max(1, period // 2):
            pixels[frame, 0] += (level - pixels[frame, 0]) * share
            pixels[frame, 1:] += (128.0 - pixels[frame, 1:]) * share
    return pixels


def blank(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """Black or white frames inside a take: a damaged or missing frame, a shutter."""
    frames = int(random.choice([1, 1, 2, 2, 3, 4]))
    pixels[at : at + frames, 0] = float(random.choice([16.0, 16.0, 235.0]))
    pixels[at : at + frames, 1:] = 128.0
    return pixels


def whip_pan(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """The camera swings to another view of the place, blurred by its movement, and stays there or comes back."""
    import torch

    frames = int(random.integers(6, 26))
    end = min(at + frames, len(pixels))
    distance = random.choice([-1, 1]) * random.uniform(0.8, 4.0)
    time = np.clip(np.arange(len(pixels) * 4 + 4) / 4 - at, 0, frames) / frames
    path = distance * (time if random.random() < 0.3 else time * time * (3 - 2 * time))
    blurred = random.random() < 0.7
    if random.random() < 0.15:
        path = distance * np.sin(np.pi * time)
    vertical = random.random() < 0.12
    moved = []
    for frame in range(len(pixels)):
        if frame < at:
            moved.append(pixels[frame])
            continue
        exposures = 4 if blurred and frame < end else 1
        camera = np.zeros((exposures, 4))
        camera[:, 2] = 1
        camera[:, 1 if vertical else 0] = path[4 * frame : 4 * frame + exposures]
        moved.append(framed(pixels[frame][None].expand(exposures, -1, -1, -1).numpy(), camera).mean(dim=0))
    return torch.stack(moved)


def shake(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """A knock, a run, an explosion near the camera."""
    frames = min(int(random.integers(8, 40)), len(pixels) - at)
    camera = np.zeros((frames, 4))
    camera[:, :2] = random.normal(0, random.uniform(0.02, 0.15), size=(frames, 2))
    camera[:, 2] = 0.95
    pixels[at : at + frames] = framed(pixels[at : at + frames].numpy(), camera)
    return pixels


def light_switch(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """The light goes on, off or down, or the camera's exposure changes, in one frame or in many, and stays."""
    import torch

    frames = int(random.choice([1, 1, 1, 2, 3, 6, 15, 30]))
    gain = float(np.exp(random.choice([-1, 1]) * random.uniform(0.3, 1.4)))
    tint = torch.from_numpy(random.normal(0, random.choice([0.0, 4.0, 12.0]), size=2).astype(np.float32))[:, None, None]
    share = torch.from_numpy(np.clip((np.arange(len(pixels)) - at + 1) / frames, 0, 1).astype(np.float32))[
        :, None, None, None
    ]
    lit = pixels.clone()
    lit[:, 0] = (16 + (pixels[:, 0] - 16) * gain).clamp(0, 255)
    lit[:, 1:] = 128 + (pixels[:, 1:] - 128) * min(gain, 1.3) + tint
    if random.random() < 0.4:
        mask = torch.from_numpy(_blob(random))
        lit = pixels + (lit - pixels) * mask
    return pixels + (lit - pixels) * share


def occluder(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """Somebody, or a car or a pillar, passes close to the camera."""
    import torch

    frames = int(random.integers(6, 36))
    level = torch.tensor([random.uniform(16, 200), *(128 + random.normal(0, 10, 2))], dtype=torch.float32)[
        :, None, None
    ]
    texture = float(random.choice([0.0, 0.0, 8.0]))
    width, soft = random.uniform(0.3, 1.6), random.uniform(0.02, 0.2)
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    axis, sign = (x, random.choice([-1, 1])) if random.random() < 0.8 else (y, 1)
    lean = random.normal(0, 0.2) * (y if axis is x else x)
    grain = torch.from_numpy(random.normal(0, 1, (1, HEIGHT, WIDTH)).astype(np.float32)) * texture
    tall = np.clip((random.uniform(0.2, 2.0) - np.abs(y)) / 0.1, 0, 1) if axis is x else 1.0
    for frame in range(at, min(at + frames, len(pixels))):
        center = sign * (-1 - width + (2 + 2 * width) * (frame - at + 0.5) / frames)
        mask = np.clip((width / 2 - np.abs(axis + lean - center)) / soft + 0.5, 0, 1) * tall
        share = torch.from_numpy(mask.astype(np.float32))[None]
        pixels[frame] += (level + grain - pixels[frame]) * share
    return pixels


def explosion(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """A bright, growing blot that dies away."""
    import torch

    grow, decay = int(random.integers(2, 8)), int(random.integers(8, 40))
    shape = torch.from_numpy(_blob(random, size=random.uniform(0.6, 2.5)))
    colour = torch.tensor([235.0, random.uniform(80, 128), random.uniform(128, 175)])[:, None, None]
    for frame in range(at, min(at + grow + decay, len(pixels))):
        step = frame - at
        strength = (step + 1) / grow if step < grow else 1 - (step - grow) / decay
        pixels[frame] += (colour - pixels[frame]) * (shape * min(1.0, 1.6 * float(strength)))
    return pixels


def screen(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """A television or a window in the picture: part of it changes from one moment to the next."""
    import torch

    frames = min(int(random.integers(20, 120)), len(pixels) - at)
    height, width = int(random.integers(12, 44)), int(random.integers(20, 80))
    top, left = int(random.integers(0, HEIGHT - height)), int(random.integers(0, WIDTH - width))
    rows, columns = slice(top, top + height), slice(left, left + width)
    period, strength = int(random.integers(1, 20)), float(random.uniform(0.3, 1.0))
    shown = pixels[at, :, rows, columns].clone()
    for frame in range(at, at + frames):
        if (frame - at) % period == 0:
            gain = float(np.exp(random.normal(0, 0.5)))
            shown = shown.flip(int(random.integers(1, 3))) * torch.tensor([gain, 1.0, 1.0])[:, None, None]
            shown[0] = shown[0].clamp(16, 235)
        place = pixels[frame, :, rows, columns]
        place += (shown - place) * strength
    return pixels


def title(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """Burnt-in text or a graphic that appears for a while."""
    import torch

    frames = int(random.integers(20, 120))
    height, width = int(random.integers(3, 16)), int(random.integers(20, 90))
    top, left = int(random.integers(0, HEIGHT - height)), int(random.integers(0, WIDTH - width))
    glyphs = (random.random((height, width)) < 0.5).astype(np.float32) * 0.7 + 0.3
    mask, level = torch.from_numpy(glyphs), float(random.choice([20.0, 235.0]))
    ease = int(random.choice([1, 1, 8, 15]))
    for frame in range(at, min(at + frames, len(pixels))):
        share = mask * min(1.0, (frame - at + 1) / ease, (at + frames - frame) / ease)
        place = pixels[frame, :, top : top + height, left : left + width]
        place[0] += (level - place[0]) * share
        place[1:] += (128.0 - place[1:]) * share
    return pixels


def frozen(pixels: Any, at: int, random: np.random.Generator) -> Any:
    """Frames that stand still, or are left out: a slow decoder, a worn print."""
    import torch

    frames = min(int(random.integers(2, 20)), len(pixels) - at)
    pixels[at : at + frames] = pixels[at].clone()
    lost = int(random.integers(1, 8)) if random.random() < 0.5 else 0
    if lost and at + frames + lost < len(pixels):
        pixels = torch.cat([pixels[: at + frames], pixels[at + frames + lost :], pixels[-1:].repeat(lost, 1, 1, 1)])
    return pixels


def _blob(random: np.random.Generator, *, size: float | None = None) -> NDArray[np.float32]:
    """A soft spot somewhere: float32 ``[1, HEIGHT, WIDTH]``, 0..1."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    size = size or random.uniform(0.3, 1.5)
    distance = np.hypot(x - random.uniform(-0.8, 0.8), (y - random.uniform(-0.8, 0.8)) * 0.6)
    return np.clip(1.5 - 1.5 * distance / size, 0, 1).astype(np.float32)[None]


#: All of them by name; each draws into a take from a frame on, in place or not, and returns the take.
DISTURBANCES: dict[str, Draw] = {
    "flash": flash,
    "strobe": strobe,
    "blank": blank,
    "whip_pan": whip_pan,
    "shake": shake,
    "light_switch": light_switch,
    "occluder": occluder,
    "explosion": explosion,
    "screen": screen,
    "title": title,
    "frozen": frozen,
}
