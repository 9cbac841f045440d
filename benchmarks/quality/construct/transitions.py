"""Transitions as drawn: how many frames each shot lends to them, and what every frame between looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from .material import Picture
from .wipes import NAMES, wipe


@dataclass(frozen=True)
class Transition:
    """``type`` as in the truth files, ``sub`` how it is drawn.

    ``out`` frames of the old shot and ``into`` frames of the new one take part. They run side by side in a dissolve or
    a wipe (``out == into``), one after the other in a fade, with ``hold`` flat frames between.
    """

    type: str
    sub: str = ""
    out: int = 0
    hold: int = 0
    into: int = 0
    softness: float = 0.0

    @property
    def frames(self) -> int:
        """Frames that show neither shot purely."""
        return self.out + self.hold + self.into if self.is_fade else self.out

    @property
    def is_fade(self) -> bool:
        return self.type.startswith("fade")

    def draw(self, old: list[Picture], new: list[Picture]) -> Iterator[Picture]:
        """The frames between, from those that the shots lend."""
        if self.type == "dissolve":
            for k, (one, other) in enumerate(zip(old, new, strict=True)):
                share = self._share(k, self.out)
                yield cv2.addWeighted(one, 1 - share, other, share, 0)
        elif self.type == "wipe":
            for k, (one, other) in enumerate(zip(old, new, strict=True)):
                yield wipe(self.sub, one, other, (k + 1) / (self.out + 1), softness=self.softness)
        elif self.is_fade:
            example = (old or new)[0] if old or new else None
            for k, picture in enumerate(old):
                yield self._toward_flat(picture, self._share(k, self.out))
            for _ in range(self.hold):
                assert example is not None
                yield np.full_like(example, self._flat)
            for k, picture in enumerate(new):
                yield self._toward_flat(picture, 1 - self._share(k, self.into))

    @property
    def _flat(self) -> int:
        return 255 if self.type == "fade_white" else 0

    def _toward_flat(self, picture: Picture, share: float) -> Picture:
        return cv2.addWeighted(picture, 1 - share, np.full_like(picture, self._flat), share, 0)

    def _share(self, k: int, of: int) -> float:
        """How far frame ``k`` is: linear, or slow at both ends (half smooth, so that the ends are still seen)."""
        part = (k + 1) / (of + 1)
        return part if self.sub != "smooth" else (part + part * part * (3 - 2 * part)) / 2


CUT = Transition("cut")
WEIGHTS = {"cut": 0.45, "dissolve": 0.22, "fade_black": 0.1, "fade_white": 0.06, "wipe": 0.17}


def choose(rng: np.random.Generator, rate: float) -> Transition:
    """A transition at random, as long in seconds as films have them; too short for the frame rate, it is a cut."""

    def frames(low: float, high: float) -> int:
        """Log-uniform between two lengths in frames of 25 fps, as frames of this film."""
        return round(float(np.exp(rng.uniform(np.log(low), np.log(high)))) * rate / 25)

    kind = str(rng.choice(list(WEIGHTS), p=list(WEIGHTS.values())))
    curve = str(rng.choice(["linear", "smooth"]))
    if kind == "dissolve" and (count := frames(4, 80)):
        return Transition(kind, curve, count, 0, count)
    if kind == "wipe" and (count := frames(6, 50)):
        soft = float(rng.choice([0.0, 0.0, 0.05, 0.2]))
        return Transition(kind, str(rng.choice(NAMES)), count, 0, count, soft)
    if kind.startswith("fade"):
        out, hold, into = frames(4, 40), frames(1, 30), frames(4, 40)
        way = rng.random()
        if way < 0.12:
            out = 0  # from the old shot straight to black, then in
        elif way < 0.24:
            into = 0  # out, then straight to the new shot
        elif way < 0.5:
            hold = 0 if out and into else hold
        if out + into:
            return Transition(kind, curve, out, max(1, hold), into)
    return CUT
