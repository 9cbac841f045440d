"""CMX3600 edit decision list of a finished film: the record side is the film's time line.

The reader is our own for the same reason as the writer in ``export.formats.edl``, and because it accepts dialects:
reel names with spaces, tracks written ``AA/V``, ``B`` or ``VA1A2``, out-points that are the last frame shown. The shots
are those of the first picture track. Sound events, comments and speed changes (``M2``) don't divide the picture; every
other line that is no event of that track is named in ``remarks``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, get_args

from kuleshov.records import TransitionType
from kuleshov.shotlists.entries import ListedShot, ShotListError, Timecode

_TC = r"(\d{1,2}:\d\d:\d\d[:;.,]\d\d\d?)"
_TRACK = r"(?:NONE|B|[AV][AV\d/,+&]{0,23})"
_EFFECT = r"(?:C|D|W\d*|K ?[BO]?)"
_EVENT = re.compile(  # of a line with single spaces
    rf"(\d+) (?:(.+?) )?({_TRACK}) ({_EFFECT}) (?:(\d+) )?(?:\(F\) )?{_TC} {_TC} {_TC} {_TC}(?: .*)?", re.IGNORECASE
)
_MEANT_AS_EVENT = re.compile(rf"\d+ .*?{_TC} {_TC}")
_OURS = re.compile(r"\*\s*TRANSITION:\s*(\w+)", re.IGNORECASE)
_NO_EVENT = re.compile(
    r"(?:[*>|;#@$%]|TITLE\b|FCM\b|M2\b|AUD\b|SPLIT\b|GPI\b|REEL\b|EFFECTS?\b|KEY\b|DLEDL\b|SOURCE\b|CLIP\b|FROM\b|TO\b"
    r"|FINAL CUT\b|COMMENT\b|REM\b|ASC\b|SOP\b|SAT\b)",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"V(\d*)", re.IGNORECASE)
_BLACK = ("BL", "BLK", "BLACK")


@dataclass(frozen=True)
class _Event:
    """An event of a picture track, as its line states it."""

    line: int
    number: int
    black: bool
    kind: str  # "C", "D", "W", "K", "KB", "KO"
    mixed_frames: int
    record_in: str
    record_out: str

    @property
    def lasts(self) -> bool:
        return self.record_in != self.record_out


def is_event(line: str) -> bool:
    return _EVENT.fullmatch(" ".join(line.split())) is not None


def read_edl(text: str, *, source: str) -> dict[str, Any]:
    """Return ``shots``, ``drop`` as the list states it, ``end_is_last`` and ``remarks``. Raises ``ShotListError``."""
    events: list[_Event] = []
    types: dict[int, str] = {}  # by the number of events before
    other_tracks: dict[str, list[int]] = {}
    remarks: list[str] = []
    drop: bool | None = None
    for at, written in enumerate(text.splitlines(), start=1):
        line = " ".join(written.split())
        if (named := _OURS.match(line)) and events:
            types[len(events) - 1] = named[1].lower()
        elif line.upper().startswith("FCM:"):
            drop = "NON" not in line.upper() if drop is None else drop
        elif match := _EVENT.fullmatch(line):
            track = _picture_track(match[3])
            if track == 1:
                events.append(_event(at, match))
            elif track:
                other_tracks.setdefault(f"V{track}", []).append(at)
        elif _MEANT_AS_EVENT.match(line):
            raise ShotListError(
                f"{source}: line {at}: {_short(line)} is no event of an EDL (number, reel, track, C, D, W or K, four "
                "timecodes)"
            )
        elif line and not _NO_EVENT.match(line):
            remarks.append(f"line {at} passed over, it is no event: {_short(line)}")
    for name, lines in other_tracks.items():
        numbers = ", ".join(map(str, lines))
        remarks.append(f"track {name} passed over, the shots are those of V: line{'s' * (len(lines) > 1)} {numbers}")
    return {
        "shots": tuple(_shots(events, types, remarks, source=source)),
        "drop": drop,
        "end_is_last": None,
        "remarks": tuple(remarks),
    }


def _picture_track(name: str) -> int | None:
    """The number of the picture track that an event is on, 1 for V; ``None`` for sound alone."""
    if name.upper() == "B":  # both: the first sound track and the picture
        return 1
    picture = _PICTURE.search(name)
    return int(picture[1] or 1) if picture else None


def _event(line: int, match: re.Match[str]) -> _Event:
    number, reel, _, effect, length, _, _, record_in, record_out = match.groups()
    kind = "".join(effect.upper().split())
    return _Event(
        line,
        int(number),
        (reel or "").upper() in _BLACK,
        kind if kind[0] == "K" else kind[0],
        int(length or 0),
        record_in,
        record_out,
    )


def _shots(events: list[_Event], types: dict[int, str], remarks: list[str], *, source: str) -> list[ListedShot]:
    known = {kind: kind for kind in get_args(TransitionType)}
    shots: list[ListedShot] = []
    outgoing_black = False
    for at, event in enumerate(events):
        follows = events[at + 1] if at + 1 < len(events) else None
        if not event.lasts and follows is not None and follows.number == event.number:
            outgoing_black = event.black  # the outgoing picture of a gradual transition
            continue
        if event.kind in ("K", "KO"):
            if not any(event.number == other.number and other.kind == "KB" for other in events):
                raise ShotListError(f"{source}: line {event.line}: a key without its background (K B)")
            remarks.append(f"line {event.line} passed over: a key lies over the picture")
            continue
        transition: TransitionType | None = {"D": "dissolve", "W": "wipe"}.get(event.kind)  # type: ignore[assignment]
        if event.kind == "D" and (event.black or outgoing_black):
            transition = "fade_black"
        shot = ListedShot(
            f"line {event.line}",
            Timecode(event.record_in),
            Timecode(event.record_out),
            transition,
            event.mixed_frames if event.kind in ("D", "W") else 0,
        )
        if types.get(at) in known:  # our own export writes types that CMX3600 does not have in a comment
            shot = replace(shot, transition=known[types[at]])
        shots.append(shot)
        outgoing_black = False
    return shots


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
