"""Words as scores: what film people and psychologists call a feeling, on Kuleshov's scale (``vocabulary.toml``)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kuleshov.annotations.statement import SCORES, SENSES, check_scores
from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.definitions import Entry, read_text
from kuleshov.errors import AnnotationError

VocabularyName = Literal["film", "psychology"]


@dataclass(frozen=True)
class Vocabulary:
    """One vocabulary. ``id`` is its name and a hash of the file: another number in the file is another vocabulary."""

    id: str
    text: str  # whose words these are
    words: Mapping[str, Mapping[str, float]]  # scores by word
    senses: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Mapping[str, tuple[str, bool]]]  # by sense and word: the attribute, and whether it holds

    def scores(self, words: Sequence[str]) -> dict[str, float]:
        """Return what words say together: the mean of each score over the words that speak of it.

        Raises ``AnnotationError`` for a word that the vocabulary does not hold.
        """
        found: dict[str, list[float]] = {}
        for word in words:
            if word not in self.words:
                raise AnnotationError(f"{word!r} is no word of {self.id}; known are {', '.join(self.words)}")
            for name, value in self.words[word].items():
                found.setdefault(name, []).append(value)
        return {name: math.fsum(found[name]) / len(found[name]) for name in SCORES if name in found}

    def check_senses(self, senses: Mapping[str, Sequence[str]]) -> None:
        """Raise ``AnnotationError`` for a word that is not on the list of its sense."""
        for sense, words in senses.items():
            for word in words:
                if word not in self.senses.get(sense, ()):
                    known = ", ".join(self.senses.get(sense, ())) or f"nothing of that name ({', '.join(SENSES)})"
                    raise AnnotationError(f"{sense} {word!r}: known are {known}")


def load_vocabulary(name: str = "film", *, path: Path | None = None) -> Vocabulary:
    """Return a vocabulary of a file; ``None`` = the one that Kuleshov ships. Raises ``GrammarError``."""
    file, text = read_text(path, package="kuleshov.annotations", packaged="vocabulary.toml")
    root = Entry.parse(text, file=file)
    radius = root.number("circumplex_radius", above=0.0)
    named = {each: root.entry(each) for each in ("film", "psychology")}
    if name not in named:
        root.refuse(name, f"no such vocabulary; known are {', '.join(named)}")
    read = {each: (entry.text("text"), _words(entry, radius)) for each, entry in named.items()}
    for entry in named.values():
        entry.choice("mark", ("C", "M", "design"))
        entry.close()
    senses = root.entry("senses")
    lists: dict[str, tuple[str, ...]] = {sense: tuple(senses.texts(sense)) for sense in SENSES}
    senses.close()
    attributes = root.entry("attributes") if "attributes" in root else None
    spoken: dict[str, dict[str, tuple[str, bool]]] = {}
    if attributes is not None:
        spoken = {sense: _attributes(attributes, sense, lists[sense]) for sense in SENSES}
        attributes.close()
    root.close()
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    return Vocabulary(f"{name}-{digest}", read[name][0], read[name][1], lists, spoken)


def _words(vocabulary: Entry, radius: float) -> dict[str, dict[str, float]]:
    words = {}
    for word, entry in vocabulary.entries("words").items():
        scores = {name: entry.number(name) for name in SCORES if name in entry}
        angle = entry.optional_number("angle")
        if angle is not None:
            turn = math.radians(angle)
            scores = {"valence": radius * math.cos(turn), "arousal": radius * math.sin(turn)} | scores
        try:
            check_scores(scores)
        except AnnotationError as error:
            entry.refuse("", str(error))
        entry.close()
        words[word] = scores
    return words


def _attributes(entry: Entry, sense: str, words: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """Which attribute each word of a sense speaks of, and whether it says that it holds."""
    if sense not in entry:
        return {}
    own = entry.entry(sense)
    found = {}
    for word in words:
        if word in own:
            says = own.text(word)
            name = says.removeprefix("not ")
            if name not in ATTRIBUTE_NAMES:
                own.refuse(word, f"{name!r} is no attribute; allowed: {', '.join(ATTRIBUTE_NAMES)}")
            found[word] = (name, name == says)
    own.close()
    return found
