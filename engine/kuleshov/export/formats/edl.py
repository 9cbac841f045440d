"""CMX3600 edit decision list (EDL): the cut list that every editing program reads.

A whole film is written as one event a shot, with record timecodes equal to source timecodes. A gradual transition
becomes a dissolve (or wipe 001) over its mixed frames: the incoming event begins on the first of them, and a comment
records types that CMX3600 does not have (fades). Search hits are cuts that follow one another on the record side. An
out-point is the first frame that is no longer shown, as everywhere in Kuleshov.

The writer is our own because OpenTimelineIO's adapter (1.0.0) derives drop-frame from the rate alone and so can't write
29.97 non-drop.
"""

from __future__ import annotations

from kuleshov.errors import ExportError
from kuleshov.export.listing import Clip, FrameNumbering, Listing, file_name, reel_name
from kuleshov.media.timecode import TimecodeRate

_GRADUAL = ("dissolve", "fade_black", "fade_white", "wipe")
_MOST_TRANSITION_FRAMES = 999  # three digits


def content(listing: Listing) -> bytes:
    """Return the clips as an EDL. Raises ``ExportError`` for films of different frame rates."""
    numberings = {film.content_id: listing.numbering(film) for film in listing.films}
    rates = {numbering.rate for numbering in numberings.values()}
    if len(rates) > 1:
        named = " and ".join(sorted(map(str, rates)))
        raise ExportError(
            f"an EDL has one frame rate; these films have {named} (use csv, otio or json; --drop-frame or "
            "--non-drop-frame makes timecode the same)"
        )
    drop = any(rate.drop for rate in rates)
    lines = [f"TITLE: {_one_line(listing.title)}", f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}", ""]
    if listing.continuous:
        lines += _film_events(listing, numberings)
    else:
        lines += _hit_events(listing, numberings)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _film_events(listing: Listing, numberings: dict[str, FrameNumbering]) -> list[str]:
    """One event a clip; a gradual transition takes two lines of one number: the outgoing picture's and the clip's."""
    numbering = next(iter(numberings.values()))
    rate = numbering.rate
    begins = [_begin(clip, listing, numbering) for clip in listing.clips]
    last = listing.clips[-1]
    ends = [*begins[1:], numbering.number(last.end_frame, last.end_seconds)]
    lines: list[str] = []
    before: Clip | None = None
    for number, (clip, start, end) in enumerate(zip(listing.clips, begins, ends, strict=True), start=1):
        reel, span = reel_name(clip.film), _span(rate, start, end)
        mixed = _mixed(clip, listing, numbering)
        if before is not None and mixed:
            at = rate.timecode(start)
            lines.append(f"{number:03d}  {reel:<8} V     C        {at} {at} {at} {at}")
            kind = "W001" if clip.transition_in.type == "wipe" else "D"
            lines.append(f"{number:03d}  {reel:<8} V     {kind:<4} {mixed:03d} {span} {span}")
            lines.append(f"* FROM CLIP NAME: {file_name(before.film)}")
            lines.append(f"* TO CLIP NAME: {file_name(clip.film)}")
        else:
            lines.append(f"{number:03d}  {reel:<8} V     C        {span} {span}")
            lines.append(f"* FROM CLIP NAME: {file_name(clip.film)}")
        if clip.transition_in.type in _GRADUAL:
            lines.append(f"* TRANSITION: {clip.transition_in.type}")
        lines.append(f"* COMMENT: {_one_line(clip.label)}")
        before = clip
    return lines


def _hit_events(listing: Listing, numberings: dict[str, FrameNumbering]) -> list[str]:
    lines: list[str] = []
    # A film's own timecode numbers that film, not what is put together here.
    record = 0 if listing.first_timecode is None else next((each.first for each in numberings.values()), 0)
    for number, clip in enumerate(listing.clips, start=1):
        numbering = numberings[clip.film.content_id]
        start = numbering.number(clip.start_frame, clip.start_seconds)
        end = numbering.number(clip.end_frame, clip.end_seconds)
        source, placed = _span(numbering.rate, start, end), _span(numbering.rate, record, record + end - start)
        lines.append(f"{number:03d}  {reel_name(clip.film):<8} V     C        {source} {placed}")
        lines.append(f"* FROM CLIP NAME: {file_name(clip.film)}")
        score = "" if clip.score is None else f", score {clip.score:+.3f}"
        lines.append(f"* COMMENT: {_one_line(clip.label)}{score}")
        record += end - start
    return lines


def _begin(clip: Clip, listing: Listing, numbering: FrameNumbering) -> int:
    """The number of the first frame that shows the clip: where its gradual transition begins, else its cut."""
    if not _mixed(clip, listing, numbering):
        return numbering.number(clip.start_frame, clip.start_seconds)
    first = clip.transition_in.start_frame + 1
    return numbering.number(first, _seconds(listing, first))


def _mixed(clip: Clip, listing: Listing, numbering: FrameNumbering) -> int:
    """How many frames the clip's gradual transition takes on the record side; 0 for a cut."""
    transition = clip.transition_in
    first, end = transition.start_frame + 1, transition.end_frame
    if transition.type not in _GRADUAL or end <= first:
        return 0
    length = numbering.number(end, _seconds(listing, end)) - numbering.number(first, _seconds(listing, first))
    return length if length <= _MOST_TRANSITION_FRAMES else 0


def _seconds(listing: Listing, frame: int) -> float:
    if listing.seconds_of is None:
        raise ValueError("a continuous listing needs seconds_of")
    return listing.seconds_of(frame)


def _span(rate: TimecodeRate, start: int, end: int) -> str:
    return f"{rate.timecode(start)} {rate.timecode(end)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
