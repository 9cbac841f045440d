"""A moment of a film as users name it: FILM@TIME."""

from __future__ import annotations

from kuleshov.errors import QueryError


def parse_moment(text: str) -> tuple[str, float]:
    """Return a film's name and a time in seconds: "Sintel@1:02.5", "Sintel@62.5". Raises ``QueryError``."""
    name, at, time = text.rpartition("@")
    try:
        seconds = 0.0
        for part in time.split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        at = ""
    if not at or not name:
        raise QueryError(f"{text!r}: give a film and a time: Sintel@1:02, or Sintel@62.5")
    return name, seconds
