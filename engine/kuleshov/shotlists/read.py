"""Reads a shot list of any known format, recognised by the file's ending or its content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kuleshov.media.srt import decode_subtitles
from kuleshov.shotlists.edl import is_event, read_edl
from kuleshov.shotlists.entries import ShotList, ShotListError
from kuleshov.shotlists.otio import read_otio
from kuleshov.shotlists.pairs import is_pair, read_pairs
from kuleshov.shotlists.table import read_table

_READERS: dict[str, Callable[..., dict[str, Any]]] = {
    "csv": read_table,
    "edl": read_edl,
    "otio": read_otio,
    "pairs": read_pairs,
}


def read_shot_list(path: Path) -> ShotList:
    """Return the shots that a file lists (formats: ``docs/shot-lists.md``). Raises ``ShotListError``."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ShotListError(f"{path}: can't be read: {error.strerror}") from error
    text, _ = decode_subtitles(data)
    format = _format(path, text)
    if format is None:
        raise ShotListError(f"{path}: not a known shot list (EDL, CSV with headings, OTIO, or frame pairs)")
    stated = _READERS[format](text, source=path.name)
    if not stated["shots"]:
        why = f" ({'; '.join(stated['remarks'])})" if stated.get("remarks") else ""
        raise ShotListError(f"{path}: lists no shot{why}")
    return ShotList(path.name, format, hashlib.blake2b(data, digest_size=16).hexdigest(), **stated)


def _format(path: Path, text: str) -> str | None:
    ending = path.suffix.lower().removeprefix(".")
    if ending in ("edl", "otio"):
        return ending
    lines = [content for line in text.splitlines() if (content := line.partition("#")[0].strip())]
    if lines and all(is_pair(line) for line in lines[:3]):
        return "pairs"
    if text.lstrip().startswith("{") and "OTIO_SCHEMA" in text:
        return "otio"
    if any(is_event(line) for line in lines):
        return "edl"
    table = ending in ("csv", "tsv") or (lines and any(mark in lines[0] for mark in ",;\t|"))
    return "csv" if table else None
