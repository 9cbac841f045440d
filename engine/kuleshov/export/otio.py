"""OpenTimelineIO: clips, transitions and markers, with all measurements in the metadata.

Times of a film of constant rate are frame numbers at its exact rate. Those of a film of variable rate are its frames'
own times, in ticks of 1/90000 s (the clock of MPEG-2 systems, ISO/IEC 13818-1): no frame is moved.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from kuleshov.export.listing import Item, Listing, Numbering
from kuleshov.records import to_json

METADATA = "kuleshov"
_TICKS = Fraction(90_000)


def to_otio(listing: Listing) -> bytes:
    """Return the items as a timeline with one video track."""
    import opentimelineio as otio

    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for item in listing.items:
        clock = _Clock(listing.numbering(item.film))
        if listing.continuous and len(track) and (transition := _transition(item, listing, clock)) is not None:
            track.append(transition)
        track.append(_clip(item, clock))
    timeline = otio.schema.Timeline(listing.title, metadata={METADATA: {"unit": listing.unit}})
    timeline.tracks.append(track)
    if listing.continuous:
        timeline.global_start_time = _Clock(listing.numbering(listing.items[0].film)).time(0, 0.0)
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return f"{text}\n".encode()


class _Clock:
    """Frames of a film as OpenTimelineIO's times."""

    def __init__(self, numbering: Numbering) -> None:
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


def _clip(item: Item, clock: _Clock) -> Any:
    import opentimelineio as otio

    film = item.film
    reference = otio.schema.ExternalReference(
        Path(film.source).absolute().as_uri(),
        clock.range((0, 0.0), (film.frame_count, film.duration_seconds)),
        metadata={METADATA: {"content_id": film.content_id, "variable_frame_rate": film.variable_frame_rate}},
    )
    place = clock.range((item.start_frame, item.start_seconds), (item.end_frame, item.end_seconds))
    about: dict[str, Any] = {"unit": item.unit, "start_frame": item.start_frame, "end_frame": item.end_frame}
    if item.score is not None:
        about |= {"score": item.score, "reasons": list(item.reasons)}
    clip = otio.schema.Clip(f"{item.unit} {item.segment.index}", reference, place, metadata={METADATA: about})
    clip.markers.append(
        otio.schema.Marker(
            item.label,
            otio.opentime.TimeRange(place.start_time, otio.opentime.RationalTime(0, place.start_time.rate)),
            otio.schema.MarkerColor.CYAN,
            metadata={METADATA: to_json(item.segment)},
        )
    )
    return clip


def _transition(item: Item, listing: Listing, clock: _Clock) -> Any:
    """A gradual transition about the border of two shots; a cut is none."""
    import opentimelineio as otio

    how = item.transition_in
    first, end = how.start_frame + 1, how.end_frame
    if how.type in ("start", "cut") or end <= first or listing.seconds_of is None:
        return None
    border = clock.time(item.start_frame, item.start_seconds)
    dissolves = how.type != "wipe"
    return otio.schema.Transition(
        how.type,
        otio.schema.TransitionTypes.SMPTE_Dissolve if dissolves else otio.schema.TransitionTypes.Custom,
        border - clock.time(first, listing.seconds_of(first)),
        clock.time(end, listing.seconds_of(end)) - border,
        metadata={METADATA: to_json(how)},
    )
