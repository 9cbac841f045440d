"""Why a curve changes: the event within 10 s before it whose cues make the change.

The step of a curve is a sum over cues, exactly. Cues belong to senses (light, colour, sound, words, ...), by the
measure that they read. For each sense the event is where its cues step most, from one moment to the next: a cut, or a
point within a shot; for sound a named event, for words the line spoken there, for faces one that comes into sight
there, if there is one. The contribution of its cues to the step is the event's share. That an event comes first and
makes the step does not prove that it is the cause.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.face_entrances import FaceEntrance, face_entrances
from kuleshov.emotion.grammar import Cue, Grammar
from kuleshov.records import Cause, Line, Segment, SoundEvent

#: How long before a change its event can be, and how long after, since curves are means over some seconds.
BEFORE_SECONDS, AFTER_SECONDS = 10.0, 1.5
#: An event with a smaller share of a change is none of its causes.
LEAST_SHARE = 0.15
_MOST_CAUSES = 3
#: The sense of a cue by the beginning of its measure's path; the first that fits.
_SENSES = {
    "sound.music": "music",
    "sound.timbre": "music",
    "sound.voice": "voice",
    "sound": "sound",
    "dialogue": "words",
    "lighting": "light",
    "color": "colour",
    "camera": "movement",
    "pace": "cutting",
    "duration": "cutting",
    "people": "faces",
}
_NAMED = {"cut_to_silence": "cut to silence", "burst": "burst of sound", "scream": "scream", "swell": "swell"}


def changes_between(
    contributions: NDArray[np.float64], before: slice, after: slice, *, names: Sequence[str]
) -> tuple[float, float, dict[str, float]]:
    """Return the mean of a curve before and after, and what each cue adds to the step, which is exactly their sum.

    ``contributions`` float64 ``[T, cues]``, NaN where nothing was measured. Cues that add nothing are left out.
    """
    low, high = (_mean(contributions[part]) for part in (before, after))
    steps = {name: value for name, value in zip(names, (high - low).tolist(), strict=True) if value}
    start = math.fsum(low)
    return start, start + math.fsum(steps.values()), steps


@dataclass(frozen=True)
class Causes:
    """Finds the events behind the changes of one film.

    ``table`` float64 ``[moments, cues]`` are the cues of its ``moments``, NaN = not measured.
    """

    moments: Sequence[Segment]
    table: NDArray[np.float64]
    lines: Sequence[Line]
    grammar: Grammar

    @cached_property
    def _starts(self) -> list[float]:
        return [moment.start_seconds for moment in self.moments]

    @cached_property
    def _events(self) -> list[SoundEvent]:
        """All named sound events, in order."""
        events = [event for moment in self.moments if moment.sound is not None for event in moment.sound.events]
        return sorted((event for event in events if event.type in _NAMED), key=_when)

    @cached_property
    def _entrances(self) -> list[FaceEntrance]:
        return face_entrances(self.moments)

    def of(self, steps: Mapping[str, float], second: float, *, dimension: str) -> list[Cause]:
        """Return the events shortly before a change that make it, the largest share first.

        ``steps``: what each cue adds to the change of the dimension.
        """
        total = math.fsum(steps.values())
        if not total:
            return []
        (score,) = [score for score in self.grammar.scores if score.name == dimension]
        pulls = {term.cue: math.copysign(1.0, total) * term.weight for term in score.terms}
        senses: dict[str, list[Cue]] = {}
        for cue in self.grammar.cues:
            if cue.name in pulls:
                senses.setdefault(sense_of(cue), []).append(cue)
        causes = []
        for sense, members in senses.items():
            share = math.fsum(steps.get(cue.name, 0.0) for cue in members) / total
            if share >= LEAST_SHARE and (cause := self._event(sense, members, pulls, second, share)) is not None:
                causes.append(cause)
        return sorted(causes, key=lambda cause: -cause.share)[:_MOST_CAUSES]

    def _event(
        self, sense: str, members: Sequence[Cue], pulls: Mapping[str, float], second: float, share: float
    ) -> Cause | None:
        """The event of one sense: a named sound, or the border between moments where the sense steps most."""
        if sense == "sound" and (event := self._sound_event(second)) is not None:
            change = f"{abs(event.drop_db):.0f} dB {'down' if event.drop_db > 0 else 'up'}"
            return Cause(_NAMED[event.type], event.seconds, change, share)
        best: tuple[float, int, Cue] | None = None
        for number in self._borders(second):
            steps = {cue.name: self._step(number, cue) * pulls[cue.name] for cue in members}
            total = math.fsum(steps.values())
            if total > 0 and (best is None or total > best[0]):
                best = (total, number, max(members, key=lambda cue: steps[cue.name]))
        if best is None:
            return None
        _, number, cue = best
        before, after = self.moments[number - 1], self.moments[number]
        where = "at a cut" if before.index != after.index else "within the shot"
        numbers = [cue.reading.text(moment, cue.reading.value(moment)) for moment in (before, after)]
        seconds = after.start_seconds
        if sense == "words" and (line := self._line(seconds)) is not None:
            return Cause("line of dialogue", line.start_seconds, f"“{line.text}”", share)
        if sense == "faces" and (face := self._entrance(before, after)) is not None:
            return Cause("entrance of a face", face.seconds, f"{face.text}: {cue.reading.label} {numbers[1]}", share)
        return Cause(sense, seconds, f"{cue.reading.label} {numbers[0]} → {numbers[1]} {where}", share)

    def _borders(self, second: float) -> Iterator[int]:
        """The moments that begin shortly before a time, but for the first."""
        first = bisect_left(self._starts, second - BEFORE_SECONDS)
        yield from range(max(first, 1), bisect_right(self._starts, second + AFTER_SECONDS))

    def _step(self, number: int, cue: Cue) -> float:
        column = self.grammar.cue_names.index(cue.name)
        before, after = self.table[number - 1 : number + 1, column].tolist()
        # A cue that is not measured counts as 0: a smile that comes into sight steps up from there.
        return (0.0 if math.isnan(after) else after) - (0.0 if math.isnan(before) else before)

    def _sound_event(self, second: float) -> SoundEvent | None:
        """The named sound event nearest to a time, of those shortly before it."""
        first = bisect_left(self._events, second - BEFORE_SECONDS, key=_when)
        events = self._events[first : bisect_right(self._events, second + AFTER_SECONDS, key=_when)]
        return min(events, key=lambda event: abs(event.seconds - second), default=None)

    def _line(self, seconds: float) -> Line | None:
        """The line of speech that begins nearest to a time, if one is near."""
        lines = [
            line
            for line in self.lines
            if line.kind == "speech" and abs(line.start_seconds - seconds) <= BEFORE_SECONDS / 2
        ]
        return min(lines, key=lambda line: abs(line.start_seconds - seconds), default=None)

    def _entrance(self, before: Segment, after: Segment) -> FaceEntrance | None:
        """The face that comes into sight from one moment to the next: the nearest to the border between them."""
        entrances = [face for face in self._entrances if before.start_seconds < face.seconds < after.end_seconds]
        return min(entrances, key=lambda face: abs(face.seconds - after.start_seconds), default=None)


def _when(event: SoundEvent) -> float:
    return event.seconds


def sense_of(cue: Cue) -> str:
    """Return the sense of a cue; a measure that is in none of ``_SENSES`` is a sense of its own."""
    path = cue.reading.path
    return next((sense for start, sense in _SENSES.items() if path.startswith(start)), path.partition(".")[0])


def _mean(contributions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each cue's contributions over the measured seconds; a cue that was not measured in one counts as
    0."""
    known = np.isfinite(contributions)
    total: NDArray[np.float64] = np.where(known, contributions, 0.0).sum(axis=0)
    return total / max(int(known.any(axis=1).sum()), 1)
