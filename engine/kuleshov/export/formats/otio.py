"""OpenTimelineIO: clips, transitions and markers, with all measurements in the metadata.

Times are frame numbers at the film's exact rate. In a film of variable rate they are the frames' own times in ticks of
1/90000 s (the clock of MPEG-2 systems, ISO/IEC 13818-1), so no frame is moved.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from kuleshov.export.listing import Clip, FrameNumbering, Listing
from kuleshov.records import to_json

METADATA = "kuleshov"
_TICKS = Fraction(90_000)


def content(listing: Listing) -> bytes:
    """Return the clips as a timeline with one video track."""
    import opentimelineio as otio

    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for clip in listing.clips:
        clock = _Clock(listing.numbering(clip.film))
        if listing.continuous and len(track) and (transition := _transition(clip, listing, clock)) is not None:
            track.append(transition)
        track.append(_clip(clip, clock))
    timeline = otio.schema.Timeline(listing.title, metadata={METADATA: {"unit": listing.unit}})
    timeline.tracks.append(track)
    if listing.continuous:
        timeline.global_start_time = _Clock(listing.numbering(listing.clips[0].film)).time(0, 0.0)
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return f"{text}\n".encode()


class _Clock:
    """Converts frames of a film to OpenTimelineIO times."""

    def __init__(self, numbering: FrameNumbering) -> None:
        self.rate = _TICKS if numbering.by_time else numbering.rate.frames_per_second
        self._first = numbering.rate.seconds(numbering.first)
        self._numbering = numbering

    def time(self, frame: int, seconds: float) -> Any:
        from opentimelineio.opentime import RationalTime

        if self._numbering.by_time:
            return RationalTime(round((self._first + Fraction(seconds)) * _TICKS), float(_TICKS))
        return RationalTime(self._numbering.number(frame, seconds), float(self.rate))

    def range(self, start: tuple[int, float], end: tuple[int, float]) -> Any:
        from opentimelineio.opentime import TimeRange

        begin = self.time(*start)
        return TimeRange(begin, self.time(*end) - begin)


def _clip(clip: Clip, clock: _Clock) -> Any:
    import opentimelineio as otio

    film = clip.film
    reference = otio.schema.ExternalReference(
        Path(film.source).absolute().as_uri(),
        clock.range((0, 0.0), (film.frame_count, film.duration_seconds)),
        metadata={METADATA: {"content_id": film.content_id, "variable_frame_rate": film.variable_frame_rate}},
    )
    source_range = clock.range((clip.start_frame, clip.start_seconds), (clip.end_frame, clip.end_seconds))
    about: dict[str, Any] = {"unit": clip.unit, "start_frame": clip.start_frame, "end_frame": clip.end_frame}
    if clip.score is not None:
        about |= {"score": clip.score, "reasons": list(clip.reasons)}
    entry = otio.schema.Clip(f"{clip.unit} {clip.segment.index}", reference, source_range, metadata={METADATA: about})
    entry.markers.append(
        otio.schema.Marker(
            clip.label,
            otio.opentime.TimeRange(
                source_range.start_time, otio.opentime.RationalTime(0, source_range.start_time.rate)
            ),
            otio.schema.MarkerColor.CYAN,
            metadata={METADATA: to_json(clip.segment)},
        )
    )
    return entry


def _transition(clip: Clip, listing: Listing, clock: _Clock) -> Any:
    """The gradual transition around the border of two shots; ``None`` for a cut."""
    import opentimelineio as otio

    how = clip.transition_in
    first, end = how.start_frame + 1, how.end_frame
    if how.type in ("start", "cut") or end <= first or listing.seconds_of is None:
        return None
    border = clock.time(clip.start_frame, clip.start_seconds)
    dissolves = how.type != "wipe"
    return otio.schema.Transition(
        how.type,
        otio.schema.TransitionTypes.SMPTE_Dissolve if dissolves else otio.schema.TransitionTypes.Custom,
        border - clock.time(first, listing.seconds_of(first)),
        clock.time(end, listing.seconds_of(end)) - border,
        metadata={METADATA: to_json(how)},
    )
