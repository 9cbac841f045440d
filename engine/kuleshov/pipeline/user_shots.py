"""Shots that the user gives instead of a detector's: by a list, or kept from an earlier correction of the film."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kuleshov.archive import Archive
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.records import Analysis, Correction, Film, Transition
from kuleshov.shotlists.entries import ShotList, ShotListError
from kuleshov.shotlists.film_frames import FilmFrames
from kuleshov.shotlists.fit import FittedList, compare_with_detected, fit


@dataclass(frozen=True)
class UserShots:
    """``divide`` returns the transitions in the frames of a film; ``corrections`` says who gave them."""

    corrections: tuple[Correction, ...]
    divide: Callable[[Film, FilmMeasurements], FittedList]


def listed_shots(shot_list: ShotList, *, start: str | None = None) -> UserShots:
    """Return the shots of a list; ``start`` is the timecode that it gives the film's first frame."""

    def divide(film: Film, measured: FilmMeasurements) -> FittedList:
        fitted = fit(shot_list, film_frames(film, measured), start=start)
        notes = compare_with_detected(fitted.transitions, measured.detected, source=shot_list.source)
        return FittedList(fitted.transitions, (*fitted.notes, *notes))

    read_as = text_hash(f"{shot_list.content_hash} {start or ''}")
    return UserShots((Correction(shot_list.source, shot_list.format, read_as),), divide)


def kept_shots(archive: Archive, film_id: str) -> UserShots | None:
    """Return the shots of a film that a user has corrected in this archive; ``None`` if nobody has."""
    if all(entry.content_id != film_id for entry in archive.films()):
        return None
    corrections = archive.provenance(film_id).corrections
    if not corrections:
        return None
    transitions = transitions_of(archive.analysis(film_id))

    def divide(film: Film, measured: FilmMeasurements) -> FittedList:
        if transitions and transitions[-1].end_frame >= film.frame_count:
            raise ShotListError(
                f"{film.source}: its corrected shots go to frame {transitions[-1].end_frame}, but only "
                f"{film.frame_count} could be decoded now (kuleshov correct FILM --detected lets the correction go)"
            )
        return FittedList(transitions, ("the shots are kept from an earlier correction",))

    return UserShots(tuple(corrections), divide)


def transitions_of(analysis: Analysis) -> tuple[Transition, ...]:
    """Return the transitions between a film's shots."""
    return tuple(shot.transition_in for shot in analysis.shots[1:])


def film_frames(film: Film, measured: FilmMeasurements) -> FilmFrames:
    rate = Fraction(film.frame_rate_exact) or Fraction(25)  # a film of one frame has no rate
    return FilmFrames(measured.frame_seconds, measured.end_seconds, rate, film.variable_frame_rate)


def text_hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
