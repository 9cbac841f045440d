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


def draw(number: int, *, seed: int, material: list[NDArray[np.uint8]]) -> Example:
    """One film; its number and the seed decide everything about it."""
    import torch

    torch.set_num_threads(1)
    return example(draw_sequence(material, np.random.default_rng((seed, number))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    if not (data / "video").is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder with video/: nothing to draw films from")
    work = partial(draw, seed=arguments.seed, material=footage(data))
    examples = []
    with ProcessPoolExecutor() as pool:
        for each in pool.map(work, range(arguments.films), chunksize=50):
            examples.append(each)
            print(f"\r{len(examples)} of {arguments.films} films", end="", flush=True)
    print("\ntraining ...")
    train(examples, steps=arguments.steps, seed=arguments.seed).save(arguments.out)
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
