"""Whole films as the answer: those whose course is as a query asks, "films whose arc falls then rises".

What else the query asks for holds for the film's mean: a quality for that of its moments, a limit on a number for that
of its shots (a length for the film's own), each weighted by seconds; a line must be spoken somewhere in it.
"""

from __future__ import annotations

from kuleshov.query.explain.reasons import explained_film
from kuleshov.query.explain.result import Hit
from kuleshov.query.match_query import Matches
from kuleshov.query.parts.sort import SortMatch


def film_hits(matches: Matches, *, k: int | None) -> list[Hit]:
    """Return the ``k`` best films that satisfy every part (``None`` = all), or the first in the order it asks for.

    The score is the weighted sum of how well its course is fulfilled, how well its lines fit, how much its mean has of
    the qualities, and how much its shot that is most like a picture is; without those it is 1, in equal shares from the
    limits. Values count as they are: films are few.
    """
    order = next((match for match in matches.parts if isinstance(match, SortMatch)), None)
    ranked = []
    for film in matches.context.films:
        view = matches.view(film)
        if view.names and not view.moments:
            continue
        hit = explained_film(view, matches)
        if hit is not None:
            ranked.append((order.film_key(view) if order else 0.0, hit))
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].score, pair[1].content_id))
    return [hit for _, hit in ranked[:k]]
