"""Models judged on films unseen: a fold of whole films is scored by a model of the others, also without each sense."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import AnnotationError
from kuleshov.training.emotion_beyond import Addition, Beside, fit_beyond
from kuleshov.training.emotion_fit import Posterior, Said, fit
from kuleshov.training.emotion_labels import CueTable

LEAST_FILMS = 2
_FOLDS = 5
_LEAST_CUT = 0.02


def film_folds(films: NDArray[np.int64], *, seed: int) -> NDArray[np.int64]:
    """Return a fold for each rating, by its film: no film is in two. Raises ``AnnotationError`` for one film alone."""
    names, counts = np.unique(films, return_counts=True)
    if len(names) < LEAST_FILMS:
        raise AnnotationError(
            "the labels are of one film: a model of it can't be judged on a film that it has not seen"
        )
    order = np.random.default_rng(seed).permutation(len(names))
    order = order[np.argsort(-counts[order], kind="stable")]  # large films first, each to the emptiest fold
    filled = np.zeros(min(_FOLDS, len(names)))
    fold = np.empty(len(names), dtype=np.int64)
    for film in order:
        fold[film] = int(filled.argmin())
        filled[fold[film]] += counts[film]
    return np.asarray(fold[np.searchsorted(names, films)])


def check_disjoint(films: NDArray[np.int64], folds: NDArray[np.int64]) -> None:
    """Raise ``AnnotationError`` where labels of one film lie in two folds: what is judged would have been seen."""
    for film in np.unique(films):
        if len(np.unique(folds[films == film])) > 1:
            raise AnnotationError(
                f"film {film} is divided between folds: a model would be judged on a film that it has seen"
            )


def fitted(
    table: CueTable, said: Said, prior: NDArray[np.float64], beside: Beside | None
) -> tuple[Posterior, Addition]:
    """Return the model of one score: the additive one, or with what lies ``beside`` the cues."""
    if beside is None:
        return fit(table.cues, table.speaking, said, prior), Addition()
    return fit_beyond(table.cues, table.speaking, beside, said, prior)


def unseen_scores(
    table: CueTable,
    said: Said,
    prior: NDArray[np.float64],
    folds: NDArray[np.int64],
    *,
    senses: dict[str, NDArray[np.bool_]],
    beside: Beside | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Return what models of the other films say of each labelled row, float64 ``[n]``: under ``""`` by all senses,
    and by name the same models where a sense, or a space of vectors, is not there.

    Raises ``AnnotationError`` where the folds divide a film.
    """
    check_disjoint(table.films[said.rows], folds)
    spaces = [f"vectors of {space}" for space in beside.vectors] if beside else []
    found = {name: np.full(len(table.cues), np.nan) for name in ("", *senses, *spaces)}
    for fold in np.unique(folds):
        rows = np.unique(said.rows[folds == fold])
        posterior, addition = fitted(table, said.only(folds != fold), prior, beside)
        for name, scores in found.items():
            speaking = table.speaking & ~senses[name] if name in senses else table.speaking
            total = posterior.scores(table.cues, speaking)
            if beside is not None:
                total = total + addition.scores(
                    table.cues, speaking, beside, without=[name.removeprefix("vectors of ")] if name in spaces else ()
                )
            scores[rows] = np.clip(total, -1, 1)[rows]
    return found


def means(said: Said) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows that were rated, and what people say of each on average."""
    rows, inverse = np.unique(said.rows, return_inverse=True)
    return rows, np.bincount(inverse, said.values) / np.bincount(inverse)


def best_cut(scores: NDArray[np.float64], named: NDArray[np.bool_]) -> float:
    """Return the threshold of the score that predicts the mood best (F1), midway between two observed scores."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(named[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + named.sum())
    best = int(f1.argmax())
    following = scores[order[min(best + 1, len(order) - 1)]]
    return float(max((scores[order[best]] + following) / 2, _LEAST_CUT))
