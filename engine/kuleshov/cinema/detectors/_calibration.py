"""The confidence of a verdict: the network's odds, calibrated by how often they were right on films with known truth.

``cascade.toml`` holds the calibration; ``benchmarks/quality/train/calibrate.py`` fits and writes it (Platt 1999: a
logistic regression on the log-odds).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kuleshov.records import TransitionType

CALIBRATION = Path(__file__).with_name("cascade.toml")
_MOST = 1 - 1e-4  # higher probabilities are rounding


class Line(NamedTuple):
    """Log-odds of being right: ``slope`` times those of the network, plus ``offset``."""

    slope: float
    offset: float

    def confidence(self, probability: float) -> float:
        likely = min(max(probability, 1 - _MOST), _MOST)
        odds = np.log(likely / (1 - likely))
        return float(1 / (1 + np.exp(-(self.slope * odds + self.offset))))


class Calibration(NamedTuple):
    """One line for cuts, one for gradual transitions."""

    cut: Line
    gradual: Line

    def confidence(self, kind: TransitionType, probability: float) -> float:
        """Return the share of such verdicts that are right, 0..1."""
        return (self.cut if kind == "cut" else self.gradual).confidence(probability)


@cache
def load_calibration(path: Path = CALIBRATION) -> Calibration:
    lines = tomllib.loads(path.read_text(encoding="utf-8"))
    return Calibration(Line(**lines["cut"]), Line(**lines["gradual"]))
