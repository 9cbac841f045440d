"""CMX3600 edit decision list of a finished film: the record side is the film's time line.

The reader is our own for the same reason as the writer in ``export.formats.edl``, and because it accepts dialects: it
skips sound events and lines that are not events.
"""

from __future__ import annotations

import re
from typing import Any, get_args

from kuleshov.records import TransitionType
from kuleshov.shotlists.entries import ListedShot, ShotListError, Timecode

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
    """Return ``shots``, and ``drop`` as the list states it. Raises ``ShotListError``."""
    shots: list[ListedShot] = []
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
            if record_in == record_out:  # the outgoing picture of a gradual transition
                outgoing_black = black
                continue
            kind = effect.upper()[0]
            if kind not in "CDW":
                raise ShotListError(f"{source}: line {number}: event type {effect} is unknown; known are C, D and W")
            transition: TransitionType | None = {"D": "dissolve", "W": "wipe"}.get(kind)  # type: ignore[assignment]
            if kind == "D" and (black or outgoing_black):
                transition = "fade_black"
            mixed = int(length or 0) if kind != "C" else 0
            shots.append(ListedShot(f"line {number}", Timecode(record_in), Timecode(record_out), transition, mixed))
            outgoing_black = False
    return {"shots": tuple(shots), "drop": drop}


def _retyped(shot: ListedShot, name: str) -> ListedShot:
    """A shot with the transition type that our own export writes in a comment of the event."""
    from dataclasses import replace

    known = {kind: kind for kind in get_args(TransitionType)}
    return replace(shot, transition=known[name]) if name in known else shot
