"""The store of statements: a file of JSON lines for each annotator, only ever added to.

``ARCHIVE/annotations/<annotator>.jsonl``, the name percent-encoded. A statement is one line, written by one call and
forced to the disk before ``append`` returns: what was confirmed survives a kill and a power cut. A line that a kill
tore is left as it is; the next one begins on a line of its own. Removing a film from the archive, rebuilding the
catalogue and describing anew leave these files alone. Several people may write at once, also while an ingest runs: an
annotator's file is locked for the moment of writing only.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kuleshov.annotations.statement import Statement
from kuleshov.archive.disk.durable import explained, sync_folder
from kuleshov.errors import AnnotationError

FOLDER = "annotations"
_SUFFIX = ".jsonl"


class AnnotationStore:
    """The statements of one archive; ``archive`` is its folder. Raises ``ArchiveError`` where a file can't be used."""

    def __init__(self, archive: Path) -> None:
        self.folder = archive / FOLDER

    def append(self, statement: Statement) -> None:
        """Add one statement; it is on the disk when this returns."""
        self.extend([statement])

    def extend(self, statements: Sequence[Statement]) -> None:
        """Add statements, those of one annotator together; each is in the file whole or recognisably torn."""
        for annotator in dict.fromkeys(each.annotator for each in statements):
            lines = [_line(each) for each in statements if each.annotator == annotator]
            self._write(self.file(annotator), b"".join(lines))

    def file(self, annotator: str) -> Path:
        return self.folder / (quote(annotator, safe=" ").replace(" ", "_") + _SUFFIX)

    def everything(self) -> list[Statement]:
        """Return all statements that were ever made, oldest first."""
        found = [each for _, _, each in self._lines() if isinstance(each, Statement)]
        return sorted(found, key=lambda each: (each.at, each.id))

    def current(self) -> list[Statement]:
        """Return what still holds, oldest first: without retractions and what they take back.

        A statement is taken back only by who made it.
        """
        statements = self.everything()
        gone = {(each.annotator, each.retracts) for each in statements if each.kind == "retraction"}
        return [each for each in statements if each.kind != "retraction" and (each.annotator, each.id) not in gone]

    def problems(self) -> list[str]:
        """Return the lines that are no statement (torn by a kill, changed by another hand), a text each."""
        return [
            f"{path}: line {number} is no statement and is passed over: {each}"
            for path, number, each in self._lines()
            if not isinstance(each, Statement)
        ]

    def _lines(self) -> Iterator[tuple[Path, int, Statement | str]]:
        """Yield file, number from 1, and the statement of each line, or why it is none."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            with explained(path, "can't be read"):
                content = path.read_bytes()
            for number, line in enumerate(content.split(b"\n"), 1):
                if line.strip():
                    yield path, number, _read(line)

    def _write(self, path: Path, lines: bytes) -> None:
        with explained(path, "the statement can't be stored"):
            new = not self.folder.is_dir()
            self.folder.mkdir(exist_ok=True)
            if new:
                sync_folder(self.folder.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                size = os.fstat(descriptor).st_size
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                _write_whole(descriptor, (b"\n" if torn else b"") + lines)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if size == 0:
                sync_folder(self.folder)


def _write_whole(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def _line(statement: Statement) -> bytes:
    return (json.dumps(asdict(statement), allow_nan=False) + "\n").encode("ascii")


def _read(line: bytes) -> Statement | str:
    try:
        statement: Statement = _adapter().validate_python(json.loads(line))
    except (ValueError, TypeError, AnnotationError) as error:
        return " ".join(str(error).split())[:200]
    return statement


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Statement)
