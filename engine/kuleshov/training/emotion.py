"""Emotion learned from people: the grammar's weights moved towards what is said of the films of an archive.

What comes out is a grammar (``emotion_grammar``), a model that explains itself as the shipped one does, and a card.
Every figure is of films that the weights judged there had not seen: films are divided into folds, and a fold is scored
by a model of the others. On the labels of one film alone nothing is trained. Deterministic by seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.annotations.ratings import Placed, place
from kuleshov.archive import Archive
from kuleshov.archive.entries import SEGMENT_UNITS
from kuleshov.emotion.grammar import Grammar, load_grammar
from kuleshov.errors import AnnotationError
from kuleshov.pipeline.versions import installed_version
from kuleshov.records import DIMENSIONS, MOODS
from kuleshov.training.emotion_fit import Posterior, Said, design, fit
from kuleshov.training.emotion_grammar import grammar_text
from kuleshov.training.emotion_labels import CueTable, cue_table, prior_weights, said_of, senses_of
from kuleshov.training.emotion_scores import SAID, judge, pearson

KIND, VERSION = "emotion grammar", 1
#: A score is learned from so many ratings on; a mood, where it was also named so often. Below, the grammar stands.
LEAST_RATINGS, LEAST_NAMED, LEAST_FILMS = 20, 8, 2
_FOLDS = 5
_LEAST_CUT = 0.02


@dataclass(frozen=True, eq=False)
class Learned:
    """A trained model: the grammar's text, its card, and what is known of each score's weights."""

    text: str
    card: dict[str, Any]
    posteriors: dict[str, Posterior]


@dataclass(frozen=True, eq=False)
class Material:
    """What is learned from: labelled segments as cues, and what was said of each score that enough was said of."""

    placed: Placed
    table: CueTable
    said: dict[str, Said]
    people: dict[str, list[str]]
    short: dict[str, str]  # of the other scores: what is missing


def gather(archive: Archive, grammar: Grammar) -> Material:
    """Return all that an archive's people said, beside the cues of what they spoke of."""
    placed = place(archive)
    spoken = {rating.place for rating in placed.ratings}
    tables = []
    for unit in SEGMENT_UNITS:
        table = cue_table(placed.films, unit, grammar)
        tables.append(table.only([row for row, where in enumerate(table.places) if where in spoken]))
    joined = CueTable(
        [where for table in tables for where in table.places],
        [segment for table in tables for segment in table.segments],
        np.concatenate([table.cues for table in tables]),
        np.concatenate([table.speaking for table in tables]),
    )
    said, people, short = {}, {}, {}
    for score in (*DIMENSIONS, *MOODS):
        ratings, names = said_of(placed, joined, score)
        missing = _missing(score, ratings, joined)
        if missing:
            short[score] = missing
        else:
            said[score], people[score] = ratings, names
    return Material(placed, joined, said, people, short)


def _missing(score: str, said: Said, table: CueTable) -> str:
    films = len(np.unique(table.films[said.rows]))
    named = int((said.values >= SAID).sum())
    if len(said.values) < LEAST_RATINGS:
        return f"{len(said.values)} of {LEAST_RATINGS} ratings"
    if films < LEAST_FILMS:
        return f"{films} of {LEAST_FILMS} films"
    if score in MOODS and named < LEAST_NAMED:
        return f"named {named} of {LEAST_NAMED} times"
    return ""


def train(archive: Archive, *, base: Path | None = None, name: str, seed: int = 0) -> Learned:
    """Learn from everything that is said in an archive; ``base`` is the grammar to start from (``None``: the shipped).

    Raises ``AnnotationError`` where too little was said, or of one film only, or for a grammar that was itself learned:
    nothing could be judged on films unseen.
    """
    grammar = load_grammar(base)
    if any(source.mark == "labels" for source in grammar.sources.values()):
        raise AnnotationError(
            f"{base}: was learned itself, on films that its successor would be judged on; begin with one that was not "
            "(the archive holds all that was said, so nothing is lost)"
        )
    material = gather(archive, grammar)
    table = material.table
    if not material.said:
        counts = ", ".join(f"{score} {material.short[score]}" for score in DIMENSIONS)
        raise AnnotationError(
            f"{archive.path}: too little is said to learn from: {counts} (kuleshov select names what to label next)"
        )
    posteriors, gains, figures = {}, {}, {}
    senses = senses_of(grammar)
    for score, said in material.said.items():
        prior = prior_weights(grammar, score)
        posteriors[score] = fit(table.cues, table.speaking, said, prior)
        folds = film_folds(table.films[said.rows], seed=seed)
        unseen = out_of_fold(table, said, prior, folds)
        rows, true = means(said)
        gain, threshold = 1.0, grammar.strong.threshold
        if score in MOODS:
            gain = threshold / _best_cut(unseen[rows], true >= SAID)
            gains[score] = posteriors[score].gain * gain
        before = design(table.cues, table.speaking, prior) @ prior
        figures[score] = {
            "ratings": len(said.values),
            "films": len(np.unique(table.films[said.rows])),
            "annotators": len(material.people[score]),
            "grammar": judge(score, before[rows], true, threshold=threshold),
            "learned": judge(score, np.clip(gain * unseen[rows], -1, 1), true, threshold=threshold),
            "without": {
                sense: pearson(out_of_fold(table, said, prior, folds, deaf=own)[rows], true)
                for sense, own in senses.items()
            },
            "noise": posteriors[score].noise,
            "tau": posteriors[score].tau,
            "middle": posteriors[score].middle,
        }
    card = _card(material, grammar, figures, name=name, seed=seed)
    data = card["data"]
    told = f"{data['ratings']} ratings of {len(data['annotators'])} people on {len(data['films'])} films"
    return Learned(grammar_text(base, grammar, posteriors, gains, name=name, told=told), card, posteriors)


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


def out_of_fold(
    table: CueTable,
    said: Said,
    prior: NDArray[np.float64],
    folds: NDArray[np.int64],
    *,
    deaf: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Return what models of the other films say of each labelled row, float64 ``[n]``; ``deaf`` cues are left out."""
    speaking = table.speaking if deaf is None else table.speaking & ~deaf
    prior = prior if deaf is None or not np.abs(prior[~deaf]).sum() else np.where(deaf, 0.0, prior)
    scores = np.full(len(table.cues), np.nan)
    for fold in np.unique(folds):
        rows = np.unique(said.rows[folds == fold])
        scores[rows] = fit(table.cues, speaking, said.only(folds != fold), prior).scores(
            table.cues[rows], speaking[rows]
        )
    return scores


def means(said: Said) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows that were rated, and what people say of each on average."""
    rows, inverse = np.unique(said.rows, return_inverse=True)
    return rows, np.bincount(inverse, said.values) / np.bincount(inverse)


def _best_cut(scores: NDArray[np.float64], named: NDArray[np.bool_]) -> float:
    """Return the score from which on the mood is told best (F1); midway between two that were seen."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(named[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + named.sum())
    best = int(f1.argmax())
    following = scores[order[min(best + 1, len(order) - 1)]]
    return float(max((scores[order[best]] + following) / 2, _LEAST_CUT))


def _card(material: Material, grammar: Grammar, figures: Mapping[str, Any], *, name: str, seed: int) -> dict[str, Any]:
    learned = [rating for rating in material.placed.ratings if rating.score in figures]
    counts: dict[str, int] = {}
    for rating in learned:
        counts[rating.annotator] = counts.get(rating.annotator, 0) + 1
    ids = sorted({rating.place.content_id for rating in learned})
    return {
        "kind": KIND,
        "version": VERSION,
        "name": name,
        "trained": datetime.now(UTC).isoformat(timespec="seconds"),
        "kuleshov": installed_version("kuleshov"),
        "grammar": grammar.id,
        "seed": seed,
        "data": {
            "ratings": len(learned),
            "segments": len({rating.place for rating in learned}),
            "adrift": len(material.placed.adrift),
            "annotators": counts,
            "films": {each: material.placed.films[each].film.title for each in ids},
        },
        "scores": dict(figures),
        "kept": material.short,
    }
