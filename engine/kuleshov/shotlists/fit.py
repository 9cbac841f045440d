"""Fits a shot list to a film: its positions become frames of the film, and every contradiction is an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kuleshov.media.timecode import USUAL_RATES, TimecodeRate, standard_rate
from kuleshov.records import Transition
from kuleshov.shotlists.entries import ShotList, ShotListError, Timecode
from kuleshov.shotlists.film_frames import END_TOLERANCE_FRAMES, FilmFrames
from kuleshov.shotlists.positions import Positions

_COMPARED_SHIFTS = range(-3, 4)  # frames by which a list may be off unnoticed
_ENOUGH_CUTS = 5  # to compare a list with the detected cuts
_MOST, _HARDLY_ANY = 0.6, 0.15


@dataclass(frozen=True)
class FittedList:
    """The transitions between a list's shots, and notes for the user."""

    transitions: tuple[Transition, ...]
    notes: tuple[str, ...]


def fit(shot_list: ShotList, film: FilmFrames, *, start: str | None = None) -> FittedList:
    """Return a list's transitions in frames of the film.

    ``start`` is the timecode of the film's first frame in the list; ``None``: the film's own timecode, or the whole
    hours at which the list begins. Raises ``ShotListError`` if the list has another rate or length, or its shots are
    out of order, overlap, leave gaps or exceed the film.
    """
    try:
        return _fit(shot_list, film, start)
    except ShotListError as error:
        if not shot_list.remarks:
            raise
        raise ShotListError(f"{error}; {'; '.join(shot_list.remarks)}") from error


def _fit(shot_list: ShotList, film: FilmFrames, start: str | None) -> FittedList:
    notes = [f"{shot_list.source}: {remark}" for remark in shot_list.remarks]
    positions = Positions(shot_list, film, start)
    notes += positions.notes
    starts = [positions.frame(shot.start, shot.where) for shot in shot_list.shots]
    ends = [None if shot.end is None else positions.frame(shot.end, shot.where) for shot in shot_list.shots]
    if shot_list.end_is_last or (shot_list.end_is_last is None and _ends_are_last(shot_list, starts, ends, film.count)):
        ends = [None if end is None else end + 1 for end in ends]
        if any(isinstance(shot.end, Timecode) for shot in shot_list.shots):
            notes.append(f"{shot_list.source}: its out-points are the last frame of each shot, as its in-points show")
    last = ends[-1] if ends[-1] is not None else film.count
    if last != film.count and abs(last - film.count) <= END_TOLERANCE_FRAMES < starts[-1]:
        notes.append(f"{shot_list.source}: ends {abs(last - film.count)} frame(s) before or after the film's end")
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


def _ends_are_last(shot_list: ShotList, starts: Sequence[int], ends: Sequence[int | None], count: int) -> bool:
    """Whether ends are the shots' last frames: by most pairs of neighbours; for a single shot, by the film's end."""
    steps = [after - end for end, after in zip(ends[:-1], starts[1:], strict=True) if end is not None]
    if not steps:
        return ends[-1] == count - 1
    apart = sum(step >= 1 for step in steps) if shot_list.gaps_are_gradual else steps.count(1)
    return apart > steps.count(0)


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
    shot_list: ShotList, number: int, starts: Sequence[int], ends: Sequence[int], positions: Positions
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
