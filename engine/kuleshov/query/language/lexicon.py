"""The vocabulary of one language, read from ``vocabulary/<language>.toml`` and checked.

Every broken rule of the file is a ``GrammarError`` that names the file, the entry and the rule: a phrase listed twice,
a target that no vector has, a measure that does not exist.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Literal, cast, get_args

from kuleshov.cinema.attributes.measures import UNITS, Unit
from kuleshov.definitions import read_text
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import GrammarError
from kuleshov.query.language.morphology import ENGLISH, Ending, Grade
from kuleshov.query.language.phrases import PhraseTable
from kuleshov.query.language.tokens import fold, tokenize
from kuleshov.query.language.vocabulary_types import (
    PLAIN,
    RELATIONS,
    Comparator,
    Degree,
    Entry,
    Nation,
    QuantityUnit,
    Sense,
    SenseKind,
)
from kuleshov.query.parts.condition import Comparison, Condition
from kuleshov.records import SHAPES


class Lexicon:
    """All phrases of a language, in one table for each use; see the comments of ``vocabulary/en.toml``."""

    def __init__(self, content: Mapping[str, Any], *, file: str) -> None:
        self._file = file
        self._content = content
        self.endings = self._inflections()
        self.spelling: dict[str, str] = dict(self._table("spelling"))
        numbers = self._table("numbers")
        self.articles = frozenset(self._list(numbers, "articles"))
        self.number_joins = frozenset(self._list(numbers, "joins"))
        self.number_of = frozenset(self._list(numbers, "of"))
        self.collectives: dict[str, float] = dict(numbers["collectives"])
        self.number_words: dict[str, float] = dict(numbers["words"])
        self.glued_units = frozenset(
            phrase.removeprefix("=") for table in self._tables("quantity") for phrase in self._list(table, "phrases")
        )
        self.phrases = self._main()
        self.units = self._filled("quantity", self._quantity_unit)
        self.measures = self._filled("measure", lambda table: self._measure(table, "path"))
        self.comparisons = self._comparisons()
        self.unit_words: dict[str, Unit] = {
            key[0]: sense.unit for key, _, sense in self.phrases.items() if len(key) == 1 and sense.unit is not None
        }
        self.ranges = self._roles("ranges")
        self.places = self._roles("places")
        self.nations = tuple(self._nation(table) for table in self._tables("nation"))
        self.instead: dict[tuple[str, ...], str] = {
            self.split(phrase): str(other) for phrase, other in self._table("instead").items()
        }

    def split(self, text: str) -> tuple[str, ...]:
        """Return the folded words of a text."""
        return tuple(token.norm for token in tokenize(text, spelling=self.spelling, units=self.glued_units))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that a phrase holds."""
        return frozenset(word for key, _, _ in self.phrases.items() for word in key)

    def fold(self, word: str) -> str:
        return fold(word, self.spelling)

    def refuse(self, where: str, rule: str) -> GrammarError:
        return GrammarError(f"{self._file}: {where}: {rule}")

    # The main table

    def _main(self) -> PhraseTable[Sense]:
        table: PhraseTable[Sense] = PhraseTable(self.split, endings=self.endings)
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
        for where, kind in _SIMPLE.items():
            self._add_all(table, where, Sense(kind))
        return table

    def _inflections(self) -> tuple[Ending, ...]:
        """The language's own endings, the longest first; those of English where there are none."""
        if "inflection" not in self._content:
            return ENGLISH
        found: list[Ending] = []
        for table in self._tables("inflection"):
            ending, grade = table.get("ending"), table.get("grade", "plain")
            if not isinstance(ending, str) or not ending or grade not in get_args(Grade):
                raise self.refuse(
                    "inflection", f"needs an ending and a grade of {', '.join(get_args(Grade))}: {table!r}"
                )
            bases = self._list(table, "bases") if "bases" in table else [""]
            found.append((fold(ending, {}), tuple(fold(base, {}) for base in bases), grade))
        return tuple(sorted(found, key=lambda one: -len(one[0])))

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
        table: PhraseTable[Comparator] = PhraseTable(self.split, endings=self.endings)
        for entry in (self._table("comparisons"), *self._tables("comparison")):
            measure = self._measure(entry, "measure") if "measure" in entry else None
            for relation in RELATIONS:
                for phrase in entry.get(relation, ()):
                    self._add_phrase(table, phrase, Comparator(relation, measure), f"comparison {relation}")
        return table

    def _quantity_unit(self, table: Mapping[str, Any]) -> QuantityUnit:
        measure = self._measure(table, "measure") if "measure" in table else None
        return QuantityUnit(measure, float(table["factor"]))

    def _roles(self, name: str) -> dict[str, PhraseTable[None]]:
        return {role: self._of(f"{name}.{role}", phrases) for role, phrases in self._table(name).items()}

    def _of(self, where: str, phrases: Iterable[str]) -> PhraseTable[None]:
        table: PhraseTable[None] = PhraseTable(self.split, endings=self.endings)
        for phrase in phrases:
            self._add_phrase(table, phrase, None, where)
        return table

    def _filled(self, name: str, value: Callable[[Mapping[str, Any]], Any]) -> PhraseTable[Any]:
        table: PhraseTable[Any] = PhraseTable(self.split, endings=self.endings)
        for entry in self._tables(name):
            self._add(table, entry, value(entry))
        return table

    # Reading the file

    def _add(self, table: PhraseTable[Any], entry: Mapping[str, Any], value: object) -> None:
        for phrase in self._list(entry, "phrases"):
            self._add_phrase(table, phrase, value, self._where(entry))

    def _add_all(self, table: PhraseTable[Any], path: str, value: object) -> None:
        section, _, key = path.partition(".")
        for phrase in self._list(self._table(section), key):
            self._add_phrase(table, phrase, value, path)

    def _add_phrase(self, table: PhraseTable[Any], phrase: str, value: object, where: str) -> None:
        try:
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

    def _nation(self, table: Mapping[str, Any]) -> Nation:
        names, adjectives, languages, codes = (
            tuple(table.get(key, ())) for key in ("countries", "adjectives", "languages", "codes")
        )
        if not all(isinstance(one, str) for one in (*names, *adjectives, *languages, *codes)):
            raise self.refuse("nation", f"must hold lists of texts, got {dict(table)!r}")
        return Nation(names, adjectives, languages, codes)

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
        """Name an entry by its first phrase: tables in lists have no name of their own."""
        phrases = table.get("phrases") or ["without phrases"]
        return f"entry {phrases[0]!r}"


#: Lists of phrases that say no more than what they are.
_SIMPLE: dict[str, SenseKind] = {
    "superlatives.most": "most",
    "superlatives.least": "least",
    "superlatives.after": "possible",
    "negations.narrow": "not",
    "negations.noun": "no",
    "negations.wide": "without",
    "sorting.by": "sort_by",
    "sorting.descending": "descending",
    "sorting.ascending": "ascending",
    "sorting.limit": "limit",
    "connectors.or": "or",
    "connectors.and": "and",
    "connectors.stop": "stop",
    "connectors.from": "from",
    "connectors.to": "to",
    "ignored.phrases": "ignored",
    "support.phrases": "support",
    "not_measured.phrases": "unmeasured",
    "changes.then": "then",
    "changes.just_then": "just_then",
    "changes.after": "after",
    "changes.just_after": "just_after",
    "changes.starts": "starts",
    "changes.ends": "ends",
    "changes.turns": "turns",
    "changes.rises": "rises",
    "changes.falls": "falls",
    "changes.builds": "builds",
    "changes.climax": "climax",
    "changes.at_last": "at_last",
    "changes.fade_out": "fade_out",
    "changes.arc": "arc",
    "changes.film": "film",
    "changes.films": "films",
}


def load_lexicon(path: Path) -> Lexicon:
    """Return the vocabulary of a file of one's own. Raises ``GrammarError``."""
    return _lexicon(*read_text(path, package="kuleshov.query.language.vocabulary", packaged=""))


@cache
def packaged_lexicon(language: str = "en") -> Lexicon:
    """Return a vocabulary that Kuleshov ships, read once. Raises ``GrammarError`` where there is none."""
    file = f"{language}.toml"
    if language not in languages():
        raise GrammarError(f"no vocabulary for the language {language!r}; there are: {', '.join(languages())}")
    return _lexicon(*read_text(None, package="kuleshov.query.language.vocabulary", packaged=file))


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that there is a vocabulary for: a file of the folder is a language."""
    files = resources.files("kuleshov.query.language.vocabulary").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def _lexicon(file: str, text: str) -> Lexicon:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GrammarError(f"{file}: is not valid TOML: {error}") from error
    return Lexicon(content, file=file)
