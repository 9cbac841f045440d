"""Shots that a user gives instead of the detector's: by a list, or by an earlier correction of the film."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.pipeline.job.notes import Noted
from kuleshov.records import Analysis, Correction, Film, Transition
from kuleshov.shotlists.entries import ShotList, ShotListError
from kuleshov.shotlists.film_frames import FilmFrames
from kuleshov.shotlists.fit import compare_with_detected, fit


class UserShots(Protocol):
    """A user's shots of one film; ``corrections`` says where they come from. Can be pickled."""

    @property
    def corrections(self) -> tuple[Correction, ...]: ...

    def fit(self, film: Film, measured: FilmMeasurements) -> Noted[tuple[Transition, ...]]:
        """Return the transitions in the frames of the film. Raises ``ShotListError`` if they do not fit it."""


@dataclass(frozen=True)
class ListedShots:
    """The shots of a list; ``start`` is the timecode that it gives the film's first frame."""

    shot_list: ShotList
    start: str | None = None

    @property
    def corrections(self) -> tuple[Correction, ...]:
        content = text_hash(f"{self.shot_list.content_hash} {self.start or ''}")
        return (Correction(self.shot_list.source, self.shot_list.format, content),)

    def fit(self, film: Film, measured: FilmMeasurements) -> Noted[tuple[Transition, ...]]:
        fitted = fit(self.shot_list, film_frames(film, measured), start=self.start)
        notes = compare_with_detected(fitted.transitions, measured.detected, source=self.shot_list.source)
        return fitted.transitions, [*fitted.notes, *notes]


@dataclass(frozen=True)
class CorrectedShots:
    """The shots of an earlier description of the film, corrected by a user."""

    corrections: tuple[Correction, ...]
    transitions: tuple[Transition, ...]

    def fit(self, film: Film, measured: FilmMeasurements) -> Noted[tuple[Transition, ...]]:
        if self.transitions and self.transitions[-1].end_frame >= film.frame_count:
            raise ShotListError(
                f"{film.source}: its corrected shots go to frame {self.transitions[-1].end_frame}, but only "
                f"{film.frame_count} could be decoded now (kuleshov correct FILM --detected drops the correction)"
            )
        return self.transitions, ["the shots are kept from an earlier correction"]


def transitions_of(analysis: Analysis) -> tuple[Transition, ...]:
    """Return the transitions between a film's shots."""
    return tuple(shot.transition_in for shot in analysis.shots[1:])


def film_frames(film: Film, measured: FilmMeasurements) -> FilmFrames:
    """Return a film's frames, as shot lists are fitted to them."""
    rate = Fraction(film.frame_rate_exact) or Fraction(25)  # a film of one frame has no rate
    by_time = film.numbered_by_time(float(measured.frame_seconds[0]))
    return FilmFrames(measured.frame_seconds, measured.end_seconds, rate, by_time, film.timecode)


def text_hash(text: str) -> str:
    """Return 32 hex digits of BLAKE2b."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
