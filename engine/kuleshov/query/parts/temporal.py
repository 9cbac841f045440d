"""What a part that asks for the course over time has in common: it is evaluated on the moments of a time span.

A moment (``archive.film.moments``) fulfils a quality as a shot would.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.query.matching.calibration import PLAIN, Calibration
from kuleshov.query.matching.column_table import RowScores, Selection
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.part import GradedPart, PartMatch, PartVerdict, Reason
from kuleshov.records import Moments

_FADES = ("fade_black", "fade_white")
#: Mean luma of a picture that shows something, and of black (design values): a last shot goes from one to the other.
_VISIBLE, _BLACK = 0.1, 0.03


class TimeSpan(NamedTuple):
    """A shot, scene or film in time; ``fades_out``: the next shot begins with a fade, or the film's last shot sinks
    into black."""

    start_seconds: float
    end_seconds: float
    film_seconds: float
    climax_seconds: float | None = None
    fades_out: bool = False


class Evaluation(NamedTuple):
    """Whether a part is fulfilled, how well (-1..1), and by which values at which times."""

    fulfilled: bool
    score: float
    text: str


class SpanMoments:
    """The moments of a time span, each with the seconds of it that lie inside."""

    def __init__(self, moments: Moments, span: TimeSpan) -> None:
        self.moments, self.span = moments, span
        self.low = np.maximum(moments.start_seconds, span.start_seconds)
        self.high = np.minimum(moments.end_seconds, span.end_seconds)

    def until(self, seconds: float) -> SpanMoments:
        """Return the span up to a time."""
        return SpanMoments(self.moments, self.span._replace(end_seconds=min(self.span.end_seconds, seconds)))

    def value(self, name: str, start: float, end: float) -> float:
        """Return the mean of a quality between two times, by seconds; NaN where it was not measured."""
        seconds = np.clip(np.minimum(self.high, end) - np.maximum(self.low, start), 0.0, None)
        values = self.moments.values[name]
        measured = np.isfinite(values) & (seconds > 0)
        total = float(seconds[measured].sum())
        return float(seconds[measured] @ values[measured]) / total if total > 0 else np.nan

    def thirds(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the first and the last third."""
        start, end = self.span.start_seconds, self.span.end_seconds
        third = (end - start) / 3
        return (start, start + third), (end - third, end)

    def curve(self, name: str) -> NDArray[np.float64]:
        """Return a quality at every half second."""
        times = np.arange(self.span.start_seconds, self.span.end_seconds, 0.5) + 0.25
        numbers = np.searchsorted(self.moments.end_seconds, times, side="right")
        return self.moments.values[name].astype(np.float64)[np.minimum(numbers, len(self.moments) - 1)]


class TemporalPart(GradedPart):
    """A part that asks for a course over time."""

    cost = 1  # after the film filters, so that only their films are read
    #: What its reasons are called.
    cue: ClassVar[str]

    @abstractmethod
    def evaluate(self, moments: SpanMoments) -> Evaluation:
        """Return how a span of a film fulfils it."""

    @property
    def needs_climax(self) -> bool:
        """Whether it asks for the film's climax."""
        return False

    @property
    def needs_fades(self) -> bool:
        """Whether it asks for a fade out."""
        return False

    def match(self, context: SearchContext, selection: Selection) -> TemporalMatch:
        return TemporalMatch(self, context, selection)


class _Evaluated(NamedTuple):
    """What the segments of the searched films have, or the films: those that fulfil the part by their keys, the scores
    of all, and where it comes nearest."""

    fulfilled: dict[int | str, Evaluation]
    scores: list[float]
    nearest: str | None


class TemporalMatch(PartMatch[TemporalPart]):
    """The shots or scenes whose moments go as the part asks: the moments of every film that is left are evaluated."""

    def __init__(self, part: TemporalPart, context: SearchContext, selection: Selection) -> None:
        super().__init__(part, context)
        self._selection = selection

    def narrow(self, selection: Selection) -> Selection:
        return selection.among(list(self._evaluated.fulfilled))

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        fulfilled = self._evaluated.fulfilled
        known = self.context.table.columns.at(np.array(list(fulfilled), dtype=np.int64))
        scores = np.array([evaluation.score for evaluation in fulfilled.values()])
        return RowScores(known, self.part.weight * self._calibration.calibrated(scores)).at(rows)

    def verdicts(self, view: View) -> list[PartVerdict]:
        evaluation = self._evaluation(view)
        if evaluation is None:
            text = f"{view.film.title}: described before there were moments (ingest {view.film.source} again)"
            return [PartVerdict(self.part.words, False, None, text)]
        return [PartVerdict(self.part.words, evaluation.fulfilled, None, evaluation.text)]

    def reasons(self, view: View) -> list[Reason] | None:
        evaluation = self._evaluation(view)
        if evaluation is None:
            return None
        contribution = self.part.weight * float(self._calibration.calibrated(evaluation.score))
        text = f"{self.part.words}: {evaluation.text}"
        reason = Reason(self.part.cue, evaluation.score, contribution, text, self.part.weight)
        return [reason.calibrated(self._calibration, evaluation.score)]

    def why_none(self) -> list[str]:
        found = []
        if self._evaluated.nearest is not None:
            nearest = self._evaluated.nearest
            found.append(f'no {self.context.answer} fulfils "{self.part.words}"; the nearest: {nearest}')
        old = [film.title for film in self._films if self.context.archive.moments(film.content_id, ()) is None]
        if old:
            found.append(f"{len(old)} films were described before there were moments: ingest again {old[0]}, ...")
        return found

    @cached_property
    def _evaluated(self) -> _Evaluated:
        fulfilled: dict[int | str, Evaluation] = {}
        scores: list[float] = []
        best: tuple[float, str] | None = None
        for film in self._films:
            moments = self.context.archive.moments(film.content_id, self.part.moment_entries)
            if moments is None or not len(moments):
                continue
            for key, span in self._spans(film):
                evaluation = self.part.evaluate(SpanMoments(moments, span))
                scores.append(evaluation.score)
                if evaluation.fulfilled:
                    fulfilled[key] = evaluation
                if best is None or evaluation.score > best[0]:
                    best = (evaluation.score, f"{film.title}: {evaluation.text}")
        return _Evaluated(fulfilled, scores, None if best is None else best[1])

    @cached_property
    def _films(self) -> list[FilmEntry]:
        left = self._selection.content_ids()
        return [film for film in self.context.films if film.content_id in left]

    @cached_property
    def _calibration(self) -> Calibration:
        return PLAIN if self.context.of_films else self.context.calibration_among(self._evaluated.scores)

    def _evaluation(self, view: View) -> Evaluation | None:
        """Return how a segment or film fulfils the part; ``None`` where the film has no moments."""
        if not self.context.of_films and view.key in self._evaluated.fulfilled:
            return self._evaluated.fulfilled[view.key]
        moments = view.moments(self.part.moment_entries)
        if moments is None or not len(moments):
            return None
        span = next(span for key, span in self._spans(view.film) if key == view.key)
        return self.part.evaluate(SpanMoments(moments, span))

    def _spans(self, film: FilmEntry) -> Iterator[tuple[int | str, TimeSpan]]:
        """Yield the shots or scenes of a film as time spans, with their keys; or the whole film."""
        climax = self._climax(film)
        if self.context.of_films:
            yield film.content_id, TimeSpan(0.0, film.duration_seconds, film.duration_seconds, climax)
            return
        fades = self._fades(film)
        for id, start, end in self.context.archive.spans(self.context.unit, film.content_id):
            fades_out = any(abs(end - at) < 1e-6 for at in fades)
            yield id, TimeSpan(start, end, film.duration_seconds, climax, fades_out)

    def _climax(self, film: FilmEntry) -> float | None:
        arc = self.context.archive.arc(film.content_id) if self.part.needs_climax else None
        return None if arc is None else arc.climax_seconds

    def _fades(self, film: FilmEntry) -> list[float]:
        """Return when the shots end that fade out, where the part asks for that."""
        if not self.part.needs_fades:
            return []
        shots = self.context.archive.analysis(film.content_id).shots
        times = [shot.start_seconds for shot in shots if shot.transition_in.type in _FADES]
        luma = self.context.archive.tracks(film.content_id).get("luma_mean")
        if shots and luma is not None:
            last = luma.between(shots[-1].start_seconds, shots[-1].end_seconds)
            if len(last) and last.max() >= _VISIBLE and last[-1] <= _BLACK:
                times.append(shots[-1].end_seconds)
        return times


def plain_name(name: str) -> str:
    """Return the name of an entry in plain words."""
    return name.removeprefix("mood_").replace("_", " ")


def clock_text(seconds: float) -> str:
    """Return a time: "1:02.5"."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
