"""The description of one film, its provenance, and its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kuleshov.records.arc import Arc
from kuleshov.records.film import Film
from kuleshov.records.segments import Editing, Scene, Segment, Shot
from kuleshov.records.words import Line, Speaker

#: Version of the JSON of ``kuleshov analyze --json``. It grows when a field changes its meaning or is removed.
ANALYSIS_SCHEMA_VERSION = 2  # 2: color.warmth is that of Ou et al., was the mean of Cr - Cb


@dataclass(frozen=True)
class Correction:
    """A change that a user made to a film's shots."""

    source: str  # the shot list's file name, or the edits as written: "merge 12, type 7=dissolve"
    format: str  # "edl", "csv", "otio", "pairs"; "edits"
    content_hash: str  # BLAKE2b of the list's bytes and of how they were read, or of the edits, 32 hex digits


@dataclass(frozen=True)
class Provenance:
    """How the description was made: enough to repeat the analysis, and every choice that was made."""

    schema_version: int
    kuleshov_version: str
    pipeline_id: str
    device: str
    device_reason: str
    decoder: str
    shot_detector: str
    models: dict[str, str]
    versions: dict[str, str]
    analysis_width: int
    analysis_height: int
    notes: list[str] = field(default_factory=list)  # repaired timestamps, damaged packets, tracks left out, ...
    corrections: list[Correction] = field(default_factory=list)  # of the shots, in order: first a list, then edits
    measured_by: str = ""  # of a corrected film: its pipeline id without corrections


@dataclass(frozen=True)
class Analysis:
    """The description of one film. ``kuleshov analyze --json`` prints its ``to_json``."""

    film: Film
    shots: list[Shot]
    scenes: list[Scene]
    provenance: Provenance
    lines: list[Line] = field(default_factory=list)  # empty in old descriptions too
    editing: Editing | None = None  # of the whole film; None in old descriptions
    speakers: list[Speaker] = field(default_factory=list)  # the named ones, by their number of lines
    arc: Arc | None = None  # None in old descriptions


def to_json(record: Any) -> dict[str, Any]:
    """Return a record as plain dicts, lists and numbers, ready for ``json.dumps``."""
    return asdict(record)


def json_pieces(analysis: Analysis, *, also: Callable[[Segment], dict[str, Any]] | None = None) -> Iterator[str]:
    """Yield the JSON text of an analysis in pieces, one shot or scene a line; the content is that of ``to_json``.

    ``also``: a function that returns further fields of each shot and scene.
    """
    yield '{"film": ' + json.dumps(to_json(analysis.film), allow_nan=False)
    for name in ("shots", "scenes"):
        yield from _listed(name, getattr(analysis, name), also)
    yield ',\n"provenance": ' + json.dumps(to_json(analysis.provenance), allow_nan=False)
    for name in ("lines", "speakers"):
        yield from _listed(name, getattr(analysis, name))
    editing = None if analysis.editing is None else to_json(analysis.editing)
    yield ',\n"editing": ' + json.dumps(editing, allow_nan=False)
    yield ',\n"arc": ' + json.dumps(None if analysis.arc is None else to_json(analysis.arc), allow_nan=False)
    yield "}"


def _listed(
    name: str, records: Sequence[Any], also: Callable[[Segment], dict[str, Any]] | None = None
) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, record in enumerate(records):
        content = to_json(record) | (also(record) if also else {})
        yield (",\n" if number else "\n") + json.dumps(content, allow_nan=False)
    yield "]"
