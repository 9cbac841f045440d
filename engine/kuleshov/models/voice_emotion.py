"""Vocal emotion: a linear model over the features of an utterance. Absent until it is trained.

Kuleshov ships no weights: ``kuleshov.training.voice`` makes them from recordings that the user has the right to use.
They are for features standardised by rank, per speaker; a film's speakers are not separated, so all of its utterances
are standardised together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import ModelError

#: A speaker or a film with fewer utterances can't be standardised.
ENOUGH_UTTERANCES = 8


@dataclass(frozen=True)
class VoiceEmotionModel:
    """``weights`` float32 ``[features, classes]`` and ``bias`` ``[classes]`` give logits; ``name``: for provenance."""

    name: str
    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.weights.shape != (len(self.weights), len(self.labels)) or self.bias.shape != (len(self.labels),):
            raise ValueError(f"weights {self.weights.shape}, bias {self.bias.shape} for {len(self.labels)} labels")

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities, float32 ``[n, classes]``, of standardised utterances ``[n, features]``."""
        logits = features @ self.weights + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)

    def save(self, path: Path) -> None:
        """Write the model to a file. Raises ``OSError``."""
        with path.open("wb") as file:
            np.savez(file, name=self.name, labels=np.array(self.labels), weights=self.weights, bias=self.bias)


def load_voice_emotion(path: Path, *, features: int) -> VoiceEmotionModel:
    """Return a trained model. Raises ``ModelError`` if the file is none, or is for another number of features."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            model = VoiceEmotionModel(
                str(stored["name"]), tuple(stored["labels"].tolist()), stored["weights"], stored["bias"]
            )
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ModelError(
            f"{path}: no voice emotion model: {error} (train one: python -m kuleshov.training.voice)"
        ) from error
    if len(model.weights) != features:
        raise ModelError(
            f"{path}: the model takes {len(model.weights)} numbers an utterance, this version of Kuleshov gives "
            f"{features} (train it again: python -m kuleshov.training.voice)"
        )
    return model


def standardised(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the utterances of one speaker, ``[n, features]``, each feature by its rank among theirs.

    A rank is expressed as the normal deviate of its share, so that all features of all speakers have the same
    distribution and outliers count little; equal numbers have the same rank.
    """
    from scipy.special import ndtri

    ranks = np.empty(features.shape, np.float64)
    for column, values in enumerate(features.T):
        ordered = np.sort(values)
        ranks[:, column] = np.searchsorted(ordered, values) + np.searchsorted(ordered, values, side="right")
    return np.asarray(ndtri(ranks / (2 * len(features))), np.float32)
