"""What each part of the cascade gives: networks trained alike, each without some of the evidence; on the same films.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/train/ablation.py
        [--films 800] [--steps 1500] [FOLDER ...]

First what evidence and network cost. Then every row is a network trained from the same drawn films, the channels that
are left out being zero, and scored on constructed films (``transitions/`` of the test data, or folders that
``benchmarks/quality/construct`` made). Short trainings: the rows are to be compared with each other, not with the
network that is shipped.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scoring import CUT, Event, Score, score
from shots import constructed_films

from kuleshov.cinema.detectors import THUMBNAIL
from kuleshov.cinema.detectors._evidence import CHANNELS
from kuleshov.cinema.detectors._grid import Grid
from kuleshov.cinema.detectors._network import Network, load_network
from kuleshov.cinema.detectors._reader import Reader
from kuleshov.cinema.detectors._verdicts import verdicts
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.kernels.shrink import shrink
from kuleshov.media.probe import probe
from train.__main__ import draw_all
from train.network import Example, train

_ROUNDS = 3
#: What is left out, by the beginnings of the names of channels.
ROWS: dict[str, tuple[str, ...]] = {
    "all the evidence": (),
    "no mixtures (is it a blend of before and after?)": ("share", "unlike_mixture"),
    "no selections (is each cell old or new?)": ("unlike_selection",),
    "neither": ("share", "unlike_mixture", "unlike_selection"),
    "no tones (what a pan leaves as it was)": ("tones",),
    "no shifted comparison (pans)": ("shifted",),
    "no colour": ("chroma",),
    "only neighbouring frames": tuple(
        name for name in CHANNELS if not name.endswith(("_back_1", "_ahead_1")) and name.rpartition("_")[2].isdigit()
    ),
}


class Masked:
    """A network that does not see some channels."""

    def __init__(self, network: Network, kept: NDArray[np.float32]) -> None:
        self._network, self._kept = network, kept

    def logits(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        return self._network.logits(evidence * self._kept)


def kept_channels(left_out: tuple[str, ...]) -> NDArray[np.float32]:
    return np.array([not left_out or not name.startswith(left_out) for name in CHANNELS], dtype=np.float32)


def cost(films: list[NDArray[np.uint8]]) -> float:
    """CPU milliseconds a frame on the grid of evidence and network together, the least of some rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started = process_time()
        for thumbnails in films:
            reader = Reader(load_network())
            reader.push(thumbnails)
            reader.finish()
        best = min(best, process_time() - started)
    return 1000 * best / sum(map(len, films))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--films", type=int, default=800)
    parser.add_argument("--steps", type=int, default=1500)
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    films = [film for folder in arguments.folders or [data / "transitions"] for film in constructed_films(folder)]
    seen = [thumbnails_on_grid(film.path) for film in films]
    print(f"evidence and network: {cost([thumbnails for thumbnails, _ in seen]):.3f} ms of CPU time a frame")
    examples = draw_all(data, films=arguments.films, seed=0)
    print("| evidence | F1 | cuts | gradual | false alarms | overlap |\n|---|---|---|---|---|---|")
    for name, left_out in ROWS.items():
        kept = kept_channels(left_out)
        masked = [Example((each.evidence * kept).astype(np.float16), each.labels) for each in examples]
        with TemporaryDirectory() as folder:
            weights = Path(folder) / "weights.npz"
            train(masked, steps=arguments.steps).save(weights)
            network = Masked(load_network(weights), kept)
        total = Score()
        for film, (thumbnails, frames) in zip(films, seen, strict=True):
            reader = Reader(network)
            reader.push(thumbnails)
            found = [each for each in verdicts(reader.finish()) if each.probability >= 0.5]
            events = [Event(int(frames[each.start]), int(frames[each.end]), each.type) for each in found]
            total += score(events, film.true, distractors=film.distractors)
        gradual = total.f1(total.true.keys() - {CUT})
        alarms = total.false_alarms.total()
        print(f"| {name} | {total.f1():.3f} | {total.f1([CUT]):.3f} | {gradual:.3f} | {alarms} | {total.overlap:.2f} |")


def thumbnails_on_grid(film: Path) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """A film's thumbnails on the grid, and their frames."""
    grid, thumbnails, frames, count = Grid(), [], [], 0
    for batch in CpuDecoder(probe(film)):
        chosen = grid.choose(batch.pts_seconds)
        thumbnails.append(shrink(batch, width=THUMBNAIL[0], height=THUMBNAIL[1])[chosen])
        frames.append(count + chosen)
        count += len(batch)
    return np.concatenate(thumbnails), np.concatenate(frames)


if __name__ == "__main__":
    main()
