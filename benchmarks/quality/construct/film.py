"""A constructed film: planned without pictures, then drawn frame by frame, with the truth of what was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from .distractors import KINDS
from .looks import LOOKS
from .material import Camera, Grade, Picture, Shot, Stretch, load, stretches
from .scan import WOVEN, Pairs, carry, pairs, weave
from .transitions import CUT, Transition, choose

Rng = np.random.Generator
TICKS = 600  # a second of VFR films: whole numbers of it are frames of 12, 24, 25 and 30 fps
SHORTEST_SECONDS, SHORTEST_FRAMES = 0.4, 4  # that a shot is seen purely
SHARE_OF_SIBLINGS = 0.25  # shots that look like the one before: the same place and grade
SHARE_DISTURBED = 0.4  # shots with a distractor in them


@dataclass(frozen=True)
class Spec:
    """What is asked for. A ``rate`` of None is a variable one."""

    look: str
    rate: Fraction | None
    seed: tuple[int, ...]
    width: int = 320
    height: int = 180
    seconds: float = 56.0

    def __post_init__(self) -> None:
        if self.rate is None and self.look in WOVEN:
            raise ValueError(f"{self.look} films have a constant rate: name one")

    @property
    def edited_rate(self) -> Fraction:
        """Frames a second before fields are woven."""
        rate = self.rate or Fraction(25)
        return rate * WOVEN.get(self.look, 1)


@dataclass
class Plan:
    """Shots in their order, the transition after each but the last, and how many frames each shows purely."""

    spec: Spec
    shots: list[Shot]
    clean: list[int]
    transitions: list[Transition]
    disturbed: list[bool]
    truth: list[dict[str, object]] = field(default_factory=list)
    distractors: list[dict[str, object]] = field(default_factory=list)

    @property
    def edited_frames(self) -> int:
        return sum(self.clean) + sum(each.frames for each in self.transitions)

    def starts(self) -> list[int]:
        """Number of the first frame, in the edited film, that each shot shows purely."""
        starts, at = [], 0
        for number, clean in enumerate(self.clean):
            starts.append(at)
            at += clean + (self.transitions[number].frames if number < len(self.transitions) else 0)
        return starts


def plan(spec: Spec, data: Path) -> Plan:
    """Choose shots, transitions and where something disturbs."""
    rng = np.random.default_rng((*spec.seed, 0))
    rate = float(spec.edited_rate)
    slowest = rate if spec.rate else 12.0  # a second of the film has so many frames at least
    frames = round(spec.seconds * rate)
    deck: list[Stretch] = []
    result = Plan(spec, [], [], [], [])
    lent, refused = 0, 0
    while not result.shots or result.edited_frames < frames:
        after = choose(rng, rate)
        seconds = float(np.exp(rng.uniform(np.log(1.2), np.log(4.5)))) if rng.random() < 0.85 else rng.uniform(0.5, 1)
        if not deck:
            deck = _shuffled(stretches(data), rng)
        before = result.shots[-1] if result.shots else None
        clean = round(seconds * rate)
        shot = _shot(before, deck, (lent + clean + after.out) / slowest, rng)
        room = int(min(60.0, (shot.stretch.seconds - shot.start_seconds) / shot.speed) * slowest) - lent - after.out
        if room < max(SHORTEST_FRAMES, SHORTEST_SECONDS * rate):
            refused += 1
            if refused > 1000:
                raise ValueError(f"the clips in {data} are too short for shots at {rate:.0f} fps")
            continue
        clean = min(max(clean, SHORTEST_FRAMES), room)
        result.shots.append(shot.trimmed((lent + clean + after.out) / slowest))
        result.clean.append(clean)
        result.transitions.append(after)
        result.disturbed.append(bool(rng.random() < SHARE_DISTURBED))
        lent = after.into
    result.transitions.pop()
    return result


def _shot(before: Shot | None, deck: list[Stretch], seconds: float, rng: Rng) -> Shot:
    """A shot of ``seconds``, if its stretch is that long; a sibling of the shot before it now and then."""
    grade = Grade()
    if rng.random() < 0.6:
        hue, saturation = float(rng.uniform(-25, 25)), float(rng.uniform(0.3, 1.3))
        grade = Grade(float(rng.uniform(0.5, 1.25)), float(rng.uniform(0.7, 1.5)), hue, saturation)
    camera = _camera(rng)
    if before is not None and rng.random() < SHARE_OF_SIBLINGS:
        near = [stretch for stretch in deck if stretch.clip == before.stretch.clip]
        stretch, grade = _long_enough([*near, before.stretch], seconds), before.grade
        camera = replace(camera, zoom=camera.zoom * 1.3, mirror=before.camera.mirror)
    else:
        stretch = _long_enough(deck, seconds)
    if stretch in deck:
        deck.remove(stretch)
    if not stretch.rate:
        camera = replace(camera, zoom=float(rng.uniform(1.3, 2.0)), shake=0.004, pan=tuple(rng.uniform(-0.05, 0.05, 2)))
    speed = float(rng.uniform(0.6, 1.4))
    speed = max(0.5, min(speed, stretch.seconds / seconds))
    spare = stretch.seconds - seconds * speed
    start = float(rng.uniform(0, spare)) if 0 < spare < 1e6 else 0.0
    return Shot(stretch, start, speed, camera, grade)


def _shuffled(material: Sequence[Stretch], rng: Rng) -> list[Stretch]:
    """All stretches, clips taking turns: one with n times as many has sqrt(n) times as many turns."""
    turns: dict[Stretch, float] = {}
    for clip in dict.fromkeys(stretch.clip for stretch in material):
        of_clip = [stretch for stretch in material if stretch.clip == clip]
        for turn, k in enumerate(rng.permutation(len(of_clip))):
            turns[of_clip[k]] = (turn + rng.random()) / len(of_clip) ** 0.5
    return sorted(turns, key=turns.__getitem__)


def _long_enough(among: list[Stretch], seconds: float) -> Stretch:
    """The first that lasts, at half speed if need be; the longest where none does."""
    lasting = [stretch for stretch in among if stretch.seconds >= seconds * 0.5]
    return lasting[0] if lasting else max(among, key=lambda stretch: stretch.seconds)


def _camera(rng: Rng) -> Camera:
    moves = rng.random()
    return Camera(
        mirror=bool(rng.random() < 0.5),
        zoom=1.0 if moves < 0.4 else float(rng.uniform(1.1, 1.9)),
        center=(float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.35, 0.65))),
        pan=tuple(rng.uniform(-0.06, 0.06, 2)) if moves > 0.7 else (0.0, 0.0),
        push=float(rng.uniform(-0.12, 0.12)) if moves > 0.8 else 0.0,
        shake=float(rng.uniform(0.002, 0.006)) if 0.5 < moves < 0.8 else 0.0,
        phase=float(rng.uniform(0, 6)),
    )


def ticks(spec: Spec, count: int) -> list[int]:
    """Times of a film's frames: whole numbers of the frame's duration, or of 1/600 s where that varies."""
    if spec.rate is not None:
        return list(range(count))
    rng = np.random.default_rng((*spec.seed, 1))
    times, at = [], 0
    while len(times) < count:
        step = TICKS // int(rng.choice([12, 24, 25, 30]))
        for _ in range(int(rng.integers(20, 120))):
            times.append(at)
            at += step
    return times[:count]


class Drawing:
    """Draws a plan. After all frames were taken, the plan holds their truth."""

    def __init__(self, planned: Plan, data: Path) -> None:
        self.plan, self.spec = planned, planned.spec
        self._pictures = load(data, {shot.stretch for shot in planned.shots}, self.spec.width, self.spec.height)
        self.pairs: Pairs = pairs(self.spec.look, planned.edited_frames)
        self.times = ticks(self.spec, planned.edited_frames)
        self._file_times = ticks(planned.spec, len(self.pairs))
        self._tick_seconds = 1 / TICKS if self.spec.rate is None else 1 / float(self.spec.edited_rate)
        self._make_neighbours_differ()

    def frames(self) -> Iterator[Picture]:
        """The frames of the file."""
        rng = np.random.default_rng((*self.spec.seed, 2))
        yield from LOOKS[self.spec.look](weave(self.edited(), self.pairs), rng)

    def edited(self, *, disturb: bool = True) -> Iterator[Picture]:
        """The edited frames, before a look is laid on them and before fields are woven."""
        self.plan.truth, self.plan.distractors = [], []
        starts = self.plan.starts()
        for number in range(len(starts)):
            after = [*self.plan.transitions, CUT][number]
            start, clean = starts[number], self.plan.clean[number]
            run = list(self._run(number, start, start + clean + after.out))
            if disturb and self.plan.disturbed[number]:
                self._disturb(run, clean, start, np.random.default_rng((*self.spec.seed, 3, number)))
            yield from run[:clean]
            end = start + clean
            if number + 1 < len(starts):
                new = list(self._run(number + 1, starts[number + 1] - after.into, starts[number + 1]))
                yield from after.draw(run[clean:], new)
                self._tell(self.plan.truth, end - 1, starts[number + 1], after.type, sub=after.sub)

    def _run(self, number: int, first: int, stop: int) -> Iterable[Picture]:
        """Pure pictures of a shot for edited frames ``first`` to before ``stop``."""
        shot, zero = self.plan.shots[number], self.times[self._first_seen(number)]
        for k in range(first, stop):
            yield shot.draw(
                self._pictures[shot.stretch],
                (self.times[k] - zero) * self._tick_seconds,
                blend=float(self.spec.edited_rate) > 40,
            )

    def _first_seen(self, number: int) -> int:
        return self.plan.starts()[number] - (self.plan.transitions[number - 1].into if number else 0)

    def _disturb(self, run: list[Picture], clean: int, start: int, rng: Rng) -> None:
        kind = str(rng.choice(list(KINDS)))
        placed = KINDS[kind].place(run, clean, float(self.spec.edited_rate), rng)
        if placed:
            self._tell(self.plan.distractors, start + placed[0] - 1, start + placed[1] + 1, kind)

    def _tell(self, where: list[dict[str, object]], start: int, end: int, kind: str, *, sub: str = "") -> None:
        """Note an event between two clean edited frames, by frames and seconds of the file."""
        start, end = carry(start, end, self.pairs)
        unit = 1 / TICKS if self.spec.rate is None else 1 / float(self.spec.rate)
        seconds = [self._file_times[k] * unit for k in (start, end)]
        told: dict[str, object] = {"start_frame": start, "end_frame": end, "type": kind}
        if sub:
            told["sub"] = sub
        where.append(told | {"start_seconds": seconds[0], "end_seconds": seconds[1]})

    def _make_neighbours_differ(self) -> None:
        """A cut that cannot be seen is none: mirror or enlarge a shot that begins as the one before it ends."""
        starts = self.plan.starts()
        for number in range(1, len(starts)):
            end = starts[number - 1] + self.plan.clean[number - 1]
            old = next(iter(self._run(number - 1, end - 1, end)))
            for mirror in (False, True):
                new = next(iter(self._run(number, starts[number], starts[number] + 1)))
                if _difference(old, new) >= 12:
                    break
                shot = self.plan.shots[number]
                camera = replace(shot.camera, zoom=shot.camera.zoom * 1.3, mirror=shot.camera.mirror ^ mirror)
                grade = replace(shot.grade, gain=shot.grade.gain * (0.7 if shot.grade.gain > 0.8 else 1.5))
                self.plan.shots[number] = replace(shot, camera=camera, grade=grade)


def _difference(one: Picture, other: Picture) -> float:
    small = [cv2.resize(each, (32, 18), interpolation=cv2.INTER_AREA).astype(np.int16) for each in (one, other)]
    return float(np.abs(small[0] - small[1]).mean())
