"""The JSON files of a film's folder: ``film.json`` and ``arc.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kuleshov.archive.disk.durable import replace_file
from kuleshov.archive.disk.layout import ARCHIVE_SCHEMA_VERSION, check_schema_version
from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.film.parquet import damage_explained
from kuleshov.media.track_choice import choose_audio_track
from kuleshov.records import Analysis, Arc, Editing, Film, Provenance

CARD = "film.json"
#: A folder without it is complete too: it was written before arcs were stored.
ARC = "arc.json"


@dataclass(frozen=True)
class FilmCard:
    """The content of ``film.json``: what describes the film as a whole."""

    schema_version: int
    added_at: str
    film: Film
    provenance: Provenance
    shot_count: int
    scene_count: int
    vector_names: tuple[str, ...]
    line_count: int | None = None  # None: written before lines were stored
    editing: Editing | None = None  # None: written before it was measured
    spaces: tuple[str, ...] = ()  # the spaces in which it has vectors

    @property
    def entry(self) -> FilmEntry:
        heard = choose_audio_track(self.film.audio_tracks)
        return FilmEntry(
            content_id=self.film.content_id,
            title=self.film.title,
            source=self.film.source,
            duration_seconds=self.film.duration_seconds,
            frame_count=self.film.frame_count,
            shot_count=self.shot_count,
            scene_count=self.scene_count,
            pipeline_id=self.provenance.pipeline_id,
            added_at=self.added_at,
            year=self.film.year,
            director=self.film.director,
            country=self.film.country,
            language=self.film.language or (heard.language if heard else None),
        )


def make_card(
    analysis: Analysis, vector_names: Sequence[str], *, added_at: str, spaces: Sequence[str] = ()
) -> FilmCard:
    return FilmCard(
        schema_version=ARCHIVE_SCHEMA_VERSION,
        added_at=added_at,
        film=analysis.film,
        provenance=analysis.provenance,
        shot_count=len(analysis.shots),
        scene_count=len(analysis.scenes),
        vector_names=tuple(vector_names),
        line_count=len(analysis.lines),
        editing=analysis.editing,
        spaces=tuple(spaces),
    )


def encode_card(card: FilmCard) -> bytes:
    # ASCII, because a file name that is no UTF-8 must survive too: it is a lone surrogate here.
    return (json.dumps(asdict(card), indent=2, allow_nan=False) + "\n").encode("ascii")


def read_card(folder: Path) -> FilmCard:
    """Return the content of ``film.json``. Raises ``ArchiveError`` for a missing, damaged or newer file."""
    with damage_explained(folder / CARD):
        content = json.loads((folder / CARD).read_bytes())
        check_schema_version(folder / CARD, content["schema_version"])
        card: FilmCard = _adapter(FilmCard).validate_python(content)
    return card


def rewrite_card(folder: Path, card: FilmCard) -> None:
    """Replace ``film.json``; a reader sees either the old or the new content, never a mix."""
    replace_file(folder / CARD, encode_card(card))


def encode_arc(arc: Arc) -> bytes:
    text = json.dumps({"schema_version": ARCHIVE_SCHEMA_VERSION, **asdict(arc)}, allow_nan=False)
    return (text + "\n").encode("ascii")


def read_arc(folder: Path) -> Arc | None:
    """Return the arc of a film; ``None`` if none was stored. Raises ``ArchiveError``."""
    file = folder / ARC
    if is_absent(file):
        return None
    with damage_explained(file):
        content = json.loads(file.read_bytes())
        check_schema_version(file, content.pop("schema_version"))
        arc: Arc = _adapter(Arc).validate_python(content)
    return arc


def is_absent(file: Path) -> bool:
    """Return whether a film's folder is there but lacks a file that older descriptions do not have."""
    return not file.exists() and (file.parent / CARD).exists()


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
