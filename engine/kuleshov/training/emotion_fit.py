"""Weights of one score from what people say, starting from the grammar's: Bayesian linear regression.

The model is the grammar's own, so that what is learned is a grammar again, with reasons that add up:

    said = sum(w * cue) * W / W_speaking + middle + rater + noise,   W = sum(|w|), W_speaking over the cues that speak

    w      = gain * g + d     g: the grammar's weights, sum(|g|) = its own gain (of the shipped one: 1)
    gain   ~ N(1, 2^2)        people use more of the scale than a mean of cues does
    d      ~ N(0, tau^2)      what people see otherwise than the grammar, for every cue of the catalogue
    rater  ~ N(0, 0.3^2)      each person has a zero of their own

``tau`` and the noise are those that the labels make likeliest (evidence maximisation: MacKay, Neural Computation 4(3),
1992, here over a grid), beginning from 0.1 and 0.3. With few labels the grammar speaks, with many the labels.
``W / W_speaking`` depends on ``w`` and is iterated. Standard deviations without a source are ours. Plain NumPy, no
randomness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_GAIN, _GAIN_SPREAD = 1.0, 2.0
RATER_SPREAD = 0.3
MIDDLE_SPREAD = 1.0
_TAUS = np.geomspace(0.01, 1.0, 9)
_NOISES = np.geomspace(0.05, 0.8, 9)
#: Before anything is said: logarithms are normal around these, with these deviations.
_TAU, _TAU_SPREAD = 0.1, 1.0
_NOISE, _NOISE_SPREAD = 0.3, 0.7
_ROUNDS = 12
_SETTLED = 1e-3


@dataclass(frozen=True, eq=False)
class Said:
    """Ratings of one score: float64 ``[m]`` values, int64 ``[m]`` rows of the table of cues, int64 ``[m]`` raters."""

    values: NDArray[np.float64]
    rows: NDArray[np.int64]
    raters: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> Said:
        return Said(self.values[chosen], self.rows[chosen], self.raters[chosen])


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of one score's weights.

    ``weights`` float64 ``[cues]`` and their ``covariance``; ``middle`` is what people say where all is usual, which no
    grammar can say; ``noise`` the standard deviation of one rating; ``tau`` how far people are from the grammar.
    """

    weights: NDArray[np.float64]
    covariance: NDArray[np.float64]
    middle: float
    noise: float
    tau: float

    @property
    def gain(self) -> float:
        return float(np.abs(self.weights).sum())

    def scores(self, cues: NDArray[np.float64], speaking: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the scores that a grammar of these weights gives, float64 ``[n]``: 0 is usual, cut off at -1 and 1."""
        return np.asarray(np.clip(design(cues, speaking, self.weights) @ self.weights, -1, 1))

    def deviations(self, cues: NDArray[np.float64], speaking: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how unsure the scores are, as standard deviations, float64 ``[n]``."""
        rows = design(cues, speaking, self.weights)
        return np.asarray(np.sqrt(np.maximum(((rows @ self.covariance) * rows).sum(axis=1), 0)))


def design(cues: NDArray[np.float64], speaking: NDArray[np.bool_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the weights are multiplied with, float64 ``[n, cues]``: cues, scaled up where others are silent."""
    size = np.abs(weights)
    heard = speaking @ size
    scale = np.divide(size.sum(), heard, out=np.zeros(len(cues)), where=heard > 1e-9 * max(size.sum(), 1e-12))
    return np.asarray(np.where(speaking, cues, 0.0) * scale[:, None])


def fit(cues: NDArray[np.float64], speaking: NDArray[np.bool_], said: Said, prior: NDArray[np.float64]) -> Posterior:
    """Return the posterior of one score's weights.

    ``cues`` float64 ``[n, cues]``, -1..1 (what they are where not ``speaking`` does not matter); ``prior`` float64
    ``[cues]``, the grammar's weights, 0 where it has none.
    """
    count, raters = len(prior), int(said.raters.max(initial=-1)) + 1
    # Coefficients: gain, d of each cue, middle, each rater.
    towards = np.hstack([prior[:, None], np.eye(count), np.zeros((count, 1 + raters))])  # [cues, coefficients]
    mean = np.zeros(towards.shape[1])
    mean[0] = _GAIN
    others = np.zeros((len(said.rows), 1 + raters))
    others[:, 0] = 1
    others[np.arange(len(said.rows)), 1 + said.raters] = 1
    weights = prior
    for _ in range(_ROUNDS):
        seen = design(cues, speaking, weights)[said.rows]
        columns = np.hstack([seen @ towards[:, : 1 + count], others])
        coefficients, covariance, tau, noise = _likeliest(columns, said.values, mean, count)
        new = towards @ coefficients
        settled = np.abs(new - weights).max() < _SETTLED
        weights = (weights + new) / 2 if not settled else new
        if settled:
            break
    return Posterior(weights, towards @ covariance @ towards.T, float(coefficients[1 + count]), noise, tau)


def _likeliest(
    columns: NDArray[np.float64], values: NDArray[np.float64], mean: NDArray[np.float64], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Return coefficients, their covariance, ``tau`` and noise where both are likeliest."""
    usual_noise = -0.5 * (np.log(_NOISES / _NOISE) / _NOISE_SPREAD) ** 2
    product = columns.T @ (values - columns @ mean)
    square = float(((values - columns @ mean) ** 2).sum())
    gram = columns.T @ columns
    best: tuple[float, float, NDArray[np.float64], NDArray[np.float64]] | None = None
    highest = -np.inf
    for tau in _TAUS.tolist():
        spreads = _spreads(len(mean), count, tau)
        # In units of the prior's spreads the prior is the identity, and one decomposition serves every noise.
        sizes, directions = np.linalg.eigh(gram * np.outer(spreads, spreads))
        along = directions.T @ (spreads * product)
        shrunken = sizes[:, None] + _NOISES**2  # [coefficients, noises]
        evidence = -0.5 * (
            (len(values) - len(mean)) * np.log(_NOISES**2)
            + np.log(shrunken).sum(axis=0)
            + (square - (along[:, None] ** 2 / shrunken).sum(axis=0)) / _NOISES**2
        )
        likely = evidence + usual_noise - 0.5 * (np.log(tau / _TAU) / _TAU_SPREAD) ** 2
        place = int(likely.argmax())
        if likely[place] > highest:
            highest, noise = float(likely[place]), float(_NOISES[place])
            root = spreads[:, None] * directions
            covariance = (root * (noise**2 / (sizes + noise**2))) @ root.T
            best = tau, noise, mean + covariance @ product / noise**2, covariance
    assert best is not None
    tau, noise, coefficients, covariance = best
    return coefficients, covariance, tau, noise


def _spreads(size: int, count: int, tau: float) -> NDArray[np.float64]:
    spreads = np.full(size, RATER_SPREAD)
    spreads[0], spreads[1 : 1 + count], spreads[1 + count] = _GAIN_SPREAD, tau, MIDDLE_SPREAD
    return spreads
