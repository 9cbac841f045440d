"""A query's reading in plain lines: what was understood, by which words, and what was not."""

from __future__ import annotations

from kuleshov.query.explain.reasons import label, quantity
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import LEAST_RISE, ChangeQuery
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.film_filter import FilmFilter
from kuleshov.query.parts.line import LineQuery
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.parts.term import Term
from kuleshov.query.spec.query import Query, Sort


def described(query: Query) -> tuple[str, ...]:
    """Return how a query was read, a line for each thing it asks for: for people who wonder about an answer."""
    lines = [f'"{term.words or term.name}": {_wish(term)}, weight {term.weight:.2f}' for term in query.terms]
    lines += [
        f'"{one.words or one.measure}": {label(one.measure)} {one.op} {quantity(one.measure, one.value)}'
        for one in query.conditions
    ]
    lines += [f'"{said.words}": a line {_fitting(said)}, weight {said.weight:.2f}' for said in query.said]
    lines += [f'"{one.words}": {_looks(one)}' for one in query.seen if one.model]
    lines += [f'"{one.words}": {_filter(one)}' for one in query.filters]
    lines += [line for like in query.likes for line in _likened(like)]
    lines += [f'"{change.words}": {_course(change)}, weight {change.weight:.2f}' for change in query.changes]
    lines += [f'"{arc.words}": {_drawn(arc)}, weight {arc.weight:.2f}' for arc in query.arcs]
    if query.sort is not None:
        lines.append(f'"{query.sort.words}": {_order(query.sort)}')
    limit = "" if query.limit is None else f", at most {query.limit}"
    about = "film" if query.of_films else query.unit
    lines.append(f"{about}s ({'asked for' if query.unit_given else 'inferred'}){limit}")
    if query.not_understood:
        lines.append(f"not understood: {', '.join(query.not_understood)}")
    lines += [f'"{word}": did you mean "{known}"?' for word, known in query.did_you_mean]
    return tuple(lines)


def _fitting(said: LineQuery) -> str:
    return {
        "words": f"with the words “{said.text}”",
        "meaning": f"whose meaning is near “{said.text}”",
        "speaker": f"of {said.text}",
        "place": f"of a scene that the screenplay sets in “{said.text}”",
        "time": f"of a scene that the screenplay sets at {said.text}",
        "setting": f"of a scene that is an {said.text} in the screenplay",
    }[said.by]


def _looks(seen: PictureQuery) -> str:
    return f"looks like “{seen.text}”, matched by sight with {seen.model}, weight {seen.weight:.2f}"


def _filter(one: FilmFilter) -> str:
    if one.field == "year":
        if one.low == one.high:
            return f"films of {one.low}"
        ends = (f"from {one.low}" if one.low is not None else "", f"to {one.high}" if one.high is not None else "")
        return f"films {' '.join(filter(None, ends))}"
    return f"films whose {one.field} is “{one.values[0]}”"


def _likened(like: ExampleQuery) -> list[str]:
    place = f"{like.film} at {like.seconds:g} s"
    lines = [f'"{like.words}": like {place}, weight {like.weight:.2f}'] if like.alike else []
    ways = ((term, "more" if term.sign > 0 else "less") for term in like.deltas)
    return lines + [f'"{term.words}": {term.name} {way} than {place}, weight {term.weight:.2f}' for term, way in ways]


def _course(change: ChangeQuery) -> str:
    before, after = (" and ".join(_wish(term) for term in side) for side in (change.before, change.after))
    to_climax = " up to the film's climax" if change.to_climax else ""
    rises = " and ".join(f"{term.name} {'rises' if term.sign > 0 else 'falls'}" for term in change.after)
    return {
        "from_to": f"its first third {before}, its last third {after}",
        "then": f"a moment {before}, and within {change.seconds:g} s one {after}",
        "starts": f"its first 5 s {after}",
        "ends": f"its last 5 s {after}",
        "turns": f"its last third {after}, at least {LEAST_RISE:g} more than its first",
        "rises": f"{rises} by at least {LEAST_RISE:g} from its first to its last third{to_climax}",
        "climax": "holds the film's climax",
    }[change.kind]


def _drawn(arc: ArcQuery) -> str:
    course = arc.shape or ", ".join(f"{point:g}" for point in arc.points)
    return f"{'' if arc.sign > 0 else 'the opposite of '}{arc.of} goes {course}"


def _wish(term: Term) -> str:
    if term.hint:
        return f"{'' if term.sign > 0 else 'not '}{term.name}, implied"
    if term.inclusive and term.minimum <= -1:
        return f"{term.name}, the {'more' if term.sign > 0 else 'less'} the better"
    limit = term.sign * term.minimum + 0.0  # no "-0"
    if term.sign > 0:
        return f"{term.name} {'at least' if term.inclusive else 'above'} {limit:g}"
    return f"{term.name} {'at most' if term.inclusive else 'below'} {limit:g}"


def _order(sort: Sort) -> str:
    name = label(sort.key) if sort.by_measure else sort.key
    return f"ordered by {name}, {'largest' if sort.descending else 'smallest'} first"
