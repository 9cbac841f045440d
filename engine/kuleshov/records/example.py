"""An example to search by: a shot, scene, frame or file, as its vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kuleshov.records.embeddings import Vector
from kuleshov.records.segments import Unit


@dataclass(frozen=True, eq=False)
class Example:
    """What similar shots or scenes are searched for.

    ``words`` name it ("Sintel, shot 12"). ``spaces``: its vector in each space that it has. ``affect`` float32, a value
    for each of ``affect_names``, NaN = not measured; ``None`` for sound alone. ``content_id`` is that of its film;
    ``within`` the shots and scenes of the archive that contain it, by unit.
    """

    words: str
    spaces: Mapping[str, Vector]
    affect: NDArray[np.float32] | None = None
    affect_names: Sequence[str] = ()
    content_id: str | None = None
    within: Mapping[Unit, int] = field(default_factory=dict)
