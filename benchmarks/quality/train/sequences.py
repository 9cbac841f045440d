"""Films in small whose transitions are known because they were drawn: what the detector's network learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors import THUMBNAIL
from kuleshov.records import Transition, TransitionType
from train.disturbances import DISTURBANCES
from train.joins import BLACK, GRADUAL, WHITE, fade_ends
from train.takes import HEIGHT, WIDTH, framed, take

_SECOND_FRAMES = 24
_LONGEST_GRADUAL = 84
_CUT_SHARE = 0.45
_KINDS: tuple[tuple[TransitionType, float], ...] = (
    ("dissolve", 0.4), ("fade_black", 0.18), ("fade_white", 0.1), ("wipe", 0.32),
)
_DISTURBED = 0.4  # of the takes
_NAMES = tuple(DISTURBANCES)
_WEIGHTS = {"whip_pan": 2.0, "flash": 1.5, "light_switch": 1.5, "occluder": 1.5}


@dataclass(frozen=True)
class Drawn:
    """Frames as detectors see them, and the transitions between the shots they show."""

    thumbnails: NDArray[np.uint8]  # [N, 3, 18, 32]
    transitions: list[Transition]


def draw_sequence(footage: Sequence[NDArray[np.uint8]], random: np.random.Generator, *, frames: int = 400) -> Drawn:
    """Draw a film of about ``frames`` frames from footage (``material.footage``)."""
    pieces: list[Any] = []
    transitions: list[Transition] = []
    count = 0
    old = _take(footage, _length(random), random)
    while True:
        pieces.append(old)
        count += len(old)
        if count >= frames:
            break
        kind, mixed = _draw_kind(random)
        new = _take(footage, _length(random) + mixed, random, near=old if random.random() < 0.12 else None)
        if kind == "cut":
            transitions.append(Transition("cut", count - 1, count, 1.0))
            old = new
            continue
        if kind in ("fade_black", "fade_white") and random.random() < 0.2:
            blank = _through_blank(pieces, new, mixed, kind, count, transitions, random)
            count += blank
            old = new[mixed:]
            continue
        # The old take goes on while it goes away, the new one is there before it is alone.
        tail = _tail(old, mixed)
        pieces.append(GRADUAL[kind](tail, new[:mixed], random))
        transitions.append(Transition(kind, count - 1, count + mixed, 1.0))
        count += mixed
        old = new[mixed:]
    return _finished(pieces, transitions, random)


def _draw_kind(random: np.random.Generator) -> tuple[TransitionType, int]:
    """What comes next, and how many frames of it are mixed."""
    if random.random() < _CUT_SHARE:
        return "cut", 0
    kinds, shares = zip(*_KINDS, strict=True)
    kind: TransitionType = kinds[random.choice(len(kinds), p=shares)]
    longest = 60 if kind == "wipe" else _LONGEST_GRADUAL
    mixed = int(np.clip(np.exp(random.normal(np.log(18), 0.65)), 3 if kind == "dissolve" else 5, longest))
    return kind, mixed


def _length(random: np.random.Generator) -> int:
    """Frames of a take that are shown alone."""
    if random.random() < 0.15:
        return int(random.integers(5, 20))
    return int(np.clip(np.exp(random.normal(np.log(50), 0.5)), 20, 160))


def _take(footage: Sequence[NDArray[np.uint8]], frames: int, random: np.random.Generator, *, near: Any = None) -> Any:
    """A take, now and then with something in it that looks like a transition, or one like the take before."""
    if near is not None:
        place = np.abs((np.arange(frames) + random.integers(len(near))) % max(1, 2 * len(near) - 2) - len(near) + 1)
        camera = np.tile([*random.uniform(-0.3, 0.3, 2), random.uniform(0.4, 0.8), 0.0], (frames, 1))
        pixels = framed(near.numpy()[place], camera)
    else:
        weights = np.array([len(each) ** 0.5 for each in footage])
        pixels = take(footage[random.choice(len(footage), p=weights / weights.sum())], frames, random)
    while random.random() < _DISTURBED and frames > 16:
        share = np.array([_WEIGHTS.get(name, 1.0) for name in _NAMES])
        name = _NAMES[random.choice(len(_NAMES), p=share / share.sum())]
        pixels = DISTURBANCES[name](pixels.clone(), int(random.integers(4, frames - 8)), random)
    return pixels


def _tail(old: Any, frames: int) -> Any:
    """How a take would have gone on: it runs back."""
    import torch

    back = old.flip(0)
    return torch.cat([back] * (frames // len(old) + 1))[:frames]


def _through_blank(
    pieces: list[Any], new: Any, mixed: int, kind: TransitionType, count: int, transitions: list[Transition],
    random: np.random.Generator,
) -> int:
    """Fade out, stay blank for more than a second, and fade in: two transitions. Return the frames that it takes."""
    import torch

    level = BLACK if kind == "fade_black" else WHITE
    held = int(random.integers(_SECOND_FRAMES + 6, 3 * _SECOND_FRAMES))
    out = fade_ends(_tail(pieces[-1], mixed), level=level, out=True)
    blank = torch.tensor([level, 128.0, 128.0])[None, :, None, None].expand(held, 3, HEIGHT, WIDTH)
    into = fade_ends(new[:mixed].clone(), level=level, out=False)
    pieces += [out, blank, into]
    transitions.append(Transition(kind, count - 1, count + mixed, 1.0))
    transitions.append(Transition(kind, count + mixed + held - 1, count + 2 * mixed + held, 1.0))
    return 2 * mixed + held


def _finished(pieces: list[Any], transitions: list[Transition], random: np.random.Generator) -> Drawn:
    """Age or compress the film, shrink it to thumbnails, and show it at some other frame rate now and then."""
    import torch
    from torch.nn.functional import avg_pool2d

    pixels = torch.cat(pieces)
    count = len(pixels)
    look = random.choice(["plain", "plain", "plain", "grain", "archive", "dark"])
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
    small = avg_pool2d(pixels, (HEIGHT // THUMBNAIL[1], WIDTH // THUMBNAIL[0]))
    noise = {"grain": 4.0, "archive": 3.0}.get(look, 0.7) * random.uniform(0.3, 1.0)
    small[:, :1] += torch.from_numpy(random.normal(0, noise, (count, 1, *small.shape[2:])).astype(np.float32))
    thumbnails = small.round().clamp(0, 255).to(torch.uint8).numpy()
    step = int(random.choice([1, 1, 1, 1, 1, 1, 2, 3, 4]))
    if step > 1:
        return Drawn(thumbnails[::step].copy(), _slower(transitions, step, -(-count // step)))
    if random.random() < 0.12:  # telecine or a repaired rate: each some frames one is shown twice
        period = int(random.integers(2, 6))
        shown = np.sort(np.concatenate([np.arange(count), np.arange(0, count, period)]))
        first = {int(frame): int(place) for place, frame in reversed(list(enumerate(shown)))}
        last = {int(frame): int(place) for place, frame in enumerate(shown)}
        moved = [Transition(t.type, last[t.start_frame], first[t.end_frame], 1.0) for t in transitions]
        return Drawn(thumbnails[shown].copy(), moved)
    return Drawn(thumbnails, transitions)


def _slower(transitions: list[Transition], step: int, count: int) -> list[Transition]:
    """The same where only each ``step``-th frame is left: what takes no frame any more is a cut."""
    slower: list[Transition] = []
    for each in transitions:
        start, end = each.start_frame // step, -(-each.end_frame // step)
        if end < count and start >= 0:
            slower.append(Transition("cut" if end - start == 1 else each.type, start, end, 1.0))
    return slower
