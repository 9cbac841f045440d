"""Correcting the shots of a film that is in an archive: everything is derived anew from what was measured.

Nothing is decoded. Shots, scenes, emotion and vectors follow from the stored tracks, histograms, subtitles and lines,
and so do the embeddings of ``pipeline.spaces``; the lines themselves stay as they are. Embeddings of networks can't be
made without the film: shots and scenes whose frames have not changed keep theirs, the others have none.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import ArchiveError
from kuleshov.media.timecode import nearest_standard_rate, timecode_rate
from kuleshov.pipeline.film_grammar import GrammarChoice, about_film
from kuleshov.pipeline.segment_film import segment_film, with_norms
from kuleshov.pipeline.settings import corrected_id
from kuleshov.pipeline.spaces import MADE
from kuleshov.pipeline.user_shots import UserShots, film_frames, text_hash, transitions_of
from kuleshov.records import Analysis, Correction, carry_over, missing_vectors
from kuleshov.shotlists.edits import Edits, apply_edits

#: How the note ends that says what a correction has left without a vector.
WITHOUT_VECTOR = "the shots were corrected since the film was seen"


def correct(
    archive: Archive,
    film_id: str,
    *,
    given: UserShots | None = None,
    edits: Edits | None = None,
    detected: bool = False,
    grammar: Path | None = None,
    norms: Path | None = None,
) -> Analysis:
    """Divide a film anew and store it; return its new description.

    ``detected`` goes back to the shots as the detector found them, then ``given`` shots replace all, then come the
    ``edits``. A later ingest of the film keeps the result. Raises ``ArchiveError`` for a film whose measurements were
    not kept or that other rules described, ``ShotListError`` for shots that don't fit; then nothing has changed.
    """
    before, measured = archive.analysis(film_id), archive.measurements(film_id)
    provenance = before.provenance
    if measured is None:
        raise ArchiveError(
            f"{before.film.title}: described by an older Kuleshov that did not keep what correcting needs "
            f"(ingest {before.film.source} again)"
        )
    rules = GrammarChoice(grammar, norms).of(about_film(before.film))
    if provenance.models.get("grammar", rules.grammar.id) != rules.grammar.id:
        raise ArchiveError(f"{before.film.title}: described with another emotion grammar (name it: --grammar FILE)")
    if provenance.models.get("norms") != rules.models.get("norms"):
        described = provenance.models.get("norms", "no norms")
        raise ArchiveError(f"{before.film.title}: described with {described} (say the same: --norms FILE, or none)")
    corrections, transitions = list(provenance.corrections), transitions_of(before)
    notes = list(provenance.notes)
    if detected or given is not None:  # what was said of the lists that go
        notes = [note for note in notes if not any(note.startswith(f"{each.source}: ") for each in corrections)]
    if detected:
        corrections, transitions = [], measured.detected
    if given is not None:
        fitted = given.divide(before.film, measured)
        corrections, transitions = list(given.corrections), fitted.transitions
        notes += [note for note in fitted.notes if note not in notes]
    if edits:
        frames = film_frames(before.film, measured)
        rate = timecode_rate(nearest_standard_rate(frames.rate) if frames.variable else frames.rate)
        transitions = apply_edits(transitions, edits, frame_count=frames.count, rate=rate)
        corrections.append(Correction(str(edits), "edits", text_hash(str(edits))))
    line_vectors = archive.line_vectors(film_id)
    divided = segment_film(measured, transitions, grammar=rules.grammar, scales=rules.scales, line_vectors=line_vectors)
    embeddings = carry_over(
        [each for each in archive.embeddings(film_id) if each.space not in MADE],
        before={"shot": before.shots, "scene": before.scenes},
        after={"shot": divided.shots, "scene": divided.scenes},
    )
    kept = [*divided.embeddings, *embeddings]
    divided = with_norms(divided, kept, grammar=rules.grammar, scales=rules.scales)
    notes = [note for note in notes if not note.endswith(WITHOUT_VECTOR)]
    notes += [f"{gap}: {WITHOUT_VECTOR}" for gap in missing_vectors(embeddings)]
    measured_by = provenance.measured_by or provenance.pipeline_id
    after = Analysis(
        before.film,
        divided.shots,
        divided.scenes,
        replace(
            provenance,
            pipeline_id=corrected_id(measured_by, corrections) if corrections else measured_by,
            measured_by=measured_by if corrections else "",
            corrections=corrections,
            notes=notes,
        ),
        before.lines,
        divided.editing,
        before.speakers,
        divided.arc,
    )
    archive.add(
        after,
        divided.tracks,
        divided.vectors,
        VECTOR_NAMES,
        line_vectors=line_vectors,
        measured=measured,
        moments=divided.moments,
        embeddings=kept,
    )
    archive.refresh()
    return after
