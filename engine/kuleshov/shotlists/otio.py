"""OpenTimelineIO timelines of a finished film: the clips of the first video track, one after the other."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

from kuleshov.media.timecode import standard_rate
from kuleshov.records import TransitionType
from kuleshov.shotlists.entries import Listed, ListPosition, Seconds, ShotListError

_CLOCK_RATE = 1000  # from here on a rate is a clock's, not a film's


def read_otio(text: str, *, source: str) -> dict[str, Any]:
    """Return shots and rate of a timeline. Raises ``ShotListError``."""
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError) as error:
        raise ShotListError(f"{source}: not readable as OpenTimelineIO: {error}") from error
    if not isinstance(timeline, otio.schema.Timeline) or not timeline.video_tracks():
        raise ShotListError(f"{source}: holds no timeline with a video track")
    shots: list[Listed] = []
    rates: set[Fraction] = set()
    entering: Any = None
    for number, child in enumerate(timeline.video_tracks()[0], start=1):
        if isinstance(child, otio.schema.Transition):
            entering = child
            continue
        place = child.range_in_parent()
        start, end = place.start_time, place.end_time_exclusive()
        rates.add(standard_rate(Fraction(start.rate)))
        kind, extent = None, None
        if entering is not None:
            kind = _kind(entering)
            extent = (_place(start - entering.in_offset), _place(start + entering.out_offset))
        shots.append(Listed(f"item {number}", _place(start), _place(end), kind, mixed=extent))
        entering = None
    film_rates = {rate for rate in rates if rate < _CLOCK_RATE}
    if len(film_rates) > 1:
        raise ShotListError(f"{source}: its clips have several rates: {', '.join(sorted(str(r) for r in film_rates))}")
    return {"shots": tuple(shots), "rate": film_rates.pop() if film_rates else None}


def _place(time: Any) -> ListPosition:
    """A time at a film's rate as a frame; at a clock's as seconds."""
    if time.rate < _CLOCK_RATE:
        frame: int = round(time.value)
        return frame
    return Seconds(Fraction(round(time.value), round(time.rate)))


def _kind(transition: Any) -> TransitionType:
    named = transition.metadata.get("kuleshov", {}).get("type", "")
    for known in get_args(TransitionType):
        if named == known:
            return known  # type: ignore[no-any-return]
    return "dissolve" if "dissolve" in transition.transition_type.lower() else "wipe"
