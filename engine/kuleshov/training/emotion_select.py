"""Which shots or scenes are worth a person's time: those from which the next model learns most about all the others.

Three things are looked at, each as a number from 0 to 1 among the candidates:

- *uncertain*: how much less unsure the scores of the whole archive would be if this one were labelled, as the
  regression's posterior tells before anybody is asked (integrated variance: Cohn, Ghahramani, Jordan, Active learning
  with statistical models, JAIR 4, 1996). What stands for many others and has far-out cues comes first.
- *rich*: how far valence, arousal and tension are from usual, as the model reads it now.
- *diverse*: how far its scores and cues are from those of all that is labelled or chosen already (greedy k-centre:
  Gonzalez, Theoretical Computer Science 38, 1985).

One is chosen at a time, and counts as labelled for the next. The weights of the three are measured ones: see
``docs/learning.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kuleshov.training.emotion_fit import Posterior

Ground = Literal["uncertain", "rich", "diverse"]
GROUNDS: tuple[Ground, ...] = get_args(Ground)
WEIGHTS: Mapping[Ground, float] = MappingProxyType({"uncertain": 1.0, "rich": 0.25, "diverse": 0.5})


@dataclass(frozen=True)
class Chosen:
    """A row of the table of cues, and how it stood on each ground when it was chosen, 0..1."""

    row: int
    grounds: Mapping[Ground, float]


def choose(
    cues: NDArray[np.float64],
    speaking: NDArray[np.bool_],
    posteriors: Sequence[Posterior],
    *,
    count: int,
    candidates: NDArray[np.int64],
    labelled: NDArray[np.int64],
    weights: Mapping[Ground, float] = WEIGHTS,
) -> list[Chosen]:
    """Return up to ``count`` of the ``candidates``, the most worthwhile first; equal ones by row.

    ``posteriors`` are of the scores that are to be learned; the first three of them count for richness.
    ``candidates`` and ``labelled`` are rows int64 of ``cues``.
    """
    # Not scaled up where senses are missing, as in scores: what the others say alone teaches no more for that.
    rows = np.where(speaking, cues, 0.0)
    spread = rows.T @ rows
    known = [(each.covariance.copy(), each.noise) for each in posteriors]
    scores = np.stack([each.scores(cues, speaking) for each in posteriors[:3]], axis=1)
    rich = _share(np.linalg.norm(scores, axis=1)[candidates])
    places = np.hstack([cues, scores]) / np.sqrt(cues.shape[1])
    distance = np.full(len(cues), np.inf)
    for row in labelled:
        distance = np.minimum(distance, np.linalg.norm(places - places[row], axis=1))
    found: list[Chosen] = []
    free = np.ones(len(candidates), dtype=bool)
    while len(found) < min(count, len(candidates)):
        taught = [_gain(rows[candidates], spread, covariance, noise) for covariance, noise in known]
        uncertain = _share(np.sum(taught, axis=0))
        away = distance[candidates]
        diverse = _share(np.where(np.isfinite(away), away, 1.0))
        grounds = {"uncertain": uncertain, "rich": rich, "diverse": diverse}
        worth = np.sum([weights.get(name, 0.0) * grounds[name] for name in GROUNDS], axis=0)
        best = int(np.where(free, worth, -np.inf).argmax())
        free[best] = False
        row = int(candidates[best])
        found.append(Chosen(row, {name: float(grounds[name][best]) for name in GROUNDS}))
        distance = np.minimum(distance, np.linalg.norm(places - places[row], axis=1))
        for covariance, noise in known:
            seen = covariance @ rows[row]
            np.subtract(covariance, np.outer(seen, seen) / (noise**2 + rows[row] @ seen), out=covariance)
    return found


def _gain(
    rows: NDArray[np.float64], spread: NDArray[np.float64], covariance: NDArray[np.float64], noise: float
) -> NDArray[np.float64]:
    """How much of the variance of all rows a rating of each of these ``rows`` takes away, as a share of it.

    ``spread`` is ``all.T @ all``: the sum over all of ``(one . covariance . row)^2`` needs no more of them.
    """
    seen = rows @ covariance
    taken = ((seen @ spread) * seen).sum(axis=1) / (noise**2 + (seen * rows).sum(axis=1))
    return np.asarray(taken / max(float((spread * covariance).sum()), 1e-12))


def _share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers from 0 (the least of them) to 1 (the most)."""
    least, most = float(values.min()), float(values.max())
    return (values - least) / (most - least) if most > least else np.zeros(len(values))
