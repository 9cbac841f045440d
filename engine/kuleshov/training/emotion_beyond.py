"""What people see in one score beyond a sum of cues: pairs of cues that speak together, and vectors of whole shots.

Learned on what the regression of ``emotion_fit`` leaves over, and the regression anew on what this leaves over. What
the labels do not speak for stays out, so that with few of them the model is the additive one:

- *Vectors* of each space as ridge regression on their first principal directions, as far from 0 as the evidence wants
  (MacKay 1992); a space that makes the labels less than ``e^2`` times as likely stays out.
- *Pairs* one at a time, that first which makes the labels likeliest (relevance vector machine, sequential: Tipping &
  Faul, AISTATS 2003, with one prior for all), while it makes them likelier by more than the odds that any one pair
  matters: of all pairs, some six are thought to.
- *Modality dropout*: the weights of both are those that err least when every sense is missing now and then, each by
  itself. For a model that is linear in its features no chance is needed: the expectation over all ways to be without
  senses is one regression, whose products count with the share of ways in which both features are there (Wager, Wang,
  Liang, Dropout training as adaptive regularization, NeurIPS 2013).

Networks by sense (neural additive models, Agarwal et al., NeurIPS 2021) were tried first and overfit at some hundred
labels: docs/learning.md. Plain NumPy, no randomness. Numbers without a source are ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kuleshov.training.emotion_fit import MIDDLE_SPREAD, RATER_SPREAD, Posterior, Said, design, fit

_ROUNDS = 2
_VECTOR_TAUS = np.geomspace(0.03, 3.0, 9)
_VECTOR_ODDS = 2.0
_PAIR_TAU = 0.5
_THOUGHT_PAIRS = 6
_MOST_PAIRS = 20
#: A pair is looked at where both cues speak in so many of the ratings.
_LEAST_TOGETHER = 20
#: How often each sense is there in training.
_KEEP = 0.85


@dataclass(frozen=True, eq=False)
class Beside:
    """What stands beside the cues of the rows of a table.

    ``senses``: of each cue; ``usual`` float64 ``[cues, cues]``, mean products where both speak; ``vectors`` float64
    ``[n, directions]`` by space, from the centre along its principal directions, 0 where there is none.
    """

    senses: tuple[str, ...]
    usual: NDArray[np.float64]
    vectors: Mapping[str, NDArray[np.float64]]

    @classmethod
    def of(
        cls,
        cues: NDArray[np.float64],
        speaking: NDArray[np.bool_],
        senses: Sequence[str],
        vectors: Mapping[str, NDArray[np.float64]],
    ) -> Beside:
        heard = np.where(speaking, cues, 0.0)
        counts = speaking.T.astype(np.float64) @ speaking
        usual = np.divide(heard.T @ heard, counts, out=np.zeros_like(counts), where=counts > 0)
        return cls(tuple(senses), usual, dict(vectors))


@dataclass(frozen=True, eq=False)
class Addition:
    """What is added to one score: weights of pairs of cues (rows int64 ``[k, 2]``), and of vectors by space."""

    pairs: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    pair_weights: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    vectors: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(len(self.pairs) or self.vectors)

    def scores(
        self,
        cues: NDArray[np.float64],
        speaking: NDArray[np.bool_],
        beside: Beside,
        *,
        without: Collection[str] = (),
    ) -> NDArray[np.float64]:
        """Return what it adds to each row, float64 ``[n]``; the spaces in ``without`` add nothing."""
        total = products(cues, speaking, beside.usual, self.pairs) @ self.pair_weights
        for space, weights in self.vectors.items():
            if space not in without:
                total = total + beside.vectors[space] @ weights
        return np.asarray(total)


def products(
    cues: NDArray[np.float64], speaking: NDArray[np.bool_], usual: NDArray[np.float64], pairs: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return what each pair says of each row, float64 ``[n, pairs]``: 0 where not both speak."""
    one, other = pairs[:, 0], pairs[:, 1]
    return np.asarray(
        np.where(speaking[:, one] & speaking[:, other], cues[:, one] * cues[:, other] - usual[one, other], 0.0)
    )


def fit_beyond(
    cues: NDArray[np.float64], speaking: NDArray[np.bool_], beside: Beside, said: Said, prior: NDArray[np.float64]
) -> tuple[Posterior, Addition]:
    """Return the weights of one score's cues, as ``emotion_fit.fit``, and what the labels say beyond them."""
    additive = fit(cues, speaking, said, prior)
    posterior, addition = additive, Addition()
    for turn in range(_ROUNDS):
        if turn:
            added = addition.scores(cues, speaking, beside)[said.rows]
            posterior = fit(cues, speaking, Said(said.values - added, said.rows, said.raters), prior)
        left = said.values - (design(cues, speaking, posterior.weights) @ posterior.weights)[said.rows]
        addition = _addition(cues, speaking, beside, Said(left, said.rows, said.raters), posterior.noise)
        if not addition:
            return additive, addition
    return posterior, addition


def _addition(
    cues: NDArray[np.float64], speaking: NDArray[np.bool_], beside: Beside, left: Said, noise: float
) -> Addition:
    """What the labels say of what is left. All columns are in units of their priors' spreads."""
    zeros = np.zeros((len(left.rows), 2 + int(left.raters.max(initial=-1))))
    zeros[:, 0] = MIDDLE_SPREAD
    zeros[np.arange(len(left.rows)), 1 + left.raters] = RATER_SPREAD
    taus = _vector_taus(zeros, beside, left, noise)
    vectors = {space: tau * beside.vectors[space][left.rows] for space, tau in taus.items()}
    heard = speaking[left.rows]
    one, other = np.triu_indices(cues.shape[1], 1)
    together = (heard.T.astype(np.float64) @ heard)[one, other] >= _LEAST_TOGETHER
    candidates = np.stack([one[together], other[together]], axis=1)
    offered = _PAIR_TAU * products(cues[left.rows], heard, beside.usual, candidates)
    chosen = _chosen(np.hstack([zeros, *vectors.values()]), offered, left.values, noise)
    needs = [frozenset({beside.senses[a], beside.senses[b]}) for a, b in candidates[chosen].tolist()]
    for space, table in vectors.items():
        needs += [frozenset({f"vectors of {space}"})] * table.shape[1]
    needs += [frozenset()] * zeros.shape[1]
    weights = _with_senses_dropped(np.hstack([offered[:, chosen], *vectors.values(), zeros]), left.values, noise, needs)
    of_vectors = np.split(weights[len(chosen) :], np.cumsum([table.shape[1] for table in vectors.values()]))
    return Addition(
        candidates[chosen],
        _PAIR_TAU * weights[: len(chosen)],
        {space: taus[space] * own for space, own in zip(vectors, of_vectors, strict=False)},
    )


def _vector_taus(zeros: NDArray[np.float64], beside: Beside, left: Said, noise: float) -> dict[str, float]:
    """How far the weights of each space are from 0, of the spaces that the labels speak for."""
    taus: dict[str, float] = {}
    for _ in range(2):  # once more, knowing the others
        for space in beside.vectors:
            others = [tau * beside.vectors[name][left.rows] for name, tau in taus.items() if name != space]
            known = np.hstack([zeros, *others])
            own = beside.vectors[space][left.rows]
            without = _evidence(known, left.values, noise)
            likely = [_evidence(np.hstack([known, tau * own]), left.values, noise) for tau in _VECTOR_TAUS]
            best = int(np.argmax(likely))
            taus.pop(space, None)
            if likely[best] > without + _VECTOR_ODDS:
                taus[space] = float(_VECTOR_TAUS[best])
    return taus


def _evidence(columns: NDArray[np.float64], values: NDArray[np.float64], noise: float) -> float:
    """How likely the values are, as a logarithm, but for what is the same for all columns; weights ~ N(0, 1)."""
    inner = columns.T @ columns / noise**2 + np.eye(columns.shape[1])
    towards = columns.T @ values / noise**2
    root = np.linalg.cholesky(inner)
    seen = np.linalg.solve(root, towards)
    return float(0.5 * seen @ seen - np.log(np.diag(root)).sum())


def _chosen(
    known: NDArray[np.float64], offered: NDArray[np.float64], values: NDArray[np.float64], noise: float
) -> list[int]:
    """Return the columns of ``offered`` that the labels speak for beside the ``known`` ones, in their order."""
    if not offered.shape[1]:
        return []
    odds = max(np.log(offered.shape[1] / _THOUGHT_PAIRS), 0.0)
    inner = np.linalg.inv(known.T @ known / noise**2 + np.eye(known.shape[1]))

    def explained(table: NDArray[np.float64]) -> NDArray[np.float64]:  # inverse covariance of the values, times this
        return np.asarray(table / noise**2 - known @ (inner @ (known.T @ table)) / noise**4)

    seen, rest = explained(offered), explained(values[:, None])[:, 0]
    found: list[int] = []
    while len(found) < _MOST_PAIRS:
        size = (offered * seen).sum(axis=0)
        gain = 0.5 * ((offered.T @ rest) ** 2 / (1 + size) - np.log1p(size))
        gain[found] = -np.inf
        best = int(gain.argmax())
        if gain[best] <= odds:
            break
        found.append(best)
        own = seen[:, best].copy()
        divisor = 1 + size[best]
        rest = rest - own * (offered[:, best] @ rest) / divisor
        seen = seen - np.outer(own, offered[:, best] @ seen) / divisor
    return sorted(found)


def _with_senses_dropped(
    columns: NDArray[np.float64], values: NDArray[np.float64], noise: float, needs: Sequence[frozenset[str]]
) -> NDArray[np.float64]:
    """Return the weights that err least where every sense that columns need is there ``_KEEP`` of the time."""
    kinds = list(dict.fromkeys(needs))
    which = np.array([kinds.index(each) for each in needs])
    alone = np.array([_KEEP ** len(each) for each in kinds])[which]
    both = np.array([[_KEEP ** len(one | other) for other in kinds] for one in kinds])[np.ix_(which, which)]
    inner = columns.T @ columns * both / noise**2 + np.eye(columns.shape[1])
    return np.asarray(np.linalg.solve(inner, alone * (columns.T @ values) / noise**2))
