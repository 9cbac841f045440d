"""A segment's numbers compared with an archive's norms, in words and z, without changing any score."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from kuleshov.emotion.cues import FARTHEST
from kuleshov.emotion.norms import Group, Norms, group_words, unit_of, z_of
from kuleshov.records import Analysis, Emotion, Reason, Segment

AnySegment = TypeVar("AnySegment", bound=Segment)

#: Numbers half a spread or more from the median are called high or low (a design value).
_UNUSUAL = 0.5
_DIGITS = 3


@dataclass(frozen=True)
class NormComparison:
    """Compares the numbers of one film, of a year, with norms."""

    norms: Norms
    year: int | None

    def segment(self, segment: AnySegment) -> AnySegment:
        """Return a segment whose reasons are compared with the norms."""
        return replace(segment, emotion=self.emotion(segment))

    def emotion(self, segment: Segment) -> Emotion | None:
        """Return a segment's emotion, its reasons compared with the norms: in ``z``, and in words.

        A reason that was compared with a group when the film was described is not compared with it again; one whose
        number is another than the norms' is not changed.
        """
        if segment.emotion is None:
            return None
        return replace(segment.emotion, reasons=[self._reason(segment, reason) for reason in segment.emotion.reasons])

    def of_measure(self, segment: Segment, path: str) -> str:
        """Return how the number at a path compares with the norms, "" if no cue reads it."""
        for name, cue in self.norms.cues.items():
            if cue.reading.path_for(segment) == path and not cue.reading.absolute:
                return self._words(name, self._z(segment, name, self.norms.of_year(self.year)))
        return ""

    def _reason(self, segment: Segment, reason: Reason) -> Reason:
        cue = self.norms.cues.get(reason.cue)
        groups = [group for group in self.norms.of_year(self.year) if group.name not in reason.z]
        if cue is None:
            return reason
        number, *_ = cue.reading.text(segment, cue.reading.value(segment)).split()
        if not re.search(rf"\({re.escape(number)}[ )]", reason.text):
            return reason
        z = self._z(segment, reason.cue, groups)
        words = self._words(reason.cue, z, before=reason.text)
        return replace(
            reason, z=reason.z | z, text=f"{reason.text.removesuffix(')')}, {words})" if words else reason.text
        )

    def _z(self, segment: Segment, name: str, groups: Iterable[Group]) -> dict[str, float]:
        """By group, how many spreads the number is above its median."""
        cue, unit = self.norms.cues[name], unit_of([segment])
        number = cue.reading.scaled(cue.reading.value(segment))
        z = {}
        for group in [] if math.isnan(number) else groups:
            norm = group.norms[unit].get(name)
            if norm is not None:
                own = z_of(number, norm, cue.reading, least_spread=cue.least_spread)
                z[group.name] = round(min(max(own, -FARTHEST), FARTHEST), _DIGITS)
        return z

    def _words(self, name: str, z: dict[str, float], *, before: str = "") -> str:
        """ "many cuts for the 1940s, usual for this archive"; "also for ..." if the text ``before`` has the same words.

        Events of which there is little are not mentioned.
        """
        cue = self.norms.cues[name]
        groups_by_words: dict[str, list[str]] = {}
        for group, own in z.items():
            words = cue.high if own >= _UNUSUAL else cue.low if own <= -_UNUSUAL else "usual"
            if not (cue.only_above_usual and own <= -_UNUSUAL):
                words = "also" if before.startswith(f"{words} (") else words
                groups_by_words.setdefault(words, []).append(group_words(group))
        return ", ".join(f"{words} for {' and '.join(groups)}" for words, groups in groups_by_words.items())


def compare_with_norms(analysis: Analysis, norms: Norms | None) -> Analysis:
    """Return a film whose reasons are compared with norms, if there are any."""
    if norms is None:
        return analysis
    comparison = NormComparison(norms, analysis.film.year)
    return replace(
        analysis,
        shots=[comparison.segment(shot) for shot in analysis.shots],
        scenes=[comparison.segment(scene) for scene in analysis.scenes],
    )
