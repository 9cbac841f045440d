"""One film to analyse, with everything that the analysis must know: small, without archive, for any process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kuleshov.media.probe import MediaInfo
from kuleshov.pipeline.job.user_shots import UserShots


@dataclass(frozen=True)
class FilmJob:
    """``info`` is what the file is, probed once; it can be pickled.

    ``content_id`` is the film's identity if it is known; otherwise the file is hashed while it is decoded.
    ``user_shots`` replace the detected ones, which are kept as well.
    """

    info: MediaInfo
    content_id: str | None = None
    user_shots: UserShots | None = None

    @property
    def path(self) -> Path:
        return self.info.path
