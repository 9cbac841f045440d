"""The query language: text to a typed ``Query``. Start here to know what a text asks for; ``search`` answers it.

No text is refused: what was not understood stands in the query, word for word. The vocabulary is a file
(``vocabulary/en.toml``); ``docs/query-language.md`` describes the language for its users.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import QueryError
from kuleshov.query.language.course_reader import read_course
from kuleshov.query.language.example_reader import is_only_other, read_likes
from kuleshov.query.language.film_filter_reader import read_filters
from kuleshov.query.language.infer_unit import inferred_unit, sort_key
from kuleshov.query.language.lexicon import Lexicon, packaged_lexicon
from kuleshov.query.language.line_reader import read_quoted, read_said
from kuleshov.query.language.modifiers import Reader, Wanted, terms_of
from kuleshov.query.language.picture_reader import read_seen, read_shown
from kuleshov.query.language.scan import Item, scan
from kuleshov.query.language.suggest import suggestion
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Piece, Query, Sort
from kuleshov.query.spec.weights import evened

#: What makes a comparative of a quality, beside its ending.
_COMPARATIVE = frozenset(("more", "less"))
#: "Neither dark nor bright" means the middle; exactly 0 would be nothing.
_MIDDLE = -0.25


def parse(text: str, *, language: str = "en", unit: Unit | None = None, lexicon: Lexicon | None = None) -> Query:
    """Return what a text asks for; never raises on any text.

    ``unit`` overrides what the text says or implies. ``lexicon``: a vocabulary of one's own instead of ``language``.
    """
    words = packaged_lexicon(language) if lexicon is None else lexicon
    compared, rest = read_likes(text)
    said, rest, places = read_said(rest)
    shown, rest, on_screen = read_shown(rest)
    filters, rest, filtered = read_filters(rest, words.nations, known=words.words)
    quoted, rest, between = read_quoted(rest, understood=lambda stretch: _is_vocabulary(stretch, words))
    said, places = (*said, *quoted), (*places, *between)
    course = read_course(rest, scan(rest, words), of_catalogue=bool(filters))
    items = course.items
    reader = Reader(items)
    seen, only_shows = read_seen(rest, items, reader.roles)
    seen = (*shown, *seen)
    films = [number for number, item in enumerate(items) if item.sense is not None and item.sense.kind == "films"]
    for number in (*only_shows, *(films if seen else ())):
        reader.roles[number] = "ignored"
    all_terms = [term for wanted in reader.wanted for term in terms_of(wanted)]
    given = unit or next(iter(reader.units), None) or _named_unit(reader.wanted, words)
    about = given or _hinted_unit(reader.wanted)
    about = about or ("scene" if course.changes or course.arcs else inferred_unit(all_terms, reader.conditions))
    kept = [wanted for wanted in reader.wanted if not (wanted.order_only or _orders_scenes(wanted, about))]
    likes, kept = _with_deltas(compared, kept, items)
    terms = _balanced(_merged(term for wanted in _scored(kept) for term in terms_of(wanted)))
    unread = _unread_likes(compared, likes)
    only_films = bool(filters) and not (
        given or terms or reader.conditions or reader.orders or said or course.changes or likes
    )
    cut_out = [
        *zip(places, (one.words for one in said), strict=True),
        *zip(filtered, (one.words for one in filters), strict=True),
        *zip(on_screen, (one.words for one in shown), strict=True),
        *((place, one.words) for place, one in compared),
    ]
    query = Query(
        text=text,
        terms=terms,
        conditions=tuple(dict.fromkeys(reader.conditions)),
        sort=_sort(reader, about),
        unit=about,
        unit_given=given is not None,
        not_understood=(
            *_not_understood(items, reader, course.partly, cut_out),
            *unread,
            *(one.words for one in shown),
        ),
        limit=reader.limit,
        did_you_mean=_suggestions(items, reader, words),
        pieces=_pieces(items, reader, cut_out),
        said=said,
        changes=course.changes,
        arcs=course.arcs,
        of_films=(course.of_films or only_films or bool(seen and films and not given)) and unit is None and not likes,
        filters=filters,
        likes=likes,
        seen=seen,
    )
    return evened(query)


def _is_vocabulary(text: str, lexicon: Lexicon) -> bool:
    return all(item.kind not in ("unknown", "unmeasured", "count") for item in scan(text, lexicon))


def with_arc(query: Query, numbers: str, *, of: str) -> Query:
    """Return a query that also asks for a drawn arc ("0,0.2,-0.5,0.8") of a quality: of films, if no unit is named.

    Raises ``QueryError`` for numbers that draw nothing or a quality that there is none of.
    """
    if of not in VECTOR_NAMES:
        raise QueryError(f"arc of {of!r}: no such quality; there are: {', '.join(VECTOR_NAMES)}")
    try:
        points = tuple(float(number) for number in numbers.split(","))
    except ValueError as error:
        raise QueryError(f"arc {numbers!r}: give numbers from -1 to 1 with commas: 0,0.2,-0.5,0.8") from error
    wish = ArcQuery(of, 1, None, points, f"arc {numbers}")
    of_films = query.of_films or not query.unit_given
    return evened(replace(query, arcs=(*query.arcs, wish), of_films=of_films))


def _not_understood(
    items: Sequence[Item], reader: Reader, partly: Sequence[Item], cut_out: Sequence[tuple[slice, str]]
) -> tuple[str, ...]:
    """Return what was not read, or only by what it implies, in the order of the text."""
    unread = [
        item for item, role in zip(items, reader.roles, strict=True) if role in ("not understood", "partly understood")
    ]
    parts = [part for item in (*unread, *partly) for part in _parts(item, cut_out)]
    return tuple(words for _, words in sorted(parts))


def _parts(item: Item, cut_out: Sequence[tuple[slice, str]]) -> list[tuple[int, str]]:
    """Return an item's words with where they start: in parts where something was cut out of it.

    ("Calm, then "never mind", then loud" is one change.)
    """
    start, end = item.place.start, item.place.stop
    inside = sorted((place.start, place.stop) for place, _ in cut_out if start <= place.start and place.stop <= end)
    parts = []
    for stop, after in [*inside, (end, end)]:
        words = item.words[start - item.place.start : stop - item.place.start]
        if words.strip():
            parts.append((start, words.strip()))
        start = after
    return parts


def _with_deltas(
    compared: Sequence[tuple[slice, ExampleQuery]], wanted: Sequence[Wanted], items: Sequence[Item]
) -> tuple[tuple[ExampleQuery, ...], list[Wanted]]:
    """Return the comparisons with what is to be otherwise, and the qualities that are no part of them.

    Otherwise is what stands behind "like FILM@TIME" in a comparative ("calmer", "less loud"), and the last quality
    before "than FILM@TIME".
    """
    rest = list(wanted)
    likes = []
    for number, (place, like) in enumerate(compared):
        end = compared[number + 1][0].start if number + 1 < len(compared) else math.inf
        if is_only_other(like):
            before = [one for one in rest if items[one.item].place.start < place.start]
            mine = before[-1:]
        else:
            mine = [
                one
                for one in rest
                if place.stop <= items[one.item].place.start < end and not one.negated and _is_comparative(one, items)
            ]
        rest = [one for one in rest if one not in mine]
        deltas = tuple(term for one in mine for term in terms_of(one) if not term.hint)
        if deltas or not is_only_other(like):
            likes.append(replace(like, alike=not is_only_other(like), deltas=deltas))
    return tuple(likes), rest


def _is_comparative(wanted: Wanted, items: Sequence[Item]) -> bool:
    return items[wanted.item].grade == "comparative" or bool(_COMPARATIVE & set(wanted.words.casefold().split()))


def _unread_likes(compared: Sequence[tuple[slice, ExampleQuery]], likes: Sequence[ExampleQuery]) -> list[str]:
    read = {like.words for like in likes}
    return [like.words for _, like in compared if like.words not in read]


def _pieces(items: Sequence[Item], reader: Reader, cut_out: Sequence[tuple[slice, str]]) -> tuple[Piece, ...]:
    """Return every stretch of the text in its order, with what became of it."""
    read = [(place.start, Piece(words, "condition")) for place, words in cut_out]
    read += [
        (start, Piece(words, role))
        for item, role in zip(items, reader.roles, strict=True)
        for start, words in _parts(item, cut_out)
    ]
    return tuple(piece for _, piece in sorted(read, key=lambda pair: pair[0]))


def _scored(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Leave out superlatives of measured qualities beside others: "longest calm shots" scores calm, by length.

    Alone they are all there is to score, and a feeling ("most tense") is always scored, as its cues are its reasons.
    """
    scored = [one for one in wanted if not (one.superlative and one.entry.targets[0][0] in ATTRIBUTE_NAMES)]
    return scored or list(wanted)


def _merged(terms: Iterable[Term]) -> list[Term]:
    """Ask for a quality once, however many words name it: the strictest of them holds."""
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


def _sort(reader: Reader, unit: Unit) -> Sort | None:
    """Return the order that was asked for: by a measure's name, by a quality that only orders, or a superlative."""
    if reader.orders:
        order = reader.orders[0]
        return Sort(order.key, order.descending, order.words)
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


def _hinted_unit(wanted: Sequence[Wanted]) -> Unit | None:
    return next((one.entry.unit for one in wanted if one.entry.unit is not None), None)


def _named_unit(wanted: Sequence[Wanted], lexicon: Lexicon) -> Unit | None:
    """Return the unit whose word is part of a phrase: "long take", "love scene"."""
    for one in wanted:
        for word in lexicon.split(one.words):
            unit = lexicon.unit_words.get(word)
            if unit is not None:
                return one.entry.unit or unit
    return None


def _suggestions(items: Sequence[Item], reader: Reader, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """Return what may have been meant by words that were not understood."""
    unread = {item.words: item for item, role in zip(items, reader.roles, strict=True) if role == "not understood"}
    found = []
    for words, item in unread.items():
        other = lexicon.instead.get(lexicon.split(words))
        if other is None and item.kind == "unknown":
            other = suggestion(lexicon.fold(words), lexicon)
        if other is not None:
            found.append((words, other))
    return tuple(found)
