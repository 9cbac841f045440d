"""Small edits of a film's shots: join shots, split a shot, change the type of a transition.

All edits of a set use the shot numbers from before the set.

- ``12`` or ``12-14``: join shot 12 with the next one, or shots 12 to 14
- ``5@00:01:02:10`` or ``5@1510``: split shot 5; the position is the first frame of the second part
- ``7=dissolve`` or ``7=dissolve:1180-1204``: how shot 7 begins, with the first and the last mixed frame
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from kuleshov.cinema.shots.shots import ShotFrames, shots_from_transitions
from kuleshov.media.timecode import TimecodeRate
from kuleshov.records import Transition, TransitionType
from kuleshov.shotlists.entries import ShotListError

_MERGE = re.compile(r"(\d+)(?:-(\d+))?")
_SPLIT = re.compile(r"(\d+)@(\d+|\d{1,2}:\d\d:\d\d[:;.,]\d\d\d?)")
_TYPE = re.compile(r"(\d+)=([a-z_]+)(?::(\d+)-(\d+))?")


@dataclass(frozen=True)
class Edits:
    """A set of edits, each as the user wrote it."""

    merges: tuple[str, ...] = ()
    splits: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.merges or self.splits or self.types)

    def __str__(self) -> str:
        named = {"merge": self.merges, "split": self.splits, "type": self.types}
        return ", ".join(f"{name} {text}" for name, texts in named.items() for text in texts)


def apply_edits(
    transitions: Sequence[Transition],
    edits: Edits,
    *,
    frame_count: int,
    rate: TimecodeRate,
    first_timecode: str | None = None,
) -> tuple[Transition, ...]:
    """Return the transitions after the edits. Raises ``ShotListError`` for an edit that is impossible.

    Timecodes count from ``first_timecode``, the film's own, or if that is not inside the shot, from 00:00:00:00.
    """
    shots = shots_from_transitions(transitions, frame_count=frame_count)
    entries: dict[int, Transition] = {number: shot.transition_in for number, shot in enumerate(shots) if number}
    added: list[Transition] = []
    for text in edits.merges:
        match = _matched(_MERGE, text, "merge", "12 or 12-14")
        first = int(match[1])
        last = int(match[2]) if match[2] else first + 1
        if not first < last < len(shots):
            raise ShotListError(f"merge {text}: there are shots 0 to {len(shots) - 1}")
        for number in range(first + 1, last + 1):
            entries.pop(number, None)
    for text in edits.types:
        match = _matched(_TYPE, text, "type", "7=dissolve or 7=dissolve:1180-1204")
        number = int(match[1])
        if number not in entries:
            why = "is merged away" if 0 < number < len(shots) else f"begins with no transition (0 to {len(shots) - 1})"
            raise ShotListError(f"type {text}: shot {number} {why}")
        entries[number] = _retyped(entries[number], match, shots[number].start_frame)
    for text in edits.splits:
        match = _matched(_SPLIT, text, "split", "5@00:01:02:10 or 5@1510")
        number = int(match[1])
        if number >= len(shots):
            raise ShotListError(f"split {text}: there are shots 0 to {len(shots) - 1}")
        shot = shots[number]
        try:
            frame = _position(match[2], shot, rate, first_timecode)
        except ValueError as error:
            raise ShotListError(f"split {text}: {error}") from error
        if not shot.start_frame < frame < shot.end_frame:
            raise ShotListError(
                f"split {text}: frame {frame} is not inside shot {number} ({shot.start_frame} to {shot.end_frame - 1})"
            )
        added.append(Transition("cut", frame - 1, frame, 1.0))
    after = sorted([*entries.values(), *added], key=lambda entry: (entry.start_frame, entry.end_frame))
    for entry, following in pairwise(after):
        if entry.end_frame > following.start_frame:
            raise ShotListError(
                f"after these edits two transitions overlap: frames {entry.start_frame} to {entry.end_frame} and "
                f"{following.start_frame} to {following.end_frame}"
            )
    if any(not 0 <= entry.start_frame < entry.end_frame < frame_count for entry in after):
        raise ShotListError("after these edits a transition reaches past the end of the film")
    return tuple(after)


def _position(text: str, shot: ShotFrames, rate: TimecodeRate, first_timecode: str | None) -> int:
    """The frame that a number or a timecode means. Raises ``ValueError``."""
    if text.isdigit():
        return int(text)
    frame = rate.frame(text)
    if first_timecode is None:
        return frame
    own = (frame - rate.frame(first_timecode)) % rate.day_frames
    return own if shot.start_frame < own < shot.end_frame else frame


def _retyped(entry: Transition, match: re.Match[str], border: int) -> Transition:
    kinds: dict[str, TransitionType] = {kind: kind for kind in get_args(TransitionType) if kind != "start"}
    if match[2] not in kinds:
        raise ShotListError(f"type {match[0]}: {match[2]!r} is unknown; use one of {', '.join(kinds)}")
    kind = kinds[match[2]]
    if match[3]:
        first, last = int(match[3]), int(match[4])
        if kind == "cut" or last < first:
            raise ShotListError(
                f"type {match[0]}: {'a cut has no mixed frames' if kind == 'cut' else 'it ends before it begins'}"
            )
        return Transition(kind, first - 1, last + 1, 1.0)
    if kind == "cut":
        return Transition("cut", border - 1, border, 1.0)
    return Transition(kind, entry.start_frame, entry.end_frame, 1.0)


def _matched(pattern: re.Pattern[str], text: str, name: str, form: str) -> re.Match[str]:
    match = pattern.fullmatch(text.strip())
    if match is None:
        raise ShotListError(f"{name} {text!r} can't be read; write {form}")
    return match
