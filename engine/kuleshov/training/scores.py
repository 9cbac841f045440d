"""How good a reader of dialogue is: F1 by class, weighted and plain, and correlations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.models.dialogue_emotion import Head
from kuleshov.records import LINE_EMOTIONS

_DIMENSIONS = ("valence", "arousal", "dominance")


def class_f1(predicted: NDArray[np.bool_], true: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the F1 of each class of bool ``[N, classes]``: ``2 TP / (2 TP + FP + FN)``, 0 where there is nothing."""
    hits = (predicted & true).sum(axis=0)
    total = predicted.sum(axis=0) + true.sum(axis=0)
    f1: NDArray[np.float64] = np.divide(2.0 * hits, total, out=np.zeros(len(hits)), where=total > 0)
    return f1


def one_hot(classes: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.equal(classes[:, None], np.arange(len(LINE_EMOTIONS)))


def dialogue_scores(logits: NDArray[np.float32], true: NDArray[np.int64]) -> dict[str, Any]:
    """Return accuracy, F1 weighted by how frequent each class is, plain mean of F1, and F1 by class."""
    predicted = logits.argmax(axis=1)
    f1 = class_f1(one_hot(predicted), one_hot(true))
    counts = one_hot(true).sum(axis=0)
    return {
        "lines": len(true),
        "accuracy": float((predicted == true).mean()),
        "weighted_f1": float((f1 * counts).sum() / counts.sum()),
        "majority_weighted_f1": _majority(counts),
        "macro_f1": float(f1.mean()),
        "f1": _by_class(f1),
        "support": _by_class(counts),
    }


def text_scores(
    logits: NDArray[np.float32], true: NDArray[np.float32], thresholds: NDArray[np.float32]
) -> dict[str, Any]:
    """Return plain mean of F1 and F1 by class, of texts that may hold several classes."""
    f1 = class_f1(logits > thresholds, true > 0.5)
    return {
        "texts": len(true),
        "macro_f1": float(f1.mean()),
        "f1": _by_class(f1),
        "support": _by_class((true > 0.5).sum(axis=0)),
    }


def dimension_scores(predicted: NDArray[np.float32], true: NDArray[np.float32]) -> dict[str, Any]:
    """Return Pearson's r of valence, arousal and dominance."""
    return {
        "texts": len(true),
        "r": {
            name: float(np.corrcoef(predicted[:, column], true[:, column])[0, 1])
            for column, name in enumerate(_DIMENSIONS)
        },
    }


def best_thresholds(logits: NDArray[np.float32], true: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each class the logit above which it counts, of a few, where F1 is highest: chosen on the dev split."""
    grid = np.arange(-2.0, 1.01, 0.25)
    f1 = np.stack([class_f1(logits > threshold, true > 0.5) for threshold in grid])
    return np.asarray(grid[f1.argmax(axis=0)], dtype=np.float32)


def scores(
    head: Head, said: NDArray[np.float32], labels: NDArray[Any], *, thresholds: NDArray[np.float32]
) -> dict[str, Any]:
    """Return the scores of one head on one corpus."""
    if head == "dialogue":
        return dialogue_scores(said, labels)
    return text_scores(said, labels, thresholds) if head == "text" else dimension_scores(said, labels)


def _majority(counts: NDArray[np.int64]) -> float:
    share = counts.max() / counts.sum()
    return float(share * 2 * share / (1 + share))


def _by_class(values: NDArray[Any]) -> dict[str, Any]:
    return dict(zip(LINE_EMOTIONS, values.tolist(), strict=True))
