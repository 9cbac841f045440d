"""What sounds: speech, music, effects or silence, as four curves in 0..1.

- *silence*: share of the time that is silent (``silence``)
- *speech*: likelihood of a voice that speaks, from the network of ``models.voice_activity``, where it is not silent
- *music*: how sure the steadiness of its tones makes it (``harmony``), where it is not silent. A logistic curve, its
  centre above what was measured of noise (up to 1.4) and of speech without pauses (19 of 20 values up to 2.1), below
  most of film music (9 of 10 above 2.3 in a song, 3 of 4 above 2.4 in a trailer's score). Drums alone have no tones
- *effects*: what is neither silent, nor speech, nor music: noise, ambience, impacts

Speech and music may sound together, so they do not share one whole. ``silence + effects + (speech or music) = 1``, with
``speech or music = 1 - (1 - speech) (1 - music)`` of the part that is not silent. Effects under speech or music are not
heard; a humming engine, an alarm or a bell is taken for music.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEADY_CENTRE, _STEADY_SPREAD = 2.2, 0.08
#: Music goes on: its curve is the median over so many seconds.
MUSIC_SECONDS = 3.0


def music_likelihood(steadiness: NDArray[np.float32], *, step_seconds: float) -> NDArray[np.float32]:
    """Return how likely it is music, 0..1 ``[n]``, from the steadiness of its tones every ``step_seconds``."""
    if not len(steadiness):
        return np.zeros(0, np.float32)
    size = min(round(MUSIC_SECONDS / step_seconds), len(steadiness)) // 2 * 2 + 1
    padded = np.pad(steadiness, size // 2, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, size), axis=1)
    return _logistic(middle, _STEADY_CENTRE, _STEADY_SPREAD).astype(np.float32)


def part_of(
    silence: NDArray[np.float32], music: NDArray[np.float32], speech: NDArray[np.float32] | None
) -> dict[str, NDArray[np.float32]]:
    """Return the curves by name, all on one grid. Without speech nothing is known of effects either."""
    sounds = 1 - silence
    curves = {"music": music * sounds}
    if speech is not None:
        curves |= {"speech": speech * sounds, "effects": (1 - speech) * (1 - music) * sounds}
    return {name: curve.astype(np.float32) for name, curve in curves.items()}


def _logistic(values: NDArray[np.float32], centre: float, spread: float) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip((values.astype(np.float64) - centre) / spread, -30, 30))))
