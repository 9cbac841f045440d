"""OpenTimelineIO timeline of a finished film: the clips of the first video track, in order."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

from kuleshov.media.timecode import standard_rate
from kuleshov.records import TransitionType
from kuleshov.shotlists.entries import ListedShot, ListPosition, Seconds, ShotListError

_CLOCK_RATE = 1000  # rates from here on are ticks of a clock, not frames


def read_otio(text: str, *, source: str) -> dict[str, Any]:
    """Return ``shots``, ``rate`` and ``remarks`` of a timeline. Raises ``ShotListError``."""
    import opentimelineio as otio

    try:
        timeline = otio.adapters.read_from_string(text, "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, RuntimeError) as error:
        raise ShotListError(f"{source}: not readable as OpenTimelineIO: {error}") from error
    if not isinstance(timeline, otio.schema.Timeline) or not timeline.video_tracks():
        raise ShotListError(f"{source}: contains no timeline with a video track")
    shots: list[ListedShot] = []
    rates: set[Fraction] = set()
    entering: Any = None
    for number, child in enumerate(timeline.video_tracks()[0], start=1):
        if isinstance(child, otio.schema.Transition):
            entering = child
            continue
        span = child.range_in_parent()
        start, end = span.start_time, span.end_time_exclusive()
        rates.add(standard_rate(Fraction(start.rate)))
        kind, extent = None, None
        if entering is not None:
            kind = _kind(entering)
            extent = (_position(start - entering.in_offset), _position(start + entering.out_offset))
        shots.append(ListedShot(f"item {number}", _position(start), _position(end), kind, mixed=extent))
        entering = None
    film_rates = {rate for rate in rates if rate < _CLOCK_RATE}
    if len(film_rates) > 1:
        raise ShotListError(f"{source}: its clips have several rates: {', '.join(sorted(str(r) for r in film_rates))}")
    others = [track.name or f"number {number}" for number, track in enumerate(timeline.video_tracks()[1:], start=2)]
    return {
        "shots": tuple(shots),
        "rate": film_rates.pop() if film_rates else None,
        "remarks": (f"picture track {', '.join(others)} passed over, the shots are those of the first",) * bool(others),
    }


def _position(time: Any) -> ListPosition:
    """A time at a film's rate as a frame number; at a clock's rate as seconds."""
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
