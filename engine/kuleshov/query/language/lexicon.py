"""The vocabulary of one language, read from ``vocabulary/<language>.toml`` and checked.

Whatever is wrong in the file is a ``GrammarError`` that names the file, the entry and the rule: a phrase that is
listed twice, a target that no vector has, a measure that does not exist.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, cast, get_args

from kuleshov.cinema.attributes.measures import UNITS, Unit
from kuleshov.definitions import read_text
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import GrammarError
from kuleshov.query.language.patterns import Grammar, Pattern
from kuleshov.query.language.phrases import Ending, Grade, Inflections, PhraseTable
from kuleshov.query.language.tokens import Tokenizer
from kuleshov.query.language.vocabulary_types import (
    KINDS,
    PLAIN,
    RELATIONS,
    Comparator,
    Degree,
    Entry,
    Nation,
    QuantityUnit,
    Sense,
)
from kuleshov.query.parts.condition import Comparison, Condition
from kuleshov.records import SHAPES

_NO_INFLECTIONS = Inflections(())


class Lexicon:
    """The phrases and patterns of a language, a table for each use; ``vocabulary/en.toml`` explains them."""

    def __init__(self, content: Mapping[str, Any], *, file: str) -> None:
        self._file = file
        self._content = content
        self._inflections = self._read_inflections()
        numbers = self._table("numbers")
        units = {
            phrase.removeprefix("=") for table in self._tables("quantity") for phrase in self._list(table, "phrases")
        }
        self.tokenize = Tokenizer(self._table("spelling"), units, self._list(numbers, "decades"))
        self.articles = frozenset(self._list(numbers, "articles"))
        self.number_joins = frozenset(self._list(numbers, "joins"))
        self.number_of = frozenset(self._list(numbers, "of"))
        self.collectives: dict[str, float] = dict(numbers["collectives"])
        self.number_words: dict[str, float] = dict(numbers["words"])
        self.phrases = self._main()
        #: Every word that a phrase holds.
        self.words = frozenset(word for key, _, _ in self.phrases.items() for word in key)
        self.units = self._filled("quantity", self._quantity_unit)
        self.measures = self._filled("measure", lambda table: self._measure(table, "path"))
        self.comparisons = self._comparisons()
        self.unit_words: dict[str, Unit] = {
            key[0]: sense.unit for key, _, sense in self.phrases.items() if len(key) == 1 and sense.unit is not None
        }
        self.ranges = self._roles("ranges")
        self.places = self._roles("places")
        #: What a quantity or a place in the film can begin with, apart from numbers and signs.
        self.quantity_words = self._quantity_words()
        self.instead: dict[tuple[str, ...], str] = {
            self.split(phrase): str(other) for phrase, other in self._table("instead").items()
        }
        #: Lists of [rules] that readers ask for by name, each entry as folded words.
        self.showing, self.prepositions, self.determiners, self.comparatives = (
            frozenset(self.split(words) for words in self._list(self._table("rules"), name))
            for name in ("showing", "preposition", "determiner", "comparative")
        )
        self.patterns = self._patterns()

    def split(self, text: str) -> tuple[str, ...]:
        """Return the folded words of a text."""
        return tuple(token.norm for token in self.tokenize(text).tokens)

    def refuse(self, where: str, rule: str) -> GrammarError:
        return GrammarError(f"{self._file}: {where}: {rule}")

    # The main table

    def _main(self) -> PhraseTable[Sense]:
        table: PhraseTable[Sense] = PhraseTable(self.split, self._inflections)
        degrees = {name: self._degree(name, entry) for name, entry in self._table("degrees").items()}
        for entry in self._tables("entry"):
            self._add(table, entry, Sense("entry", entry=self._entry(entry, degrees)))
        for name, entry in self._table("degrees").items():
            self._add(table, entry, Sense("degree", degree=degrees[name]))
        amounts = self._table("amounts")
        self._add(table, amounts["much"], Sense("much", degree=degrees[amounts["much"]["degree"]]))
        self._add(table, amounts["little"], Sense("little", degree=PLAIN))
        for entry in self._tables("noun"):
            self._add(table, entry, Sense("support", entry=self._entry(entry, degrees)))
        for name in ("shot", "scene"):
            self._add_all(table, f"units.{name}", Sense("unit", unit=cast(Unit, name)))
        for entry in self._tables("order"):
            self._add(table, entry, Sense("order", sort=(self._measure(entry, "key"), bool(entry["descending"]))))
        for entry in self._tables("shape"):
            if entry.get("name") not in SHAPES:
                raise self.refuse(self._where(entry), f"shape {entry.get('name')!r} is none of {', '.join(SHAPES)}")
            self._add(table, entry, Sense("shape", shape=entry["name"]))
        self._add_all(table, "ignored.phrases", Sense("ignored"))
        self._add_all(table, "support.phrases", Sense("support"))
        self._add_all(table, "not_measured.phrases", Sense("unmeasured", shown=True))
        self._add_all(table, "not_measured.not_shown", Sense("unmeasured"))
        for section, kinds in KINDS.items():
            for kind in kinds:
                self._add_all(table, f"{section}.{kind}", Sense(kind))
        return table

    def _read_inflections(self) -> Inflections:
        endings: list[Ending] = []
        grades: tuple[Grade, ...] = get_args(Grade)
        for grade, table in self._table("inflection").items():
            if grade not in grades or not isinstance(table, dict):
                raise self.refuse("inflection", f"{grade!r} is no grade; there are: {', '.join(grades)}")
            endings += [(ending, tuple(self._list(table, ending)), grade) for ending in table]
        return Inflections(endings)

    def _entry(self, table: Mapping[str, Any], degrees: Mapping[str, Degree]) -> Entry:
        hints = self._targets(table, "hints") if "hints" in table else ()
        degree = table.get("degree")
        if isinstance(degree, str) and degree not in degrees:
            raise self.refuse(self._where(table), f"degree {degree!r} is unknown; there are: {', '.join(degrees)}")
        unit = table.get("unit")
        if unit not in (None, "shot", "scene"):
            raise self.refuse(self._where(table), f"unit {unit!r} is neither shot nor scene")
        scene_sort = table.get("scene_sort")
        return Entry(
            targets=() if hints and "terms" not in table else self._targets(table, "terms"),
            degree=degrees[degree] if isinstance(degree, str) else None if degree is None else Degree(**degree),
            conditions=tuple(self._condition(table, text) for text in table.get("conditions", ())),
            absent=tuple(self._condition(table, text) for text in table.get("absent", ())),
            unit=unit,
            scene_sort=None if scene_sort is None else (self._measure(scene_sort, "key"), scene_sort["descending"]),
            hints=hints,
            unseen=bool(table.get("unseen", False)),
        )

    def _targets(self, table: Mapping[str, Any], key: str) -> tuple[tuple[str, Literal[-1, 1]], ...]:
        targets: list[tuple[str, Literal[-1, 1]]] = []
        for name in self._list(table, key):
            plain = name.removeprefix("-")
            if plain not in VECTOR_NAMES:
                raise self.refuse(self._where(table), f"{plain!r} is in no vector; known: {', '.join(VECTOR_NAMES)}")
            targets.append((plain, -1 if name.startswith("-") else 1))
        return tuple(targets)

    def _condition(self, table: Mapping[str, Any], text: str) -> Condition:
        try:
            measure, op, value = text.split()
            return Condition(measure, cast(Comparison, op), float(value))
        except ValueError as error:
            raise self.refuse(self._where(table), f"condition {text!r}: {error}") from error

    # Numbers

    def _comparisons(self) -> PhraseTable[Comparator]:
        table: PhraseTable[Comparator] = PhraseTable(self.split, self._inflections)
        for entry in (self._table("comparisons"), *self._tables("comparison")):
            measure = self._measure(entry, "measure") if "measure" in entry else None
            for relation in RELATIONS:
                self._fill(table, entry.get(relation, ()), Comparator(relation, measure), f"comparison {relation}")
        return table

    def _quantity_unit(self, table: Mapping[str, Any]) -> QuantityUnit:
        measure = self._measure(table, "measure") if "measure" in table else None
        return QuantityUnit(measure, float(table["factor"]))

    def _roles(self, name: str) -> dict[str, PhraseTable[None]]:
        roles: dict[str, PhraseTable[None]] = {}
        for role, phrases in self._table(name).items():
            roles[role] = PhraseTable(self.split, self._inflections)
            self._fill(roles[role], phrases, None, f"{name}.{role}")
        return roles

    def _filled(self, name: str, value: Callable[[Mapping[str, Any]], Any]) -> PhraseTable[Any]:
        table: PhraseTable[Any] = PhraseTable(self.split, self._inflections)
        for entry in self._tables(name):
            self._add(table, entry, value(entry))
        return table

    def _quantity_words(self) -> frozenset[str]:
        tables: list[PhraseTable[Any]] = [self.measures, self.comparisons, self.ranges["between"]]
        tables += [self.places[role] for role in ("first", "last", "after", "before")]
        words = frozenset[str]().union(*(table.first_words() for table in tables))
        return words | self.articles | set(self.collectives) | set(self.number_words)

    # Patterns

    def _patterns(self) -> dict[str, tuple[Pattern, ...]]:
        decades = self._list(self._table("numbers"), "decades")
        grammar = Grammar(self._table("rules"), split=self.split, decades=decades, tables=self._nations())
        patterns: dict[str, tuple[Pattern, ...]] = {}
        for reader, kinds in self._table("patterns").items():
            try:
                patterns[reader] = tuple(
                    grammar.pattern(text, kind=kind) for kind in kinds for text in self._list(kinds, kind)
                )
            except (ValueError, re.error, RecursionError) as error:
                raise self.refuse(f"patterns.{reader}", str(error)) from error
        return patterns

    def _nations(self) -> dict[str, PhraseTable[Nation]]:
        """Return how nations are named: by clear adjectives, by all adjectives, by languages, by countries."""
        tables = {name: PhraseTable[Nation](self.split, self._inflections) for name in ("clear_demonym", "demonym")}
        tables |= {name: PhraseTable[Nation](self.split, _NO_INFLECTIONS) for name in ("tongue", "land")}
        for row in self._table("nations").get("all", ()):
            keys = ("countries", "languages", "codes", "adjectives", "ambiguous")
            lists = [row.get(key, []) for key in keys]
            if not all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in lists):
                raise self.refuse("nations", f"must hold lists of texts, got {row!r}")
            countries, languages, codes, adjectives, ambiguous = lists
            nation = Nation((*countries, *(code for code in codes if len(code) == 2)), (*languages, *codes))
            clear = [phrase for phrase in adjectives if phrase not in ambiguous]
            for name, phrases in zip(tables, (clear, adjectives, languages, countries), strict=True):
                self._fill(tables[name], phrases, nation, "nations")
        return tables

    # Reading the file

    def _add(self, table: PhraseTable[Any], entry: Mapping[str, Any], value: object) -> None:
        self._fill(table, self._list(entry, "phrases"), value, self._where(entry))

    def _add_all(self, table: PhraseTable[Any], path: str, value: object) -> None:
        section, _, key = path.partition(".")
        self._fill(table, self._list(self._table(section), key), value, path)

    def _fill(self, table: PhraseTable[Any], phrases: Iterable[str], value: object, where: str) -> None:
        try:
            for phrase in phrases:
                table.add(phrase, value)
        except ValueError as error:
            raise self.refuse(where, str(error)) from error

    def _degree(self, name: str, table: Mapping[str, Any]) -> Degree:
        weight, minimum = table.get("weight"), table.get("minimum")
        if not isinstance(weight, int | float) or weight <= 0:
            raise self.refuse(f"degrees.{name}", f"weight must be a number above 0, got {weight!r}")
        if not isinstance(minimum, int | float) or not -1 <= minimum <= 1:
            raise self.refuse(f"degrees.{name}", f"minimum must be a number in -1..1, got {minimum!r}")
        return Degree(float(weight), float(minimum))

    def _measure(self, table: Mapping[str, Any], key: str) -> str:
        path = table.get(key)
        if path not in UNITS:
            raise self.refuse(self._where(table), f"{path!r} is no measure; there are: {', '.join(UNITS)}")
        return str(path)

    def _table(self, name: str) -> dict[str, Any]:
        value = self._content.get(name)
        if not isinstance(value, dict):
            raise self.refuse(name, f"must be a table, got {value!r}")
        return value

    def _tables(self, name: str) -> list[dict[str, Any]]:
        value = self._content.get(name)
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.refuse(name, f"must be a list of tables ([[{name}]]), got {value!r}")
        return value

    def _list(self, table: Mapping[str, Any], key: str) -> list[str]:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(entry, str) for entry in value):
            raise self.refuse(self._where(table), f"{key} must be a list of texts, got {value!r}")
        return value

    def _where(self, table: Mapping[str, Any]) -> str:
        """Return an entry's first phrase, because tables in lists have no name."""
        phrases = table.get("phrases") or ["without phrases"]
        return f"entry {phrases[0]!r}"


def load_lexicon(path: Path) -> Lexicon:
    """Return the vocabulary of a user's file. Raises ``GrammarError``."""
    return _lexicon(*read_text(path, package="kuleshov.query.language.vocabulary", packaged=""))


@cache
def packaged_lexicon(language: str = "en") -> Lexicon:
    """Return a packaged vocabulary, read once. Raises ``GrammarError`` for a language without one."""
    if language not in languages():
        raise GrammarError(f"no vocabulary for the language {language!r}; there are: {', '.join(languages())}")
    package = "kuleshov.query.language.vocabulary"
    return _lexicon(*read_text(None, package=package, packaged=f"{language}.toml"))


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a vocabulary: each file of the folder is one."""
    files = resources.files("kuleshov.query.language.vocabulary").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def _lexicon(file: str, text: str) -> Lexicon:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GrammarError(f"{file}: is not valid TOML: {error}") from error
    return Lexicon(content, file=file)
