"""Films in small whose transitions are known because they were drawn: what the detector's network learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import Transition, TransitionType
from train.disturbances import DISTURBANCES, title
from train.joins import BLACK, GRADUAL, WHITE, fade_ends
from train.looks import finished
from train.takes import HEIGHT, WIDTH, framed, take

# Blank for longer than this (a second at film speed), black or white is a shot of its own.
_LONGEST_BLANK_FRAMES = 24
_LONGEST_GRADUAL, _LONGEST_WIPE = 84, 60
#: How often which transition is drawn.
_KINDS: dict[TransitionType, float] = {
    "cut": 0.45,
    "dissolve": 0.22,
    "fade_black": 0.1,
    "fade_white": 0.055,
    "wipe": 0.175,
}
_LIKE_THE_LAST, _BLANK_TAKES, _CARDS, _OVER_BLANK = 0.12, 0.05, 0.1, 0.2
_DISTURBED = 0.4  # of the takes, and again as often for each disturbance
_WEIGHTS = {"whip_pan": 2.5, "flash": 1.5, "light_switch": 2.0, "occluder": 1.5}


class Drawn(NamedTuple):
    """Thumbnails uint8 ``[N, 3, 18, 32]`` as detectors see them, and the transitions between the shots they show."""

    thumbnails: NDArray[np.uint8]
    transitions: list[Transition]


def draw_sequence(footage: Sequence[NDArray[np.uint8]], random: np.random.Generator, *, frames: int = 400) -> Drawn:
    """Draw a film of about ``frames`` frames from footage (``footage.footage``)."""
    reel = _Reel(footage, random)
    while reel.count < frames:
        kind: TransitionType = tuple(_KINDS)[random.choice(len(_KINDS), p=list(_KINDS.values()))]
        if kind == "cut":
            reel.cut()
        elif kind in ("fade_black", "fade_white") and random.random() < _OVER_BLANK:
            reel.fade_over_blank(kind)
        else:
            reel.join(kind)
    return Drawn(*finished(reel.pixels(), reel.transitions, random))


@dataclass
class _Reel:
    """A film under construction; the last piece is the end of the take that goes on."""

    footage: Sequence[NDArray[np.uint8]]
    random: np.random.Generator

    def __post_init__(self) -> None:
        self.transitions: list[Transition] = []
        self._pieces = [self._take(self._length())]
        self.count = len(self._pieces[0])

    def pixels(self) -> Any:
        import torch

        return torch.cat(self._pieces)

    def cut(self) -> None:
        """Go on with another take; now and then over some black or white frames, which are no shot."""
        random = self.random
        if random.random() < _BLANK_TAKES:
            kind, level = ("fade_black", BLACK) if random.random() < 0.8 else ("fade_white", WHITE)
            held = int(random.integers(1, _LONGEST_BLANK_FRAMES))
            self._add(_blank(held, level), kind)
            self._pieces.append(self._take(self._length()))
            self.count += len(self._pieces[-1])
            return
        self.transitions.append(Transition("cut", self.count - 1, self.count, 1.0))
        card = random.random() < _CARDS
        self._pieces.append(self._card() if card else self._take(self._length()))
        self.count += len(self._pieces[-1])

    def join(self, kind: TransitionType) -> None:
        """Go on with another take by a gradual transition: the old one goes on while it goes, the new one moves."""
        mixed = self._mixed(kind)
        new = self._take(self._length() + mixed)
        self._add(GRADUAL[kind](self._tail(mixed), new[:mixed], self.random), kind)
        self._pieces.append(new[mixed:])
        self.count += len(new) - mixed

    def fade_over_blank(self, kind: TransitionType) -> None:
        """Fade out, stay blank for more than a second, and fade in: two transitions."""
        level = BLACK if kind == "fade_black" else WHITE
        mixed = self._mixed(kind)
        new = self._take(self._length() + mixed)
        self._add(fade_ends(self._tail(mixed), level=level, out=True), kind)
        self._pieces.append(_blank(int(self.random.integers(_LONGEST_BLANK_FRAMES + 6, 72)), level))
        self.count += len(self._pieces[-1])
        self._add(fade_ends(new[:mixed].clone(), level=level, out=False), kind)
        self._pieces.append(new[mixed:])
        self.count += len(new) - mixed

    def _add(self, mixed: Any, kind: TransitionType) -> None:
        self.transitions.append(Transition(kind, self.count - 1, self.count + len(mixed), 1.0))
        self._pieces.append(mixed)
        self.count += len(mixed)

    def _take(self, frames: int) -> Any:
        """A take, now and then with something in it that looks like a transition, or one like the take before."""
        random = self.random
        if self._like_the_last():
            near = self._pieces[-1]
            place = np.abs((np.arange(frames) + random.integers(len(near))) % max(1, 2 * len(near) - 2) - len(near) + 1)
            camera = np.tile([*random.uniform(-0.3, 0.3, 2), random.uniform(0.4, 0.8), 0.0], (frames, 1))
            pixels = framed(near.numpy()[place], camera)
        else:
            weights = np.array([len(each) ** 0.5 for each in self.footage])
            pixels = take(self.footage[random.choice(len(weights), p=weights / weights.sum())], frames, random)
        names, shares = tuple(DISTURBANCES), np.array([_WEIGHTS.get(name, 1.0) for name in DISTURBANCES])
        while frames > 16 and random.random() < _DISTURBED:
            name = names[random.choice(len(names), p=shares / shares.sum())]
            pixels = DISTURBANCES[name](pixels.clone(), int(random.integers(4, frames - 8)), random)
        return pixels

    def _like_the_last(self) -> bool:
        return bool(getattr(self, "_pieces", None)) and self.random.random() < _LIKE_THE_LAST

    def _card(self) -> Any:
        """A title card, or leader: black, or of any colour."""
        random = self.random
        card = _blank(int(random.integers(_LONGEST_BLANK_FRAMES + 2, 80)), BLACK)
        if random.random() < 0.6:
            card[:] = _color(random)
        return title(card, 0, random) if random.random() < 0.5 else card

    def _tail(self, frames: int) -> Any:
        """How the last take would have gone on: it runs back."""
        import torch

        back = self._pieces[-1].flip(0)
        return torch.cat([back] * (frames // len(back) + 1))[:frames]

    def _length(self) -> int:
        """Frames of a take that are shown alone."""
        if self.random.random() < 0.15:
            return int(self.random.integers(5, 20))
        return int(np.clip(np.exp(self.random.normal(np.log(50), 0.5)), 20, 160))

    def _mixed(self, kind: TransitionType) -> int:
        """Frames that a gradual transition takes."""
        shortest, longest = (3, _LONGEST_GRADUAL) if kind != "wipe" else (5, _LONGEST_WIPE)
        return int(np.clip(np.exp(self.random.normal(np.log(18), 0.65)), shortest, longest))


def _color(random: np.random.Generator) -> Any:
    """Any colour: Y, Cb, Cr as a float32 tensor ``[3, 1, 1]``."""
    import torch

    return torch.from_numpy(np.array([random.uniform(16, 235), *random.normal(128, 30, 2)], np.float32))[:, None, None]


def _blank(frames: int, level: float) -> Any:
    import torch

    return torch.tensor([level, 128.0, 128.0])[None, :, None, None].repeat(frames, 1, HEIGHT, WIDTH)
