"""Fit how sure the cascade may be of what it finds, on constructed films, and write it beside the network's weights.

    python benchmarks/quality/construct --out FOLDER --films 34 --seed 7
    python benchmarks/quality/train/calibrate.py FOLDER ...

Prints how well the confidences hold on every second film after they were fitted on the others; what is written is
fitted on all of them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scoring import Event, score
from shots import constructed_films, detect

from kuleshov.cinema.detectors._calibration import CALIBRATION, Line
from kuleshov.cinema.detectors.cascade import CascadeDetector
from kuleshov.records import Transition

_LEAST_EXAMPLES = 20
_RIDGE = 0.1  # pulls towards a line that changes nothing
_BINS = 5


class Case(NamedTuple):
    """A transition that the network proposed, as sure as it was, and whether there is one."""

    found: Transition
    right: bool


def cases(folder: Path) -> list[list[Case]]:
    """What the network proposes in each film of a folder, however unsure."""
    films = []
    for film in constructed_films(folder):
        found = detect(CascadeDetector(calibration=None, sensitivity=1.0), film.path)
        events = [Event(each.start_frame, each.end_frame, each.type) for each in found]
        # Alone, each: a proposal is right if it would be, whatever else is proposed.
        films.append(
            [Case(each, score([event], film.true).hits.total() > 0) for each, event in zip(found, events, strict=True)]
        )
    return films


def fit(examples: list[Case]) -> Line:
    if len(examples) < _LEAST_EXAMPLES:
        raise SystemExit(f"{len(examples)} proposals are too few to calibrate on: construct more films")
    odds, right = _odds(examples), np.array([each.right for each in examples], dtype=float)

    def loss(line: NDArray[np.float64]) -> float:
        logits = line[0] * odds + line[1]
        return float(np.logaddexp(0, logits).sum() - right @ logits + _RIDGE * ((line[0] - 1) ** 2 + line[1] ** 2))

    slope, offset = minimize(loss, [1.0, 0.0]).x
    return Line(round(float(slope), 4), round(float(offset), 4))


def reliability(examples: list[Case], line: Line) -> str:
    """How often the proposals of each range of confidence are right."""
    confidence = np.array([line.confidence(each.found.confidence) for each in examples])
    right = np.array([each.right for each in examples])
    which = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return ", ".join(
        f"{confidence[which == each].mean():.2f}: {right[which == each].mean():.2f} of {(which == each).sum()}"
        for each in range(_BINS)
        if (which == each).any()
    )


def _odds(examples: list[Case]) -> NDArray[np.float64]:
    likely = np.clip([each.found.confidence for each in examples], 1e-4, 1 - 1e-4)
    return np.log(likely / (1 - likely))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    films = [film for folder in parser.parse_args().folders for film in cases(folder)]
    lines = []
    for name, is_kind in (("cut", lambda kind: kind == "cut"), ("gradual", lambda kind: kind != "cut")):
        halves = [[each for film in films[half::2] for each in film if is_kind(each.found.type)] for half in (0, 1)]
        print(f"{name}: said, and right: {reliability(halves[1], fit(halves[0]))}")
        line = fit(halves[0] + halves[1])
        lines.append(f"[{name}]\nslope = {line.slope}\noffset = {line.offset}\n")
    text = "# How sure the cascade may be; written by benchmarks/quality/train/calibrate.py.\n\n"
    CALIBRATION.write_text(text + "\n".join(lines), encoding="utf-8")
    print(f"wrote {CALIBRATION}")


if __name__ == "__main__":
    main()
