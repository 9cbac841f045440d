"""Where a reason can be seen or heard: the frame of a segment at which its cue is strongest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kuleshov.emotion.sentence import sides
from kuleshov.export.stills import still_frame
from kuleshov.records import DIMENSIONS, Emotion, Reason, Scene, Segment, Shot


@dataclass(frozen=True)
class Evidence:
    """What a cue adds to a score of a segment, and the frame (shown at ``seconds``) that shows it best."""

    score: str
    cue: str
    contribution: float
    text: str
    frame: int
    seconds: float


def explained_scores(emotion: Emotion) -> list[str]:
    """Return the scores that are explained: the dimensions, and the strongest of the strong moods."""
    return [*DIMENSIONS, *sorted(emotion.strong, key=lambda mood: -emotion.moods[mood])[:1]]


def evidence(segment: Segment, score: str, *, shots: Sequence[Shot]) -> list[Evidence]:
    """Return the cues that raise a score most, then those that lower it most; ``shots`` are all shots of the film.

    A sound event is shown at its time, a scene's cue in the shot that has most of it, anything else by the shot's
    representative frame. Empty for a segment without emotion.
    """
    if segment.emotion is None:
        return []
    return [
        Evidence(score, reason.cue, reason.contributions[score], reason.text, *_shown(reason, score, segment, shots))
        for side in sides(segment.emotion, score)
        for reason in side
    ]


def _shown(reason: Reason, score: str, segment: Segment, shots: Sequence[Shot]) -> tuple[int, float]:
    heard = [event for event in segment.sound.events if event.type == reason.cue] if segment.sound is not None else []
    if heard:
        loudest = max(heard, key=lambda event: max(abs(event.drop_db), event.duration_seconds))
        share = (loudest.seconds - segment.start_seconds) / segment.duration_seconds
        frame = segment.start_frame + int(share * (segment.end_frame - segment.start_frame))
        return min(max(frame, segment.start_frame), segment.end_frame - 1), loudest.seconds
    if not isinstance(segment, Scene):
        return still_frame(segment, shots)
    sign = 1 if reason.contributions[score] > 0 else -1
    return still_frame(
        max(
            shots[segment.first_shot : segment.end_shot],
            key=lambda shot: (sign * _contribution(shot, reason.cue, score), shot.duration_seconds),
        ),
        shots,
    )


def _contribution(shot: Shot, cue: str, score: str) -> float:
    if shot.emotion is None:
        return 0.0
    return next((reason.contributions.get(score, 0.0) for reason in shot.emotion.reasons if reason.cue == cue), 0.0)
