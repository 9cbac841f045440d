"""A change over the time of a segment: "from despair to hope", "calm just before a shock", "rising tension"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from kuleshov.errors import QueryError
from kuleshov.query.parts.temporal import Evaluation, SpanMoments, TemporalPart, clock_text, plain_name
from kuleshov.query.parts.term import Term

ChangeKind = Literal["from_to", "then", "starts", "ends", "turns", "rises", "climax"]
#: A term on this name asks that the span ends in a fade to black or white; no vector holds it.
FADE_OUT = "fade_out"

#: "Then" is within so many seconds, "just before" within so few (design values).
THEN_SECONDS, JUST_SECONDS = 30.0, 5.0
#: What a span starts with or ends on (design value).
_EDGE_SECONDS = 5.0
#: The least step of what rises or turns (design value).
LEAST_RISE = 0.1


@dataclass(frozen=True)
class ChangeQuery(TemporalPart):
    """What holds at first (``before``) and what afterwards (``after``), and how the two follow each other.

    - ``from_to``: the first third of the span fulfils ``before``, the last one ``after``
    - ``then``: somewhere a moment fulfils ``before``, and one that begins within ``seconds`` of its end ``after``
    - ``starts``, ``ends``: its first or last five seconds fulfil ``after``
    - ``turns``: its last third fulfils ``after`` and has at least ``LEAST_RISE`` more of it than the first
    - ``rises``: the last third has at least so much more of ``after`` than the first; a sign of -1 makes it a fall
    - ``climax``: the film's climax lies in it

    ``to_climax``: what is asked for holds up to the film's climax, which lies in the span or soon after it.
    How well it is fulfilled counts ``weight`` in the score.
    """

    kind: ChangeKind
    before: tuple[Term, ...]
    after: tuple[Term, ...]
    words: str
    seconds: float = THEN_SECONDS
    to_climax: bool = False
    weight: float = 1.0

    cue = "change"

    def __post_init__(self) -> None:
        if self.kind not in get_args(ChangeKind):
            raise QueryError(f"change {self.words!r}: {self.kind!r} is none of {', '.join(get_args(ChangeKind))}")
        if self.kind != "climax" and not self.after:
            raise QueryError(f"change {self.words!r}: asks for nothing")
        self.check_weight("change")

    @property
    def moment_entries(self) -> frozenset[str]:
        return frozenset(term.name for term in (*self.before, *self.after)) - {FADE_OUT}

    @property
    def needs_climax(self) -> bool:
        return self.to_climax or self.kind == "climax"

    @property
    def needs_fades(self) -> bool:
        return any(term.name == FADE_OUT for term in (*self.before, *self.after))

    def describe(self) -> list[str]:
        before, after = (" and ".join(term.wanted() for term in side) for side in (self.before, self.after))
        to_climax = " up to the film's climax" if self.to_climax else ""
        rises = " and ".join(f"{term.name} {'rises' if term.sign > 0 else 'falls'}" for term in self.after)
        course = {
            "from_to": f"its first third {before}, its last third {after}",
            "then": f"a moment {before}, and within {self.seconds:g} s one {after}",
            "starts": f"its first 5 s {after}",
            "ends": f"its last 5 s {after}",
            "turns": f"its last third {after}, at least {LEAST_RISE:g} more than its first",
            "rises": f"{rises} by at least {LEAST_RISE:g} from its first to its last third{to_climax}",
            "climax": "holds the film's climax",
        }[self.kind]
        return [f'"{self.words}": {course}, weight {self.weight:.2f}']

    def evaluate(self, moments: SpanMoments) -> Evaluation:
        if self.needs_climax:
            reached = self._climax(moments)
            if not reached.fulfilled or self.kind == "climax":
                return reached
            moments = moments.until(moments.span.climax_seconds or 0.0)
        ways: dict[ChangeKind, Callable[[SpanMoments], Evaluation]] = {
            "from_to": self._from_to,
            "then": self._then,
            "starts": self._starts,
            "ends": self._ends,
            "turns": self._turns,
            "rises": self._rises,
        }
        return ways[self.kind](moments)

    def _from_to(self, moments: SpanMoments) -> Evaluation:
        first, last = moments.thirds()
        before, after = _fit(self.before, moments, *first), _fit(self.after, moments, *last)
        both = before.fulfilled and after.fulfilled
        return Evaluation(both, (before.score + after.score) / 2, f"{before.text} → {after.text}")

    def _then(self, moments: SpanMoments) -> Evaluation:
        inside = np.flatnonzero(moments.high - moments.low > 1e-6)
        spans = [(float(moments.low[number]), float(moments.high[number])) for number in inside]
        befores = [_fit(self.before, moments, *span) for span in spans]
        afters = [_fit(self.after, moments, *span) for span in spans]
        best: Evaluation | None = None
        for number, before in enumerate(befores):
            for other in range(number + 1, len(spans)):
                if spans[other][0] - spans[number][1] > self.seconds:
                    break
                both = before.fulfilled and afters[other].fulfilled
                score = (before.score + afters[other].score) / 2
                if best is None or (both, score) > (best.fulfilled, best.score):
                    best = Evaluation(both, score, f"{before.text}, then {afters[other].text}")
        return best or Evaluation(False, -1.0, "it is one moment only")

    def _starts(self, moments: SpanMoments) -> Evaluation:
        start, end = moments.span.start_seconds, moments.span.end_seconds
        return _fit(self.after, moments, start, min(start + _EDGE_SECONDS, end))

    def _ends(self, moments: SpanMoments) -> Evaluation:
        start, end = moments.span.start_seconds, moments.span.end_seconds
        return _fit(self.after, moments, max(end - _EDGE_SECONDS, start), end)

    def _turns(self, moments: SpanMoments) -> Evaluation:
        rise = self._rises(moments)
        last = _fit(self.after, moments, *moments.thirds()[1])
        return Evaluation(rise.fulfilled and last.fulfilled, rise.score, rise.text)

    def _rises(self, moments: SpanMoments) -> Evaluation:
        first, last = moments.thirds()
        before, after = _fit(self.after, moments, *first), _fit(self.after, moments, *last)
        steps = [term.sign * (_value(term, moments, *last) - _value(term, moments, *first)) for term in self.after]
        rise = after.score - before.score
        return Evaluation(all(step >= LEAST_RISE for step in steps), rise, f"{before.text} → {after.text}")

    def _climax(self, moments: SpanMoments) -> Evaluation:
        span, climax = moments.span, moments.span.climax_seconds
        if climax is None:
            return Evaluation(False, -1.0, "the film's arousal has no climax")
        room = 0.1 * span.film_seconds if self.to_climax else 0.0
        holds = span.start_seconds < climax <= span.end_seconds + room
        return Evaluation(holds, 1.0 if holds else -1.0, f"the film's climax is at {clock_text(climax)}")


def _fit(terms: tuple[Term, ...], moments: SpanMoments, start: float, end: float) -> Evaluation:
    """Return how a part of the span fulfils terms."""
    values = [(term, _value(term, moments, start, end)) for term in terms]
    fulfilled = all(term.accepts(value) for term, value in values)
    weight = sum(term.weight for term in terms)
    score = sum(term.weight * term.sign * np.nan_to_num(value) for term, value in values)
    text = ", ".join(_value_text(term, value) for term, value in values)
    return Evaluation(fulfilled, float(score / weight), f"{text} at {clock_text(start)}-{clock_text(end)}")


def _value(term: Term, moments: SpanMoments, start: float, end: float) -> float:
    if term.name == FADE_OUT:
        return 1.0 if moments.span.fades_out else -1.0
    return moments.value(term.name, start, end)


def _value_text(term: Term, value: float) -> str:
    if term.name == FADE_OUT:
        return "fades out" if value > 0 else "no fade out"
    return f"{plain_name(term.name)} {'not measured' if np.isnan(value) else f'{value:+.2f}'}"
