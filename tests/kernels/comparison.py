"""The one way in which the kernels' tests compare arrays, and the table of all tolerances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Tolerance:
    """How far a result may be from its reference: ``absolute + relative * |reference|``, for all but ``outliers``."""

    absolute: float
    relative: float
    outliers: float  # share of the values that may be anywhere
    reason: str


TOLERANCES = {
    "integers": Tolerance(0, 0, 0, "sums and counts of integers have one right value"),
    "derived": Tolerance(1e-7, 1e-6, 0, "float64 from equal integers, rounded once to float32"),
    "saturation": Tolerance(6e-4, 0, 0, "each distance is rounded down to 1/16 of 112 code values"),
    "flow vectors": Tolerance(
        2e-3, 0, 0.01, "float32 sums against float64; a patch without a clear match may settle elsewhere"
    ),
    "flow textures": Tolerance(1e-3, 1e-4, 0, "float32 sums of 64 squares, and their difference"),
    "flow matches": Tolerance(1e-3, 0, 0.01, "float32 sums of 64 squares; where the vector differs, the match does"),
    "flow statistics": Tolerance(
        0, 0, 0, "ranks, a sum of integers, and the same float64 arithmetic in the same order"
    ),
    "global motion": Tolerance(
        1e-4, 1e-4, 0.001, "sums in another order, rounded to float32; a patch at a threshold may fall to either side"
    ),
    "flow summary": Tolerance(1e-5, 1e-4, 0, "float64 from float32 vectors"),
}


def assert_agrees(kind: str, got: ArrayLike, expected: ArrayLike, **parameters: object) -> None:
    """Raise ``AssertionError`` with the parameters and the first mismatches unless ``got`` is within tolerance."""
    tolerance = TOLERANCES[kind]
    got, expected = np.asarray(got), np.asarray(expected)
    said = "".join(f"\n  {name} = {value!r}" for name, value in parameters.items())
    assert got.shape == expected.shape, f"{kind}: shape {got.shape} instead of {expected.shape}{said}"
    allowed = tolerance.absolute + tolerance.relative * np.abs(expected.astype(np.float64))
    wrong = ~(np.abs(got.astype(np.float64) - expected.astype(np.float64)) <= allowed)  # NaN is wrong
    if wrong.sum() <= tolerance.outliers * wrong.size:
        return
    first = "".join(
        f"\n  at {tuple(map(int, at))}: {got[tuple(at)]} instead of {expected[tuple(at)]}"
        for at in np.argwhere(wrong)[:5]
    )
    raise AssertionError(f"{kind}: {wrong.sum()} of {wrong.size} values differ ({tolerance}){said}{first}")
