"""The query language: text to a typed ``Query``. Start here to know what a text asks for; ``search`` answers it.

The text is cut into tokens once. Readers of patterns claim names, years, quotes and times (``claims``), the vocabulary
claims phrases and quantities (``scan``); then changes over time are put together, qualities get their modifiers, and
what nothing understood may be seen in the picture. No text is refused: what was not understood is in the query, word
for word. ``docs/query-language.md`` describes the language for its users.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, get_args, get_origin, get_type_hints

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import QueryError
from kuleshov.query.language.claims import Claim, PatternReader, pattern_claims, scan
from kuleshov.query.language.course_reader import NO_COURSE, Course, read_course
from kuleshov.query.language.example_reader import Example, read_example, with_deltas
from kuleshov.query.language.film_filter_reader import read_film_filter
from kuleshov.query.language.infer_unit import inferred_unit, sort_key
from kuleshov.query.language.lexicon import Lexicon, packaged_lexicon
from kuleshov.query.language.line_reader import read_line
from kuleshov.query.language.picture_reader import PictureReader, read_picture
from kuleshov.query.language.quality_reader import QualityReader, Wanted, terms_of
from kuleshov.query.language.suggest import suggestion
from kuleshov.query.language.tokens import Text, Token, runs
from kuleshov.query.language.vocabulary_types import COURSE_KINDS
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.condition import Condition
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.parts.sort import Sort
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Piece, Query, Role

#: Who reads which ``[patterns]`` of a vocabulary: a new kind of reading is a file, and a line here.
PATTERN_READERS: dict[str, PatternReader] = {
    "example": read_example,
    "line": read_line,
    "picture": read_picture,
    "film_filter": read_film_filter,
}
#: The fields of a query by the kind of part that they are tuples of.
_FIELDS: dict[type, str] = {
    get_args(hint)[0]: name for name, hint in get_type_hints(Query).items() if get_origin(hint) is tuple
}
#: "Neither dark nor bright" means the middle; exactly 0 would be nothing.
_MIDDLE = -0.25


def parse(text: str, *, language: str = "en", unit: Unit | None = None, lexicon: Lexicon | None = None) -> Query:
    """Return what a text asks for; never raises on any text.

    ``unit`` overrides what the text says or implies. ``lexicon``: a vocabulary to use instead of that of ``language``.
    """
    lexicon = packaged_lexicon(language) if lexicon is None else lexicon
    typed = lexicon.tokenize(text)
    patterned = pattern_claims(typed, lexicon, PATTERN_READERS)
    parts = _by_field(part for one in patterned for part in one.parts)
    filters, said, shown = (parts.get(name, ()) for name in ("filters", "said", "seen"))
    rest = typed.without({token.number for one in patterned for token in one.tokens})
    claims, course = scan(rest, lexicon), NO_COURSE
    if any(one.kind in COURSE_KINDS or one.kind == "from" for one in claims):
        course = read_course(rest, claims, of_catalogue=bool(filters))
        claims = course.claims
    reader = QualityReader(claims)
    conditions = (*reader.conditions, *parts.get("conditions", ()))
    seen = (*shown, *_pictures(rest, claims, reader.roles, lexicon))
    films = [place for place, one in enumerate(claims) if one.sense is not None and one.sense.kind == "films"]
    for place in films if seen else ():
        reader.roles[place] = "ignored"
    given = unit or next(iter(reader.units), None) or _named_unit(reader.wanted, lexicon)
    about = given or _implied_unit(reader.wanted, course, conditions)
    kept = [wanted for wanted in reader.wanted if not (wanted.order_only or _orders_scenes(wanted, about))]
    examples = [one for one in patterned if isinstance(one.parts[0], Example)]
    likes, kept, unread = with_deltas(examples, kept, lexicon) if examples else ((), kept, [])
    terms = _balanced(_merged(term for wanted in _scored(kept) for term in terms_of(wanted)))
    asked = bool(given or terms or conditions or reader.orders or said or course.changes or likes)
    of_films = course.of_films or (bool(filters) and not asked) or bool(seen and films and not given)
    became: list[tuple[Claim, Role]] = [(one, "not understood" if one in unread else "condition") for one in patterned]
    became += zip(claims, reader.roles, strict=True)
    pieces = _pieces(typed, became)
    asked_for: dict[str, Any] = {
        **parts,
        "terms": terms,
        "conditions": tuple(dict.fromkeys(conditions)),
        "changes": course.changes,
        "arcs": course.arcs,
        "likes": likes,
        "seen": seen,
    }
    query = Query(
        text=text,
        sort=_sort(reader, about),
        unit=about,
        unit_given=given is not None,
        not_understood=(*_not_understood(typed, pieces, course.partly), *(one.words for one in shown)),
        limit=reader.limit,
        did_you_mean=_suggestions(claims, reader, lexicon),
        pieces=tuple(piece for _, piece in pieces),
        of_films=of_films and unit is None and not likes,
        **asked_for,
    )
    return query.evened()


def with_arc(query: Query, numbers: str, *, of: str) -> Query:
    """Return a query that also asks for a drawn arc ("0,0.2,-0.5,0.8") of a quality: of films, unless a unit is named.

    Raises ``QueryError`` for numbers that draw no curve, or for an unknown quality.
    """
    if of not in VECTOR_NAMES:
        raise QueryError(f"arc of {of!r}: no such quality; there are: {', '.join(VECTOR_NAMES)}")
    try:
        points = tuple(float(number) for number in numbers.split(","))
    except ValueError as error:
        raise QueryError(f"arc {numbers!r}: give numbers from -1 to 1 with commas: 0,0.2,-0.5,0.8") from error
    arc = ArcQuery(of, 1, None, points, f"arc {numbers}")
    of_films = query.of_films or not query.unit_given
    return replace(query, arcs=(*query.arcs, arc), of_films=of_films).evened()


def _by_field(parts: Iterable[Any]) -> dict[str, tuple[Any, ...]]:
    """Return parts by the field of ``Query`` that holds their kind."""
    fields: dict[str, tuple[Any, ...]] = {}
    for part in parts:
        if type(part) in _FIELDS:
            name = _FIELDS[type(part)]
            fields[name] = (*fields.get(name, ()), part)
    return fields


def _pictures(text: Text, claims: Sequence[Claim], roles: list[Role], lexicon: Lexicon) -> list[PictureQuery]:
    """Return what an image-text model may find of what was not understood; "showing" and such become ignored."""
    if "not understood" not in roles and "partly understood" not in roles:
        return []
    reader = PictureReader(text, claims, roles, lexicon)
    pictures = reader.read()
    for place in reader.shows:
        roles[place] = "ignored"
    return pictures


def _pieces(text: Text, became: Sequence[tuple[Claim, Role]]) -> list[tuple[int, Piece]]:
    """Return the text in pieces with their positions, in order, and what became of each.

    A claim inside a wider one ("scenes" in "calm scenes, then loud") is a piece of its own.
    """
    owner: dict[int, int] = {}
    for number in sorted(range(len(became)), key=lambda number: -len(became[number][0].tokens)):
        owner.update((token.number, number) for token in became[number][0].tokens)
    owned: dict[int, list[Token]] = {}
    for token in text.tokens:
        owned.setdefault(owner[token.number], []).append(token)
    pieces = [
        (run[0].start, Piece(text.typed[run[0].start : run[-1].end], became[number][1]))
        for number, tokens in owned.items()
        for run in runs(tokens)
    ]
    return sorted(pieces, key=lambda pair: pair[0])


def _not_understood(text: Text, pieces: Sequence[tuple[int, Piece]], partly: Sequence[Claim]) -> tuple[str, ...]:
    """Return what was not understood, or only as what it implies, in the order of the text."""
    unread = [(at, piece.words) for at, piece in pieces if piece.role in ("not understood", "partly understood")]
    unread += [(run[0].start, text.typed[run[0].start : run[-1].end]) for one in partly for run in runs(one.tokens)]
    return tuple(words for _, words in sorted(unread))


def _scored(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Leave out superlatives of measured qualities where there are others: "longest calm shots" scores calm, by length.

    A feeling ("most tense") is always scored, because its cues are its reasons.
    """
    scored = [one for one in wanted if not (one.superlative and one.entry.targets[0][0] in ATTRIBUTE_NAMES)]
    return scored or list(wanted)


def _merged(terms: Iterable[Term]) -> list[Term]:
    """Merge the terms of a quality that several words name: the strictest applies."""
    merged: dict[tuple[str, int], Term] = {}
    for term in sorted(terms, key=lambda one: one.hint):
        if term.hint and any((term.name, sign) in merged for sign in (-1, 1)):
            continue  # what is asked for says more than what is implied
        known = merged.get((term.name, term.sign))
        if known is None:
            merged[term.name, term.sign] = term
            continue
        strictest = max(known, term, key=lambda one: (one.minimum, not one.inclusive))
        words = known.words if term.words.casefold() in known.words.casefold() else f"{known.words}, {term.words}"
        merged[term.name, term.sign] = replace(strictest, weight=max(known.weight, term.weight), words=words)
    return [
        replace(term, minimum=_MIDDLE)
        if term.inclusive and term.minimum == 0 and _is_middle(merged.get((term.name, -term.sign)))
        else term
        for term in merged.values()
    ]


def _is_middle(opposite: Term | None) -> bool:
    return opposite is not None and opposite.inclusive and opposite.minimum == 0


def _balanced(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Scale the weights so that they add up to 1: a score then lies in -1..1."""
    total = math.fsum(term.weight for term in terms)
    return tuple(replace(term, weight=term.weight / total) for term in terms)


def _sort(reader: QualityReader, unit: Unit) -> Sort | None:
    """Return the order that was asked for: by a measure's name, by a quality that only orders, or a superlative."""
    if reader.orders:
        return reader.orders[0]
    for wanted in sorted(reader.wanted, key=lambda one: not one.order_only):
        if _orders_scenes(wanted, unit) and wanted.entry.scene_sort is not None:
            key, descending = wanted.entry.scene_sort
            return Sort(key, descending == ((wanted.sign == 1) != wanted.negated), wanted.words)
        if wanted.superlative:
            name, sign = wanted.entry.targets[0]
            key, direction = sort_key(name, unit=unit)
            return Sort(key, sign * wanted.sign * direction > 0, wanted.words)
    return None


def _orders_scenes(wanted: Wanted, unit: Unit) -> bool:
    return unit == "scene" and wanted.entry.scene_sort is not None


def _implied_unit(wanted: Sequence[Wanted], course: Course, conditions: Sequence[Condition]) -> Unit:
    hinted = next((one.entry.unit for one in wanted if one.entry.unit is not None), None)
    if hinted is not None or course.changes or course.arcs:
        return hinted or "scene"
    return inferred_unit([term for one in wanted for term in terms_of(one)], conditions)


def _named_unit(wanted: Sequence[Wanted], lexicon: Lexicon) -> Unit | None:
    """Return the unit whose word is part of a phrase: "long take", "love scene"."""
    for one in wanted:
        for word in one.norms:
            unit = lexicon.unit_words.get(word)
            if unit is not None:
                return one.entry.unit or unit
    return None


def _suggestions(claims: Sequence[Claim], reader: QualityReader, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """Return what may have been meant by words that were not understood."""
    unread = {one.words: one for one, role in zip(claims, reader.roles, strict=True) if role == "not understood"}
    suggestions = []
    for words, one in unread.items():
        other = lexicon.instead.get(one.norms)
        if other is None and one.kind == "unknown":
            other = suggestion(lexicon.tokenize.fold(words), lexicon)
        if other is not None:
            suggestions.append((words, other))
    return tuple(suggestions)
