"""The file that holds norms: ``norms.json``; its format is in ``docs/norms.md``."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from kuleshov.archive.disk.durable import explained, replace_file
from kuleshov.emotion.norms import NORMS_SCHEMA_VERSION, Norms
from kuleshov.errors import ArchiveError

_FORMAT = "kuleshov-norms"


def write_norms(norms: Norms, path: Path) -> None:
    """Write norms; a reader sees either the old file or the new one, never a mix. Raises ``ArchiveError``."""
    text = json.dumps({"format": _FORMAT, **asdict(norms)}, indent=1, allow_nan=False)
    with explained(path, "can't be written"):
        replace_file(path, (text + "\n").encode())


def read_norms(path: Path) -> Norms:
    """Return the norms in a file. Raises ``ArchiveError`` for one that is missing, damaged or of another version."""
    with explained(path, "can't be read"):
        text = path.read_bytes()
    remedy = "make them again: kuleshov norms"
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or content.pop("format", None) != _FORMAT:
            raise ArchiveError(f"{path}: not a file of norms ({remedy})")
        if (stored := content.get("schema_version")) != NORMS_SCHEMA_VERSION:
            raise ArchiveError(
                f"{path}: norms of schema version {stored!r}; this Kuleshov reads {NORMS_SCHEMA_VERSION} ({remedy})"
            )
        norms: Norms = _adapter().validate_python(content)
    except ValueError as error:
        raise ArchiveError(f"{path}: damaged: {' '.join(str(error).split())[:200]} ({remedy})") from error
    return norms


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Norms)
