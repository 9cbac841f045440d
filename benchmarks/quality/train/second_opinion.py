"""What it would give, and cost, to ask TransNetV2 about the verdicts of which the cascade is unsure.

    python benchmarks/quality/train/second_opinion.py FOLDER ...

For every proposal between ``LEAST`` and ``MOST`` the exact model looks at the hundred frames around it. A logistic
regression on both opinions, fitted to every second film, decides in the others, and the other way round. Prints F1 of
the cascade alone and with the second opinion, how many windows were asked about, and the seconds that took.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scoring import Event, Score, score
from shots import Film, constructed_films

from kuleshov.cinema.detectors.cascade import CascadeDetector
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.kernels.rgb_frames import rgb_frames
from kuleshov.media.probe import probe
from kuleshov.models.transnet_network import TransNetwork
from kuleshov.pipeline.stages.frames import FrameMeter
from kuleshov.records import Transition

LEAST, MOST = 0.15, 0.85
_WINDOW = 100
_RIDGE = 1.0


@dataclass
class Proposal:
    """What the cascade found; ``opinion`` the highest score of each head of the exact model there, or None unasked."""

    found: Transition
    opinion: tuple[float, float] | None
    right: bool


def proposals(film: Film, network: TransNetwork) -> tuple[list[Proposal], float]:
    """What the cascade proposes in a film, and the CPU seconds that the exact model took."""
    import torch

    detector, meter, small = CascadeDetector(calibration=None, sensitivity=1.0), FrameMeter(), []
    for batch in CpuDecoder(probe(film.path)):
        small.append(rgb_frames(batch, width=48, height=27))
        for measured, evidence in meter.push(batch):
            detector.push(measured, evidence)
    frames = np.concatenate(small)
    found, taken = [], 0.0
    for each in detector.finish():
        opinion = None
        if LEAST < each.confidence < MOST:
            middle = (each.start_frame + each.end_frame) // 2
            window = np.clip(np.arange(middle - _WINDOW // 2, middle + _WINDOW // 2), 0, len(frames) - 1)
            started = process_time()
            scores = network.score(torch.from_numpy(frames[window])[None])[0].numpy()
            taken += process_time() - started
            first = max(0, each.start_frame - 2 - window[0])
            near = scores[first : each.end_frame + 3 - window[0]]
            opinion = (float(near[:, 0].max()), float(near[:, 1].max()))
        event = Event(each.start_frame, each.end_frame, each.type)
        found.append(Proposal(each, opinion, score([event], film.true).hits.total() > 0))
    return found, taken


def fused(asked: list[Proposal], others: list[Proposal]) -> list[float]:
    """Probabilities of ``others`` by a regression that was fitted to ``asked``."""
    right = np.array([each.right for each in asked], dtype=float)

    def loss(weights: NDArray[np.float64]) -> float:
        logits = _features(asked) @ weights
        return float(np.logaddexp(0, logits).sum() - right @ logits + _RIDGE * (weights**2).sum())

    weights = minimize(loss, np.zeros(4)).x
    return (1 / (1 + np.exp(-_features(others) @ weights))).tolist()


def _features(asked: list[Proposal]) -> NDArray[np.float64]:
    """Log-odds of the cascade and of both heads, and a constant."""
    likely = np.array([(each.found.confidence, *(each.opinion or (0.5, 0.5))) for each in asked]).reshape(-1, 3)
    odds = np.log(np.clip(likely, 1e-4, 1 - 1e-4) / np.clip(1 - likely, 1e-4, 1))
    return np.column_stack([odds, np.ones(len(odds))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    films = [film for folder in parser.parse_args().folders for film in constructed_films(folder)]
    network = TransNetwork()
    by_film, seconds = [], 0.0
    for film in films:
        found, taken = proposals(film, network)
        by_film.append(found)
        seconds += taken
    alone, together, windows = Score(), Score(), 0
    for half in (0, 1):
        learned = [each for found in by_film[1 - half :: 2] for each in found if each.opinion]
        for film, found in zip(films[half::2], by_film[half::2], strict=True):
            asked = [each for each in found if each.opinion]
            windows += len(asked)
            opinions = dict(zip(map(id, asked), fused(learned, asked), strict=True)) if asked else {}
            for total, likely in ((alone, {}), (together, opinions)):
                kept = [each.found for each in found if likely.get(id(each), each.found.confidence) >= 0.5]
                events = [Event(each.start_frame, each.end_frame, each.type) for each in kept]
                scored = score(events, film.true, distractors=film.distractors)
                for name in ("true", "hits", "false_alarms"):
                    getattr(total, name).update(getattr(scored, name))
    for name, total in (("alone", alone), ("with a second opinion", together)):
        print(
            f"{name}: F1 {total.f1():.3f}, precision {total.precision:.3f}, recall {total.recall:.3f}, "
            f"false alarms {total.false_alarms.total()}"
        )
    print(
        f"{windows} windows in {len(films)} films, {seconds:.1f} s of CPU time: {seconds / max(windows, 1):.2f} s each"
    )


if __name__ == "__main__":
    main()
