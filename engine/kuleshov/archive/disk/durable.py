"""Writing that survives a kill and a power cut: what has its final name is complete and on the disk.

Nothing is ever changed in place. A file or folder is written under a name that begins with ``.tmp-``, forced to the
disk and renamed, and then the folder with the new name is forced to the disk too: without that last step a power
cut may undo the rename. What still begins with ``.tmp-`` is rubbish, which the one writer may remove.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kuleshov.errors import ArchiveError

TEMPORARY = ".tmp-"


@contextmanager
def explained(path: Path, action: str) -> Iterator[None]:
    """Turn an ``OSError`` into an ``ArchiveError`` that names the file, what was tried, and the system's reason."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{path}: {action} ({error.strerror or error})") from error


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Force to the disk a file that another library has written."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that must not exist yet; its content is on the disk when the block ends."""
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file; a reader sees either the old content or the new one, never a mix."""
    staged = path.with_name(TEMPORARY + path.name)
    staged.unlink(missing_ok=True)
    with new_file(staged) as file:
        file.write(content)
    staged.replace(path)
    sync_folder(path.parent)


def publish_folder(staged: Path, final: Path) -> None:
    """Rename a folder whose files are on the disk to its final name, which must be free."""
    sync_folder(staged)
    staged.rename(final)
    sync_folder(final.parent)


def discard_folder(folder: Path) -> None:
    """Remove a folder. It is renamed first, so that a kill halfway leaves no folder that looks complete."""
    if not folder.name.startswith(TEMPORARY):
        condemned = folder.with_name(f"{TEMPORARY}removed-{folder.name}")
        if condemned.exists():
            shutil.rmtree(condemned)
        folder.rename(condemned)
        folder = condemned
    shutil.rmtree(folder)
