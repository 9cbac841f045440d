"""The grammar of cues and feelings: the content of ``grammar.toml``, checked.

A grammar is data: which numbers are cues, what is usual for them, and with which weight, by which source, they count
for each score. There can be several; one can state only its differences from another (``emotion.inherit``), and each
can be for certain films (``emotion.grammars``); ``Grammar.id`` identifies the one that described a film.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast, get_args

from kuleshov.cinema.attributes.scaled_measure import ScaledMeasure, read_position, read_scaled_measure, read_spread
from kuleshov.cinema.attributes.segment_fields import EVENT_PREFIX
from kuleshov.definitions import Entry
from kuleshov.emotion.grammar_scope import GrammarScope, read_scope
from kuleshov.emotion.inherit import Definition, read_definition
from kuleshov.emotion.learned_terms import LearnedTerms, read_learned_terms
from kuleshov.records import DIMENSIONS, MOODS

#: C = read in the source or its abstract, M = from memory, design = a value of ours, labels = fitted to ratings.
Mark = Literal["C", "M", "design", "labels"]
SCORES: tuple[str, ...] = DIMENSIONS + MOODS


@dataclass(frozen=True)
class Source:
    """The source of a number."""

    name: str
    mark: Mark
    text: str

    @property
    def citation(self) -> str:
        """The source as it is shown: only what was read is a plain citation."""
        return (
            self.text
            + {"C": "", "M": " (from memory, unverified)", "design": " (design value)", "labels": ""}[self.mark]
        )


@dataclass(frozen=True)
class Cue:
    """A measured number with its reference norms, and the words for a small and a large one.

    ``median`` and ``spread`` are in the reading's own unit; on a log scale ``spread`` is a factor. ``per_shot``: the
    film's own norms weight all segments equally instead of by seconds. ``only_above_usual``: an event, whose cue is 0
    and counts for no score if there is no more of it than usual. ``decay_seconds``: in the curve over time such an
    event is a pulse, which decays to 1/e in this time.
    """

    name: str
    reading: ScaledMeasure
    median: float
    spread: float
    per_shot: bool
    only_above_usual: bool
    low: str
    high: str
    source: Source
    decay_seconds: float | None = None

    def counts(self, value: float) -> bool:
        """Whether a cue of this value counts: it was measured, and is no event that did not happen."""
        return not math.isnan(value) and not (self.only_above_usual and value <= 0)


@dataclass(frozen=True)
class Term:
    """The weight of one cue in one score."""

    cue: str
    weight: float
    source: Source


@dataclass(frozen=True)
class Score:
    """A sum of cues. ``gain`` is the spread of people's ratings relative to a plain mean of cues; 1 unless learned."""

    name: str
    terms: tuple[Term, ...]
    gain: float = 1.0


@dataclass(frozen=True)
class StrongRule:
    """When a mood is strong: score >= ``threshold`` and ``agreeing_cues`` contributions above ``agreement_floor``."""

    threshold: float
    agreeing_cues: int
    agreement_floor: float


@dataclass(frozen=True)
class FilmNorms:
    """When a film's own scale counts in addition to the reference; see ``emotion.cues``."""

    enough_segments: int
    enough_spread: float


@dataclass(frozen=True)
class CurveRule:
    """How scores become curves over time; see ``emotion.curves``. The defaults hold if a grammar has no ``[curve]``."""

    window_seconds: float = 6.0
    mood_seconds: float = 90.0
    burst: float = 0.15
    renewal: float = 2.0


@dataclass(frozen=True)
class Grammar:
    """A whole grammar. ``id`` is its name and a hash of its text and of what it extends: another number in a file is
    another grammar. ``scope``: the films that it is for, if it is one of several. ``learned_terms``: what a trained
    grammar has in addition to its sum of cues.
    """

    id: str
    name: str
    description: str
    strong: StrongRule
    film: FilmNorms
    sources: Mapping[str, Source]
    cues: tuple[Cue, ...]
    scores: tuple[Score, ...]
    curve: CurveRule = CurveRule()
    scope: GrammarScope | None = None
    learned_terms: LearnedTerms | None = None

    @cached_property
    def cue_names(self) -> tuple[str, ...]:
        return tuple(cue.name for cue in self.cues)


def load_grammar(path: Path | None = None) -> Grammar:
    """Return the grammar in a file; ``None`` = the one that Kuleshov ships.

    Raises ``GrammarError`` naming the file, the entry, the rule, the value and what is allowed.
    """
    return grammar_of(read_definition(path))


def grammar_of(definition: Definition) -> Grammar:
    """Return a grammar that was read from its files. Raises ``GrammarError``, also for what it inherits."""
    base = definition.lineage[1] if len(definition.lineage) > 1 else None
    if base is not None:  # an error in a file that is extended names that file; the shipped one has none
        load_grammar(base)
    root = Entry(definition.table, file=definition.file)
    name = root.text("name")
    sources = {key: _source(key, entry) for key, entry in root.entries("sources").items()}
    cues = tuple(_cue(key, entry, sources) for key, entry in root.entries("cues").items())
    scores = root.entries("scores")
    if unknown := [key for key in scores if key not in SCORES]:
        root.refuse("scores", f"{unknown[0]!r} is unknown; allowed: {', '.join(SCORES)}")
    if missing := [key for key in SCORES if key not in scores]:
        root.refuse("scores", f"{', '.join(missing)} missing; every score needs an entry")
    cue_names = [cue.name for cue in cues]
    grammar = Grammar(
        id=f"{name}-{definition.digest}",
        name=name,
        description=root.text("description"),
        strong=_strong(root.entry("strong")),
        film=_film(root.entry("film")),
        sources=sources,
        cues=cues,
        scores=tuple(_score(key, scores[key], cue_names, sources) for key in SCORES),
        curve=_curve(root.entry("curve")) if "curve" in root else CurveRule(),
        scope=read_scope(root.entry("for")) if "for" in root else None,
        learned_terms=read_learned_terms(root, cues=cue_names, sources=sources),
    )
    root.allow("extends")
    root.close()
    return grammar


def _source(name: str, entry: Entry) -> Source:
    source = Source(name, cast(Mark, entry.choice("mark", get_args(Mark))), entry.text("text"))
    entry.close()
    return source


def _cue(name: str, entry: Entry, sources: Mapping[str, Source]) -> Cue:
    reading = read_scaled_measure(entry)
    cue = Cue(
        name=name,
        reading=reading,
        median=read_position(entry, "median", reading),
        spread=read_spread(entry, reading),
        per_shot=entry.flag("per_shot"),
        only_above_usual=entry.flag("only_above_usual"),
        low=entry.text("low"),
        high=entry.text("high"),
        source=sources[entry.choice("source", sources)],
        decay_seconds=entry.number("decay_seconds", above=0.0) if "decay_seconds" in entry else None,
    )
    if cue.decay_seconds is not None and not (cue.only_above_usual and cue.reading.path.startswith(EVENT_PREFIX)):
        entry.refuse("decay_seconds", f"is for events: only_above_usual = true and a measure of {EVENT_PREFIX}*")
    entry.close()
    return cue


def _score(name: str, entry: Entry, cues: Collection[str], sources: Mapping[str, Source]) -> Score:
    terms = []
    for cue, term in entry.entries("weights").items():
        if cue not in cues:
            entry.refuse(f"weights.{cue}", f"no such cue; allowed: {', '.join(cues)}")
        weight = term.number("weight")
        if weight == 0:
            term.refuse("weight", "must not be 0, got 0; leave the cue out instead")
        terms.append(Term(cue, weight, sources[term.choice("source", sources)]))
        term.close()
    score = Score(name, tuple(terms), entry.number("gain", default=1.0, above=0.0))
    entry.close()
    return score


def _strong(entry: Entry) -> StrongRule:
    rule = StrongRule(
        threshold=entry.number("threshold", above=0.0),
        agreeing_cues=_whole(entry, "agreeing_cues"),
        agreement_floor=entry.number("agreement_floor", above=0.0),
    )
    entry.close()
    return rule


def _curve(entry: Entry) -> CurveRule:
    usual = CurveRule()
    rule = CurveRule(
        window_seconds=entry.number("window_seconds", default=usual.window_seconds, above=0.0),
        mood_seconds=entry.number("mood_seconds", default=usual.mood_seconds, above=0.0),
        burst=entry.number("burst", default=usual.burst, above=0.0),
        renewal=entry.number("renewal", default=usual.renewal, above=0.0),
    )
    entry.close()
    return rule


def _film(entry: Entry) -> FilmNorms:
    norms = FilmNorms(_whole(entry, "enough_segments"), entry.number("enough_spread", above=0.0))
    entry.close()
    return norms


def _whole(entry: Entry, key: str) -> int:
    value = entry.number(key, above=0.0)
    if not value.is_integer():
        entry.refuse(key, f"must be a whole number above 0, got {value:g}")
    return int(value)
