"""An example: a shot, scene, frame or file as the vectors that what is like it is found by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.embeddings import Embeddings
from kuleshov.cinema.attributes.measures import Unit


@dataclass(frozen=True, eq=False)
class Vector:
    """A vector float32 ``[D]`` of unit length, and what made it."""

    model: str
    values: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Example:
    """What is sought the like of.

    ``words`` name it ("Sintel, shot 12"). ``spaces``: its vector in each space that it has. ``affect`` float32 of
    ``affect_names``, NaN = not measured: its qualities and what it reads as; ``None`` of sound alone.
    ``content_id`` is that of its film; ``within`` the shots and scenes of the archive that hold it, by unit.
    """

    words: str
    spaces: Mapping[str, Vector]
    affect: NDArray[np.float32] | None = None
    affect_names: Sequence[str] = ()
    content_id: str | None = None
    within: Mapping[Unit, int] = field(default_factory=dict)


def vectors_at(embeddings: Sequence[Embeddings], unit: Unit, place: int) -> dict[str, Vector]:
    """Return the vectors of one shot or scene, by space, those that it has."""
    return {
        each.space: Vector(each.model, each.vectors[unit][place])
        for each in embeddings
        if unit in each.vectors and np.isfinite(each.vectors[unit][place]).all()
    }
