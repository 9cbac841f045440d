"""What is exported, whatever the format: stretches of films, with the numbers that editing programs know them by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import ExportError
from kuleshov.media.timecode import TimecodeRate, nearest_standard_rate, standard_rate, timecode_rate
from kuleshov.query import Hit
from kuleshov.records import Analysis, Film, Scene, Segment, Shot, Transition

FrameTimes = NDArray[np.float64]


@dataclass(frozen=True)
class Item:
    """One shot or scene of a film; ``end_*`` are exclusive.

    Frames and seconds are the segment's own, or wider by the handles of a search hit. ``transition_in`` is how its
    first shot begins.
    """

    film: Film
    unit: Unit
    segment: Segment
    transition_in: Transition
    start_frame: int
    end_frame: int
    start_seconds: float
    end_seconds: float
    score: float | None = None  # of a search hit
    reasons: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is in a few words: ``"shot 12: dissolve, low key, suspense"``."""
        words = [] if self.transition_in.type in ("start", "cut") else [self.transition_in.type.replace("_", " ")]
        words.append(f"{self.segment.lighting.key} key")
        if self.segment.emotion is not None:
            mood, score = max(self.segment.emotion.moods.items(), key=lambda item: item[1])
            words += [mood] if score > 0 else []
        return f"{self.unit} {self.segment.index}: {', '.join(words)}"


@dataclass(frozen=True)
class Numbering:
    """How a film's frames are numbered in timecode: the first one bears ``first``.

    A film of constant frame rate is numbered frame by frame. One of variable rate has no such numbers: its frames get
    the number nearest to their time, at the usual rate that is nearest to its mean.
    """

    rate: TimecodeRate
    first: int
    by_time: bool

    def number(self, frame: int, seconds: float) -> int:
        """Return the number of a frame that is shown at that time."""
        return self.first + (self.rate.frame_at(max(seconds, 0.0)) if self.by_time else frame)

    def timecode(self, frame: int, seconds: float) -> str:
        return self.rate.timecode(self.number(frame, seconds))


@dataclass(frozen=True)
class Listing:
    """Items to export, in order. ``continuous``: they are one whole film, each beginning where the last one ends.

    ``first_timecode`` is what the first frame of each film bears; ``drop`` asks for drop-frame timecode or against it
    (``None``: where the rate is 29.97 or 59.94). ``seconds_of`` tells when a frame of the one film is shown.
    """

    title: str
    unit: Unit
    items: tuple[Item, ...]
    continuous: bool
    first_timecode: str = "00:00:00:00"
    drop: bool | None = None
    seconds_of: Callable[[int], float] | None = field(default=None, compare=False)

    def numbering(self, film: Film) -> Numbering:
        """Return how a film's frames are numbered. Raises ``ExportError`` for a timecode that its rate has not."""
        exact = Fraction(film.frame_rate_exact) or Fraction(25)  # a film of one frame has no rate
        by_time = film.variable_frame_rate
        try:
            rate = timecode_rate(nearest_standard_rate(exact) if by_time else standard_rate(exact), drop=self.drop)
            return Numbering(rate, rate.frame(self.first_timecode), by_time)
        except ValueError as error:
            raise ExportError(f"{film.title}: {error}") from error

    @property
    def films(self) -> list[Film]:
        """The films of the items, each once, in order."""
        return list({item.film.content_id: item.film for item in self.items}.values())

    @property
    def notes(self) -> list[str]:
        """What the user should know about the numbers."""
        return [
            f"{film.title}: variable frame rate: its timecodes are the nearest ones at {self.numbering(film).rate} "
            "frames a second; frames and seconds are exact"
            for film in self.films
            if film.variable_frame_rate
        ]


def film_listing(
    analysis: Analysis,
    *,
    unit: Unit,
    frame_seconds: FrameTimes,
    first_timecode: str = "00:00:00:00",
    drop: bool | None = None,
) -> Listing:
    """Return all shots or scenes of a film; ``frame_seconds`` float64 ``[frames]`` are its frames' times."""
    segments: Sequence[Shot | Scene] = analysis.shots if unit == "shot" else analysis.scenes
    items = tuple(
        Item(
            analysis.film,
            unit,
            segment,
            _transition_in(segment, analysis.shots),
            segment.start_frame,
            segment.end_frame,
            segment.start_seconds,
            segment.end_seconds,
        )
        for segment in segments
    )
    times = _Times(analysis.film, frame_seconds)
    return Listing(analysis.film.title, unit, items, True, first_timecode, drop, times)


def hits_listing(
    archive: Archive,
    hits: Sequence[Hit],
    *,
    title: str,
    unit: Unit,
    handles: int = 0,
    first_timecode: str = "00:00:00:00",
    drop: bool | None = None,
) -> Listing:
    """Return search hits, best first, each wider by ``handles`` frames on both sides as far as its film goes."""
    analyses = {content_id: archive.analysis(content_id) for content_id in {hit.content_id for hit in hits}}
    times = {
        content_id: _Times(analysis.film, archive.tracks(content_id)["luma_mean"].seconds)
        for content_id, analysis in (analyses.items() if handles else ())
    }
    items = []
    for hit in hits:
        if hit.unit == "film":
            raise ExportError("whole films were found, and a cut list is of shots or scenes (ask for scenes)")
        analysis = analyses[hit.content_id]
        segment = (analysis.shots if hit.unit == "shot" else analysis.scenes)[hit.index]
        start, end = max(hit.in_frame - handles, 0), min(hit.out_frame + handles, analysis.film.frame_count)
        at = times.get(hit.content_id)
        items.append(
            Item(
                analysis.film,
                hit.unit,
                segment,
                _transition_in(segment, analysis.shots),
                start,
                end,
                at(start) if at else hit.in_seconds,
                at(end) if at else hit.out_seconds,
                hit.score,
                tuple(reason.text for reason in hit.reasons),
            )
        )
    return Listing(title, unit, tuple(items), False, first_timecode, drop)


@dataclass(frozen=True)
class _Times:
    """When each frame of a film is shown; the one after the last: when the film ends."""

    film: Film
    frame_seconds: FrameTimes

    def __call__(self, frame: int) -> float:
        within = frame < len(self.frame_seconds)
        return float(self.frame_seconds[frame]) if within else self.film.duration_seconds


def _transition_in(segment: Segment, shots: Sequence[Shot]) -> Transition:
    first = segment if isinstance(segment, Shot) else shots[segment.first_shot] if isinstance(segment, Scene) else None
    if first is None:
        raise TypeError(f"{type(segment).__name__} is neither a shot nor a scene")
    return first.transition_in


def reel_name(film: Film) -> str:
    """Return a film's name as a CMX reel: at most eight capital letters and digits."""
    name = "".join(character for character in film.title.upper() if character.isascii() and character.isalnum())
    return name[:8] or "AX"


def file_name(film: Film) -> str:
    return Path(film.source).name
