"""How well the next state of feeling is predicted: log-loss of the model against that of the plain shares.

    python benchmarks/quality/transitions.py [FILM ...]

First on sequences that were drawn from a known chain, where the best possible loss (the chain's entropy rate) is known;
then, where films are given, on theirs: each film by a model that learned from all the others. Real films tell less than
it seems: much of the gain is that a state stays, as the share of steps that do shows.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path

import numpy as np

from kuleshov.emotion.transitions import SPACE, STATES, StateSpace, TransitionModel
from kuleshov.pipeline.analyze import Pipeline

ORDERS = (0, 1, 2, 3)


def drawn_chain(rng: np.random.Generator) -> dict[tuple[str, str], np.ndarray]:
    """The chances of the next state after each two: a few states are likely, as in films."""
    return {(one, two): rng.dirichlet(np.full(len(STATES), 0.3)) for one in STATES for two in STATES}


def draw(chain: dict[tuple[str, str], np.ndarray], steps: int, rng: np.random.Generator) -> list[str]:
    """A sequence of states from a chain."""
    sequence = [STATES[0], STATES[1]]
    while len(sequence) < steps:
        sequence.append(str(rng.choice(STATES, p=chain[sequence[-2], sequence[-1]])))
    return sequence


def simulated(seed: int = 0) -> dict[str, float]:
    """Log-loss on drawn sequences by order, and the least that is possible."""
    rng = np.random.default_rng(seed)
    chain = drawn_chain(rng)
    learned = [draw(chain, 300, rng) for _ in range(20)]
    unseen = [draw(chain, 300, rng) for _ in range(5)]
    losses = {f"order {order}": TransitionModel(STATES, order).learn(learned).log_loss(unseen) for order in ORDERS}
    possible = [
        -np.log(chain[one, two][STATES.index(three)])
        for sequence in unseen
        for (one, two), (_, three) in pairwise(pairwise(sequence))
    ]
    return losses | {"possible": float(np.mean(possible))}


def real(films: list[Path]) -> dict[str, float]:
    """Log-loss on films by order, each by a model of the others; weighted by steps."""
    points = []
    with Pipeline() as pipeline:
        for film in films:
            values = pipeline.describe(film).moments.values
            points.append(np.stack([values[name] for name in SPACE], axis=1).astype(np.float64))
    totals = dict.fromkeys(ORDERS, 0.0)
    steps = stays = 0
    for number in range(len(points)):
        others = points[:number] + points[number + 1 :]
        space = StateSpace.of(np.concatenate(others))
        learned, own = [space.states(other) for other in others], space.states(points[number])
        if len(own) < 2:
            continue
        for order in ORDERS:
            totals[order] += TransitionModel(STATES, order).learn(learned).log_loss([own]) * (len(own) - 1)
        steps += len(own) - 1
        stays += sum(one == two for one, two in pairwise(own))
    losses = {f"order {order}": totals[order] / steps for order in ORDERS}
    return losses | {"steps": steps, "share that stays": stays / steps, "even chance": float(np.log(len(STATES)))}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="*", type=Path)
    given = parser.parse_args().films
    print(json.dumps({"simulated": simulated()} | ({"real": real(given)} if given else {}), indent=1))
