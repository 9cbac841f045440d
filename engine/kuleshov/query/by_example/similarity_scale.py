"""How alike segments of an archive are to an example in one space, on a scale that all spaces share.

0 is the mean likeness of the archive's segments, 1 is the same: so spaces whose vectors all lie near each other
(image-text models, feelings) have no more weight than others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import SegmentRow
from kuleshov.archive.store import Archive
from kuleshov.cinema.spaces.look import LOOK
from kuleshov.cinema.spaces.sound import SOUND
from kuleshov.emotion.vector import FEELING_NAMES
from kuleshov.records import Example, Unit

#: The space of feelings: its vectors are part of the affect-and-cinema vector.
FEELING = "feeling"
_BLOCKS = {space.name: space for space in (LOOK, SOUND)}
_SAMPLE, _FEELING_SAMPLE = 256, 64  # segments, evenly over the archive, whose mean is 0
_LEAST_SAMPLE = 8  # fewer say nothing: then 0 is a product of 0
_MOST_USUAL = 0.9  # where all are more alike than that, small differences stay small


class Scale:
    """A space and its example. ``usual``: the mean likeness of the archive's segments, before scaling.

    A likeness is the inner product of the vectors; of feelings, 1 less the mean distance over those that both have.
    """

    def __init__(self, archive: Archive, example: Example, unit: Unit, space: str) -> None:
        self.space = space
        self._archive, self._unit = archive, unit
        if space == FEELING:
            self._entries, self._feelings = feelings(example, archive.vector_names)
        else:
            self._own = example.spaces[space]
        ids = archive.ids(unit)
        ids = ids[ids != example.within.get(unit, -1)]
        most = min(_FEELING_SAMPLE if space == FEELING else _SAMPLE, len(ids))
        sample = ids[np.unique(np.linspace(0, len(ids) - 1, most).astype(np.int64))]
        self.usual = 0.0
        raw = self._feeling_likeness(archive.segments(unit, sample)) if space == FEELING else self._products(sample)
        raw = raw[~np.isnan(raw)]
        if len(raw) >= _LEAST_SAMPLE:
            self.usual = min(float(raw.mean()), _MOST_USUAL)

    def of_ids(self, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how alike segments are, float64 ``[n]``, -1..1, NaN for those that have no vector; not of feelings."""
        return self._scaled(self._products(ids))

    def of_rows(self, rows: Sequence[SegmentRow]) -> NDArray[np.float64]:
        """Return how alike segments are in feeling, as ``of_ids`` does."""
        return self._scaled(self._feeling_likeness(rows))

    def in_words(self, row: SegmentRow, likeness: float) -> str:
        """Return a likeness in words, with what is most and least alike."""
        if np.isnan(likeness):
            return f"{self.space}: nothing to compare, counts as usual"
        detail = self._least_alike(row) if self.space == FEELING else self._parts(row)
        return f"{self.space}: likeness {likeness:+.2f}{detail}"

    def _products(self, ids: NDArray[np.int64]) -> NDArray[np.float64]:
        vectors = self._archive.vectors_of(self.space, self._unit, ids, model=self._own.model)
        return np.asarray(vectors.astype(np.float64) @ self._own.values.astype(np.float64))

    def _feeling_likeness(self, rows: Sequence[SegmentRow]) -> NDArray[np.float64]:
        values = np.array([row.vector[self._entries] for row in rows], dtype=np.float64).reshape(len(rows), -1)
        distances = np.abs(values - self._feelings)
        known = ~np.isnan(distances)
        mean = np.nan_to_num(distances).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return np.where(known.any(axis=1), 1.0 - mean, np.nan)

    def _scaled(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(((raw - self.usual) / (1.0 - self.usual)).clip(-1, 1))

    def _parts(self, row: SegmentRow) -> str:
        blocks = _BLOCKS.get(self.space)
        if blocks is None:
            return ""
        (vector,) = self._archive.vectors_of(self.space, self._unit, [row.id], model=self._own.model)
        cosines = blocks.cosines(self._own.values[None], vector[None])
        known = {name: float(value[0, 0]) for name, value in cosines.items() if np.isfinite(value[0, 0])}
        if len(known) < 2:
            return ""
        most, least = max(known, key=lambda name: known[name]), min(known, key=lambda name: known[name])
        return f": {most} {known[most]:.2f}, least {least} {known[least]:.2f}"

    def _least_alike(self, row: SegmentRow) -> str:
        values = row.vector[self._entries]
        most = int(np.nanargmax(np.abs(values - self._feelings)))
        name = self._archive.vector_names[self._entries[most]].removeprefix("mood_")
        return f": least in {name}, {values[most]:+.2f} against {self._feelings[most]:+.2f}"


def feelings(example: Example, names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return which entries of the archive's vectors are feelings that the example has, int64 ``[n]``, and its values,
    float32 ``[n]``."""
    if example.affect is None:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    own = dict(zip(example.affect_names, example.affect.tolist(), strict=True))
    known = [(entry, own[name]) for entry, name in enumerate(names) if name in FEELING_NAMES and name in own]
    known = [(entry, value) for entry, value in known if not np.isnan(value)]
    return np.array([entry for entry, _ in known], np.int64), np.array([value for _, value in known], np.float32)
