"""What is known of a film beside its pictures: title, year, director, country, language of the dialogue, genre.

``film.toml`` beside ``film.mp4`` says it, and goes before what the container's own tags say:

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
#: (``creation_time``); a title in a tag is as often that of a disc or of the program that wrote it, and is not taken.
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
    """What is said of a film; ``None`` where nothing is. Several directors, countries or genres stand with commas."""

    title: str | None = None
    year: int | None = None
    director: str | None = None
    country: str | None = None
    language: str | None = None
    genre: str | None = None


def read_about(film: Path, tags: Mapping[str, str]) -> About:
    """Return what ``film.toml`` beside a film says, and what else the container's ``tags`` say.

    Raises ``MediaError`` where the file can't be read, or says something that is not of its kind.
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
        raise MediaError(path, f"can't be read: {error}", remedy="mend the file, or take it away") from error
    if unknown := sorted(set(content) - set(_KEYS)):
        raise MediaError(path, f"{unknown[0]!r} is unknown", remedy=f"known: {', '.join(_KEYS)}")
    year = content.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise MediaError(path, f"year is {year!r}", remedy="write a number: year = 1962")
    texts = {key: _text(path, key, content[key]) for key in content if key != "year"}
    return About(year=year, **texts)


def _text(path: Path, key: str, value: Any) -> str | None:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise MediaError(path, f"{key} is {value!r}", remedy=f'write a text: {key} = "..."')
    return ", ".join(one.strip() for one in values if one.strip()) or None


def _tagged(tags: Mapping[str, str]) -> About:
    found = {
        key: next((tags[tag].strip() for tag in names if tags.get(tag, "").strip()), None)
        for key, names in _TAGS.items()
    }
    year = _YEAR.search(found.pop("year") or "")
    return About(year=int(year.group()) if year else None, **found)
