"""What to label next in an archive, and why each was picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kuleshov.annotations.keys import ASKED
from kuleshov.annotations.ratings import place
from kuleshov.archive import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.emotion.grammar import load_grammar
from kuleshov.errors import AnnotationError
from kuleshov.records import Analysis, Segment
from kuleshov.training.emotion_fit import fit
from kuleshov.training.emotion_labels import cue_table, prior_weights, said_of
from kuleshov.training.emotion_select import WEIGHTS, Chosen, Ground, choose

#: The share of a ground from which on it is given as a reason.
_TOLD = 0.5


@dataclass(frozen=True)
class Pick:
    """A segment that is worth labelling, with its reasons."""

    film: Analysis
    unit: Unit
    segment: Segment
    grounds: Mapping[Ground, float]  # how it stood on each, 0..1
    why: str


def picks(
    archive: Archive,
    *,
    count: int,
    unit: Unit = "shot",
    film: str | None = None,
    annotator: str | None = None,
    grammar: Path | None = None,
    weights: Mapping[Ground, float] = WEIGHTS,
    without: frozenset[tuple[str, int]] = frozenset(),
) -> list[Pick]:
    """Return up to ``count`` shots or scenes, the most worthwhile first.

    Left out is what ``annotator`` has labelled, without a name what anybody has, and ``without`` (content id, index).
    What anybody said counts for what is known already. Raises ``AnnotationError`` where nothing is left.
    """
    loaded = load_grammar(grammar)
    entries = archive.films() if film is None else [archive.resolve(film)]
    films = {entry.content_id: archive.analysis(entry.content_id) for entry in entries}
    placed = place(archive)
    table = cue_table(films, unit, loaded)
    done = {
        (rating.place.content_id, rating.place.index)
        for rating in placed.ratings
        if rating.place.unit == unit and annotator in (None, rating.annotator)
    }
    keys = [(each.content_id, each.index) for each in table.places]
    candidates = np.array([row for row, key in enumerate(keys) if key not in done | without], dtype=np.int64)
    if not len(candidates):
        raise AnnotationError(f"{archive.path}: no {unit} is left to label")
    spoken = {(rating.place.content_id, rating.place.index) for rating in placed.ratings if rating.place.unit == unit}
    labelled = np.array([row for row, key in enumerate(keys) if key in spoken], dtype=np.int64)
    posteriors = [
        fit(table.cues, table.speaking, said_of(placed, table, score)[0], prior_weights(loaded, score))
        for score in ASKED
    ]
    chosen = choose(
        table.cues, table.speaking, posteriors, count=count, candidates=candidates, labelled=labelled, weights=weights
    )
    unsure = {
        score: posterior.deviations(table.cues, table.speaking)
        for score, posterior in zip(ASKED, posteriors, strict=True)
    }
    scores = {
        score: posterior.scores(table.cues, table.speaking) for score, posterior in zip(ASKED, posteriors, strict=True)
    }
    return [
        Pick(
            films[table.places[each.row].content_id],
            unit,
            table.segments[each.row],
            each.grounds,
            _why(
                each,
                {score: float(values[each.row]) for score, values in scores.items()},
                {score: float(values[each.row]) for score, values in unsure.items()},
                first=not len(labelled) and number == 0,
            ),
        )
        for number, each in enumerate(chosen)
    ]


def _why(chosen: Chosen, scores: Mapping[str, float], unsure: Mapping[str, float], *, first: bool) -> str:
    """Say the grounds that count, the strongest first."""
    least = max(unsure, key=lambda score: unsure[score])
    strong = max(scores, key=lambda score: abs(scores[score]))
    texts: dict[Ground, str] = {
        "uncertain": f"teaches much: {least} {scores[least]:+.2f} is unsure by {unsure[least]:.2f}",
        "rich": f"strong: {strong} {scores[strong]:+.2f}",
        "diverse": "unlike all that is labelled or picked so far",
    }
    told = sorted(
        (ground for ground in chosen.grounds if chosen.grounds[ground] >= _TOLD), key=lambda g: -chosen.grounds[g]
    )
    told = [ground for ground in told if not (first and ground == "diverse")]
    return "; ".join(texts[ground] for ground in told) or f"the best of what is left: {texts['uncertain']}"
