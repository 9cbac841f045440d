"""From transitions to shots: which frames belong to which shot, and which of them are clean enough to measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kuleshov.cinema.span import Span
from kuleshov.records import Shot, Transition


class ShotFrames(NamedTuple):
    """One shot's frames: ``start_frame`` to ``end_frame`` (exclusive), and how it begins.

    ``clean`` are its frames without those of transitions: they are measured. There is at least one.
    """

    start_frame: int
    end_frame: int
    transition_in: Transition
    clean: Span


def clean_spans(shots: Sequence[Shot]) -> list[Span]:
    """Return the frames of described shots without those of transitions, as ``ShotFrames.clean``."""
    ends = [*(shot.transition_in.start_frame + 1 for shot in shots[1:]), *(shot.end_frame for shot in shots[-1:])]
    return [Span(shot.transition_in.end_frame, end) for shot, end in zip(shots, ends, strict=True)]


def shots_from_transitions(transitions: Iterable[Transition], *, frame_count: int) -> list[ShotFrames]:
    """Return the shots between transitions; together they hold each of the ``frame_count`` frames once.

    With a cut, the new shot begins at its ``end_frame``. A gradual transition is split in the middle of its mixed
    frames. The first shot begins with ``Transition("start", 0, 0, 1.0)``. Transitions may come in any order; one
    outside the film, or one that ends before it begins, is ignored; of two that overlap the more confident one counts.
    Without frames there are no shots. Raises ``ValueError`` for a negative ``frame_count``.
    """
    if frame_count < 0:
        raise ValueError(f"frame_count is {frame_count}; it must not be negative")
    if frame_count == 0:
        return []
    inner = _without_overlaps(transitions, frame_count)
    borders = [0, *(_border(transition) for transition in inner), frame_count]
    entries = [Transition("start", 0, 0, 1.0), *inner]
    last_clean = [*(transition.start_frame for transition in inner), frame_count - 1]
    # Never empty: transitions do not overlap, so the next one begins at this one's end or later.
    return [
        ShotFrames(start, end, entry, Span(entry.end_frame, last + 1))
        for start, end, entry, last in zip(borders[:-1], borders[1:], entries, last_clean, strict=True)
    ]


def _without_overlaps(transitions: Iterable[Transition], frame_count: int) -> list[Transition]:
    kept: list[Transition] = []
    for transition in sorted(transitions, key=lambda transition: (transition.start_frame, transition.end_frame)):
        if not 0 <= transition.start_frame < transition.end_frame < frame_count:
            continue
        if not kept or transition.start_frame >= kept[-1].end_frame:
            kept.append(transition)
        elif transition.confidence > kept[-1].confidence:
            # It begins no earlier than the one it replaces, so it can't overlap the one before that.
            kept[-1] = transition
    return kept


def _border(transition: Transition) -> int:
    """First frame of the new shot: for a cut ``end_frame``, else the middle of the mixed frames."""
    return (transition.start_frame + transition.end_frame + 1) // 2
