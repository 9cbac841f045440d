"""Queries put together in Python: ``quality("tense", degree="very") & longer_than(20) & in_decade(1940)``.

Choose it where a program asks and a typing error should be an error. Each function writes the words that a person would
type, and reads them once: so a built query is the same as the typed one, whatever the language does with it, and what
the language can't say is refused here; but for a limit, which may be on any measure. ``&`` joins with a comma, which
hands no "not" on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from kuleshov.cinema.attributes.measures import UNITS, Unit
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import QueryError
from kuleshov.query.language.lexicon import packaged_lexicon
from kuleshov.query.language.parser import parse
from kuleshov.query.language.suggest import suggestion
from kuleshov.query.spec.query import Comparison, Condition, Query

_WORDS: dict[Comparison, str] = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
#: Units that a number needs to be read; others are shares and indexes.
_SPELT = {"s": " s", "/min": " cuts per minute", "LUFS": " LUFS"}


@dataclass(frozen=True)
class Asked:
    """Something asked for, as words that are understood. ``query`` is its reading.

    ``limits``: on measures that the language has no name for; they stand beside the words.
    """

    words: str
    limits: tuple[Condition, ...] = ()

    def __and__(self, other: Asked) -> Asked:
        return Asked(", ".join(filter(None, (self.words, other.words))), (*self.limits, *other.limits))

    def __str__(self) -> str:
        return self.words

    @property
    def query(self) -> Query:
        """The reading, to be searched for. Raises ``QueryError`` where parts contradict the language together."""
        query = parse(self.words)
        if query.not_understood:
            raise QueryError(f"{self.words!r} can't be asked: {', '.join(query.not_understood)} is not understood")
        return replace(query, conditions=(*query.conditions, *self.limits))


def quality(name: str, *, degree: str | None = None) -> Asked:
    """Ask for a quality by a word of the vocabulary ("tense", "long take") or a name of the vector ("mood_calm").

    ``degree``: a word that says how much ("very", "slightly"). Raises ``QueryError`` for words there are not.
    """
    return _asked(_quality(name) if degree is None else f"{_degree(degree)} {_quality(name)}", terms=True)


def lacking(name: str) -> Asked:
    """Ask for what does not have a quality: what ``quality`` leaves out; of dialogue and music, for none at all."""
    words = _quality(name)
    without = parse(f"no {words}")
    return _asked(f"{'no' if without.conditions else 'not'} {words}", terms=True)


def most(name: str) -> Asked:
    """Ask for the order of a quality, what has most of it first."""
    return _asked(f"most {_quality(name)}", terms=True)


def least(name: str) -> Asked:
    """Ask for the order of a quality, what has least of it first."""
    return _asked(f"least {_quality(name)}", terms=True)


def limit(measure: str, op: Comparison, value: float) -> Asked:
    """Ask for a limit on a number: ``limit("color.saturation", ">", 0.3)``. Raises ``QueryError`` as ``Condition``."""
    wanted = Condition(measure, op, value)
    name = _measure(measure)
    if name is not None:
        words = f"{name} {_WORDS[op]} {_number(value)}{_SPELT.get(UNITS[measure], '')}"
        read = parse(words).conditions
        if [(one.measure, one.op, one.value) for one in read] == [(measure, op, value)]:
            return _asked(words)
    return Asked("", (replace(wanted, words=f"{measure} {op} {_number(value)}"),))


def longer_than(seconds: float) -> Asked:
    """Ask for shots or scenes longer than so many seconds."""
    return _asked(f"longer than {_number(seconds)} s")


def shorter_than(seconds: float) -> Asked:
    """Ask for shots or scenes shorter than so many seconds."""
    return _asked(f"shorter than {_number(seconds)} s")


def lasting(at_least: float, at_most: float) -> Asked:
    """Ask for a length in seconds, ends included."""
    return _asked(f"between {_number(at_least)} and {_number(at_most)} s")


def in_decade(year: int) -> Asked:
    """Ask for films of a decade by its first year: 1940."""
    if year % 10:
        raise QueryError(f"a decade begins with a year that ends in 0, got {year}")
    return _asked(f"{year}s")


def in_years(first: int, last: int) -> Asked:
    """Ask for films of these years, ends included."""
    return _asked(f"from {first} to {last}")


def directed_by(name: str) -> Asked:
    """Ask for films by a director, or by the part of the name that is given."""
    return _asked(f"directed by {_quoted(name)}")


def made_in(country: str) -> Asked:
    """Ask for films of a country."""
    return _asked(f"from {country}")


def in_language(language: str) -> Asked:
    """Ask for films by the language of their dialogue."""
    return _asked(f"{language}-language")


def titled(title: str) -> Asked:
    """Ask for films by words of their title."""
    return _asked(f"titled {_quoted(title)}")


def says(line: str) -> Asked:
    """Ask for a line of dialogue by its words."""
    return _asked(f"says {_quoted(line)}")


def from_to(before: Asked, after: Asked) -> Asked:
    """Ask for what is at first so and at last otherwise; each side one quality."""
    return _course(f"from {before} to {after}")


def then(before: Asked, after: Asked) -> Asked:
    """Ask for a moment with one quality, soon followed by another."""
    return _course(f"{before} followed by {after}")


def starts(with_: Asked) -> Asked:
    """Ask for what holds in the first seconds."""
    return _course(f"starts with {with_}")


def ends(on: Asked) -> Asked:
    """Ask for what holds in the last seconds."""
    return _course(f"ends on {on}")


def turns(quality: Asked) -> Asked:
    """Ask for what a shot or scene becomes."""
    return _course(f"becomes {quality}")


def rises(name: str) -> Asked:
    """Ask for more of a quality at last than at first."""
    return _course(f"rising {_quality(name)}")


def falls(name: str) -> Asked:
    """Ask for less of a quality at last than at first."""
    return _course(f"falling {_quality(name)}")


def like(film: str, seconds: float, *, more: Sequence[str] = (), less: Sequence[str] = ()) -> Asked:
    """Ask for what is like a place of a film, but with more or less of some qualities."""
    steps = [*(f"more {_quality(name)}" for name in more), *(f"less {_quality(name)}" for name in less)]
    return _asked(f"like {_quoted(film)}@{_number(seconds)}{' but ' if steps else ''}{' and '.join(steps)}")


def sorted_by(measure: str, *, descending: bool = True) -> Asked:
    """Ask for the order of a number that the language has a name for."""
    name = _measure(measure)
    if name is None:
        raise QueryError(f"the language has no name for {measure!r} to sort by")
    return _asked(f"sorted by {name} {'descending' if descending else 'ascending'}")


def of(unit: Unit | Literal["film"]) -> Asked:
    """Ask for shots, scenes or films."""
    if unit not in ("shot", "scene", "film"):
        raise QueryError(f"{unit!r} is none of shot, scene, film")
    return Asked(f"{unit}s")  # asks for nothing alone


def _asked(words: str, *, terms: bool = False) -> Asked:
    """Words that are understood wholly. ``terms``: and ask for a quality."""
    asked = Asked(words)
    query = asked.query
    if not query.asks_something or (terms and not query.terms):
        raise QueryError(f"{words!r} asks for nothing")
    return asked


def _course(words: str) -> Asked:
    asked = _asked(words)
    if not asked.query.changes:
        raise QueryError(f"{words!r} is no change over time: give one quality on each side")
    return asked


def _quality(name: str) -> str:
    """Return the words for a quality."""
    lexicon = packaged_lexicon()
    if name in VECTOR_NAMES:
        words = _phrases().get(name)
        if words is None:
            raise QueryError(f"the language has no word for {name!r} alone: make a Term by hand")
        return words
    query = parse(name)
    if query.not_understood or not query.terms or query.conditions or query.sort or query.limit:
        near = suggestion(lexicon.fold(name), lexicon)
        raise QueryError(f"{name!r} is no quality{f'; did you mean {near!r}?' if near else ''}")
    return name


def _measure(path: str) -> str | None:
    """The language's first name for a measure."""
    return next((phrase for _, phrase, known in packaged_lexicon().measures.items() if known == path), None)


@cache
def _phrases() -> dict[str, str]:
    """The first phrase that means a name of the vector and nothing else, or at most implies more."""
    found: dict[str, str] = {}
    implying: dict[str, str] = {}
    for _, phrase, sense in packaged_lexicon().phrases.items():
        entry = sense.entry
        if sense.kind != "entry" or entry is None or len(entry.targets) != 1 or entry.degree or entry.conditions:
            continue
        (name, sign) = entry.targets[0]
        if sign > 0 and not entry.unseen and entry.scene_sort is None:
            (implying if entry.hints else found).setdefault(name, phrase.replace("-", " "))
    return implying | found


def _degree(word: str) -> str:
    senses = {phrase: sense for _, phrase, sense in packaged_lexicon().phrases.items() if sense.kind == "degree"}
    if word not in senses:
        raise QueryError(f"{word!r} is no degree; there are: {', '.join(list(senses)[:12])}, ...")
    return word


def _number(value: float) -> str:
    return f"{value:.15g}"


def _quoted(text: str) -> str:
    if not text.strip() or set(text) & set('"“”„«»'):
        raise QueryError(f"{text!r} can't stand in quotes: it is empty or has quotes in it")
    return f'"{text.strip()}"'
