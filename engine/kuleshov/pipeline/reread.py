"""Films of an archive read with another grammar: scores and vectors anew, nothing decoded, nothing measured anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.settings import pipeline_id


def reread(archive: Archive, film_id: str, *, grammar: Path | None) -> bool:
    """Let a film read as a grammar has it (``None``: the shipped one); False if it does already.

    An ingest of the film with other settings, the usual grammar among them, describes it anew and puts an end to this.
    """
    reading = load_grammar(grammar)
    before = archive.analysis(film_id)
    if before.provenance.models.get("grammar") == reading.id:
        return False
    shots = [
        replace(shot, emotion=emotion)
        for shot, emotion in zip(before.shots, describe_emotion(before.shots, grammar=reading), strict=True)
    ]
    scenes = [
        replace(scene, emotion=emotion)
        for scene, emotion in zip(before.scenes, describe_emotion(before.scenes, grammar=reading), strict=True)
    ]
    provenance = replace(
        before.provenance,
        pipeline_id=pipeline_id({"described_by": before.provenance.pipeline_id, "grammar": reading.id}),
        models=before.provenance.models | {"grammar": reading.id},
    )
    archive.add(
        replace(before, shots=shots, scenes=scenes, provenance=provenance),
        archive.tracks(film_id),
        {"shot": affect_vectors(shots, shots=shots), "scene": affect_vectors(scenes, shots=shots)},
        VECTOR_NAMES,
        line_vectors=archive.line_vectors(film_id),
        measured=archive.measurements(film_id),
        embeddings=archive.embeddings(film_id),  # the shots and scenes are the same
    )
    return True
