"""Emotion learned from people: the grammar's weights moved towards what is said of the films of an archive.

What comes out is a grammar (``emotion_grammar``), a model that explains itself as the shipped one does, with what the
labels say beyond its weights (``emotion_beyond``, ``emotion_words``), and a card.
Every figure is of films that the weights judged there had not seen: films are divided into folds, and a fold is scored
by a model of the others. On the labels of one film alone nothing is trained. Deterministic by seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kuleshov.annotations.ratings import Placed, place
from kuleshov.archive import Archive
from kuleshov.emotion.grammar import Grammar, load_grammar
from kuleshov.emotion.learned_terms import LearnedTerms
from kuleshov.errors import AnnotationError
from kuleshov.pipeline.job.versions import installed_version
from kuleshov.records import DIMENSIONS, MOODS, SEGMENT_UNITS
from kuleshov.training.emotion_beyond import Beside
from kuleshov.training.emotion_fit import Posterior, Said, design
from kuleshov.training.emotion_folds import LEAST_FILMS, best_cut, film_folds, fitted, means, unseen_scores
from kuleshov.training.emotion_grammar import LearnedScore, beyond_of, grammar_text
from kuleshov.training.emotion_labels import CueTable, cue_table, prior_weights, said_of, sense_of, senses_of
from kuleshov.training.emotion_scores import SAID, judge, pearson
from kuleshov.training.emotion_vectors import axes_of
from kuleshov.training.emotion_words import LearnedWords, words_learned

KIND, VERSION = "emotion grammar", 2
#: A score is learned from so many ratings on; a mood, where it was also named so often. Below, the grammar stands.
LEAST_RATINGS, LEAST_NAMED = 20, 8
#: What is learned: the weights of the grammar's cues, or also what they say together, and vectors.
Model = Literal["additive", "multimodal"]


@dataclass(frozen=True, eq=False)
class Learned:
    """A trained model: the grammar's text, its card, what is known of each score's weights, what lies beyond them."""

    text: str
    card: dict[str, Any]
    posteriors: dict[str, Posterior]
    beyond: LearnedTerms


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


def train(
    archive: Archive, *, base: Path | None = None, name: str, model: Model = "multimodal", seed: int = 0
) -> Learned:
    """Learn from everything that is said in an archive; ``base`` is the grammar to start from (``None``: the shipped).

    ``"additive"`` moves the grammar's weights alone; ``"multimodal"`` adds pairs of cues and the vectors that films
    have (``emotion_beyond``), where the labels speak for them. Raises ``AnnotationError`` where too little was said, or
    of one film only, or for a grammar that was itself learned: nothing could be judged on films unseen.
    """
    grammar = load_grammar(base)
    if any(source.mark == "labels" for source in grammar.sources.values()):
        raise AnnotationError(
            f"{base}: was learned itself, on films that its successor would be judged on; begin with one that was not "
            "(the archive holds all that was said, so nothing is lost)"
        )
    if grammar.learned_terms is not None:
        raise AnnotationError(
            f"{base}: says more than weights ([together], [vectors], [attributes]), which training can't begin from; "
            "leave these tables out"
        )
    material = gather(archive, grammar)
    words = words_learned(material.placed, seed=seed)
    if not material.said and not words.moved:
        counts = ", ".join(f"{score} {material.short[score]}" for score in DIMENSIONS)
        raise AnnotationError(
            f"{archive.path}: too little is said to learn from: {counts} (kuleshov select names what to label next)"
        )
    beside, axes = None, {}
    if model == "multimodal":
        axes = axes_of(archive, material.table.places)
        own = [sense_of(cue) for cue in grammar.cues]
        rows = {space: each.rows for space, each in axes.items()}
        beside = Beside.of(material.table.cues, material.table.speaking, own, rows)
    scores = {score: _learned_score(material, grammar, score, beside=beside, seed=seed) for score in material.said}
    card = _card(material, grammar, scores, words, name=name, model=model, seed=seed)
    data = card["data"]
    told = f"{data['ratings']} ratings" + (f" and {data['words']} answers in words" if data["words"] else "")
    told += f" of {len(data['annotators'])} people on {len(data['films'])} films"
    beyond = beyond_of(grammar, scores, beside=beside, axes=axes, moved=words.moved)
    return Learned(
        grammar_text(base, grammar, scores, name=name, told=told, beyond=beyond),
        card,
        {score: each.posterior for score, each in scores.items()},
        beyond,
    )


def _learned_score(
    material: Material, grammar: Grammar, score: str, *, beside: Beside | None, seed: int
) -> LearnedScore:
    table, said, prior = material.table, material.said[score], prior_weights(grammar, score)
    posterior, addition = fitted(table, said, prior, beside)
    folds, senses = film_folds(table.films[said.rows], seed=seed), senses_of(grammar)
    unseen = unseen_scores(table, said, prior, folds, senses=senses, beside=beside)
    rows, true = means(said)
    threshold, cut = grammar.strong.threshold, 1.0
    if score in MOODS:
        cut = threshold / best_cut(unseen[""][rows], true >= SAID)
    figures: dict[str, Any] = {
        "ratings": len(said.values),
        "films": len(np.unique(table.films[said.rows])),
        "annotators": len(material.people[score]),
        "grammar": judge(score, (design(table.cues, table.speaking, prior) @ prior)[rows], true, threshold=threshold),
        "learned": judge(score, np.clip(cut * unseen[""][rows], -1, 1), true, threshold=threshold),
        "without": {sense: pearson(values[rows], true) for sense, values in unseen.items() if sense},
        "noise": posterior.noise,
        "tau": posterior.tau,
        "middle": posterior.middle,
    }
    if beside is not None:
        alone = unseen_scores(table, said, prior, folds, senses={})[""]
        names = grammar.cue_names
        figures |= {
            "additive": judge(score, np.clip(cut * alone[rows], -1, 1), true, threshold=threshold),
            "pairs": [f"{names[one]} & {names[other]}" for one, other in addition.pairs.tolist()],
            "vectors": sorted(addition.vectors),
        }
    return LearnedScore(posterior, addition, cut, figures)


def _card(
    material: Material,
    grammar: Grammar,
    scores: Mapping[str, LearnedScore],
    words: LearnedWords,
    *,
    name: str,
    model: Model,
    seed: int,
) -> dict[str, Any]:
    learned = [rating for rating in material.placed.ratings if rating.score in scores]
    counts: dict[str, int] = {}
    for rating in learned:
        counts[rating.annotator] = counts.get(rating.annotator, 0) + 1
    ids = {rating.place.content_id for rating in learned}
    spoken = list(material.placed.senses) if words.moved else []
    for where, who, _ in spoken:
        counts[who] = counts.get(who, 0) + 1
        ids.add(where.content_id)
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
            "words": len(spoken),
            "segments": len({rating.place for rating in learned}),
            "adrift": len(material.placed.adrift),
            "annotators": counts,
            "films": {each: material.placed.films[each].film.title for each in sorted(ids)},
        },
        "model": model,
        "scores": {score: each.figures for score, each in scores.items()},
        "kept": material.short,
        "words": words.card,
    }
