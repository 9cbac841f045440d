"""What is exported, whatever the format: clips of films, with the frame numbers that editing programs use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import ExportError
from kuleshov.media.timecode import TimecodeRate, nearest_standard_rate, own_drop, standard_rate, timecode_rate
from kuleshov.query import Hit
from kuleshov.records import Analysis, Film, Scene, Segment, Shot, Transition

FrameTimes = NDArray[np.float64]


@dataclass(frozen=True)
class Clip:
    """One shot or scene of a film; ``end_*`` are exclusive.

    Frames and seconds are the segment's own, or extended by the handles of a search hit. ``transition_in`` is how the
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
        """A short description: ``"shot 12: dissolve, low key, suspense"``."""
        words = [] if self.transition_in.type in ("start", "cut") else [self.transition_in.type.replace("_", " ")]
        words.append(f"{self.segment.lighting.key} key")
        if self.segment.emotion is not None:
            mood, score = max(self.segment.emotion.moods.items(), key=lambda item: item[1])
            words += [mood] if score > 0 else []
        return f"{self.unit} {self.segment.index}: {', '.join(words)}"


@dataclass(frozen=True)
class FrameNumbering:
    """How a film's frames are numbered in timecode; ``first`` is the number of the first frame.

    A film of constant frame rate is numbered frame by frame. In one of variable rate, and in one with holes, a frame is
    numbered ``by_time``: it gets the number nearest to its time after the first frame's, ``first_seconds``, at the
    film's rate, or the standard rate nearest to a variable one.
    """

    rate: TimecodeRate
    first: int
    by_time: bool
    first_seconds: float = 0.0

    def number(self, frame: int, seconds: float) -> int:
        """Return the number of a frame shown at ``seconds``."""
        return self.first + (self.rate.frame_at(max(seconds - self.first_seconds, 0.0)) if self.by_time else frame)

    def timecode(self, frame: int, seconds: float) -> str:
        return self.rate.timecode(self.number(frame, seconds))


@dataclass(frozen=True)
class Listing:
    """Clips to export, in order. ``continuous``: they make up one whole film, each beginning where the last one ends.

    ``first_timecode`` is the timecode of each film's first frame (``None``: the file's own, else 00:00:00:00); ``drop``
    chooses drop-frame timecode or not (``None``: as the file's own, else drop-frame at 29.97 and 59.94).
    ``first_seconds`` says when a film's first picture is shown, by content id. ``seconds_of`` returns the time at which
    a frame of the one film is shown; only a continuous listing has it.
    """

    title: str
    unit: Unit
    clips: tuple[Clip, ...]
    continuous: bool
    first_timecode: str | None = None
    drop: bool | None = None
    first_seconds: Mapping[str, float] = field(default_factory=dict)
    seconds_of: Callable[[int], float] | None = field(default=None, compare=False)

    def numbering(self, film: Film) -> FrameNumbering:
        """Return how a film's frames are numbered. Raises ``ExportError`` if its rate lacks the timecode."""
        exact = Fraction(film.frame_rate_exact) or Fraction(25)  # a film of one frame has no rate
        first_seconds = self.first_seconds.get(film.content_id, 0.0)
        by_time = film.numbered_by_time(first_seconds)
        own = film.timecode if self.first_timecode is None else None
        drop = own_drop(own) if self.drop is None else self.drop
        try:
            rate = timecode_rate(nearest_standard_rate(exact) if by_time else standard_rate(exact), drop=drop)
            first = rate.frame(self.first_timecode or own or "00:00:00:00")
        except ValueError as error:
            raise ExportError(f"{film.title}: {error}") from error
        return FrameNumbering(rate, first, by_time, first_seconds)

    @property
    def films(self) -> list[Film]:
        """The films of the clips, each once, in order."""
        return list({clip.film.content_id: clip.film for clip in self.clips}.values())

    @property
    def notes(self) -> list[str]:
        """What the user should know about the frame numbers."""
        notes = []
        for film in self.films:
            numbering = self.numbering(film)
            if film.timecode is not None and self.first_timecode is None:
                notes.append(f"{film.title}: timecodes begin at {film.timecode}, the file's own (--start changes that)")
            if film.variable_frame_rate:
                notes.append(
                    f"{film.title}: variable frame rate: timecodes are the nearest ones at {numbering.rate} frames a "
                    "second; frames and seconds are exact"
                )
            elif numbering.by_time:
                notes.append(
                    f"{film.title}: frames are missing in the recording: timecodes follow the time, frame numbers "
                    "count the frames"
                )
        return notes


def film_listing(
    analysis: Analysis,
    *,
    unit: Unit,
    frame_seconds: FrameTimes,
    first_timecode: str | None = None,
    drop: bool | None = None,
) -> Listing:
    """Return all shots or scenes of a film; ``frame_seconds`` float64 ``[frames]``: when each frame is shown."""
    segments: Sequence[Shot | Scene] = analysis.shots if unit == "shot" else analysis.scenes
    clips = tuple(
        Clip(
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
    seconds_of = _FrameClock(analysis.film, frame_seconds)
    first_seconds = {analysis.film.content_id: seconds_of(0)}
    return Listing(analysis.film.title, unit, clips, True, first_timecode, drop, first_seconds, seconds_of)


def hits_listing(
    archive: Archive,
    hits: Sequence[Hit],
    *,
    title: str,
    unit: Unit,
    handles: int = 0,
    first_timecode: str | None = None,
    drop: bool | None = None,
) -> Listing:
    """Return search hits, best first, each extended by ``handles`` frames on both sides as far as its film reaches."""
    analyses = {content_id: archive.analysis(content_id) for content_id in {hit.content_id for hit in hits}}
    clocks = {
        content_id: _FrameClock(analysis.film, archive.tracks(content_id)["luma_mean"].seconds)
        for content_id, analysis in (analyses.items() if handles else ())
    }
    clips = []
    for hit in hits:
        if hit.unit == "film":
            raise ExportError("the search found whole films; only shots and scenes can be exported (search for scenes)")
        analysis = analyses[hit.content_id]
        segment = (analysis.shots if hit.unit == "shot" else analysis.scenes)[hit.index]
        start, end = max(hit.in_frame - handles, 0), min(hit.out_frame + handles, analysis.film.frame_count)
        clock = clocks.get(hit.content_id)
        clips.append(
            Clip(
                analysis.film,
                hit.unit,
                segment,
                _transition_in(segment, analysis.shots),
                start,
                end,
                clock(start) if clock else hit.in_seconds,
                clock(end) if clock else hit.out_seconds,
                hit.score,
                tuple(reason.text for reason in hit.reasons),
            )
        )
    first_seconds = {content_id: analysis.shots[0].start_seconds for content_id, analysis in analyses.items()}
    return Listing(title, unit, tuple(clips), False, first_timecode, drop, first_seconds)


@dataclass(frozen=True)
class _FrameClock:
    """When each frame of a film is shown; for the frame after the last one, when the film ends."""

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
