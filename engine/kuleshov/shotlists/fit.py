"""Fits a shot list to a film: its positions become frames of the film, and every contradiction is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.timecode import (
    USUAL_RATES,
    TimecodeRate,
    is_drop_frame,
    nearest_standard_rate,
    standard_rate,
    timecode_rate,
)
from kuleshov.records import Transition
from kuleshov.shotlists.entries import ListPosition, ShotList, ShotListError, Timecode

#: A list may end this many frames before or after the film: programs count the last frames of a file differently.
END_TOLERANCE_FRAMES = 2
_COMPARED_SHIFTS = range(-3, 4)  # frames by which a list may be off unnoticed
_ENOUGH_CUTS = 5  # to compare a list with the detected cuts
_MOST, _HARDLY_ANY = 0.6, 0.15


@dataclass(frozen=True)
class FilmFrames:
    """A film's frames: float64 ``[frames]`` when each is shown, when the last one ends (seconds), frames a second."""

    frame_seconds: NDArray[np.float64]
    end_seconds: float
    rate: Fraction
    variable: bool

    @property
    def count(self) -> int:
        return len(self.frame_seconds)

    def nearest(self, seconds: float) -> int:
        """Return the frame that begins nearest to a time; after the last frame, the number of frames."""
        borders = np.append(self.frame_seconds, self.end_seconds)
        after = int(np.searchsorted(borders, seconds))
        if after == 0:
            return 0
        if after == len(borders):
            return self.count if seconds - self.end_seconds <= self.end_seconds - borders[-2] else self.count + 1
        return after if borders[after] - seconds < seconds - borders[after - 1] else after - 1


@dataclass(frozen=True)
class FittedList:
    """The transitions between a list's shots, and notes for the user."""

    transitions: tuple[Transition, ...]
    notes: tuple[str, ...]


def fit(shot_list: ShotList, film: FilmFrames, *, start: str | None = None) -> FittedList:
    """Return a list's transitions in frames of the film.

    ``start`` is the timecode of the film's first frame in the list; ``None``: the whole hours at which the list begins.
    Raises ``ShotListError`` if the list has another rate or length, or its shots are out of order, overlap, leave gaps
    or exceed the film.
    """
    notes: list[str] = []
    positions = _Positions(shot_list, film, start)
    notes += positions.notes
    starts = [positions.frame(shot.start, shot.where) for shot in shot_list.shots]
    ends = [None if shot.end is None else positions.frame(shot.end, shot.where) for shot in shot_list.shots]
    if shot_list.end_is_last or (shot_list.end_is_last is None and _ends_are_last(starts, ends, film.count)):
        ends = [None if end is None else end + 1 for end in ends]
    last = ends[-1] if ends[-1] is not None else film.count
    if last != film.count and abs(last - film.count) <= END_TOLERANCE_FRAMES < starts[-1]:
        notes.append(f"{shot_list.source} ends {abs(last - film.count)} frame(s) before or after the film's end")
        last = film.count
    closed = [*(after if end is None else end for end, after in zip(ends[:-1], starts[1:], strict=True)), last]
    _check(shot_list, starts, closed, film)
    transitions = [_transition(shot_list, number, starts, closed, positions) for number in range(1, len(starts))]
    for first, second in pairwise(transitions):
        if first.end_frame > second.start_frame:
            raise ShotListError(
                f"{shot_list.source}: the transitions at frames {first.end_frame} and {second.end_frame} overlap"
            )
    return FittedList(tuple(transitions), tuple(notes))


def compare_with_detected(
    transitions: Sequence[Transition], detected: Sequence[Transition], *, source: str
) -> list[str]:
    """Return a note if a list's cuts differ from the detected ones, or are all off by the same few frames."""
    detected_cuts = {transition.end_frame for transition in detected}
    listed = [transition.end_frame for transition in transitions if transition.end_frame - transition.start_frame == 1]
    if len(listed) < _ENOUGH_CUTS or len(detected_cuts) < _ENOUGH_CUTS:
        return []
    shares = {
        shift: sum(frame + shift in detected_cuts for frame in listed) / len(listed) for shift in _COMPARED_SHIFTS
    }
    best = max(shares, key=lambda shift: (shares[shift], -abs(shift)))
    if best and shares[best] >= _MOST and shares[0] < shares[best] / 2:
        side = "before" if best > 0 else "after"
        return [f"{source}: {shares[best]:.0%} of its cuts lie {abs(best)} frame(s) {side} a detected cut"]
    if shares[best] <= _HARDLY_ANY:
        return [
            f"{source}: only {shares[0]:.0%} of its cuts were detected in the film: does the list belong to this film?"
        ]
    return []


class _Positions:
    """Converts positions of a list to frames of a film."""

    def __init__(self, shot_list: ShotList, film: FilmFrames, start: str | None) -> None:
        self._source, self._film = shot_list.source, film
        self.notes: list[str] = []
        rate = nearest_standard_rate(film.rate) if film.variable else standard_rate(film.rate)
        if shot_list.rate is not None and not film.variable and standard_rate(shot_list.rate) != rate:
            raise ShotListError(
                f"{shot_list.source}: made for {TimecodeRate(standard_rate(shot_list.rate))} frames a second; "
                f"the film has {TimecodeRate(rate)} (is it the list of another film or copy?)"
            )
        codes = [
            position.text
            for shot in shot_list.shots
            for position in (shot.start, shot.end)
            if isinstance(position, Timecode)
        ]
        if not codes:
            return
        drop = shot_list.drop if shot_list.drop is not None else any(map(is_drop_frame, codes))
        try:
            self._rate = timecode_rate(rate, drop=drop)
            hours = f"{int(codes[0].partition(':')[0]):02d}:00:00:00"
            self._first = self._rate.frame(start or hours)
        except ValueError as error:
            raise ShotListError(f"{shot_list.source}: {error} (is it a list of another frame rate?)") from error
        if self._first and start is None:
            self.notes.append(f"{shot_list.source}: counted from {hours} (--list-start changes that)")
        if film.variable:
            self.notes.append(
                f"{shot_list.source}: the film's frame rate varies: each timecode means the frame nearest to it, "
                f"counted at {self._rate} frames a second"
            )

    def frame(self, position: ListPosition, where: str) -> int:
        if isinstance(position, int):
            return position
        if not isinstance(position, Timecode):
            return self._film.nearest(float(position.value))
        try:
            number = self._rate.frame(position.text) - self._first
        except ValueError as error:
            raise ShotListError(f"{self._source}: {where}: {error} (is it a list of another frame rate?)") from error
        return self._film.nearest(float(self._rate.seconds(number))) if self._film.variable else number


def _ends_are_last(starts: Sequence[int], ends: Sequence[int | None], count: int) -> bool:
    """Whether ends are the shots' last frames: by most pairs of neighbours; for a single shot, by the film's end."""
    follow = [after - end for end, after in zip(ends[:-1], starts[1:], strict=True) if end is not None]
    if not follow:
        return ends[-1] == count - 1
    return sum(step >= 1 for step in follow) > sum(step == 0 for step in follow)


def _check(shot_list: ShotList, starts: Sequence[int], ends: Sequence[int], film: FilmFrames) -> None:
    source, shots = shot_list.source, shot_list.shots
    if starts[0] != 0:
        raise ShotListError(
            f"{source}: begins at frame {starts[0]}: nothing is listed before it (if the list counts the film's first "
            "frame otherwise, say so: --list-start TIMECODE)"
        )
    for shot, start, end in zip(shots, starts, ends, strict=True):
        if start < 0 or end <= start:
            raise ShotListError(
                f"{source}: {shot.where}: a shot from frame {start} to {end}; it must end after it begins"
            )
    for shot, before, start, end in zip(shots[1:], starts[:-1], starts[1:], ends[:-1], strict=True):
        if start <= before:
            raise ShotListError(
                f"{source}: {shot.where}: begins at frame {start}, not after the shot before ({before})"
            )
        if start < end:
            raise ShotListError(f"{source}: {shot.where}: begins at frame {start}, but the shot before ends at {end}")
        if start > end and not shot_list.gaps_are_gradual:
            raise ShotListError(f"{source}: {shot.where}: a gap: no shot is listed for frames {end} to {start - 1}")
    if ends[-1] > film.count:
        raise ShotListError(
            f"{source}: {shots[-1].where}: ends at frame {ends[-1]}, but the film has {film.count} "
            f"({_length_hint(ends[-1], film)})"
        )
    if ends[-1] < film.count:
        raise ShotListError(
            f"{source}: ends at frame {ends[-1]}, but the film has {film.count} ({_length_hint(ends[-1], film)})"
        )


def _length_hint(end: int, film: FilmFrames) -> str:
    """What a list's length suggests: another frame rate, or another film."""
    rate = standard_rate(film.rate)
    for other in USUAL_RATES:
        if other != rate and abs(end - film.count * other / rate) <= END_TOLERANCE_FRAMES + film.count / 1000:
            return f"as a list made at {TimecodeRate(other)} frames a second would; the film has {TimecodeRate(rate)}"
    return "is it the list of another film or copy?"


def _transition(
    shot_list: ShotList, number: int, starts: Sequence[int], ends: Sequence[int], positions: _Positions
) -> Transition:
    """How a listed shot begins, in frames. A gradual transition must lie within the two shots it joins."""
    shot, start, before = shot_list.shots[number], starts[number], ends[number - 1]
    if shot.mixed is not None:
        first, end = (positions.frame(position, shot.where) for position in shot.mixed)
    elif shot.mixed_frames:
        first, end = start, start + shot.mixed_frames
    else:
        first, end = before, start  # a gap is a transition; without one, first and end are equal
    kind = shot.transition if shot.transition not in (None, "start") else ("dissolve" if end > first else "cut")
    if not starts[number - 1] < first <= end < ends[number]:
        raise ShotListError(
            f"{shot_list.source}: {shot.where}: its transition, frames {first} to {end}, does not lie between the "
            "beginning of the shot before and its own end"
        )
    return Transition(kind, first - 1, end, 1.0)
