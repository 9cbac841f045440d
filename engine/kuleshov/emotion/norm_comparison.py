"""What a described stretch's numbers are beside an archive's norms, told without any score being changed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from kuleshov.emotion.cues import FARTHEST
from kuleshov.emotion.norms import Group, Norms, group_words, unit_of, z_of
from kuleshov.records import Analysis, Emotion, Reason, Segment

AnySegment = TypeVar("AnySegment", bound=Segment)

#: Half a spread from the median and more is called high or low (a design value).
_UNUSUAL = 0.5
_DIGITS = 3


@dataclass(frozen=True)
class NormComparison:
    """Tells how the numbers of one film of a year stand to norms."""

    norms: Norms
    year: int | None

    def segment(self, segment: AnySegment) -> AnySegment:
        """Return a segment whose reasons are told beside the norms."""
        return replace(segment, emotion=self.emotion(segment))

    def emotion(self, segment: Segment) -> Emotion | None:
        """Return what a segment reads as, its reasons told beside the norms: in ``z``, and in words.

        A reason that was told beside a group when the film was described, or whose number is another one than that of
        the norms, stays as it is.
        """
        if segment.emotion is None:
            return None
        return replace(segment.emotion, reasons=[self._reason(segment, reason) for reason in segment.emotion.reasons])

    def of_measure(self, segment: Segment, path: str) -> str:
        """Return how the number at a path stands to the norms, "" where no cue reads it."""
        for name, cue in self.norms.cues.items():
            if cue.reading.path_for(segment) == path and not cue.reading.absolute:
                return self._words(name, self._z(segment, name, self.norms.of_year(self.year)))
        return ""

    def _reason(self, segment: Segment, reason: Reason) -> Reason:
        cue = self.norms.cues.get(reason.cue)
        groups = [group for group in self.norms.of_year(self.year) if group.name not in reason.z]
        if cue is None or f"({cue.reading.text(segment, cue.reading.value(segment))})" not in reason.text:
            return reason
        z = self._z(segment, reason.cue, groups)
        words = self._words(reason.cue, z, said=reason.text)
        return replace(
            reason, z=reason.z | z, text=f"{reason.text.removesuffix(')')}, {words})" if words else reason.text
        )

    def _z(self, segment: Segment, name: str, groups: Iterable[Group]) -> dict[str, float]:
        """By group how many spreads the number lies above its median."""
        cue, unit = self.norms.cues[name], unit_of([segment])
        number = cue.reading.scaled(cue.reading.value(segment))
        z = {}
        for group in [] if math.isnan(number) else groups:
            norm = group.norms[unit].get(name)
            if norm is not None:
                own = z_of(number, norm, cue.reading, least_spread=cue.least_spread)
                z[group.name] = round(min(max(own, -FARTHEST), FARTHEST), _DIGITS)
        return z

    def _words(self, name: str, z: dict[str, float], *, said: str = "") -> str:
        """ "many cuts for the 1940s, usual for this archive"; "also for ..." where that is what was ``said`` before.

        Of an event nothing where there is little of it.
        """
        cue = self.norms.cues[name]
        told: dict[str, list[str]] = {}
        for group, own in z.items():
            kind = cue.high if own >= _UNUSUAL else cue.low if own <= -_UNUSUAL else "usual"
            if not (cue.only_above_usual and own <= -_UNUSUAL):
                told.setdefault("also" if said.startswith(f"{kind} (") else kind, []).append(group_words(group))
        return ", ".join(f"{kind} for {' and '.join(groups)}" for kind, groups in told.items())


def compare_with_norms(analysis: Analysis, norms: Norms | None) -> Analysis:
    """Return a film whose reasons are told beside norms; as it is where there are none."""
    if norms is None:
        return analysis
    beside = NormComparison(norms, analysis.film.year)
    return replace(
        analysis,
        shots=[beside.segment(shot) for shot in analysis.shots],
        scenes=[beside.segment(scene) for scene in analysis.scenes],
    )
