"""What time, light and copying do to a film, and how it comes out as thumbnails at some frame rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors import THUMBNAIL
from kuleshov.records import Transition
from train.takes import HEIGHT, WIDTH, framed

_LOOKS = ("plain", "plain", "plain", "grain", "archive", "dark")
_NOISE = {"plain": 0.7, "grain": 4.0, "archive": 3.0, "dark": 0.7}  # code values, of a thumbnail's cells
_STEPS = (1, 1, 1, 1, 1, 1, 2, 3, 4, 5)
_INTERLACED = 0.12
_REPEATED = 0.12


def finished(
    pixels: Any, transitions: list[Transition], random: np.random.Generator
) -> tuple[NDArray[np.uint8], list[Transition]]:
    """Age the film or darken it, shrink it, and show it at some other frame rate now and then.

    ``pixels`` float32 ``[N, 3, HEIGHT, WIDTH]``; returns thumbnails uint8 ``[N', 3, 18, 32]``, and the transitions in
    their frames.
    """
    import torch
    from torch.nn.functional import avg_pool2d

    count = len(pixels)
    look = random.choice(_LOOKS)
    if look == "archive":
        gain = np.exp(random.normal(0, random.uniform(0.02, 0.12), (count, 1, 1, 1))).astype(np.float32)
        pixels[:, :1] *= torch.from_numpy(gain)
        pixels[:, 1:] = 128.0 + float(random.choice([0.0, 0.0, 0.3])) * (pixels[:, 1:] - 128.0)
        weave = np.zeros((count, 4))
        weave[:, :2] = random.normal(0, random.uniform(0.002, 0.015), (count, 2))
        weave[:, 2] = 0.98
        pixels = framed(pixels.numpy(), weave)
    elif look == "dark":
        pixels[:, :1] = 16 + (pixels[:, :1] - 16) * float(random.uniform(0.12, 0.5))
    if random.random() < _INTERLACED:
        pixels = _interlaced(pixels, random)
    small = avg_pool2d(pixels, (HEIGHT // THUMBNAIL[1], WIDTH // THUMBNAIL[0]))
    noise = random.normal(0, _NOISE[look] * random.uniform(0.3, 1.0), (count, 1, *small.shape[2:]))
    small[:, :1] += torch.from_numpy(noise.astype(np.float32))
    thumbnails = small.round().clamp(0, 255).to(torch.uint8).numpy()
    step = int(random.choice(_STEPS))
    if step > 1:
        return thumbnails[::step].copy(), _slower(transitions, step, frames=-(-count // step))
    if random.random() < _REPEATED:
        return _repeated(thumbnails, transitions, period=int(random.integers(2, 6)))
    return thumbnails, transitions


def _interlaced(pixels: Any, random: np.random.Generator) -> Any:
    """Two fields a frame, half a frame apart: at every other cut or so one frame holds a field of each shot."""
    import torch

    later = pixels.roll(-1, dims=0)
    later[-1] = pixels[-1]
    share = np.where(random.random(len(pixels)) < 0.5, 0.5, 0.0).astype(np.float32)[:, None, None, None]
    return pixels + (later - pixels) * torch.from_numpy(share)


def _slower(transitions: list[Transition], step: int, *, frames: int) -> list[Transition]:
    """The same where only each ``step``-th frame is left: what takes no frame any more is a cut."""
    slower = []
    for each in transitions:
        start, end = each.start_frame // step, -(-each.end_frame // step)
        if end < frames:
            slower.append(Transition("cut" if end - start == 1 else each.type, start, end, 1.0))
    return slower


def _repeated(
    thumbnails: NDArray[np.uint8], transitions: list[Transition], *, period: int
) -> tuple[NDArray[np.uint8], list[Transition]]:
    """Each ``period``-th frame is shown twice: telecine, or a rate that was converted by repeating."""
    count = len(thumbnails)
    shown = np.sort(np.concatenate([np.arange(count), np.arange(0, count, period)]))
    first, last = np.searchsorted(shown, np.arange(count)), np.searchsorted(shown, np.arange(count), side="right") - 1
    moved = [Transition(t.type, int(last[t.start_frame]), int(first[t.end_frame]), 1.0) for t in transitions]
    return thumbnails[shown].copy(), moved
