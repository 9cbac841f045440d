"""CMX3600 edit decision lists: what every editing program reads.

A whole film is one event a shot, its record timecodes being its source timecodes. A gradual transition becomes a
dissolve (or wipe 001) over its mixed frames: the incoming event begins on the first of them, and a comment keeps what
CMX has no word for (fades). Search hits are cuts one after the other on the record side. An out-point is the first
frame that is not shown any more, as everywhere here.

Own writer: the adapter of OpenTimelineIO (1.0.0) derives drop-frame from the rate alone, so 29.97 non-drop can't be
written with it.
"""

from __future__ import annotations

from kuleshov.errors import ExportError
from kuleshov.export.listing import Item, Listing, Numbering, file_name, reel_name
from kuleshov.media.timecode import TimecodeRate

_GRADUAL = ("dissolve", "fade_black", "fade_white", "wipe")
_MOST_TRANSITION_FRAMES = 999  # three digits


def to_edl(listing: Listing) -> bytes:
    """Return the items as an EDL. Raises ``ExportError`` where films of different rates would share one."""
    numberings = {film.content_id: listing.numbering(film) for film in listing.films}
    rates = {numbering.rate for numbering in numberings.values()}
    if len(rates) > 1:
        named = " and ".join(sorted(map(str, rates)))
        raise ExportError(f"an EDL has one frame rate; these films have {named} (choose csv, otio or json)")
    drop = any(rate.drop for rate in rates)
    lines = [f"TITLE: {_one_line(listing.title)}", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]
    if listing.continuous:
        lines += _film_events(listing, numberings)
    else:
        lines += _hit_events(listing, numberings)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _film_events(listing: Listing, numberings: dict[str, Numbering]) -> list[str]:
    """One event an item; where it comes in gradually, two lines under one number: the outgoing picture's, and its."""
    numbering = next(iter(numberings.values()))
    rate = numbering.rate
    begins = [_begin(item, listing, numbering) for item in listing.items]
    last = listing.items[-1]
    ends = [*begins[1:], numbering.number(last.end_frame, last.end_seconds)]
    lines: list[str] = []
    before: Item | None = None
    for number, (item, start, end) in enumerate(zip(listing.items, begins, ends, strict=True), start=1):
        reel, span = reel_name(item.film), _span(rate, start, end)
        mixed = _mixed(item, listing, numbering)
        if before is not None and mixed:
            at = rate.timecode(start)
            lines.append(f"{number:03d}  {reel:<8} V     C        {at} {at} {at} {at}")
            kind = "W001" if item.transition_in.type == "wipe" else "D"
            lines.append(f"{number:03d}  {reel:<8} V     {kind:<4} {mixed:03d} {span} {span}")
            lines.append(f"* FROM CLIP NAME: {file_name(before.film)}")
            lines.append(f"* TO CLIP NAME: {file_name(item.film)}")
        else:
            lines.append(f"{number:03d}  {reel:<8} V     C        {span} {span}")
            lines.append(f"* FROM CLIP NAME: {file_name(item.film)}")
        if item.transition_in.type in _GRADUAL:
            lines.append(f"* TRANSITION: {item.transition_in.type}")
        lines.append(f"* COMMENT: {_one_line(item.label)}")
        before = item
    return lines


def _hit_events(listing: Listing, numberings: dict[str, Numbering]) -> list[str]:
    lines: list[str] = []
    record = next((numbering.first for numbering in numberings.values()), 0)
    for number, item in enumerate(listing.items, start=1):
        numbering = numberings[item.film.content_id]
        start = numbering.number(item.start_frame, item.start_seconds)
        end = numbering.number(item.end_frame, item.end_seconds)
        source, placed = _span(numbering.rate, start, end), _span(numbering.rate, record, record + end - start)
        lines.append(f"{number:03d}  {reel_name(item.film):<8} V     C        {source} {placed}")
        lines.append(f"* FROM CLIP NAME: {file_name(item.film)}")
        score = "" if item.score is None else f", score {item.score:+.3f}"
        lines.append(f"* COMMENT: {_one_line(item.label)}{score}")
        record += end - start
    return lines


def _begin(item: Item, listing: Listing, numbering: Numbering) -> int:
    """The number of the first frame in which an item is seen: where its dissolve begins, else its cut."""
    if not _mixed(item, listing, numbering):
        return numbering.number(item.start_frame, item.start_seconds)
    first = item.transition_in.start_frame + 1
    return numbering.number(first, _seconds(listing, first))


def _mixed(item: Item, listing: Listing, numbering: Numbering) -> int:
    """How many frames its gradual transition takes on the record; 0 for a cut."""
    transition = item.transition_in
    first, end = transition.start_frame + 1, transition.end_frame
    if transition.type not in _GRADUAL or end <= first:
        return 0
    length = numbering.number(end, _seconds(listing, end)) - numbering.number(first, _seconds(listing, first))
    return length if length <= _MOST_TRANSITION_FRAMES else 0


def _seconds(listing: Listing, frame: int) -> float:
    if listing.seconds_of is None:
        raise ValueError("a continuous listing must tell when its frames are shown")
    return listing.seconds_of(frame)


def _span(rate: TimecodeRate, start: int, end: int) -> str:
    return f"{rate.timecode(start)} {rate.timecode(end)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
