"""Which shots or scenes show what a query asks for, by the image-text model that looked at the films.

The text is read by ``query.language.picture_reader``.

Inner products of texts and pictures lie close together (CLIP: most between 0.15 and 0.3) and differ from text to text,
so the score is the place among the archive's own: 1 for what is most like the text, 0 for the middle, -1 for the least.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import ArchiveError, KuleshovError, ModelError
from kuleshov.models.image_text import SPACE, ImageTextModel, open_image_text
from kuleshov.query.explain.result import Reason
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.spec.query import Query
from kuleshov.query.spec.weights import with_seen

#: Names the model where its weights do not lie any more where the films were described.
VARIABLE = "KULESHOV_SIGHT"
#: So many segments that are most like the text are looked at; a sample of so many says what is usual.
_CANDIDATES, _SAMPLE = 1000, 2000
#: Products of the index and of the sample are float32, summed in another order.
_PRECISION = 1e-5
_OTHERWISE = "only dialogue (says “...”), titles and the cues of known words can find it"


class Look(NamedTuple):
    """How like the text a segment looks: the inner product, and its place among the archive's, -1..1."""

    likeness: float
    score: float
    text: str

    @property
    def fulfilled(self) -> bool:
        return self.score > 0


@dataclass(frozen=True)
class Sighted:
    """A query whose wishes to see are settled: who looks is in ``query.language.picture_reader``, the texts' vectors
    are here.

    ``notes``: for each wish who looks, or why nobody can.
    """

    query: Query
    vectors: tuple[NDArray[np.float32], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def wishes(self) -> list[tuple[PictureQuery, NDArray[np.float32]]]:
        return list(zip(self.query.seen, self.vectors, strict=True)) if self.vectors else []


def with_sight(archive: Archive, query: Query) -> Sighted:
    """Return the query as the archive can answer it: its wishes to see with a model, or without those wishes.

    Words that a model looks for are no longer reported as not understood; a wish counts as much in the score as all
    qualities together.
    """
    if not query.seen:
        return Sighted(query)
    try:
        model = sight_model(archive, query.unit)
        vectors = model.embed_texts([one.text for one in query.seen])
    except (ModelError, ArchiveError) as error:
        notes = tuple(f"“{one.text}” could not be matched by sight: {error}; {_OTHERWISE}" for one in query.seen)
        return Sighted(replace(query, seen=()), notes=notes)
    unseen = np.isnan(_sample(archive, query.unit, model.identity)).any(axis=1).mean()
    rest = f"; {100 * unseen:.0f}% of {query.unit}s, which it has not seen, are left out" if unseen else ""
    notes = tuple(f"“{one.text}” is matched by sight with {model.identity}{rest}" for one in query.seen)
    return Sighted(_settled(query, model.identity), tuple(vectors), notes)


def sight_model(archive: Archive, unit: Unit) -> ImageTextModel:
    """Return the model that looked at the newest of the archive's films that were looked at.

    Raises ``ModelError`` where there is none, or it can't be loaded any more.
    """
    identity = next((space.model for space in archive.spaces(unit) if space.space == SPACE), None)
    if identity is None:
        raise ModelError("no film of the archive was looked at by an image-text model (kuleshov ingest --sight MODEL)")
    named = os.environ.get(VARIABLE)
    source = named or _source(archive, identity)
    try:
        model = _opened(source)
    except KuleshovError as error:
        raise ModelError(f"{error} (name where it lies now: {VARIABLE})") from error
    if model.identity != identity:
        raise ModelError(f"the films were looked at by {identity}, but {source} is {model.identity}")
    return model


def _settled(query: Query, identity: str) -> Query:
    """The query with who looks, its weights in a new balance; as it is where it was settled before."""
    if all(one.model for one in query.seen):
        return replace(query, seen=tuple(replace(one, model=identity) for one in query.seen))
    found = {word for one in query.seen for word in one.unknown}
    settled = with_seen(query, [replace(one, model=identity) for one in query.seen])
    return replace(settled, not_understood=tuple(word for word in query.not_understood if word not in found))


def looks(
    archive: Archive, unit: Unit, seen: PictureQuery, vector: NDArray[np.float32], *, allowed: NDArray[np.int64] | None
) -> dict[int, Look]:
    """Return how those of the allowed segments look that are most like a text, by id; without what nobody has seen."""
    ranked = archive.nearest_in(SPACE, unit, vector, k=_CANDIDATES, allowed=allowed, model=seen.model)
    usual = _usual(archive, unit, seen, vector)
    found = {}
    for id, likeness in ranked:
        less = np.searchsorted(usual, likeness - _PRECISION, side="left") / max(len(usual), 1)
        up_to = np.searchsorted(usual, likeness + _PRECISION, side="right") / max(len(usual), 1)
        text = f"{seen.words}: looks so, likeness {likeness:.2f}, more than {100 * less:.0f}% of {unit}s"
        found[id] = Look(likeness, float(2 * up_to - 1), text)
    return found


def sight_reason(seen: PictureQuery, look: Look) -> Reason:
    """Return what a look counts in the score."""
    return Reason("sight", look.score, seen.weight * look.score, look.text, seen.weight)


def _usual(archive: Archive, unit: Unit, seen: PictureQuery, vector: NDArray[np.float32]) -> NDArray[np.float64]:
    """The likenesses of the sample to a text, ascending."""
    likenesses = _sample(archive, unit, seen.model) @ vector
    return np.sort(likenesses[~np.isnan(likenesses)].astype(np.float64))


def _sample(archive: Archive, unit: Unit, identity: str) -> NDArray[np.float32]:
    """The vectors of the archive's segments, of a large archive those of an even sample; NaN where there is none."""
    ids = archive.select(unit, [])
    if len(ids) > _SAMPLE:
        ids = ids[np.linspace(0, len(ids) - 1, _SAMPLE).astype(np.int64)]
    return archive.vectors_of(SPACE, unit, ids, model=identity)


@lru_cache(maxsize=1)
def _opened(source: str) -> ImageTextModel:
    return open_image_text(source, engine="torch")


def _source(archive: Archive, identity: str) -> str:
    for film in reversed(archive.films()):
        told = archive.provenance(film.content_id).models
        if told.get("sight") == identity:
            return told["sight_weights"]
    raise ModelError(f"where the weights of {identity} lie is not known any more (name it: {VARIABLE})")
