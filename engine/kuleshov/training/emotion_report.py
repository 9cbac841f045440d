"""A grammar judged by what people say of an archive's films, on the whole and by groups; as data and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kuleshov.annotations.ratings import place, rating_table, segments
from kuleshov.archive import Archive
from kuleshov.emotion.apply_learned_terms import emotions_of
from kuleshov.emotion.grammar import load_grammar
from kuleshov.errors import AnnotationError
from kuleshov.pipeline.stages.scores import vectors_of
from kuleshov.records import DIMENSIONS, MOODS, SEGMENT_UNITS, Emotion
from kuleshov.training.emotion_models import read_card
from kuleshov.training.emotion_scores import by_group, groups_of, judge, read_facts

_GROUPED_FROM = 3  # segments: fewer of a group tell nothing


def score_of(emotion: Emotion, score: str) -> float:
    """Return valence, arousal, tension or a mood of what a segment reads as."""
    return float(emotion.moods[score] if score in emotion.moods else getattr(emotion, score))


def evaluation(archive: Archive, *, grammar: Path | None, facts: Path | None) -> dict[str, Any]:
    """Return figures of every score that people speak of, on films that the grammar was not learned from.

    Raises ``AnnotationError`` where no such film is labelled, or a learned grammar's card is not beside it.
    """
    loaded, card, known = load_grammar(grammar), read_card(grammar), read_facts(facts)
    if card is None and any(source.mark == "labels" for source in loaded.sources.values()):
        raise AnnotationError(
            f"{grammar}: was learned from labels, and its card is not beside it: which films it has seen can't be told"
        )
    seen = set(card["data"]["films"]) if card else set()
    placed = place(archive)
    ratings = [rating for rating in placed.ratings if rating.place.content_id not in seen]
    if not ratings:
        reason = "every labelled film took part in its training (its card has figures of films unseen)"
        raise AnnotationError(f"{archive.path}: nothing to judge by: {reason if placed.ratings else 'no labels yet'}")
    films = {each: placed.films[each] for each in sorted({rating.place.content_id for rating in ratings})}
    emotions = {
        (content_id, unit): emotions_of(
            segments(film, unit), grammar=loaded, vectors=vectors_of(archive.embeddings(content_id), unit)
        )
        for content_id, film in films.items()
        for unit in SEGMENT_UNITS
    }
    scores: dict[str, Any] = {}
    for score in (*DIMENSIONS, *MOODS):
        places, people, table = rating_table(ratings, score)
        if not places:
            continue
        said = np.array([score_of(emotions[each.content_id, each.unit][each.index], score) for each in places])
        true = np.nanmean(table, axis=1)
        groups = []
        for each in places:
            film = films[each.content_id]
            own = known.get(film.film.title.casefold(), {}) | known.get(each.content_id.casefold(), {})
            groups.append(groups_of(film, segments(film, each.unit)[each.index], own))
        figures: dict[str, Any] = dict(judge(score, said, true, threshold=loaded.strong.threshold))
        groups_found = [each for each in by_group(said, true, groups) if each["segments"] >= _GROUPED_FROM]
        scores[score] = figures | {"annotators": len(people), "groups": groups_found}
    return {
        "grammar": loaded.id,
        "films": {each: film.film.title for each, film in films.items()},
        "left_out": dict(card["data"]["films"]) if card else {},
        "adrift": len(placed.adrift),
        "scores": scores,
    }


def evaluation_text(found: Mapping[str, Any]) -> str:
    """Return an evaluation as Markdown."""
    lines = [f"# {found['grammar']}, judged on {len(found['films'])} films", ""]
    if found["left_out"]:
        lines += [f"Left out, because it was trained on them: {', '.join(found['left_out'].values())}.", ""]
    lines += ["| score | segments | people | r | CCC | F1 | mean error |", "|---|---|---|---|---|---|---|"]
    for score, entry in found["scores"].items():
        numbers = " | ".join(_number(entry.get(name)) for name in ("r", "ccc", "f1", "mean_error"))
        lines.append(f"| {score} | {entry['segments']:.0f} | {entry['annotators']} | {numbers} |")
    lines += ["", "## By group", "", "Gap: how much higher a group is scored than the others, by what people say.", ""]
    lines += ["| score | group | segments | r | mean error | gap | |", "|---|---|---|---|---|---|---|"]
    for score, entry in found["scores"].items():
        for group in entry["groups"]:
            numbers = " | ".join(_number(group[name]) for name in ("r", "mean_error", "gap"))
            name = f"{group['kind']}: {group['group']}"
            lines.append(
                f"| {score} | {name} | {group['segments']} | {numbers} | {'**bias**' if group['bias'] else ''} |"
            )
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:+.2f}"
