"""The films among the files and folders that a user names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kuleshov.errors import MediaError

#: Endings of films inside folders. A file that is named itself is read whatever its ending.
FILM_SUFFIXES = frozenset(
    {".3gp", ".asf", ".avi", ".divx", ".dv", ".flv", ".m2t", ".m2ts", ".m2v", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg"}
    | {".mpg", ".mts", ".mxf", ".nut", ".ogm", ".ogv", ".ts", ".vob", ".webm", ".wmv", ".y4m"}
)


def find_films(paths: Iterable[Path]) -> list[Path]:
    """Return the files to read: files as named, folders searched for films by ending, each path once, in order.

    Raises ``MediaError`` for a path that does not exist and for a folder that holds no film.
    """
    films: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in FILM_SUFFIXES and file.is_file())
            if not inside:
                raise MediaError(path, "no film in this folder", remedy="name a file, or a folder that holds films")
            films.update(dict.fromkeys(inside))
        elif path.exists():
            films[path] = None
        else:
            raise MediaError(path, "no such file", remedy="check the path")
    return list(films)
