"""What sounds: speech, music, effects or silence, as four curves in 0..1.

- *silence*: share of the time that is silent (``silence``)
- *speech*: likelihood of speech by the network of ``models.voice_activity``, where it is not silent
- *music*: a logistic curve of the steadiness of tones (``harmony``), where it is not silent. Its centre is above the
  values measured on noise (up to 1.4) and on speech without pauses (19 of 20 up to 2.1), and below most film music (9
  of 10 above 2.3 in a song, 3 of 4 above 2.4 in a trailer's score). Drums alone have no tones
- *effects*: neither silence, nor speech, nor music: noise, ambience, impacts

Speech and music can sound together, so the shares of all four may exceed 1. ``silence + effects + (speech or music) =
1``, with ``speech or music = 1 - (1 - speech) (1 - music)`` of the part that is not silent. Effects under speech or
music are not recognised; a humming engine, an alarm or a bell is taken for music.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import windows_around

_STEADY_CENTRE, _STEADY_SPREAD = 2.2, 0.08
#: Music lasts: its curve is the median over this many seconds.
MUSIC_SECONDS = 3.0


def music_likelihood(steadiness: NDArray[np.float32], *, step_seconds: float) -> NDArray[np.float32]:
    """Return the likelihood of music, 0..1 ``[n]``, from the steadiness of tones every ``step_seconds``."""
    if not len(steadiness):
        return np.zeros(0, np.float32)
    size = min(round(MUSIC_SECONDS / step_seconds), len(steadiness)) // 2 * 2 + 1
    middle = np.median(windows_around(steadiness, size), axis=1)
    return _logistic(middle, _STEADY_CENTRE, _STEADY_SPREAD).astype(np.float32)


def class_curves(
    silence: NDArray[np.float32], music: NDArray[np.float32], speech: NDArray[np.float32] | None
) -> dict[str, NDArray[np.float32]]:
    """Return the curves by name, all on one grid. Without speech, effects are unknown too."""
    sounds = 1 - silence
    curves = {"music": music * sounds}
    if speech is not None:
        curves |= {"speech": speech * sounds, "effects": (1 - speech) * (1 - music) * sounds}
    return {name: curve.astype(np.float32) for name, curve in curves.items()}


def _logistic(values: NDArray[np.float32], centre: float, spread: float) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip((values.astype(np.float64) - centre) / spread, -30, 30))))
