"""How relevant each made shot, scene or film is for what a query wants, 0..3: from what was drawn, not from searching.

A want is written as parts joined by ``&``; something is as relevant as the worst of its parts. A quality has its
level's grade: level 1 = 2, level 2 = 3; ``quality+`` (very) 1 and 3, ``quality-`` (slightly) 3 and 1, ``!quality``
(not) 3 where the level is 0 or below. Limits on numbers and on films hold or do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import ge, gt, le, lt

import numpy as np
from facts import level_of
from made import DRAWN, MadeFilm, Stretch
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import UNITS, measure

Grades = NDArray[np.float64]
_COMPARE = {">": gt, ">=": ge, "<": lt, "<=": le}
_EDGE_SECONDS, _THEN_SECONDS = 5.0, 30.0
#: The best so many have grade 3, 2 and 1 where an order or a likeness is wanted.
_STEPS = ((10, 3.0), (30, 2.0), (70, 1.0))
_OTHERWISE = {
    **{"calmer": ("calm", 1), "darker": ("dark", 1), "warmer": ("warm", 1), "faster": ("moving", 1)},
    **{"louder than": ("loud", 1), "tenser than": ("tense", 1)},
}
#: What is relevant by its rank among all others. Films are not ranked.
_RANKED = re.compile(r"sort |like |(?:louder|tenser) than |(?:calmer|darker|warmer|faster)$")


@dataclass(frozen=True)
class Want:
    """A line of the lists: what is wanted of which unit (``None``: of any), by which words."""

    kind: str
    unit: str | None
    parts: tuple[str, ...]
    text: str


def read_wants(content: str) -> list[Want]:
    """Return the wants of a list of queries, with the class that each stands under."""
    kind, wants = "", []
    for line in content.splitlines():
        if line.startswith("["):
            kind = line.strip("[] ")
        elif line.strip() and not line.startswith("#"):
            wanted, text = line.split(" | ", 1)
            unit = re.match(r"(shot|scene): ", wanted)
            parts = tuple(part.strip() for part in wanted[unit.end() if unit else 0 :].split("&"))
            wants.append(Want(kind, unit.group(1) if unit else None, parts, text.strip()))
    return wants


class Pool:
    """All shots, scenes or films, each with the levels of every fact."""

    def __init__(self, films: list[MadeFilm], unit: str) -> None:
        self.unit, self.films = unit, films
        self.stretches: list[Stretch] = [
            one for film in films for one in (film.shots if unit == "shot" else film.scenes)
        ]
        self.places = [(films[one.film].content_id, one.record.index) for one in self.stretches]
        if unit == "film":
            self.places = [(film.content_id, 0) for film in films]
        self._levels: dict[str, Grades] = {}

    def levels(self, fact: str) -> Grades:
        """The level of a fact in everything; of a film the mean over its shots, by seconds."""
        if fact not in self._levels:
            if self.unit == "film":
                found = [_mean(film.shots, fact) for film in self.films]
            else:
                found = [level_of(fact, one) for one in self.stretches]
            self._levels[fact] = np.array(found)
        return self._levels[fact]

    def grades(self, want: Want) -> Grades:
        """Return the grade of everything in the pool, float64 ``[n]``, 0..3."""
        found = np.full(len(self.places), 3.0)
        ranked = [part for part in want.parts if _RANKED.match(part)]
        for part in want.parts:
            if part not in ranked:
                found = np.minimum(found, self._part(part))
        if ranked and self.unit == "film":
            return np.zeros(len(self.places))
        if ranked and ranked[0].startswith("sort"):
            return self._sorted(ranked[0].split()[1:], found)
        return self._compared(ranked, want.text, found) if ranked else found

    def _part(self, part: str) -> Grades:  # noqa: PLR0911 - a kind of part each
        words = part.split()
        if part.startswith("says "):
            return self._each(lambda one: any(part[6:-1].casefold() in line.casefold() for line in one.lines))
        if words[0] in ("year", "country", "director", "language", "title"):
            return self._of_films(words[0], part.removeprefix(words[0]).strip().strip('"'))
        if words[0] in UNITS:
            compare = _COMPARE[words[1]]
            return self._each(lambda one: bool(compare(measure(one.record, words[0]), float(words[2]))))
        if len(words) > 1:
            return self._course(words)
        fact = part.strip("!+-")
        level = self.levels(fact) * (2.5 if self.unit == "film" else 1.0)
        if part.startswith("!"):
            return np.where(level <= 0, 3.0, np.where(level <= 0.5, 1.0, 0.0))
        if part.endswith("+"):
            return np.clip(np.round(2 * level - 1), 0, 3)
        if part.endswith("-"):
            return np.clip(np.round(3 - 2 * np.abs(level - 1)), 0, 3)
        return _strength(level)

    def _each(self, holds: object) -> Grades:
        if self.unit == "film":
            return np.array([3.0 * any(map(holds, film.shots)) for film in self.films])  # type: ignore[call-overload]
        return np.array([3.0 * holds(one) for one in self.stretches])  # type: ignore[operator]

    def _of_films(self, name: str, value: str) -> Grades:
        facts = [getattr(film.analysis.film, name) for film in self.films]
        if name == "year":
            low, high = map(int, value.split())
            holds = [low <= year <= high for year in facts]
        else:
            holds = [fact == value for fact in facts]
        numbers = range(len(self.films)) if self.unit == "film" else [one.film for one in self.stretches]
        return np.array([3.0 * holds[number] for number in numbers])

    def _course(self, words: list[str]) -> Grades:
        if self.unit != "scene":
            fading = {"from dark to bright": "brightening"}.get(" ".join(words))
            return _strength(self.levels(fading)) if fading and self.unit == "shot" else np.zeros(len(self.places))
        return np.array([_course_of(words, scene) for scene in self.stretches])

    def _sorted(self, order: list[str], within: Grades) -> Grades:
        key, way = order
        values = np.array([_number_of(key, one) for one in self.stretches])
        values = np.where((within > 0) & np.isfinite(values), values if way == "desc" else -values, -np.inf)
        return _by_rank(values)

    def _compared(self, parts: list[str], text: str, within: Grades) -> Grades:
        named = re.search(r'"Film (\d+)"@(\d+)', text)
        assert named is not None
        number, seconds = int(named.group(1)), float(named.group(2))
        there = next(
            one
            for one in self.stretches
            if one.film == number and one.record.start_seconds <= seconds < one.record.end_seconds
        )
        here = np.array([one is not there for one in self.stretches])
        step = np.full(len(self.places), np.inf)
        for part in parts:
            fact, sign = _OTHERWISE.get(re.sub(r" \d+$", "", part), ("", 0))
            if sign:
                step = np.minimum(step, sign * (self.levels(fact) - level_of(fact, there)))
        if not any(part.startswith("like") for part in parts):
            return np.where(here & (step >= 2), 3.0, np.where(here & (step >= 1), 2.0, 0.0))
        likeness = np.array([_likeness(one, there) for one in self.stretches])
        return _by_rank(np.where(here & (step >= 1) & (within > 0), likeness, -np.inf))


def _strength(level: Grades) -> Grades:
    return np.clip(np.round(1.5 * level + 1e-9), 0, 3)


def _by_rank(values: Grades) -> Grades:
    found = np.zeros(len(values))
    order = np.argsort(-values, kind="stable")
    first = 0
    for end, grade in _STEPS:
        found[order[first:end]] = grade
        first = end
    return np.where(np.isfinite(values), found, 0.0)


def _number_of(key: str, one: Stretch) -> float:
    if key in UNITS:
        return measure(one.record, key)
    emotion = one.record.emotion
    return float(emotion.moods[key.removeprefix("mood_")] if key.startswith("mood_") else getattr(emotion, key))


def _likeness(one: Stretch, other: Stretch) -> float:
    levels = np.mean([abs(one.levels[name] - other.levels[name]) / 4 for name in DRAWN])
    choices = np.mean([one.choices[name] != other.choices[name] for name in one.choices])
    return float(1 - (levels + choices) / 2)


def _mean(shots: list[Stretch], fact: str, start: float = -np.inf, end: float = np.inf) -> float:
    seconds = [max(0.0, min(one.record.end_seconds, end) - max(one.record.start_seconds, start)) for one in shots]
    return float(np.average([level_of(fact, one) for one in shots], weights=seconds))


def _course_of(words: list[str], scene: Stretch) -> float:
    start, end = scene.record.start_seconds, scene.record.end_seconds
    third = (end - start) / 3

    def first(fact: str) -> float:
        return _mean(scene.shots, fact, start, start + third)

    def last(fact: str) -> float:
        return _mean(scene.shots, fact, end - third, end)

    def grade(level: float) -> float:
        return float(_strength(np.array([level]))[0])

    match words:
        case ["from", before, "to", after]:
            return min(grade(first(before)), grade(last(after)))
        case ["then", before, after] | [before, "then", after]:
            return max(
                min(grade(level_of(before, one)), grade(level_of(after, other)))
                if 0 <= other.record.start_seconds - one.record.end_seconds <= _THEN_SECONDS
                else 0.0
                for one in scene.shots
                for other in scene.shots
            )
        case ["starts", fact]:
            return grade(_mean(scene.shots, fact, start, start + _EDGE_SECONDS))
        case ["ends", fact]:
            return grade(_mean(scene.shots, fact, end - _EDGE_SECONDS, end))
        case ["turns", fact]:
            return grade(last(fact)) if last(fact) - first(fact) >= 0.5 else 0.0
        case ["rises" | "falls" as way, fact]:
            step = (last(fact) - first(fact)) * (1 if way == "rises" else -1)
            return float(np.searchsorted((0.5, 1.0, 2.0), step, side="right"))
    raise ValueError(f"no such want: {' '.join(words)}")
