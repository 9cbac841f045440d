"""What a user may choose about an analysis, and the identity of a pipeline that results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kuleshov.decode.analysis import ANALYSIS_WIDTH


@dataclass(frozen=True)
class Settings:
    """Choices for the analysis of films; the defaults are the exact ones.

    - ``device``: ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"cuda:N"``
    - ``shots``: name of a shot detector (``kuleshov doctor`` lists them)
    - ``grammar``: a grammar file of the user's own instead of the packaged one
    - ``voice_emotion``: a model of vocal emotion that ``kuleshov.training.voice`` made; without one voices have none
    - ``analysis_width``: width in pixels of the frames that are measured
    - ``threads``: of the CPU decoder; 0 takes as many as there are cores
    - ``sessions``: films that a GPU decodes at once; 0 takes as many as it has decode engines
    """

    device: str = "auto"
    shots: str = "transnet"
    grammar: Path | None = None
    voice_emotion: Path | None = None
    analysis_width: int = ANALYSIS_WIDTH
    threads: int = 0
    sessions: int = 0


def pipeline_id(parts: Mapping[str, str]) -> str:
    """Return 12 hex digits that change whenever a film would be described otherwise."""
    return hashlib.blake2b(json.dumps(dict(parts), sort_keys=True).encode(), digest_size=6).hexdigest()
