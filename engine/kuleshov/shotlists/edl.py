"""CMX3600 edit decision lists of a finished film: its record side is the film's time line.

Own reader, for the same reason as the writer in ``export.edl``; and because lists come with dialects that it forgives:
events of sound are passed over, as are lines that are no event.
"""

from __future__ import annotations

import re
from typing import Any, get_args

from kuleshov.records import TransitionType
from kuleshov.shotlists.entries import Listed, ShotListError, Timecode

_TC = r"(\d{1,2}:\d\d:\d\d[:;.,]\d\d\d?)"
_EVENT = re.compile(
    rf"\s*(\d+)\s+(\S+)\s+(\S+)\s+([A-Z]\d*)\s+(?:(\d+)\s+)?{_TC}\s+{_TC}\s+{_TC}\s+{_TC}\s*", re.IGNORECASE
)
_OURS = re.compile(r"\*\s*TRANSITION:\s*(\w+)", re.IGNORECASE)
_SOUND = re.compile(r"(A\d*|AA|NONE)(/\w+)?", re.IGNORECASE)
_BLACK = ("BL", "BLK", "BLACK")


def is_event(line: str) -> bool:
    return _EVENT.fullmatch(line) is not None


def read_edl(text: str, *, source: str) -> dict[str, Any]:
    """Return shots, and drop-frame as the list states it. Raises ``ShotListError``."""
    shots: list[Listed] = []
    drop: bool | None = None
    outgoing_black = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.upper().startswith("FCM:"):
            drop = "NON" not in line.upper()
        elif (named := _OURS.match(line)) and shots:
            shots[-1] = _retyped(shots[-1], named[1].lower())
        elif event := _EVENT.fullmatch(line):
            _, reel, track, effect, length, _, _, record_in, record_out = event.groups()
            if _SOUND.fullmatch(track):
                continue
            black = reel.upper() in _BLACK
            if record_in == record_out:  # the outgoing picture of a dissolve
                outgoing_black = black
                continue
            kind = effect.upper()[0]
            if kind not in "CDW":
                raise ShotListError(f"{source}: line {number}: an event of type {effect}; known are C, D and W")
            transition: TransitionType | None = {"D": "dissolve", "W": "wipe"}.get(kind)  # type: ignore[assignment]
            if kind == "D" and (black or outgoing_black):
                transition = "fade_black"
            mixed = int(length or 0) if kind != "C" else 0
            shots.append(Listed(f"line {number}", Timecode(record_in), Timecode(record_out), transition, mixed))
            outgoing_black = False
    return {"shots": tuple(shots), "drop": drop}


def _retyped(shot: Listed, name: str) -> Listed:
    """A shot with the type that our own export notes beside an event."""
    from dataclasses import replace

    known = {kind: kind for kind in get_args(TransitionType)}
    return replace(shot, transition=known[name]) if name in known else shot
