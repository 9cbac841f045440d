"""Transitions between takes, drawn as editors make them: cuts, dissolves, fades, and wipes of many shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import TransitionType
from train.takes import HEIGHT, WIDTH

BLACK, WHITE = 16.0, 235.0


def dissolve(old: Any, new: Any, random: np.random.Generator) -> Any:
    """Mix two takes, each float32 ``[frames, 3, HEIGHT, WIDTH]``, the mixed frames only."""
    share = _shares(len(old), random)
    return old + (new - old) * share


def fade(old: Any, new: Any, random: np.random.Generator, level: float) -> Any:
    """Fade one out and the other in, with a hold or without, or the two ramps overlapping."""
    frames = len(old)
    middle = random.uniform(0.25, 0.75) if random.random() < 0.4 else 0.5
    hold = random.choice([0.0, 0.0, 0.1, 0.3])
    time = (np.arange(frames) + 1) / (frames + 1)
    out = np.clip(1 - time / max(middle - hold / 2, 1e-3), 0, 1)
    into = np.clip((time - middle - hold / 2) / max(1 - middle - hold / 2, 1e-3), 0, 1)
    if random.random() < 0.2:  # a cut to black that fades in, or a fade out that ends on a cut
        (out if random.random() < 0.5 else into)[:] = 0
    return _toward(old, out, level) + _toward(new, into, level) - _toward(new, np.zeros(frames), level)


def fade_ends(pixels: Any, *, level: float, out: bool) -> Any:
    """Fade a whole take out to, or in from, black or white; the blank frame itself is not part of it."""
    time = (np.arange(len(pixels)) + 1) / (len(pixels) + 1)
    return _toward(pixels, 1 - time if out else time, level)


def wipe(old: Any, new: Any, random: np.random.Generator) -> Any:
    """Let the new picture come in behind an edge, or push the old one out."""
    frames = len(old)
    shares = _shares(frames, random, linear=0.8)[:, 0, 0, 0]
    if random.random() < 0.3:
        return _push(old, new, shares, random)
    order = _order(random)
    soft = random.choice([1e-3, 1e-3, 0.05, 0.15, 0.3])
    import torch

    edge = torch.from_numpy(((shares.numpy()[:, None, None] * (1 + soft) - order) / soft).clip(0, 1).astype(np.float32))
    mask = edge[:, None]
    if random.random() < 0.15:  # a drawn edge
        line = ((edge > 0) & (edge < 1)).float()[:, None]
        return (old + (new - old) * mask) * (1 - line) + line * torch.tensor(
            [random.choice([20.0, 230.0]), 128.0, 128.0]
        )[:, None, None]
    return old + (new - old) * mask


def _push(old: Any, new: Any, shares: Any, random: np.random.Generator) -> Any:
    """Both pictures move, or only the new one slides over the old, or the old one off the new."""
    import torch

    dim, size = (3, WIDTH) if random.random() < 0.65 else (2, HEIGHT)
    forward, what = random.random() < 0.5, random.choice(["push", "cover", "uncover"])
    result = []
    for a, b, share in zip(old, new, shares.tolist(), strict=True):
        shift = round(share * size)
        axis = dim - 1
        first, second = (b, a) if forward else (a, b)
        edge = shift if forward else size - shift
        # What moves comes in by its far side, or leaves by it; what stays is cut off.
        first_moves = what == "push" or (what == "cover") == forward
        second_moves = what == "push" or (what == "cover") != forward
        left = first.narrow(axis, size - edge if first_moves else 0, edge)
        right = second.narrow(axis, 0 if second_moves else edge, size - edge)
        result.append(torch.cat([left, right], dim=axis))
    return torch.stack(result)


def _order(random: np.random.Generator) -> NDArray[np.float64]:
    """When each pixel turns, 0..1: the shape of a wipe."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    angle = random.uniform(0, 2 * np.pi)
    shapes: list[Callable[[], NDArray[np.float64]]] = [
        lambda: x * random.choice([-1, 1]),
        lambda: y * random.choice([-1, 1]),
        lambda: x * random.choice([-1, 1]),
        lambda: y * random.choice([-1, 1]),
        lambda: x * np.cos(angle) + y * np.sin(angle),
        lambda: np.hypot(x - random.uniform(-0.3, 0.3), y) * random.choice([-1, 1]),  # iris
        lambda: np.hypot(x, y) * random.choice([-1, 1]),
        lambda: np.abs(x) * random.choice([-1, 1]),  # barn doors
        lambda: np.abs(y) * random.choice([-1, 1]),
        lambda: np.maximum(np.abs(x), np.abs(y)) * random.choice([-1, 1]),  # box
        lambda: np.abs(x) + np.abs(y) * random.choice([-1, 1]),  # diamond
        lambda: np.arctan2(y, x) * random.choice([-1, 1]),  # clock
        lambda: (x * random.integers(2, 7)) % 1.0,  # blinds
        lambda: np.kron(random.random((9, 16)), np.ones((6, 6))),  # blocks
    ]
    order = shapes[random.integers(len(shapes))]()
    return (order - order.min()) / (np.ptp(order) + 1e-9)


def _shares(frames: int, random: np.random.Generator, *, linear: float = 0.6) -> Any:
    """How much of the new picture each mixed frame holds: float32 ``[frames, 1, 1, 1]``, inside 0..1."""
    import torch

    time = (np.arange(frames) + 1) / (frames + 1)
    if random.random() > linear:
        time = time * time * (3 - 2 * time) if random.random() < 0.6 else time ** np.exp(random.normal(0, 0.4))
    return torch.from_numpy(time.astype(np.float32))[:, None, None, None]


def _toward(pixels: Any, share: NDArray[np.float64], level: float) -> Any:
    """Pixels at a share of what they are; the rest is blank."""
    import torch

    blank = torch.tensor([level, 128.0, 128.0])[:, None, None]
    return blank + (pixels - blank) * torch.from_numpy(share.astype(np.float32))[:, None, None, None]


#: Gradual transitions by type, each ``(old, new, random) -> mixed frames``.
GRADUAL: dict[TransitionType, Callable[[Any, Any, np.random.Generator], Any]] = {
    "dissolve": dissolve,
    "fade_black": lambda old, new, random: fade(old, new, random, BLACK),
    "fade_white": lambda old, new, random: fade(old, new, random, WHITE),
    "wipe": wipe,
}
