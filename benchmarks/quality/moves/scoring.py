"""Scores of movements against the truth of a take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuleshov.records import MOVEMENTS, Movement
from moves.takes import Part


@dataclass(frozen=True)
class Score:
    found: int  # labels that are there and were told
    missed: int
    wrong: int  # labels that were told and are not there

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.missed + self.wrong)


def told(movements: Sequence[Movement], seconds: float) -> set[str]:
    """The labels of a take: "static" where the camera stands for most of it, any other that it was given."""
    still = sum(each.end_seconds - each.start_seconds for each in movements if each.name == "static")
    names = {str(each.name) for each in movements} - {"static"}
    return names or ({"static"} if still > 0.5 * seconds else set())


def label_scores(pairs: Iterable[tuple[set[str], set[str]]]) -> dict[str, Score]:
    """Return the score of each label that occurs, from (true, told) labels of many takes."""
    found: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for true, said in pairs:
        found.update(true & said)
        missed.update(true - said)
        wrong.update(said - true)
    labels = [name for name in MOVEMENTS if found[name] + missed[name] + wrong[name]]
    return {name: Score(found[name], missed[name], wrong[name]) for name in labels}


def macro_f1(scores: dict[str, Score]) -> float:
    """The mean of F1 over the labels that are in the truth."""
    true = [score.f1 for score in scores.values() if score.found + score.missed]
    return sum(true) / max(1, len(true))


def overlap(part: Part, movements: Sequence[Movement]) -> float | None:
    """Intersection over union of a part with the movement of its label that fits best; ``None`` if there is none."""
    shares = []
    for each in movements:
        if each.name == part.label:
            common = min(part.end_seconds, each.end_seconds) - max(part.start_seconds, each.start_seconds)
            union = max(part.end_seconds, each.end_seconds) - min(part.start_seconds, each.start_seconds)
            shares.append(max(0.0, common) / union)
    return max(shares, default=None)


def speed_error(part: Part, movements: Sequence[Movement]) -> float | None:
    """How far the speed of a part's movement is off, as a share; ``None`` where it was not found or has no speed."""
    same = [each for each in movements if each.name == part.label and each.speed is not None]
    if part.speed is None or not same:
        return None
    longest = max(same, key=lambda each: each.end_seconds - each.start_seconds)
    return abs((longest.speed or 0.0) - part.speed) / part.speed
