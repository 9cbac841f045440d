"""What phrases of a vocabulary can mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.query.parts.condition import Condition
from kuleshov.records import ShapeName

#: What a phrase can be other than a quality, by the tables of the vocabulary that list such phrases.
KINDS: dict[str, tuple[str, ...]] = {
    "superlatives": ("most", "least", "possible"),
    "negations": ("not", "no", "without"),
    "connectors": ("or", "and", "stop", "from", "to"),
    "sorting": ("sort_by", "descending", "ascending", "limit"),
    "changes": (
        *("then", "just_then", "after", "just_after", "starts", "ends", "turns", "rises", "falls", "builds", "climax"),
        *("at_last", "fade_out", "arc", "film", "films"),
    ),
}
#: Words about time: read by ``course_reader``, and reported where what they need is missing.
COURSE_KINDS = frozenset({*KINDS["changes"], "shape"})

#: What a comparison asks of a number: an operator, "about", or exactly.
Relation = Literal["<", "<=", ">", ">=", "~", "="]
RELATIONS: tuple[Relation, ...] = ("<", "<=", ">", ">=", "~", "=")


@dataclass(frozen=True)
class Degree:
    """How much a degree word weighs, a plain word weighing 1, and what the quality must exceed."""

    weight: float
    minimum: float


PLAIN = Degree(1.0, 0.0)


@dataclass(frozen=True)
class Entry:
    """What a phrase asks for.

    ``absent``: conditions that "without it" adds. ``scene_sort``: said of a scene, the phrase orders by this measure
    instead ("a long scene" is no long take). ``hints``: what it implies without asking for it, so that nothing is left
    out. ``unseen``: what it names itself is not measured, and is reported.
    """

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
    """What a phrase of the main table is.

    ``kind``: one of ``KINDS``, or "entry" (a quality), "degree", "much", "little", "support" (a noun that needs a
    quality or an amount), "unit", "order", "shape" (of an arc), "ignored" or "unmeasured"; with the field for it.
    ``sort``: a measure, and whether it orders downwards. ``shown``: a picture can show it, though nothing measures it.
    """

    kind: str
    entry: Entry | None = None
    degree: Degree | None = None
    unit: Unit | None = None
    sort: tuple[str, bool] | None = None
    shape: ShapeName | None = None
    shown: bool = False


@dataclass(frozen=True)
class Nation:
    """A country and its language as people and catalogues write them, codes of ISO 3166 and 639 among them."""

    countries: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True)
class QuantityUnit:
    """A unit after a number: what it measures (``None``: a share of anything), and its factor to that."""

    measure: str | None
    factor: float


@dataclass(frozen=True)
class Comparator:
    """A comparison before a number; ``measure`` where its words name one ("louder than")."""

    relation: Relation
    measure: str | None
