"""How the answer to a query is put in order: settings, each of which can be switched off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ranking:
    """The order of an answer beyond the score itself. What each does and why: ``docs/ranking.md``."""

    calibrated: bool = True
    """A value counts by how it stands in the archive too (``query.matching.calibration``); else as it is."""

    diverse: bool = True
    """No film takes more than three of every ten places while others are left (``query.ranking.diversity``)."""

    collapse: bool = True
    """Copies of a shot, and shots of one set-up, are one hit (``query.ranking.duplicates``)."""


#: What ``search`` does unasked.
USUAL = Ranking()
#: By score alone, values as they are, every segment for itself.
BY_SCORE = Ranking(calibrated=False, diverse=False, collapse=False)
