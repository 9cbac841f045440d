"""How well the next state of feeling is predicted: log-loss of the model against that of the plain shares.

    python benchmarks/quality/transitions.py [FILM ...] [--dialogue TRAIN.csv DEV.csv]

First on sequences that were drawn from a known chain, where the best possible loss (the chain's entropy rate) is known;
then, where films are given, on theirs: each film by a model that learned from all the others. Real films tell less than
it seems: much of the gain is that a state stays, as the share of steps that do shows. Last, where two splits of MELD
are given, on the feelings of its lines as people labelled them: of conversations as they run, and of what each
character says in them, by a model of all characters (as ``kuleshov next --character``) and with each one's own ways.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np

from kuleshov.emotion.transitions import SPACE, STATES, StateSpace, TransitionModel
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.records import LINE_EMOTIONS
from kuleshov.training.corpora import read_corpus_file

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


def of_dialogue(train: Path, dev: Path) -> dict[str, dict[str, float]]:
    """Log-loss on the labelled feelings of unseen conversations by order, whole and character by character."""
    found = {}
    for name, by_speaker in (("conversations", False), ("characters", True)):
        learned, unseen = (_feelings(path, by_speaker=by_speaker) for path in (train, dev))
        spoken = [[feeling for _, feeling in each] for each in unseen]
        models = {
            order: TransitionModel(LINE_EMOTIONS, order).learn([[feeling for _, feeling in each] for each in learned])
            for order in ORDERS
        }
        found[name] = {f"order {order}": model.log_loss(spoken) for order, model in models.items()}
        found[name]["steps"] = sum(len(each) - 1 for each in spoken)
        if by_speaker:
            found[name]["order 2, own ways beside"] = _with_own_ways(models[2], learned, unseen)
    return found


def _feelings(path: Path, *, by_speaker: bool) -> list[list[tuple[str, str]]]:
    """Who says what with which feeling, a list a conversation, or one for each of its speakers."""
    corpus = read_corpus_file(path)
    labels = iter(corpus.labels.tolist())
    found = []
    for conversation in corpus.conversations:
        said = [(turn.speaker or "", LINE_EMOTIONS[next(labels)]) for turn in conversation]
        if by_speaker:
            found += [[each for each in said if each[0] == who] for who in dict.fromkeys(who for who, _ in said)]
        else:
            found.append(said)
    return found


def _with_own_ways(
    model: TransitionModel, learned: list[list[tuple[str, str]]], unseen: list[list[tuple[str, str]]], own: float = 100
) -> float:
    """Log-loss where a character's own steps count beside the model's chances, as if those came from ``own`` steps."""
    steps: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for said in learned:
        for (who, before), (_, after) in pairwise(said):
            steps[who, before][after] += 1
    losses = []
    for said in unseen:
        history = [feeling for _, feeling in said]
        for place in range(1, len(said)):
            seen = steps[said[place][0], history[place - 1]]
            chance = model.probabilities(history[:place])[history[place]]
            losses.append(-np.log((seen[history[place]] + own * chance) / (seen.total() + own)))
    return float(np.mean(losses))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", nargs="*", type=Path)
    parser.add_argument("--dialogue", nargs=2, type=Path, metavar="CSV")
    given = parser.parse_args()
    everything: dict[str, object] = {"simulated": simulated()}
    everything |= {"real": real(given.films)} if given.films else {}
    everything |= {"dialogue": of_dialogue(*given.dialogue)} if given.dialogue else {}
    print(json.dumps(everything, indent=1))
