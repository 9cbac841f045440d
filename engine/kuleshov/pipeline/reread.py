"""Films of an archive read with another grammar: what they read as anew, nothing decoded, nothing measured anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.archive.embeddings import carried
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.divide import divide, feel, felt_with, used_spaces, vectors_of
from kuleshov.pipeline.given import transitions_of
from kuleshov.pipeline.settings import pipeline_id

#: What the provenance calls the models whose vectors a learned grammar read.
SPACES = "emotion_vectors"


def reread(archive: Archive, film_id: str, *, grammar: Path | None) -> bool:
    """Let a film read as a grammar has it (``None``: the shipped one); False if it does already.

    Shots, scenes, moments and arc follow from what was measured; of a film whose measurements were not kept shots and
    scenes alone, and it has no moments any more. An ingest of the film with other settings, the usual grammar among
    them, describes it anew and puts an end to this.
    """
    reading = load_grammar(grammar)
    before, embeddings = archive.analysis(film_id), archive.embeddings(film_id)
    used = used_spaces(embeddings, reading)
    models = {name: model for name, model in before.provenance.models.items() if name != SPACES}
    models |= {"grammar": reading.id} | ({SPACES: used} if used else {})
    if before.provenance.models == models:
        return False
    provenance = replace(
        before.provenance,
        pipeline_id=pipeline_id({"described_by": before.provenance.pipeline_id, "grammar": reading.id, SPACES: used}),
        models=models,
    )
    after = replace(before, provenance=provenance)
    measured = archive.measurements(film_id)
    tracks, moments = archive.tracks(film_id), None
    if measured is not None:
        divided = divide(measured, transitions_of(before), grammar=reading)
        embeddings = carried(
            embeddings,
            before={"shot": before.shots, "scene": before.scenes},
            after={"shot": divided.shots, "scene": divided.scenes},
        )
        divided = felt_with(divided, embeddings, grammar=reading)
        after = replace(after, shots=divided.shots, scenes=divided.scenes, arc=divided.arc)
        vectors, tracks, moments = divided.vectors, divided.tracks, divided.moments
    else:
        shots = feel(before.shots, reading, vectors=vectors_of(embeddings, "shot"))
        scenes = feel(before.scenes, reading, vectors=vectors_of(embeddings, "scene"))
        after = replace(after, shots=shots, scenes=scenes)
        vectors = {
            "shot": affect_vectors(shots, shots=shots, grammar=reading),
            "scene": affect_vectors(scenes, shots=shots, grammar=reading),
        }
    archive.add(
        after,
        tracks,
        vectors,
        VECTOR_NAMES,
        line_vectors=archive.line_vectors(film_id),
        measured=measured,
        moments=moments,
        embeddings=embeddings,
    )
    return True
