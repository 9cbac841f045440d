"""Corrects the shots of a film in an archive: everything else is derived again from what was measured.

Nothing is decoded. Shots, scenes, emotion and vectors follow from the stored tracks, histograms, subtitles and lines,
and so do the embeddings of ``stages.spaces``; the lines themselves do not change. Embeddings of networks can't be made
without the film: shots and scenes whose frames have not changed keep theirs, the others have none.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kuleshov.archive import Archive
from kuleshov.errors import ArchiveError
from kuleshov.media.timecode import nearest_standard_rate, own_drop, timecode_rate
from kuleshov.pipeline.description import Description
from kuleshov.pipeline.job.settings import corrected_id
from kuleshov.pipeline.job.user_shots import UserShots, film_frames, text_hash, transitions_of
from kuleshov.pipeline.stages.film_grammar import GrammarChoice, about_film
from kuleshov.pipeline.stages.scores import score_film
from kuleshov.pipeline.stages.segments import segment_film
from kuleshov.pipeline.stages.spaces import MADE, spaces_of
from kuleshov.records import Analysis, Correction, carry_over, missing_vectors
from kuleshov.shotlists.edits import Edits, apply_edits

#: The end of the note about segments that a correction has left without a vector.
WITHOUT_VECTOR = "the shots were corrected since the film was seen"


def correct(
    archive: Archive,
    film_id: str,
    *,
    user_shots: UserShots | None = None,
    edits: Edits | None = None,
    detected: bool = False,
    grammar: Path | None = None,
    norms: Path | None = None,
) -> Analysis:
    """Divide a film again and store it; return its new description.

    ``detected`` goes back to the shots as the detector found them, then ``user_shots`` replace all shots, then the
    ``edits`` are applied. A later ingest of the film keeps the result. Raises ``ArchiveError`` for a film whose
    measurements were not kept or that was described by other rules, ``ShotListError`` for shots that do not fit the
    film; then nothing has changed.
    """
    before, measured = archive.analysis(film_id), archive.measurements(film_id)
    provenance = before.provenance
    if measured is None:
        raise ArchiveError(
            f"{before.film.title}: described by an older Kuleshov that did not keep what correcting needs "
            f"(ingest {before.film.source} again)"
        )
    rules, _ = GrammarChoice(grammar, norms).of(about_film(before.film))
    if provenance.models.get("grammar", rules.grammar.id) != rules.grammar.id:
        raise ArchiveError(f"{before.film.title}: described with another emotion grammar (name it: --grammar FILE)")
    if provenance.models.get("norms") != rules.models.get("norms"):
        described = provenance.models.get("norms", "no norms")
        raise ArchiveError(f"{before.film.title}: described with {described} (say the same: --norms FILE, or none)")
    corrections, transitions = list(provenance.corrections), transitions_of(before)
    notes = list(provenance.notes)
    if detected or user_shots is not None:  # drop the notes about the lists that go
        notes = [note for note in notes if not any(note.startswith(f"{each.source}: ") for each in corrections)]
    if detected:
        corrections, transitions = [], measured.detected
    if user_shots is not None:
        transitions, fit_notes = user_shots.fit(before.film, measured)
        corrections = list(user_shots.corrections)
        notes += [note for note in fit_notes if note not in notes]
    if edits:
        frames = film_frames(before.film, measured)
        rate = timecode_rate(
            nearest_standard_rate(frames.rate) if frames.variable else frames.rate,
            drop=own_drop(frames.first_timecode),
        )
        transitions = apply_edits(
            transitions, edits, frame_count=frames.count, rate=rate, first_timecode=frames.first_timecode
        )
        corrections.append(Correction(str(edits), "edits", text_hash(str(edits))))
    segments = segment_film(measured, transitions)
    by_networks = carry_over(
        [each for each in archive.embeddings(film_id) if each.space not in MADE],
        before={"shot": before.shots, "scene": before.scenes},
        after={"shot": segments.shots, "scene": segments.scenes},
    )
    notes = [note for note in notes if not note.endswith(WITHOUT_VECTOR)]
    notes += [f"{missing}: {WITHOUT_VECTOR}" for missing in missing_vectors(by_networks)]
    line_vectors = archive.line_vectors(film_id)
    embeddings = [*spaces_of(measured, segments, line_vectors=line_vectors), *by_networks]
    measured_by = provenance.measured_by or provenance.pipeline_id
    after = Description.of(
        before.film,
        measured,
        segments,
        score_film(measured, segments, embeddings, rules),
        replace(
            provenance,
            pipeline_id=corrected_id(measured_by, corrections) if corrections else measured_by,
            measured_by=measured_by if corrections else "",
            corrections=corrections,
            notes=notes,
        ),
        line_vectors=line_vectors,
        embeddings=embeddings,
    )
    after.add_to(archive)
    archive.refresh()
    return after.analysis
