"""Films of an archive read by other rules: scores, vectors and curves anew; nothing decoded, nothing measured anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.shots.shots import ShotFrames, shots_from_transitions
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.film_grammar import FilmGrammar, GrammarChoice, about_film
from kuleshov.pipeline.segment_film import SPACES, emotion_scores, score_emotion, used_spaces, vectors_of, with_norms
from kuleshov.pipeline.settings import corrected_id, pipeline_id
from kuleshov.pipeline.spaces import MADE
from kuleshov.pipeline.user_shots import transitions_of
from kuleshov.records import Analysis, Embeddings

_RULES = ("grammar", "norms", SPACES)


def rescore(archive: Archive, film_id: str, *, grammar: Path | None, norms: Path | None = None) -> bool:
    """Let a film read as a grammar has it (``None``: the shipped one; a folder: the one that is for it), judged by
    norms where a file of them is given; False if it does already.

    Shots, scenes, moments and arc follow from what was measured; of a film whose measurements were not kept shots and
    scenes alone, and it has neither moments nor an arc any more. An ingest of the film with other settings, the usual
    grammar among them, describes it anew and puts an end to this.
    """
    before, embeddings = archive.analysis(film_id), archive.embeddings(film_id)
    rules = GrammarChoice(grammar, norms).of(about_film(before.film))
    used = used_spaces(embeddings, rules.grammar)
    read_by = rules.models | ({SPACES: used} if used else {})
    models = {name: model for name, model in before.provenance.models.items() if name not in _RULES} | read_by
    if before.provenance.models == models:
        return False
    corrections = before.provenance.corrections
    described_by = before.provenance.measured_by or before.provenance.pipeline_id
    measured_by = pipeline_id({"described_by": described_by, **read_by})
    provenance = replace(
        before.provenance,
        pipeline_id=corrected_id(measured_by, corrections) if corrections else measured_by,
        measured_by=measured_by if corrections else "",
        models=models,
        notes=[*(note for note in before.provenance.notes if not note.startswith("grammar ")), *rules.notes],
    )
    _store(archive, replace(before, provenance=provenance), rules, embeddings)
    return True


def _store(archive: Archive, film: Analysis, rules: FilmGrammar, embeddings: Sequence[Embeddings]) -> None:
    """Store a film as the rules have it; its shots and scenes, and so its ``embeddings``, are the same.

    What an older Kuleshov did not make of them is made now.
    """
    film_id = film.film.content_id
    measured, line_vectors = archive.measurements(film_id), archive.line_vectors(film_id)
    if measured is None:
        grammar, scales = rules.grammar, rules.scales
        shots = emotion_scores(film.shots, grammar, scales, vectors=vectors_of(embeddings, "shot"))
        scenes = emotion_scores(film.scenes, grammar, scales, vectors=vectors_of(embeddings, "scene"))
        archive.add(
            replace(film, shots=shots, scenes=scenes, arc=None),
            archive.tracks(film_id),
            {
                "shot": affect_vectors(shots, shots=shots, grammar=grammar),
                "scene": affect_vectors(scenes, shots=shots, grammar=grammar),
            },
            VECTOR_NAMES,
            line_vectors=line_vectors,
            embeddings=embeddings,
        )
        return
    read = score_emotion(
        measured,
        _frames(film, measured),
        film.shots,
        film.scenes,
        grammar=rules.grammar,
        scales=rules.scales,
        line_vectors=line_vectors,
    )
    embeddings = [*read.embeddings, *(each for each in embeddings if each.space not in MADE)]
    read = with_norms(read, embeddings, grammar=rules.grammar, scales=rules.scales)
    archive.add(
        replace(film, shots=read.shots, scenes=read.scenes, arc=read.arc),
        read.tracks,
        read.vectors,
        VECTOR_NAMES,
        line_vectors=line_vectors,
        measured=measured,
        moments=read.moments,
        embeddings=embeddings,
    )


def _frames(film: Analysis, measured: FilmMeasurements) -> list[ShotFrames]:
    """The frames of the shots as they are stored."""
    return shots_from_transitions(transitions_of(film), frame_count=len(measured.frame_seconds))
