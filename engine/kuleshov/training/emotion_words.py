"""Attributes moved to where people use their words: what "low-key", "handheld" and "whisper" mean to them.

An attribute is ``tanh(z)``, ``z = (f(x) - centre) / spread``: 0 where neither the quality nor its opposite holds. That
is ``2 p - 1`` with ``p = 1 / (1 + exp(-2 z))``, so an attribute is a logistic regression on one number, and what people
say can fit it: ``p`` is the chance that they use the word. Centre and spread are the likeliest ones not far from
Kuleshov's own (normal: the centre within its spread, the logarithm of the spread within 0.5). One answer in ten is
thought to be a slip. Who speaks of a sense says of every word of it whether it holds, as in ``ratings.agreement``;
where an attribute has a word for its opposite too, who uses neither says that it lies in the middle.

An attribute is learned from 20 such answers where it was measured, on two films, of which 8 say yes and 8 say no.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.annotations.ratings import Placed, segments
from kuleshov.annotations.vocabulary import load_vocabulary
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, Attribute, packaged_attributes
from kuleshov.training.emotion_folds import LEAST_FILMS, film_folds
from kuleshov.training.emotion_scores import f1

LEAST_ANSWERS, LEAST_EITHER = 20, 8
_SLIP = 0.1
_SPREAD_SPREAD = 0.5


@dataclass(frozen=True, eq=False)
class Answers:
    """What people say of one attribute: ``numbers`` float64 ``[n]`` on its scale, ``holds`` 1, 0 or 0.5, ``films``."""

    numbers: NDArray[np.float64]
    holds: NDArray[np.float64]
    films: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> Answers:
        return Answers(self.numbers[chosen], self.holds[chosen], self.films[chosen])

    @property
    def missing(self) -> str:
        """What is missing to learn from them; "" = nothing."""
        if len(self.holds) < LEAST_ANSWERS:
            return f"{len(self.holds)} of {LEAST_ANSWERS} answers"
        if len(np.unique(self.films)) < LEAST_FILMS:
            return f"{len(np.unique(self.films))} of {LEAST_FILMS} films"
        least = int(min((self.holds == 1).sum(), (self.holds == 0).sum()))
        return f"{least} of {LEAST_EITHER} yes and no" if least < LEAST_EITHER else ""


@dataclass(frozen=True, eq=False)
class LearnedWords:
    """The attributes that people moved, and what the card says of each."""

    moved: tuple[Attribute, ...]
    card: dict[str, Any]


def words_learned(placed: Placed, *, seed: int) -> LearnedWords:
    """Return the attributes as people use their words; those of which too little was said are left out."""
    moved: list[Attribute] = []
    card: dict[str, Any] = {}
    for name, answers in answers_by_attribute(placed).items():
        before = packaged_attributes()[ATTRIBUTE_NAMES.index(name)]
        if answers.missing:
            card[name] = {"kept": answers.missing}
            continue
        after = moved_attribute(before, answers)
        moved.append(after)
        unseen = np.zeros(len(answers.holds))
        folds = film_folds(answers.films, seed=seed)
        for fold in np.unique(folds):
            unseen[folds == fold] = _says(moved_attribute(before, answers.only(folds != fold)), answers.numbers)[
                folds == fold
            ]
        sure = answers.holds != 0.5
        true = answers.holds[sure] == 1
        card[name] = {
            "answers": len(answers.holds),
            "films": len(np.unique(answers.films)),
            "centre": [before.centre, after.centre],
            "spread": [before.spread, after.spread],
            "f1": [f1(_says(before, answers.numbers)[sure] > 0, true), f1(unseen[sure] > 0, true)],
        }
    return LearnedWords(tuple(moved), card)


def answers_by_attribute(placed: Placed) -> dict[str, Answers]:
    """Return what is said of each attribute that has a word; segments where it was not measured are left out."""
    spoken = load_vocabulary().attributes
    films = sorted(placed.films)
    attributes = {attribute.name: attribute for attribute in packaged_attributes()}
    found: dict[str, list[tuple[float, float, int]]] = {}
    for (place, _, sense), words in placed.senses.items():
        film = placed.films[place.content_id]
        segment = segments(film, place.unit)[place.index]
        for name, said in _by_attribute(spoken.get(sense, {})).items():
            reading = attributes[name].reading
            number = reading.scaled(reading.value(segment, shots=film.shots))
            if not math.isnan(number):
                found.setdefault(name, []).append((number, _holds(said, words), films.index(place.content_id)))
    tables = {name: np.array(rows, dtype=np.float64) for name, rows in sorted(found.items())}
    return {name: Answers(table[:, 0], table[:, 1], table[:, 2].astype(np.int64)) for name, table in tables.items()}


def moved_attribute(attribute: Attribute, answers: Answers) -> Attribute:
    """Return an attribute with the centre and spread that the answers make likeliest."""
    from scipy.optimize import minimize

    reading = attribute.reading
    centre, spread = reading.scaled(attribute.centre), reading.distance(attribute.spread)

    def unlikely(moves: NDArray[np.float64]) -> float:  # of the centre in spreads, of the spread's logarithm
        z = attribute.sign * (answers.numbers - centre - moves[0] * spread) / (spread * math.exp(moves[1]))
        chance = _SLIP / 2 + (1 - _SLIP) / (1 + np.exp(-2 * np.clip(z, -50, 50)))
        said = answers.holds * np.log(chance) + (1 - answers.holds) * np.log(1 - chance)
        return float(-said.sum() + 0.5 * (moves[0] ** 2 + (moves[1] / _SPREAD_SPREAD) ** 2))

    move, wider = minimize(unlikely, np.zeros(2), method="Nelder-Mead").x.tolist()
    centre, spread = centre + move * spread, spread * math.exp(wider)
    if reading.floor is not None:
        centre = max(centre, reading.scaled(reading.floor))
    return replace(
        attribute,
        centre=math.exp(centre) if reading.log else centre,
        spread=math.exp(spread) if reading.log else spread,
    )


def _says(attribute: Attribute, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    reading = attribute.reading
    return np.asarray(
        attribute.sign * np.tanh((numbers - reading.scaled(attribute.centre)) / reading.distance(attribute.spread))
    )


def _by_attribute(spoken: Mapping[str, tuple[str, bool]]) -> dict[str, dict[str, bool]]:
    """The words of a sense that speak of each attribute, and whether they say that it holds."""
    found: dict[str, dict[str, bool]] = {}
    for word, (name, holds) in spoken.items():
        found.setdefault(name, {})[word] = holds
    return found


def _holds(said: Mapping[str, bool], words: Sequence[str] | frozenset[str]) -> float:
    """1 where the words say that the attribute holds, 0 where not; 0.5 where neither its words nor the opposite's."""
    used = {said[word] for word in words if word in said}
    if len(used) == 1:
        return float(used.pop())
    opposites = set(said.values())
    return 0.5 if used or len(opposites) == 2 else float(not opposites.pop())
