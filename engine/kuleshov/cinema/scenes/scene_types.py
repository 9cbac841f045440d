"""The type of a scene, if its editing shows one: shot/reverse-shot, montage, one take.

- **Shot/reverse-shot**: two setups alternate, A-B-A-B, through most of the scene. Speech, if known, adds confidence;
  without speech it is an exchange of looks at best, and has no type.
- **Montage**: many short shots that look different, with hardly a recurring setup, joined by dissolves or carried by
  sound without speech. Short different shots alone have no type: action scenes are cut like that too.
- **One take**: a scene of one shot of a minute or more (sequence shot, docs/emotion.md F17).

All thresholds are design values, chosen on the films that the scene weights were fitted to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.scenes.shot_features import ShotFeatures
from kuleshov.records import SceneType

# Distances of pictures are in units of the usual distance of far shots of the film (``Evidence.pictures``).
_SAME_SETUP = 0.35
_CLEARLY_OTHER = 0.2  # more than the distance of the recurring setup
_LEAST_EXCHANGE_SHOTS = 4  # A-B-A-B
_LEAST_EXCHANGE_SHARE = 0.6
_SPEECH, _NO_SPEECH = 0.3, 0.1  # share of the time that somebody speaks

_LEAST_MONTAGE_SHOTS = 6
_MONTAGE_SHOT_SECONDS = 3.0
_MONTAGE_DISTANCE = 0.6
_MOST_RETURNS = 0.2  # share of pairs of near shots that look like one setup
_DISSOLVES = 0.15
_AUDIBLE = 0.5  # share of the scene that is not silent

SEQUENCE_SHOT_SECONDS = 60.0
_LEAST_CONFIDENCE = 0.5


def scene_type(
    shots: ShotFeatures,
    first: int,
    end: int,
    *,
    pictures: NDArray[np.float64],
    speech_share: float | None,
    silence_share: float | None,
) -> SceneType | None:
    """Return the type of the scene of the shots ``first`` to ``end`` (exclusive), ``None`` if none is certain.

    ``pictures``: the film's ``Evidence.pictures``. ``speech_share`` and ``silence_share``: of the scene's time, 0..1;
    ``None`` if unknown.
    """
    if end - first == 1:
        return _one_take(float(shots.times[first, 1] - shots.times[first, 0]))
    inside = pictures[first:end, : end - first - 1]
    candidates = (
        _shot_reverse_shot(inside, speech_share),
        _montage(inside, shots.times[first:end], shots.dissolves[first + 1 : end], speech_share, silence_share),
    )
    certain = [kind for kind in candidates if kind is not None and kind.confidence >= _LEAST_CONFIDENCE]
    return max(certain, key=lambda kind: kind.confidence, default=None)


def _one_take(seconds: float) -> SceneType | None:
    if seconds < SEQUENCE_SHOT_SECONDS:
        return None
    return SceneType("one_take", 1.0, f"one shot of {seconds:.0f} s")


def _shot_reverse_shot(pictures: NDArray[np.float64], speech_share: float | None) -> SceneType | None:
    """``pictures`` ``[shots, reach]`` of the scene's shots; entries that lead out of the scene are not used."""
    count = len(pictures)
    if count < _LEAST_EXCHANGE_SHOTS or (speech_share is not None and speech_share < _NO_SPEECH):
        return None
    back = pictures[: count - 2, 1]  # from each shot to the next but one
    across = np.minimum(pictures[: count - 2, 0], pictures[1 : count - 1, 0])
    alternates = (back < _SAME_SETUP) & (across > back + _CLEARLY_OTHER)
    exchanged = np.zeros(count, dtype=bool)
    start = 0
    for shot in range(count - 1):
        if shot < count - 2 and alternates[shot]:
            continue
        if shot + 2 - start >= _LEAST_EXCHANGE_SHOTS:  # shots start .. shot + 1 alternate
            exchanged[start : shot + 2] = True
        start = shot + 1
    share = float(exchanged.mean())
    if share < _LEAST_EXCHANGE_SHARE:
        return None
    clear = float(np.clip(np.mean((across - back)[exchanged[: count - 2]]) / 0.5, 0.0, 1.0))
    spoken = 0.75 if speech_share is None else 0.75 + 0.25 * min(speech_share / _SPEECH, 1.0)
    reason = f"two setups alternate in {exchanged.sum()} of {count} shots"
    if speech_share is not None:
        reason += f", speech {speech_share:.0%} of the time"
    return SceneType("shot_reverse_shot", share * spoken * (0.7 + 0.3 * clear), reason)


def _montage(
    pictures: NDArray[np.float64],
    times: NDArray[np.float64],
    dissolves: NDArray[np.float64],
    speech_share: float | None,
    silence_share: float | None,
) -> SceneType | None:
    count = len(pictures)
    seconds = float(np.median(times[:, 1] - times[:, 0]))
    if count < _LEAST_MONTAGE_SHOTS or seconds > _MONTAGE_SHOT_SECONDS:
        return None
    lags = np.arange(1, pictures.shape[1] + 1)
    near = pictures[np.arange(count)[:, None] + lags < count]
    distance, returns = float(np.median(near)), float(np.mean(near < _SAME_SETUP))
    if distance < _MONTAGE_DISTANCE or returns > _MOST_RETURNS:
        return None
    dissolved = float(np.mean(dissolves > 0))
    wordless = speech_share is not None and speech_share < _NO_SPEECH
    audible = silence_share is not None and silence_share < 1 - _AUDIBLE
    by_sound = audible and wordless
    if (speech_share is not None and not wordless) or not (dissolved >= _DISSOLVES or by_sound):
        return None
    confidence = 0.4 + 0.2 * min(distance, 1.0) + 0.2 * min(dissolved / (2 * _DISSOLVES), 1.0) + 0.2 * by_sound
    reasons = [f"{count} shots of {seconds:.1f} s (median), hardly two alike"]
    reasons += [f"{dissolved:.0%} of them begin with a dissolve"] if dissolved >= _DISSOLVES else []
    reasons += ["sound without speech"] if by_sound else []
    return SceneType("montage", confidence, ", ".join(reasons))
