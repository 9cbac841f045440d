"""Train the network of the cascade anew, on films drawn from real footage; a quarter of an hour on two cores.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/train
        [--films 3000] [--steps 6000] [--seed 0] [--out FILE]

Afterwards its confidence is to be calibrated on films that ``benchmarks/quality/construct`` made:
``python benchmarks/quality/train/calibrate.py FOLDER``. Neither script sees the films that the benchmark scores.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kuleshov.cinema.detectors._network import WEIGHTS
from train.examples import example
from train.footage import footage
from train.network import Example, train
from train.sequences import draw_sequence

_material: list[NDArray[np.uint8]] = []  # of each process that draws


def _begin(data: Path) -> None:
    import torch

    torch.set_num_threads(1)
    _material.extend(footage(data))


def draw(number: int, *, seed: int) -> Example:
    """One film; its number and the seed decide everything about it."""
    return example(draw_sequence(_material, np.random.default_rng((seed, number))))


def draw_all(data: Path, *, films: int, seed: int) -> list[Example]:
    """Draw so many films from the footage of a data folder, on all cores."""
    if not (data / "video").is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder with video/: nothing to draw films from")
    examples = []
    with ProcessPoolExecutor(initializer=_begin, initargs=(data,)) as pool:
        for each in pool.map(partial(draw, seed=seed), range(films), chunksize=10):
            examples.append(each)
            print(f"\r{len(examples)} of {films} films", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return examples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    examples = draw_all(data, films=arguments.films, seed=arguments.seed)
    print("training ...")
    train(examples, steps=arguments.steps, seed=arguments.seed).save(arguments.out)
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
