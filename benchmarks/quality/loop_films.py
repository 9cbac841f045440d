"""Films that exist only as cues, and people of known taste who say what they make of them.

A film's cues hang together as in films: three moving forces (pleasant, lively, tense) lie under a film, its scenes and
its shots, and a cue follows them as far as the grammar's weights connect it with valence, arousal and tension; the rest
of it is its own. Some films are silent, some lack subtitles, some are black and white.

People do not see as the grammar does: their weights are the grammar's turned by an angle towards a random direction of
all cues, with two interactions of cues that no additive model can follow. Each person differs a little from the
others, has a zero of their own, errs, and answers on a scale of nine points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.emotion.grammar import Grammar
from kuleshov.training.emotion_labels import prior_weights, sense_of, speaks

SHOTS_PER_SCENE = 6


@dataclass(frozen=True, eq=False)
class Films:
    """``cues`` float64 ``[n, cues]``, -1..1, NaN = not measured; ``speaking`` bool of the same shape; ``films`` [n]."""

    cues: NDArray[np.float64]
    speaking: NDArray[np.bool_]
    films: NDArray[np.int64]


def draw_films(grammar: Grammar, *, films: int, shots: int, seed: int) -> Films:
    rng = np.random.default_rng([seed, 1])
    pull = np.stack([prior_weights(grammar, score) for score in ("valence", "arousal", "tension")])  # [3, cues]
    length = np.linalg.norm(pull, axis=0)
    pull = np.where(length > 0, pull / np.maximum(length, 1e-9), 0.0)
    tables = []
    for _ in range(films):
        scenes = -(-shots // SHOTS_PER_SCENE)
        force = (
            rng.normal(0, 0.6, (1, 3))
            + np.repeat(rng.normal(0, 0.6, (scenes, 3)), SHOTS_PER_SCENE, axis=0)[:shots]
            + rng.normal(0, 0.5, (shots, 3))
        )
        own = rng.normal(0, 0.3, (1, len(grammar.cues))) + rng.normal(0, 0.8, (shots, len(grammar.cues)))
        table = np.tanh((0.7 * force @ pull + own) / 2)
        for column, cue in enumerate(grammar.cues):
            if cue.only_above_usual:
                happens = rng.random(shots) < 0.06
                table[:, column] = np.where(happens, np.abs(table[:, column]) + 0.2, 0.0).clip(0, 0.99)
        for sense, rarely in (("sound", 0.15), ("words", 0.4)):
            if rng.random() < rarely:
                table[:, [sense_of(cue) == sense for cue in grammar.cues]] = np.nan
        tables.append(table)
    cues = np.concatenate(tables)
    speaking = speaks(cues, grammar)
    return Films(cues, speaking, np.repeat(np.arange(films), shots))


@dataclass(frozen=True, eq=False)
class Taste:
    """How people see: weights of the cues, and what two pairs of cues say together."""

    weights: NDArray[np.float64]
    pairs: tuple[tuple[int, int, float], ...]

    def sees(self, cues: NDArray[np.float64]) -> NDArray[np.float64]:
        known = np.nan_to_num(cues)
        felt = known @ self.weights + sum(size * known[:, a] * known[:, b] for a, b, size in self.pairs)
        return np.asarray(np.tanh(felt))


def draw_taste(grammar: Grammar, score: str, *, likeness: float, strength: float, seed: int) -> Taste:
    """``likeness``: cosine between the people's weights and the grammar's; ``strength``: their length."""
    rng = np.random.default_rng([seed, 2, len(score)])
    prior = prior_weights(grammar, score)
    towards = prior / np.linalg.norm(prior)
    other = rng.normal(size=len(prior))
    other -= (other @ towards) * towards
    other /= np.linalg.norm(other)
    weights = strength * (likeness * towards + np.sqrt(1 - likeness**2) * other)
    pairs = tuple((*rng.choice(len(prior), 2, replace=False).tolist(), strength * 0.4 * sign) for sign in (1, -1))
    return Taste(weights, pairs)


@dataclass(frozen=True, eq=False)
class People:
    """Annotators who share a taste, more or less."""

    tastes: tuple[Taste, ...]
    zeros: NDArray[np.float64]
    noise: float

    def say(
        self, cues: NDArray[np.float64], raters: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """What each rater says of each row, float64 ``[n]``, on nine points from -1 to 1."""
        seen = np.stack([taste.sees(cues) for taste in self.tastes])[raters, np.arange(len(cues))]
        heard = seen + self.zeros[raters] + rng.normal(0, self.noise, len(cues))
        return np.asarray(np.clip(np.round(heard * 4) / 4, -1, 1))


def draw_people(taste: Taste, *, count: int, noise: float, seed: int) -> People:
    rng = np.random.default_rng([seed, 3])
    spread = 0.3 * np.linalg.norm(taste.weights) / np.sqrt(len(taste.weights))
    tastes = tuple(Taste(taste.weights + rng.normal(0, spread, len(taste.weights)), taste.pairs) for _ in range(count))
    return People(tastes, rng.normal(0, 0.15, count), noise)
