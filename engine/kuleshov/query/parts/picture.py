"""What is in the picture, in words: "a train at dusk", found by the image-text model that saw the films.

Inner products of texts and pictures lie close together (CLIP: most between 0.15 and 0.3) and differ from text to text,
so the score is the rank among the archive's own: 1 for what is most like the text, 0 for the middle, -1 for the least.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.store import Archive
from kuleshov.errors import ArchiveError, KuleshovError, ModelError
from kuleshov.models.image_text import SPACE, ImageTextModel, open_image_text
from kuleshov.query.matching.column_table import RowScores, Selection, table_of
from kuleshov.query.matching.context import SearchContext, View
from kuleshov.query.matching.part import GradedPart, PartMatch, PartVerdict, Reason
from kuleshov.records import Unit

#: Names the model where its weights no longer lie where the films were described.
VARIABLE = "KULESHOV_SIGHT"
#: So many segments that are most like the text are compared; a sample of so many says what is usual.
_CANDIDATES, _SAMPLE = 1000, 2000
#: Products of the index and of the sample are float32, summed in another order.
_PRECISION = 1e-5
_OTHERWISE = "only dialogue (says “...”), titles and the cues of known words can find it"


@dataclass(frozen=True)
class PictureQuery(GradedPart):
    """Asks for what is in the picture: ``text`` as a model is asked, ``words`` as typed.

    ``unknown``: those of its words that nothing else understands. ``model``: the image-text model that answers it, ""
    as long as none is chosen (``resolved``).
    """

    text: str
    words: str
    unknown: tuple[str, ...] = ()
    model: str = ""
    weight: float = 1.0

    cost = 4

    @property
    def asks(self) -> bool:
        return bool(self.model)

    def graded(self) -> Iterator[GradedPart]:
        if self.model:
            yield self

    def resolved(self, archive: Archive, unit: Unit) -> tuple[Self | None, str]:
        try:
            model: Any = _model_of(archive, unit)
            _text_vector(model, self.text)
        except (ModelError, ArchiveError) as error:
            return None, f"“{self.text}” could not be matched by sight: {error}; {_OTHERWISE}"
        unseen = np.isnan(_sample(archive, unit, model.identity)).any(axis=1).mean()
        rest = f"; {100 * unseen:.0f}% of {unit}s, which it has not seen, are left out" if unseen else ""
        return replace(self, model=model.identity), f"“{self.text}” is matched by sight with {model.identity}{rest}"

    def match(self, context: SearchContext, selection: Selection) -> PictureMatch:
        return PictureMatch(self, context, selection)

    def describe(self) -> list[str]:
        if not self.model:
            return []
        return [
            f'"{self.words}": looks like “{self.text}”, matched by sight with {self.model}, weight {self.weight:.2f}'
        ]


class PictureScore(NamedTuple):
    """How like the text a segment looks: the inner product, and its rank among the archive's, -1..1."""

    likeness: float
    score: float
    text: str


class PictureMatch(PartMatch[PictureQuery]):
    """The segments most like the text of what the other parts left; those above the archive's middle satisfy it."""

    def __init__(self, part: PictureQuery, context: SearchContext, selection: Selection) -> None:
        super().__init__(part, context)
        self._selection = selection

    def narrow(self, selection: Selection) -> Selection:
        return selection.among([id for id, picture in self._pictures.items() if picture.score > 0])

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        known = self.context.table.columns.at(np.array(list(self._pictures), dtype=np.int64))
        scores = RowScores(known, np.array([picture.score for picture in self._pictures.values()]))
        return self.part.weight * scores.at(rows)

    def verdicts(self, view: View) -> list[PartVerdict]:
        picture = self._picture(view)
        if picture is None:
            return [PartVerdict(self.part.words, False, None, "no image-text model has seen it")]
        return [PartVerdict(self.part.words, picture.score > 0, max(-picture.score, 0.0), picture.text)]

    def reasons(self, view: View) -> list[Reason] | None:
        picture = self._picture(view)
        if picture is None:
            return None
        return [Reason("sight", picture.score, self.part.weight * picture.score, picture.text, self.part.weight)]

    def why_none(self) -> list[str]:
        return [f'no {self.context.answer} looks like "{self.part.words}"']

    @cached_property
    def _vector(self) -> NDArray[np.float32]:
        model: Any = _model_of(self.context.archive, self.context.unit)  # hashable by identity
        return _text_vector(model, self.part.text)

    @cached_property
    def _pictures(self) -> dict[int, PictureScore]:
        """The segments most like the text by id, best first."""
        return self._ranked(self._selection.allowed())

    def _picture(self, view: View) -> PictureScore | None:
        if isinstance(view.key, str):
            return self._best_of_films.get(view.key)
        return self._pictures.get(view.key) or self._ranked(np.array([view.key], dtype=np.int64)).get(view.key)

    def _ranked(self, allowed: NDArray[np.int64] | None) -> dict[int, PictureScore]:
        unit, usual = self.context.unit, self._usual
        ranked = self.context.archive.nearest_in(
            SPACE, unit, self._vector, k=_CANDIDATES, allowed=allowed, model=self.part.model
        )
        found = {}
        for id, likeness in ranked:
            less = np.searchsorted(usual, likeness - _PRECISION, side="left") / max(len(usual), 1)
            up_to = np.searchsorted(usual, likeness + _PRECISION, side="right") / max(len(usual), 1)
            text = f"{self.part.words}: looks so, likeness {likeness:.2f}, more than {100 * less:.0f}% of {unit}s"
            found[id] = PictureScore(likeness, float(2 * up_to - 1), text)
        return found

    @cached_property
    def _usual(self) -> NDArray[np.float64]:
        """The likenesses of the sample to the text, ascending."""
        likenesses = _sample(self.context.archive, self.context.unit, self.part.model) @ self._vector
        return np.sort(likenesses[~np.isnan(likenesses)].astype(np.float64))

    @cached_property
    def _best_of_films(self) -> dict[str, PictureScore]:
        """The shot of each film that is most like the text, where one is like it at all, with its time."""
        table = self.context.table
        best: dict[str, PictureScore] = {}
        there = [(id, picture) for id, picture in self._pictures.items() if picture.score > 0]
        rows = table.columns.at(np.array([id for id, _ in there], dtype=np.int64))
        starts = table.measure("start_seconds")[rows].tolist()
        for (_, picture), film, start in zip(there, table.film[rows].tolist(), starts, strict=True):
            content_id = table.content_ids[film]
            if content_id not in best or picture.score > best[content_id].score:
                minutes, seconds = divmod(int(start), 60)
                best[content_id] = picture._replace(text=f"{picture.text}, at {minutes}:{seconds:02d}")
        return best


def _model_of(archive: Archive, unit: Unit) -> ImageTextModel:
    """Return the model that saw the newest of the archive's films that were seen by one.

    Raises ``ModelError`` where there is none, or it can no longer be loaded.
    """
    identity = next((space.model for space in archive.spaces(unit) if space.space == SPACE), None)
    if identity is None:
        raise ModelError("no film of the archive was looked at by an image-text model (kuleshov ingest --sight MODEL)")
    source = os.environ.get(VARIABLE) or _source(archive, identity)
    try:
        model = _opened(source)
    except KuleshovError as error:
        raise ModelError(f"{error} (name where it lies now: {VARIABLE})") from error
    if model.identity != identity:
        raise ModelError(f"the films were looked at by {identity}, but {source} is {model.identity}")
    return model


def _source(archive: Archive, identity: str) -> str:
    for film in reversed(archive.films()):
        models = archive.provenance(film.content_id).models
        if models.get("sight") == identity:
            return models["sight_weights"]
    raise ModelError(f"where the weights of {identity} lie is not known any more (name it: {VARIABLE})")


@lru_cache(maxsize=1)
def _opened(source: str) -> ImageTextModel:
    return open_image_text(source, engine="torch")


@lru_cache(maxsize=32)
def _text_vector(model: ImageTextModel, text: str) -> NDArray[np.float32]:
    (vector,) = model.embed_texts([text])
    return np.asarray(vector)


def _sample(archive: Archive, unit: Unit, identity: str) -> NDArray[np.float32]:
    """Return the vectors of the archive's segments, of a large archive those of an even sample; NaN where there is
    none."""
    ids = Selection.of(table_of(archive, unit)).ids()
    if len(ids) > _SAMPLE:
        ids = ids[np.linspace(0, len(ids) - 1, _SAMPLE).astype(np.int64)]
    return archive.vectors_of(SPACE, unit, ids, model=identity)
