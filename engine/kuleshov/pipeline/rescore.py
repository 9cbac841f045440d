"""Scores films of an archive again, by other rules: nothing is decoded and nothing is measured again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.cinema.shots.shots import shots_from_transitions
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.pipeline.description import Description
from kuleshov.pipeline.job.settings import corrected_id, pipeline_id
from kuleshov.pipeline.job.user_shots import transitions_of
from kuleshov.pipeline.stages.film_grammar import FilmGrammar, GrammarChoice, about_film
from kuleshov.pipeline.stages.provenance import USED_SPACES
from kuleshov.pipeline.stages.scores import affect_vectors_of, score_film, score_segments, used_spaces, vectors_of
from kuleshov.pipeline.stages.segments import Segments
from kuleshov.pipeline.stages.spaces import MADE, spaces_of
from kuleshov.records import Analysis, Embeddings

_RULES = ("grammar", "norms", USED_SPACES)


def rescore(archive: Archive, film_id: str, *, grammar: Path | None, norms: Path | None = None) -> bool:
    """Score a film by a grammar (``None``: the shipped one; a folder: the one for this film) and by a file of norms.

    Returns ``False`` if it has these scores already. Shots, scenes, moments and arc follow from what was measured. If
    the measurements were not kept, only shots and scenes do, and the film loses its moments and arc. A later ingest of
    the film with other settings, the usual grammar among them, describes it again and replaces these scores.
    """
    before, embeddings = archive.analysis(film_id), archive.embeddings(film_id)
    rules, notes = GrammarChoice(grammar, norms).of(about_film(before.film))
    used = used_spaces(embeddings, rules.grammar)
    scored_by = rules.models | ({USED_SPACES: used} if used else {})
    models = {name: model for name, model in before.provenance.models.items() if name not in _RULES} | scored_by
    if before.provenance.models == models:
        return False
    corrections = before.provenance.corrections
    described_by = before.provenance.measured_by or before.provenance.pipeline_id
    measured_by = pipeline_id({"described_by": described_by, **scored_by})
    provenance = replace(
        before.provenance,
        pipeline_id=corrected_id(measured_by, corrections) if corrections else measured_by,
        measured_by=measured_by if corrections else "",
        models=models,
        notes=[*(note for note in before.provenance.notes if not note.startswith("grammar ")), *notes],
    )
    _store(archive, replace(before, provenance=provenance), rules, embeddings)
    return True


def _store(archive: Archive, film: Analysis, rules: FilmGrammar, embeddings: Sequence[Embeddings]) -> None:
    """Store a film as the rules score it; its shots and scenes, and so its ``embeddings``, do not change.

    Embeddings that an older Kuleshov did not make are added.
    """
    film_id = film.film.content_id
    measured, line_vectors = archive.measurements(film_id), archive.line_vectors(film_id)
    if measured is None:
        shots = score_segments(film.shots, rules, vectors=vectors_of(embeddings, "shot"))
        scenes = score_segments(film.scenes, rules, vectors=vectors_of(embeddings, "scene"))
        archive.add(
            replace(film, shots=shots, scenes=scenes, arc=None),
            archive.tracks(film_id),
            affect_vectors_of(shots, scenes, rules.grammar),
            VECTOR_NAMES,
            line_vectors=line_vectors,
            embeddings=embeddings,
        )
        return
    frames = shots_from_transitions(transitions_of(film), frame_count=len(measured.frame_seconds))
    segments = Segments(frames, film.shots, film.scenes)
    by_networks = [each for each in embeddings if each.space not in MADE]
    embeddings = [*spaces_of(measured, segments, line_vectors=line_vectors), *by_networks]
    scored = score_film(measured, segments, embeddings, rules)
    Description(
        replace(film, shots=scored.shots, scenes=scored.scenes, arc=scored.arc),
        scored.tracks,
        scored.vectors,
        measured,
        scored.moments,
        line_vectors,
        embeddings,
    ).add_to(archive)
