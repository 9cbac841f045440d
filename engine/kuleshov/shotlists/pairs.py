"""Shot boundaries as benchmarks write them: ``first last`` in frames, one line a shot (TRECVID, ClipShots).

The last frame belongs to the shot. Frames between the last frame of a shot and the first of the next are a gradual
transition (TRECVID shot boundary task, reference format).
"""

from __future__ import annotations

import re
from typing import Any

from kuleshov.shotlists.entries import ListedShot, ShotListError

_PAIR = re.compile(r"\s*(\d+)[\s,;]+(\d+)\s*")


def is_pair(line: str) -> bool:
    return _PAIR.fullmatch(line) is not None


def read_pairs(text: str, *, source: str) -> dict[str, Any]:
    """Return ``shots``. Raises ``ShotListError`` for a line that is no pair; ``#`` begins a comment."""
    shots = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        pair = _PAIR.fullmatch(content)
        if pair is None:
            raise ShotListError(f"{source}: line {number}: {content!r} is not a pair of frame numbers")
        shots.append(ListedShot(f"line {number}", int(pair[1]), int(pair[2])))
    return {"shots": tuple(shots), "end_is_last": None, "gaps_are_gradual": True}
