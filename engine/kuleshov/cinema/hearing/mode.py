"""Major or minor: how much better one fits the pitch classes of some seconds than the other.

Correlation with the key profiles of Krumhansl & Kessler, "Tracing the dynamic changes in perceived tonal organization",
Psych. Review 89(4), 1982 (the numbers are from memory), in all twelve keys.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW_SECONDS = 12.0
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
#: A difference of fit that is clear; the best major and the best minor key of tonal music differ by about this much.
_CLEAR = 0.15


def major_minor(chroma: NDArray[np.float32], *, step_seconds: float) -> NDArray[np.float32]:
    """Return -1 (minor) .. 1 (major) for chroma ``[n, 12]`` every ``step_seconds``, each over 12 s around it.

    NaN where that time has no tone.
    """
    if not len(chroma):
        return np.zeros(0, np.float32)
    size = round(WINDOW_SECONDS / step_seconds)
    sums = np.cumsum(np.concatenate((np.zeros((1, 12)), chroma)), axis=0)
    at = np.arange(len(chroma))
    around = sums[np.minimum(at + size // 2 + 1, len(chroma))] - sums[np.maximum(at - size // 2, 0)]
    with np.errstate(invalid="ignore"):
        shape = around - around.mean(axis=1, keepdims=True)
        shape /= np.sqrt((shape**2).sum(axis=1, keepdims=True))
        fit = [(shape @ _profiles(profile)).max(axis=1) for profile in (_MAJOR, _MINOR)]
        return np.asarray(np.clip((fit[0] - fit[1]) / _CLEAR, -1, 1), np.float32)


def _profiles(profile: tuple[float, ...]) -> NDArray[np.float64]:
    """The profile in all keys, normalised, as columns: ``[12, 12]``."""
    shape = np.array(profile) - np.mean(profile)
    return np.asarray(np.stack([np.roll(shape, key) for key in range(12)], axis=1) / np.sqrt((shape**2).sum()))
