"""What words of the query language can mean: the values behind the phrases of a vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.parts.condition import Condition
from kuleshov.records import ShapeName

#: Words that tell of time: read by ``query.language.course_reader``, reported where they stand without what they need.
CourseKind = Literal[
    "then",
    "just_then",
    "after",
    "just_after",
    "starts",
    "ends",
    "turns",
    "rises",
    "falls",
    "builds",
    "climax",
    "at_last",
    "fade_out",
    "arc",
    "film",
    "films",
    "shape",
]
SenseKind = Literal[
    CourseKind,
    "entry",
    "degree",
    "much",
    "little",
    "most",
    "least",
    "possible",
    "not",
    "no",
    "without",
    "unit",
    "order",
    "sort_by",
    "descending",
    "ascending",
    "limit",
    "ignored",
    "support",
    "unmeasured",
    "or",
    "and",
    "stop",
    "from",
    "to",
]
COURSE_KINDS: tuple[CourseKind, ...] = get_args(CourseKind)

#: What a comparison asks of a number: an operator, "about", or exactly.
Relation = Literal["<", "<=", ">", ">=", "~", "="]
RELATIONS: tuple[Relation, ...] = ("<", "<=", ">", ">=", "~", "=")


@dataclass(frozen=True)
class Degree:
    """How much a degree word weighs beside a plain word's 1, and what the quality must exceed."""

    weight: float
    minimum: float


PLAIN = Degree(1.0, 0.0)


@dataclass(frozen=True)
class Entry:
    """What a phrase asks for. ``absent``: conditions that "without it" adds. ``scene_sort``: said of a scene, the
    phrase orders by this measure instead ("a long scene" is no long take). ``hints``: what it implies without asking
    for it, so that nothing is left out. ``unseen``: what it names itself is not measured, and is reported."""

    targets: tuple[tuple[str, Literal[-1, 1]], ...]
    degree: Degree | None = None
    conditions: tuple[Condition, ...] = ()
    absent: tuple[Condition, ...] = ()
    unit: Unit | None = None
    scene_sort: tuple[str, bool] | None = None
    hints: tuple[tuple[str, Literal[-1, 1]], ...] = ()
    unseen: bool = False


@dataclass(frozen=True)
class Sense:
    """What a phrase of the main table is: ``kind``, and the part that belongs to it."""

    kind: SenseKind
    entry: Entry | None = None
    degree: Degree | None = None
    unit: Unit | None = None
    sort: tuple[str, bool] | None = None
    shape: ShapeName | None = None


@dataclass(frozen=True)
class Nation:
    """A country or language: the first of ``names`` and ``languages`` as people write them, codes among them."""

    names: tuple[str, ...]
    adjectives: tuple[str, ...]
    languages: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def country_values(self) -> tuple[str, ...]:
        return (*self.names, *(code for code in self.codes if len(code) == 2))

    @property
    def language_values(self) -> tuple[str, ...]:
        return (*self.languages, *self.codes)


@dataclass(frozen=True)
class QuantityUnit:
    """A unit behind a number: what it measures (``None``: a share of anything), and its factor to that."""

    measure: str | None
    factor: float


@dataclass(frozen=True)
class Comparator:
    """A comparison before a number; ``measure`` where its words name one ("louder than")."""

    relation: Relation
    measure: str | None
