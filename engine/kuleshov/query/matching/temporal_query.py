"""Wishes about the course of a shot, scene or film: "from despair to hope", "calm just before a shock", arcs.

They are judged on the film's moments (``archive.film.moments``): a moment fulfils a quality as a shot would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.moments import Moments
from kuleshov.emotion.shapes import POINTS, likeness, resampled, template
from kuleshov.errors import QueryError
from kuleshov.query.spec.term import Term
from kuleshov.records import SHAPES, ShapeName

ChangeKind = Literal["from_to", "then", "starts", "ends", "turns", "rises", "climax"]
#: A term on this name asks that the stretch ends in a fade to black or white; no vector holds it.
FADE_OUT = "fade_out"

#: "Then" is within so many seconds, "just before" within so few (design values).
THEN_SECONDS, JUST_SECONDS = 30.0, 5.0
#: What a stretch starts with or ends on, and the least step of what rises or turns (design values).
_EDGE_SECONDS = 5.0
LEAST_RISE = 0.1
#: An arc is found that is at least so like the wanted one.
LEAST_LIKENESS = 0.5


@dataclass(frozen=True)
class Change:
    """What holds at first (``before``) and what afterwards (``after``), and how the two follow each other.

    - ``from_to``: the first third of the stretch fulfils ``before``, the last one ``after``
    - ``then``: somewhere a moment fulfils ``before``, and one that begins within ``seconds`` of its end ``after``
    - ``starts``, ``ends``: its first or last five seconds fulfil ``after``
    - ``turns``: its last third fulfils ``after`` and has at least ``LEAST_RISE`` more of it than the first
    - ``rises``: the last third has at least so much more of ``after`` than the first; a sign of -1 makes it a fall
    - ``climax``: the film's climax lies in it

    ``to_climax``: what is asked for holds up to the film's climax, which lies in the stretch or soon after it.
    How well it is fulfilled counts ``weight`` in the score.
    """

    kind: ChangeKind
    before: tuple[Term, ...]
    after: tuple[Term, ...]
    words: str
    seconds: float = THEN_SECONDS
    to_climax: bool = False
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(ChangeKind):
            raise QueryError(f"change {self.words!r}: {self.kind!r} is none of {', '.join(get_args(ChangeKind))}")
        if self.kind != "climax" and not self.after:
            raise QueryError(f"change {self.words!r}: asks for nothing")
        if not self.weight > 0:
            raise QueryError(f"change {self.words!r}: weight {self.weight:g} must be above 0")

    @property
    def names(self) -> set[str]:
        """The entries of the vector that it is judged by."""
        return {term.name for term in (*self.before, *self.after)} - {FADE_OUT}


@dataclass(frozen=True)
class ArcWish:
    """A wish for the course of one quality, ``of``: a named ``shape``, or drawn ``points`` at equal steps."""

    of: str
    sign: Literal[-1, 1]
    shape: ShapeName | None
    points: tuple[float, ...]
    words: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        if (self.shape is None) == (not self.points):
            raise QueryError(f"arc {self.words!r}: give a shape or points")
        if self.shape is not None and self.shape not in SHAPES:
            raise QueryError(f"arc {self.words!r}: {self.shape!r} is none of {', '.join(SHAPES)}")
        if self.points and (len(self.points) < 2 or resampled(np.repeat(self.points, POINTS)) is None):
            raise QueryError(f"arc {self.words!r}: give at least two numbers, from -1 to 1, that differ")
        if not self.weight > 0:
            raise QueryError(f"arc {self.words!r}: weight {self.weight:g} must be above 0")

    @property
    def names(self) -> set[str]:
        """The entries of the vector that it is judged by."""
        return {self.of}

    def drawn(self) -> NDArray[np.float64]:
        """Return the wanted curve, float64 ``[POINTS]``."""
        if self.shape is not None:
            return self.sign * template(self.shape)
        steps = np.linspace(0, len(self.points) - 1, POINTS)
        return self.sign * np.interp(steps, np.arange(len(self.points)), self.points)


Wish = Change | ArcWish


class Stretch(NamedTuple):
    """A shot, scene or film in time; ``fades_out``: the next shot begins with a fade, or the film's last shot sinks
    into black."""

    start_seconds: float
    end_seconds: float
    film_seconds: float
    climax_seconds: float | None
    fades_out: bool


class Judged(NamedTuple):
    """Whether a wish is fulfilled, how well (-1..1), and by which values at which times."""

    fulfilled: bool
    score: float
    text: str


def judge(wish: Wish, moments: Moments, stretch: Stretch) -> Judged:
    """Return how a stretch of a film, whose moments are given, fulfils a wish."""
    inside = _Inside(moments, stretch)
    if isinstance(wish, ArcWish):
        return _judge_arc(wish, inside)
    if wish.kind == "climax" or wish.to_climax:
        reached = _climax(wish, stretch)
        if not reached.fulfilled or wish.kind == "climax":
            return reached
        inside = _Inside(moments, stretch._replace(end_seconds=min(stretch.end_seconds, stretch.climax_seconds or 0.0)))
    judges = {"from_to": _from_to, "then": _then, "starts": _starts, "ends": _ends, "turns": _turns, "rises": _rises}
    return judges[wish.kind](wish, inside)


class _Inside:
    """The moments of a stretch, each with the seconds of it that lie inside."""

    def __init__(self, moments: Moments, stretch: Stretch) -> None:
        self.moments, self.stretch = moments, stretch
        self.low = np.maximum(moments.start_seconds, stretch.start_seconds)
        self.high = np.minimum(moments.end_seconds, stretch.end_seconds)

    def value(self, name: str, start: float, end: float) -> float:
        """The mean of a quality between two times, by seconds; NaN where it was not measured."""
        if name == FADE_OUT:
            return 1.0 if self.stretch.fades_out else -1.0
        seconds = np.clip(np.minimum(self.high, end) - np.maximum(self.low, start), 0.0, None)
        values = self.moments.values[name]
        known = np.isfinite(values) & (seconds > 0)
        total = float(seconds[known].sum())
        return float(seconds[known] @ values[known]) / total if total > 0 else np.nan

    def parts(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The first and the last third."""
        start, end = self.stretch.start_seconds, self.stretch.end_seconds
        third = (end - start) / 3
        return (start, start + third), (end - third, end)

    def curve(self, name: str) -> NDArray[np.float64]:
        """A quality at every half second."""
        times = np.arange(self.stretch.start_seconds, self.stretch.end_seconds, 0.5) + 0.25
        places = np.searchsorted(self.moments.end_seconds, times, side="right")
        return self.moments.values[name].astype(np.float64)[np.minimum(places, len(self.moments) - 1)]


def _fit(terms: tuple[Term, ...], inside: _Inside, start: float, end: float) -> Judged:
    """How a part of the stretch fulfils terms."""
    values = [inside.value(term.name, start, end) for term in terms]
    fulfilled = all(term.accepts(value) for term, value in zip(terms, values, strict=True))
    weight = sum(term.weight for term in terms)
    score = sum(term.weight * term.sign * np.nan_to_num(value) for term, value in zip(terms, values, strict=True))
    told = ", ".join(_told(term.name, value) for term, value in zip(terms, values, strict=True))
    return Judged(fulfilled, float(score / weight), f"{told} at {_clock(start)}-{_clock(end)}")


def _from_to(wish: Change, inside: _Inside) -> Judged:
    first, last = inside.parts()
    before, after = _fit(wish.before, inside, *first), _fit(wish.after, inside, *last)
    both = before.fulfilled and after.fulfilled
    return Judged(both, (before.score + after.score) / 2, f"{before.text} → {after.text}")


def _then(wish: Change, inside: _Inside) -> Judged:
    here = np.flatnonzero(inside.high - inside.low > 1e-6)
    spans = [(float(inside.low[number]), float(inside.high[number])) for number in here]
    befores = [_fit(wish.before, inside, *span) for span in spans]
    afters = [_fit(wish.after, inside, *span) for span in spans]
    best: Judged | None = None
    for number, before in enumerate(befores):
        for other in range(number + 1, len(spans)):
            if spans[other][0] - spans[number][1] > wish.seconds:
                break
            both = before.fulfilled and afters[other].fulfilled
            score = (before.score + afters[other].score) / 2
            if best is None or (both, score) > (best.fulfilled, best.score):
                best = Judged(both, score, f"{before.text}, then {afters[other].text}")
    return best or Judged(False, -1.0, "it is one moment only")


def _starts(wish: Change, inside: _Inside) -> Judged:
    start, end = inside.stretch.start_seconds, inside.stretch.end_seconds
    return _fit(wish.after, inside, start, min(start + _EDGE_SECONDS, end))


def _ends(wish: Change, inside: _Inside) -> Judged:
    start, end = inside.stretch.start_seconds, inside.stretch.end_seconds
    return _fit(wish.after, inside, max(end - _EDGE_SECONDS, start), end)


def _turns(wish: Change, inside: _Inside) -> Judged:
    rise = _rises(wish, inside)
    last = _fit(wish.after, inside, *inside.parts()[1])
    return Judged(rise.fulfilled and last.fulfilled, rise.score, rise.text)


def _rises(wish: Change, inside: _Inside) -> Judged:
    first, last = inside.parts()
    before, after = _fit(wish.after, inside, *first), _fit(wish.after, inside, *last)
    steps = [term.sign * (inside.value(term.name, *last) - inside.value(term.name, *first)) for term in wish.after]
    rise = after.score - before.score
    return Judged(all(step >= LEAST_RISE for step in steps), rise, f"{before.text} → {after.text}")


def _climax(wish: Change, stretch: Stretch) -> Judged:
    climax = stretch.climax_seconds
    if climax is None:
        return Judged(False, -1.0, "the film's arousal has no climax")
    room = 0.1 * stretch.film_seconds if wish.to_climax else 0.0
    holds = stretch.start_seconds < climax <= stretch.end_seconds + room
    return Judged(holds, 1.0 if holds else -1.0, f"the film's climax is at {_clock(climax)}")


def _judge_arc(wish: ArcWish, inside: _Inside) -> Judged:
    curve = inside.curve(wish.of)
    course = resampled(curve)
    if course is None:
        return Judged(False, 0.0, f"{_name(wish.of)} hardly moves")
    like = likeness(course, wish.drawn())
    start, end = inside.stretch.start_seconds, inside.stretch.end_seconds
    places = np.linspace(0, POINTS - 1, max(len(wish.points), 4)).round().astype(int)
    times = start + places / (POINTS - 1) * (end - start)
    told = ", ".join(f"{course[place]:+.2f} at {_clock(at)}" for place, at in zip(places, times.tolist(), strict=True))
    return Judged(like >= LEAST_LIKENESS, like, f"{_name(wish.of)} {told} (likeness {like:.2f})")


def _told(name: str, value: float) -> str:
    if name == FADE_OUT:
        return "fades out" if value > 0 else "no fade out"
    return f"{_name(name)} {'not measured' if np.isnan(value) else f'{value:+.2f}'}"


def _name(name: str) -> str:
    return name.removeprefix("mood_").replace("_", " ")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
