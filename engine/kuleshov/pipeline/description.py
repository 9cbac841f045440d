"""A film described: what a worker hands back and an archive takes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.dialogue.speakers import describe_speakers
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.pipeline.stages.scores import ScoredFilm
from kuleshov.pipeline.stages.segments import Segments
from kuleshov.records import Analysis, Embeddings, Film, LineVectors, Moments, Provenance, Unit

if TYPE_CHECKING:
    from kuleshov.archive import Archive


@dataclass(frozen=True)
class Description:
    """A film described: the records, what they were derived from, and the vectors that search uses.

    ``vectors``: float32 ``[segments, len(VECTOR_NAMES)]``, NaN = not measured; ``line_vectors`` are those of the lines
    of dialogue, ``None`` without a sentence model; ``embeddings``, one for each space, those of shots and scenes.
    """

    analysis: Analysis
    tracks: Tracks
    vectors: dict[Unit, NDArray[np.float32]]
    measured: FilmMeasurements
    moments: Moments
    line_vectors: LineVectors | None = None
    embeddings: Sequence[Embeddings] = ()

    @classmethod
    def of(
        cls,
        film: Film,
        measured: FilmMeasurements,
        segments: Segments,
        scored: ScoredFilm,
        provenance: Provenance,
        *,
        line_vectors: LineVectors | None,
        embeddings: Sequence[Embeddings],
    ) -> Description:
        """Put together what the stages returned."""
        analysis = Analysis(
            film,
            scored.shots,
            scored.scenes,
            provenance,
            list(measured.lines),
            segments.editing(),
            describe_speakers(measured.lines),
            scored.arc,
        )
        return cls(analysis, scored.tracks, scored.vectors, measured, scored.moments, line_vectors, embeddings)

    def add_to(self, archive: Archive) -> None:
        """Store it in an archive. Raises ``ArchiveError``."""
        archive.add(
            self.analysis,
            self.tracks,
            self.vectors,
            VECTOR_NAMES,
            line_vectors=self.line_vectors,
            measured=self.measured,
            moments=self.moments,
            embeddings=self.embeddings,
        )
