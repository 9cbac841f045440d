"""The films among the files and folders that a user names.

A file that is named itself is read whatever its name. Folders are searched by rule: links are followed, and each folder
and file is taken once; hidden files and folders (``.name``, and those that systems keep for themselves) and files with
other endings are left out and counted.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kuleshov.errors import MediaError

#: Endings of films inside folders. A file that is named itself is read whatever its ending.
FILM_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".gxf", ".m1v", ".m2t", ".m2ts", ".m2v", ".m4v"}
    | {".mkv", ".mod", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mts", ".mxf", ".nut", ".ogm", ".ogv", ".qt", ".rm"}
    | {".rmvb", ".tod", ".tp", ".trp", ".ts", ".vob", ".vro", ".webm", ".wmv", ".wtv", ".y4m"}
)
#: Endings of what lies beside films and is no film: subtitles, catalogues, pictures, papers. Not worth a word.
_COMPANIONS = frozenset(
    {".ass", ".csv", ".dfxp", ".edl", ".fountain", ".gif", ".htm", ".html", ".idx", ".itt", ".jpeg", ".jpg", ".json"}
    | {".md", ".mpl", ".nfo", ".otio", ".pdf", ".png", ".rtf", ".sami", ".sbv", ".scc", ".smi", ".srt", ".ssa", ".stl"}
    | {".sub", ".sup", ".tif", ".tiff", ".toml", ".tsv", ".ttml", ".txt", ".url", ".vtt", ".webp", ".xml", ".yaml"}
)
_SYSTEM_FOLDERS = frozenset(
    {"$recycle.bin", "#recycle", "@eadir", "__macosx", "lost+found", "system volume information"}
)


@dataclass
class FoundFilms:
    """The films of a folder, by path, and what was left out: counts, endings, and paths that can't be read."""

    films: list[Path] = field(default_factory=list)
    hidden: int = 0
    again: int = 0  # links to, and other names of, what is among the films already
    endings: Counter[str] = field(default_factory=Counter)
    unreadable: list[Path] = field(default_factory=list)

    @property
    def left_out(self) -> str:
        """What was left out and why, for the user; ``""`` if nothing was."""
        parts = []
        if self.hidden:
            parts.append(f"{self.hidden} hidden file(s) or folder(s)")
        if self.endings:
            named = ", ".join(f"{count} {ending or 'without ending'}" for ending, count in sorted(self.endings.items()))
            parts.append(f"by their endings no films: {named} (name such a file itself to have it read)")
        if self.again:
            parts.append(f"{self.again} link(s) or other name(s) of what was found")
        if self.unreadable:
            parts.append(f"can't be read: {', '.join(map(str, self.unreadable))}")
        return "; ".join(parts)


def find_films(path: Path) -> FoundFilms:
    """Return the file that a path names, or the films inside a folder, each once.

    Raises ``MediaError`` for a path that does not exist, and for a folder that holds no film.
    """
    if not path.is_dir():
        if not path.exists():
            raise MediaError(path, "no such file", remedy="check the path")
        return FoundFilms([path])
    found = FoundFilms()
    folders: set[tuple[int, int]] = set()  # by device and number, whatever their names
    files: set[tuple[int, int]] = set()
    real = {path: path.stat()}
    while real:  # links last, so that a film is known by the path that it really has
        links: dict[Path, os.stat_result] = {}
        for entry, status in _walk(real, links, folders, found):
            if (status.st_dev, status.st_ino) in files:
                found.again += 1
            else:
                files.add((status.st_dev, status.st_ino))
                found.films.append(entry)
        real = links
    found.films.sort()
    if not found.films:
        left_out = f" ({found.left_out})" if found.left_out else ""
        raise MediaError(path, f"no film in this folder{left_out}", remedy="name a file, or a folder that holds films")
    return found


def _walk(
    entries: dict[Path, os.stat_result],
    links: dict[Path, os.stat_result],
    folders: set[tuple[int, int]],
    found: FoundFilms,
) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the files that are films by their endings; put links aside, and count what is left out."""
    for path, status in entries.items():
        if not stat.S_ISDIR(status.st_mode):
            yield path, status
            continue
        if (status.st_dev, status.st_ino) in folders:
            found.again += 1
            continue
        folders.add((status.st_dev, status.st_ino))
        inside: dict[Path, os.stat_result] = {}
        try:
            children = sorted(path.iterdir())
        except OSError:
            found.unreadable.append(path)
            continue
        for child in children:
            if child.name.startswith(".") or child.name.lower() in _SYSTEM_FOLDERS:
                found.hidden += 1
                continue
            ending = child.suffix.lower()
            try:
                kind = child.stat()
            except OSError:  # a link that leads nowhere, or to itself
                found.unreadable.append(child)
                continue
            if stat.S_ISDIR(kind.st_mode) or (ending in FILM_SUFFIXES and stat.S_ISREG(kind.st_mode)):
                (links if child.is_symlink() else inside)[child] = kind
            elif ending not in _COMPANIONS:
                found.endings[ending] += 1
        yield from _walk(inside, links, folders, found)
