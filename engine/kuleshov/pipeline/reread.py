"""Films of an archive read by other rules: scores, vectors and curves anew; nothing decoded, nothing measured anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.cinema.describe import FilmMeasurements
from kuleshov.cinema.shots import ShotFrames, shots_from_transitions
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.divide import feel, felt
from kuleshov.pipeline.given import transitions_of
from kuleshov.pipeline.rules import FilmRules, Rules, about_film
from kuleshov.pipeline.settings import corrected_id, pipeline_id
from kuleshov.records import Analysis

_RULES = ("grammar", "norms")


def reread(archive: Archive, film_id: str, *, grammar: Path | None, norms: Path | None = None) -> bool:
    """Let a film read as a grammar has it (``None``: the shipped one; a folder: the one that is for it), judged by
    norms where a file of them is given; False if it does already.

    An ingest of the film with other settings, the usual grammar among them, describes it anew and puts an end to this.
    Where measurements were not kept, only shots and scenes can be read anew: the film is then without an arc.
    """
    before = archive.analysis(film_id)
    rules = Rules(grammar, norms).of(about_film(before.film))
    models = {name: model for name, model in before.provenance.models.items() if name not in _RULES} | rules.models
    if before.provenance.models == models:
        return False
    corrections = before.provenance.corrections
    described_by = before.provenance.measured_by or before.provenance.pipeline_id
    read_by = pipeline_id({"described_by": described_by, **rules.models})
    provenance = replace(
        before.provenance,
        pipeline_id=corrected_id(read_by, corrections) if corrections else read_by,
        measured_by=read_by if corrections else "",
        models=models,
        notes=[*(note for note in before.provenance.notes if not note.startswith("grammar ")), *rules.notes],
    )
    _store(archive, replace(before, provenance=provenance), rules)
    return True


def _store(archive: Archive, film: Analysis, rules: FilmRules) -> None:
    film_id = film.film.content_id
    measured, line_vectors = archive.measurements(film_id), archive.line_vectors(film_id)
    if measured is None:
        shots, scenes = (felt(film.shots, rules.grammar, rules.scales), felt(film.scenes, rules.grammar, rules.scales))
        archive.add(
            replace(film, shots=shots, scenes=scenes, arc=None),
            archive.tracks(film_id),
            {"shot": affect_vectors(shots, shots=shots), "scene": affect_vectors(scenes, shots=shots)},
            VECTOR_NAMES,
            line_vectors=line_vectors,
        )
        return
    read = feel(measured, _frames(film, measured), film.shots, film.scenes, grammar=rules.grammar, scales=rules.scales)
    archive.add(
        replace(film, shots=read.shots, scenes=read.scenes, arc=read.arc),
        read.tracks,
        read.vectors,
        VECTOR_NAMES,
        line_vectors=line_vectors,
        measured=measured,
        moments=read.moments,
    )


def _frames(film: Analysis, measured: FilmMeasurements) -> list[ShotFrames]:
    """The frames of the shots as they are stored."""
    return shots_from_transitions(transitions_of(film), frame_count=len(measured.frame_seconds))
