"""The likely next state of feeling: a Markov model learned from sequences of segments.

A state is one of eight regions of the space of valence, arousal and tension: each below or above its middle, the median
of the training sequences, so that every archive uses all of them. Orders are blended by Witten and Bell's rule (IEEE
Trans. Inf. Theory 37(4), 1991; method C, from memory, unverified): the weight of a longer history grows with its
occurrences, and falls with the number of different states that followed it. The lowest order is the share of each
state, itself blended with equal probabilities.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: The dimensions of a state, and the states by which of them are above the middle.
SPACE = ("valence", "arousal", "tension")
_NAMES: dict[tuple[bool, ...], str] = {
    (False, False, False): "subdued",
    (False, False, True): "brooding",
    (False, True, False): "rough",
    (False, True, True): "threatening",
    (True, False, False): "serene",
    (True, False, True): "expectant",
    (True, True, False): "lively",
    (True, True, True): "thrilling",
}
STATES: tuple[str, ...] = tuple(_NAMES[above] for above in product((False, True), repeat=len(SPACE)))
ORDER = 2


@dataclass(frozen=True)
class StateSpace:
    """The middle of each dimension, in the order of ``SPACE``."""

    middle: tuple[float, float, float]

    @classmethod
    def of(cls, points: ArrayLike) -> StateSpace:
        """Return the space whose middle is the median of points ``[n, 3]``; points with a NaN are left out."""
        array = np.asarray(points, dtype=np.float64).reshape(-1, len(SPACE))
        known = array[np.isfinite(array).all(axis=1)]
        valence, arousal, tension = np.median(known, axis=0).tolist() if len(known) else (0.0, 0.0, 0.0)
        return cls((valence, arousal, tension))

    def states(self, points: ArrayLike) -> list[str]:
        """Return the state of each point ``[n, 3]``; points with a NaN are left out."""
        array = np.asarray(points, dtype=np.float64).reshape(-1, len(SPACE))
        known: NDArray[np.float64] = array[np.isfinite(array).all(axis=1)]
        return [_NAMES[tuple(row)] for row in (known > np.array(self.middle)).tolist()]


@dataclass
class TransitionModel:
    """Probabilities of the next state after a history, for states of any kind (``states`` lists them all)."""

    states: tuple[str, ...] = STATES
    order: int = ORDER
    _counts: dict[tuple[str, ...], Counter[str]] = field(default_factory=lambda: defaultdict(Counter), repr=False)

    def learn(self, sequences: Sequence[Sequence[str]]) -> TransitionModel:
        """Count the transitions in sequences; return the model."""
        for sequence in sequences:
            for position, state in enumerate(sequence):
                for length in range(min(self.order, position) + 1):
                    self._counts[tuple(sequence[position - length : position])][state] += 1
        return self

    def probabilities(self, history: Sequence[str]) -> dict[str, float]:
        """Return the probability of each state after a history; their sum is 1."""
        chances = dict.fromkeys(self.states, 1.0 / len(self.states))
        recent = tuple(history)[-self.order :] if self.order else ()
        for length in range(len(recent) + 1):
            counts = self._counts.get(recent[len(recent) - length :])
            if counts:
                total, kinds = counts.total(), len(counts)
                chances = {state: (counts[state] + kinds * chances[state]) / (total + kinds) for state in self.states}
        return chances

    def log_loss(self, sequences: Sequence[Sequence[str]]) -> float:
        """Return the mean negative log probability, in nats, of the states of sequences, except the first of each."""
        losses = [
            -math.log(self.probabilities(sequence[:position])[sequence[position]])
            for sequence in sequences
            for position in range(1, len(sequence))
        ]
        return math.fsum(losses) / len(losses) if losses else math.nan
