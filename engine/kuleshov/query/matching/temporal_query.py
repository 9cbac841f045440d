"""Wishes about the course of a shot, scene or film: "from despair to hope", "calm just before a shock", arcs.

They are judged on the film's moments (``archive.film.moments``): a moment fulfils a quality as a shot would.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.shapes import POINTS, likeness, resampled
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import FADE_OUT, LEAST_RISE, ChangeQuery
from kuleshov.query.parts.term import Term
from kuleshov.records import Moments

#: What a stretch starts with or ends on (design value).
_EDGE_SECONDS = 5.0
#: An arc is found that is at least so like the wanted one.
LEAST_LIKENESS = 0.5


TemporalQuery = ChangeQuery | ArcQuery


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


def judge(wish: TemporalQuery, moments: Moments, stretch: Stretch) -> Judged:
    """Return how a stretch of a film, whose moments are given, fulfils a wish."""
    inside = _Inside(moments, stretch)
    if isinstance(wish, ArcQuery):
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


def _from_to(wish: ChangeQuery, inside: _Inside) -> Judged:
    first, last = inside.parts()
    before, after = _fit(wish.before, inside, *first), _fit(wish.after, inside, *last)
    both = before.fulfilled and after.fulfilled
    return Judged(both, (before.score + after.score) / 2, f"{before.text} → {after.text}")


def _then(wish: ChangeQuery, inside: _Inside) -> Judged:
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


def _starts(wish: ChangeQuery, inside: _Inside) -> Judged:
    start, end = inside.stretch.start_seconds, inside.stretch.end_seconds
    return _fit(wish.after, inside, start, min(start + _EDGE_SECONDS, end))


def _ends(wish: ChangeQuery, inside: _Inside) -> Judged:
    start, end = inside.stretch.start_seconds, inside.stretch.end_seconds
    return _fit(wish.after, inside, max(end - _EDGE_SECONDS, start), end)


def _turns(wish: ChangeQuery, inside: _Inside) -> Judged:
    rise = _rises(wish, inside)
    last = _fit(wish.after, inside, *inside.parts()[1])
    return Judged(rise.fulfilled and last.fulfilled, rise.score, rise.text)


def _rises(wish: ChangeQuery, inside: _Inside) -> Judged:
    first, last = inside.parts()
    before, after = _fit(wish.after, inside, *first), _fit(wish.after, inside, *last)
    steps = [term.sign * (inside.value(term.name, *last) - inside.value(term.name, *first)) for term in wish.after]
    rise = after.score - before.score
    return Judged(all(step >= LEAST_RISE for step in steps), rise, f"{before.text} → {after.text}")


def _climax(wish: ChangeQuery, stretch: Stretch) -> Judged:
    climax = stretch.climax_seconds
    if climax is None:
        return Judged(False, -1.0, "the film's arousal has no climax")
    room = 0.1 * stretch.film_seconds if wish.to_climax else 0.0
    holds = stretch.start_seconds < climax <= stretch.end_seconds + room
    return Judged(holds, 1.0 if holds else -1.0, f"the film's climax is at {_clock(climax)}")


def _judge_arc(wish: ArcQuery, inside: _Inside) -> Judged:
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
