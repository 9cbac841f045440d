"""Catalogue data of a film: title, year, director, country, language of the dialogue, genre.

They come from ``film.toml`` in the folder of ``film.mp4``, which precedes the container's own tags:

    title = "Cléo de 5 à 7"
    year = 1962
    director = "Agnès Varda"             # or a list
    country = ["France", "Italy"]        # or one
    language = "French"
    genre = ["drama", "comedy"]          # or one
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuleshov.errors import MediaError

ENDING = ".toml"
_KEYS = ("title", "year", "director", "country", "language", "genre")
#: Tags of Matroska, MP4 and others, as FFmpeg names them, the first preferred. Never when the file was made
#: (``creation_time``); a title in a tag is as often that of a disc or of the program that wrote it, and is not used.
_TAGS = {
    "year": ("date_released", "originaldate", "year", "date"),
    "director": ("director", "artist"),
    "country": ("country",),
    "language": ("language",),
    "genre": ("genre",),
}
_YEAR = re.compile(r"\b(18[89]\d|19\d\d|20\d\d)\b")


@dataclass(frozen=True)
class About:
    """Catalogue data; ``None`` = unknown. Several directors, countries or genres are separated by commas."""

    title: str | None = None
    year: int | None = None
    director: str | None = None
    country: str | None = None
    language: str | None = None
    genre: str | None = None


def read_about(film: Path, tags: Mapping[str, str]) -> About:
    """Return what ``film.toml`` in a film's folder says, and otherwise what the container's ``tags`` say.

    Raises ``MediaError`` if the file can't be read, or has an unknown key or a value of the wrong type.
    """
    path = film.with_suffix(ENDING)
    stated = _stated(path) if path.is_file() else About()
    tagged = _tagged({key.casefold(): value for key, value in tags.items()})
    return About(
        **{key: value if (value := getattr(stated, key)) is not None else getattr(tagged, key) for key in _KEYS}
    )


def _stated(path: Path) -> About:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MediaError(path, f"can't be read: {error}", remedy="mend or remove the file") from error
    if unknown := sorted(set(content) - set(_KEYS)):
        raise MediaError(path, f"{unknown[0]!r} is unknown", remedy=f"known: {', '.join(_KEYS)}")
    year = content.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise MediaError(path, f"year is {year!r}", remedy="write a number: year = 1962")
    texts = {key: _text(path, key, content[key]) for key in content if key != "year"}
    return About(year=year, **texts)


def _text(path: Path, key: str, value: Any) -> str | None:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        raise MediaError(path, f"{key} is {value!r}", remedy=f'write a text: {key} = "..."')
    return ", ".join(each.strip() for each in values if each.strip()) or None


def _tagged(tags: Mapping[str, str]) -> About:
    values = {
        key: next((tags[tag].strip() for tag in names if tags.get(tag, "").strip()), None)
        for key, names in _TAGS.items()
    }
    year = _YEAR.search(values.pop("year") or "")
    return About(year=int(year.group()) if year else None, **values)
