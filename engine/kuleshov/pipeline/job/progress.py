"""The progress of an analysis, as reported to a watcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Stage = Literal["hash", "pictures", "sound", "describe", "see", "store"]


@dataclass(frozen=True)
class Progress:
    """One report: ``seconds_done`` of film time in the picture stage, of ``seconds_total`` if that is known."""

    path: Path
    stage: Stage
    seconds_done: float = 0.0
    seconds_total: float | None = None


Watcher = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Ignore a report."""
