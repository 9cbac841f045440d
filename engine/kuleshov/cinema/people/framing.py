"""Shot scale from the height of the largest face, and the grouping from the number of people.

A face is measured from brows to chin, as the detector boxes it: 0.7 of a head. A person is 7.5 heads high, and each
scale shows a part of that figure with the usual room above (definitions after Bordwell and Thompson, Film Art; the
classes are those of CineScale: Savardi, Kovács, Signoroni, Benini, 2021). The borders are design values: about midway,
as ratios, between the face heights that follow.

| scale | the frame holds | face height |
|---|---|---|
| ECU extreme close-up | a part of the face | above 0.80 |
| CU close-up | the head, or head and shoulders | 0.36 to 0.80 |
| MCU medium close-up | down to the chest | 0.24 to 0.36 |
| MS medium shot | down to the waist | 0.15 to 0.24 |
| MLS medium long shot | down to the knees | 0.10 to 0.15 |
| LS long shot | the whole figure | 0.055 to 0.10 |
| ELS extreme long shot | a small figure | below 0.055 |

Without a visible face there is no scale: backs of heads, hands, landscapes and objects have none here. The detector
rarely finds faces below 0.06, so extreme long shots are mostly not recognised.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.records import SHOT_SCALES, Grouping, ShotScale

_LEAST_HEIGHTS = (0.80, 0.36, 0.24, 0.15, 0.10, 0.055, 0.0)  # of SHOT_SCALES
CLOSE_HEIGHT = _LEAST_HEIGHTS[SHOT_SCALES.index("MCU")]
_LEAST_GROUP, _LEAST_CROWD = 4, 10


def scale_of(heights: NDArray[np.floating]) -> ShotScale:
    """Return the scale of most of these face heights ``[n]``, 0..1; of scales that tie, the closer one."""
    classes = [int(np.argmax(height >= np.array(_LEAST_HEIGHTS))) for height in heights]
    return SHOT_SCALES[int(np.argmax(np.bincount(classes, minlength=len(SHOT_SCALES))))]


def grouping_of(count: int) -> Grouping:
    """Return the grouping of a number of faces."""
    if count >= _LEAST_GROUP:
        return "crowd" if count >= _LEAST_CROWD else "group"
    named: tuple[Grouping, ...] = ("nobody", "single", "two_shot", "three_shot")
    return named[count]
