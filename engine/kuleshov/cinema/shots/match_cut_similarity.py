"""What is carried over a cut, from how alike the pictures on both sides are: how sure it is that they match.

A *match cut* shows another picture, and yet light and dark lie in the same places, or the same lines do (shape), the
picture goes on moving the same way as fast (movement), or a face stays where the last one was (face). Colour alone is
no match: shots of one place share their colours anyway. It only strengthens. All numbers are design values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import ramp

#: Correlation of luma; overlap of colours (Bhattacharyya); cosine of directions; ratio of speeds: from no evidence on,
#: up to all of it.
SHAPE, COLOR, DIRECTION, SPEED = (0.55, 0.90), (0.60, 0.90), (0.8, 0.97), (0.4, 0.8)
#: Correlation of luma that is asked where all ends are compared with all beginnings: of pairs of different real clips
#: one in a hundred exceeds 0.71 by chance and one in a thousand 0.82; of lines, 0.26 and 0.38.
SHAPE_BY_CHANCE = (0.70, 0.95)
#: Cosines of ``spaces.ends``: of lines, of colours in fewer bins than those of ``COLOR``, of a face's place and size.
LINES, FEW_COLORS, FACE = (0.32, 0.65), (0.88, 0.99), (0.93, 0.985)
#: Frame-widths a second: what moves less rests. The movement of an end of a shot is that of so many seconds.
MOVING, MOVEMENT_SECONDS = 0.08, 0.4
_STRENGTH = {"shape": 0.7, "movement": 0.6, "face": 0.5}
_COLOR_STRENGTH = 0.5

Evidence = float | NDArray[np.float64]


def same_movement(direction: Evidence, ratio: Evidence) -> NDArray[np.float64]:
    """Return how alike two movements are, 0..1, from the cosine of their directions and the ratio of their speeds."""
    return ramp(direction, *DIRECTION) * ramp(ratio, *SPEED)


def match_cut_similarity(
    *, shape: Evidence, movement: Evidence, color: Evidence, face: Evidence = 0.0
) -> dict[str, NDArray[np.float64]]:
    """Return what each sense adds to how sure a match is, from evidence 0..1; the sum is 0..1.

    Shape, movement and face each leave the others less to add, in this order, as independent signs do (1 less the
    product of what each leaves open). Colour closes up to half of what is still open, as far as one of them is there.
    """
    evidence = {"shape": shape, "movement": movement, "face": face}
    terms = {}
    open_still: NDArray[np.float64] = np.ones_like(np.asarray(shape, dtype=np.float64))
    strongest = np.zeros_like(open_still)
    for name, strength in _STRENGTH.items():
        there = np.asarray(evidence[name], dtype=np.float64)
        terms[name] = open_still * strength * there
        open_still = open_still - terms[name]
        strongest = np.maximum(strongest, there)
    terms["color"] = open_still * _COLOR_STRENGTH * np.asarray(color, dtype=np.float64) * strongest
    return terms
