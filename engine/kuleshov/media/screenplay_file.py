"""The file of a screenplay: in its film's folder, or named by the user."""

from __future__ import annotations

from pathlib import Path

from kuleshov.errors import MediaError
from kuleshov.media.screenplay import Screenplay, parse_screenplay
from kuleshov.media.srt import decode_subtitles

#: Endings of a screenplay in the folder of ``film.mp4``, the first preferred: ``film.fountain``.
ENDINGS = (".fountain", ".spmd", ".screenplay.txt")


def find_screenplay(film: Path) -> Path | None:
    """Return the screenplay in a film's folder, ``None`` if there is none."""
    named = (film.with_name(film.stem + ending) for ending in ENDINGS)
    return next((path for path in named if path.is_file()), None)


def read_screenplay(path: Path) -> Screenplay:
    """Read a screenplay, Fountain or plain text in any encoding. Raises ``MediaError`` if it can't be opened."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(path, f"can't be opened: {error.strerror}", remedy="check path and permissions") from error
    return parse_screenplay(decode_subtitles(data)[0])
