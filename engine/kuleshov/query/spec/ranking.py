"""How the answer to a query is put in order: settings, each of which can be switched off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ranking:
    """The order of an answer beyond the score itself. What each does and why: ``docs/ranking.md``."""

    calibrated: bool = True
    """Score by archive percentile as well (``query.matching.calibration``); else by the value alone."""

    diverse: bool = True
    """No film has more than three of every ten hits while others are left (``query.ranking.diversity``)."""

    collapse: bool = True
    """Near-duplicates, copies of a shot and shots of one set-up, are one hit (``query.ranking.duplicates``)."""


#: What ``search`` does by default.
USUAL = Ranking()
#: By score alone, values as they are, every segment a hit of its own.
BY_SCORE = Ranking(calibrated=False, diverse=False, collapse=False)
