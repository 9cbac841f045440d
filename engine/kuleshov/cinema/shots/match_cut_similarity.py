"""How certain a match cut is, from the similarity of the pictures on both sides of the cut.

A *match cut* shows another picture in which light and dark, or lines, are in the same places (shape), the picture
continues to move in the same direction and as fast (movement), or a face is where the last one was (face). Colour alone
is no match: shots of one place share their colours anyway. It only adds certainty. All numbers are design values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import ramp

#: Correlation of luma; overlap of colours (Bhattacharyya); cosine of directions; ratio of speeds: evidence rises from 0
#: at the first value to 1 at the second.
SHAPE, COLOR, DIRECTION, SPEED = (0.55, 0.90), (0.60, 0.90), (0.8, 0.97), (0.4, 0.8)
#: Correlation of luma where all ends are compared with all beginnings: of pairs of different real clips one in a
#: hundred exceeds 0.71 by chance and one in a thousand 0.82; of lines, 0.26 and 0.38.
SHAPE_BY_CHANCE = (0.70, 0.95)
#: Cosines of ``spaces.ends``: of lines, of colours in fewer bins than for ``COLOR``, of a face's position and size.
LINES, FEW_COLORS, FACE = (0.32, 0.65), (0.88, 0.99), (0.93, 0.985)
#: Picture widths a second below which a picture is at rest. The movement of a shot's end is that of these seconds.
MOVING, MOVEMENT_SECONDS = 0.08, 0.4
_STRENGTH = {"shape": 0.7, "movement": 0.6, "face": 0.5}
_COLOR_STRENGTH = 0.5

Evidence = float | NDArray[np.float64]


def same_movement(direction: Evidence, ratio: Evidence) -> NDArray[np.float64]:
    """Return the similarity of two movements, 0..1, from the cosine of their directions and the ratio of their
    speeds."""
    return ramp(direction, *DIRECTION) * ramp(ratio, *SPEED)


def match_cut_similarity(
    *, shape: Evidence, movement: Evidence, color: Evidence, face: Evidence = 0.0
) -> dict[str, NDArray[np.float64]]:
    """Return what each feature adds to the certainty of a match, from evidence 0..1; the sum is 0..1.

    Shape, movement and face combine as independent signs, in this order (1 less the product of the remaining doubts).
    Colour removes up to half of the remaining doubt, in proportion to the strongest of them.
    """
    evidence = {"shape": shape, "movement": movement, "face": face}
    terms = {}
    doubt: NDArray[np.float64] = np.ones_like(np.asarray(shape, dtype=np.float64))
    strongest = np.zeros_like(doubt)
    for name, strength in _STRENGTH.items():
        value = np.asarray(evidence[name], dtype=np.float64)
        terms[name] = doubt * strength * value
        doubt = doubt - terms[name]
        strongest = np.maximum(strongest, value)
    terms["color"] = doubt * _COLOR_STRENGTH * np.asarray(color, dtype=np.float64) * strongest
    return terms
