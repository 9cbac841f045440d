"""The type of a gradual transition by the brightness of its frames."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

# Mean luma of a frame without a picture. Night scenes are nearly black; no picture is nearly white.
BLACK, WHITE = 0.02, 0.95
# Blank frames of no more than a second at film speed are the black or white of one fade, not a black shot.
LONGEST_BLANK_FRAMES = 24
# In the middle of a fade the picture is not always blank (lifted blacks, grain), but nearly, compared with both ends.
_NEARLY_BLANK, _SHARE_OF_ENDS = 0.1, 0.25


def transition_type(luma_mean: NDArray[np.float32]) -> Literal["fade_black", "fade_white", "dissolve"]:
    """Distinguish fades from dissolves by the mean luma (0..1, float32 ``[N]``) from last old to first new clean frame.

    A fade goes through black or white, or from or to it if one of the two shots is all black or white.
    """
    if _passes_blank(luma_mean, blank=BLACK):
        return "fade_black"
    return "fade_white" if _passes_blank(1 - luma_mean, blank=1 - WHITE) else "dissolve"


def is_blank(luma_mean: NDArray[np.float32]) -> bool:
    """Return whether all of these frames are black, or all white."""
    return bool((luma_mean < BLACK).all() or (luma_mean > WHITE).all())


def _passes_blank(luma: NDArray[np.float32], *, blank: float) -> bool:
    lower, higher = sorted((float(luma[0]), float(luma[-1])))
    through = float(luma.min()) < min(_NEARLY_BLANK, _SHARE_OF_ENDS * lower)
    from_or_to = lower < blank < higher / 2
    return through or from_or_to
