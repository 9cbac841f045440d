"""Rows of a still with its reasons: a bar to the right raises the score, a bar to the left lowers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuleshov.export.drawing import FAINT, INK, MARK, PAPER, font, png, truncated, wrapped
from kuleshov.export.stills import stills
from kuleshov.export.write import write_whole
from kuleshov.records import Film

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_WIDTH, _HEIGHT = 256, 144  # of a still at most
_TEXT_WIDTH, _BAR, _MARGIN, _LINE, _SIZE, _TITLE = 720, 60, 12, 19, 13, 18
_FOR, _AGAINST = "#6fae6a", "#c96a5a"


@dataclass(frozen=True)
class ReasonRow:
    """A frame of a film with a heading and its ``reasons``, each (contribution, text)."""

    film: Film
    frame: int
    heading: str
    reasons: Sequence[tuple[float, str]]


def write_rows(rows: Sequence[ReasonRow], path: Path, *, title: str, below: str = "", force: bool = False) -> None:
    """Write rows as a PNG picture; ``below`` is text under the title.

    Raises ``ExportError`` if a film's file is gone, or the picture exists and ``force`` is not given.
    """
    from PIL import Image, ImageDraw

    pictures = list(_pictures(rows))
    measure = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    width = _WIDTH + _TEXT_WIDTH + 3 * _MARGIN
    lines = wrapped(measure, below, size=_SIZE, width=width - 2 * _MARGIN)
    top = 2 * _MARGIN + _TITLE + _LINE * len(lines) + _MARGIN // 2
    heights = [max(picture.height, _LINE * (1 + len(row.reasons))) for row, picture in zip(rows, pictures, strict=True)]
    sheet = Image.new("RGB", (width, top + sum(heights) + _MARGIN * len(rows)), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN), truncated(draw, title, size=_TITLE, width=width), fill=INK, font=font(_TITLE))
    for number, line in enumerate(lines):
        draw.text((_MARGIN, 2 * _MARGIN + _TITLE + number * _LINE), line, fill=FAINT, font=font(_SIZE))
    longest = max((abs(part) for row in rows for part, _ in row.reasons), default=1.0) or 1.0
    for row, picture, height in zip(rows, pictures, heights, strict=True):
        sheet.paste(picture, (_MARGIN + (_WIDTH - picture.width) // 2, top))
        _write(draw, row, _WIDTH + 2 * _MARGIN, top, longest)
        top += height + _MARGIN
    write_whole(path, png(sheet), force=force)


def _pictures(rows: Sequence[ReasonRow]) -> Iterator[Image]:
    """The stills of the rows, in order; those of one film are read together."""
    pictures: dict[tuple[str, int], Image] = {}
    for film in {row.film.content_id: row.film for row in rows}.values():
        frames = sorted({row.frame for row in rows if row.film.content_id == film.content_id})
        for frame, picture in zip(frames, stills(film, frames, width=_WIDTH, height=_HEIGHT), strict=True):
            pictures[film.content_id, frame] = picture
    return (pictures[row.film.content_id, row.frame] for row in rows)


def _write(draw: ImageDraw, row: ReasonRow, left: int, top: int, longest: float) -> None:
    draw.text((left, top), truncated(draw, row.heading, size=_SIZE, width=_TEXT_WIDTH), fill=MARK, font=font(_SIZE))
    middle = left + _BAR
    for number, (part, text) in enumerate(row.reasons, start=1):
        upper = top + number * _LINE
        reach = part / longest * _BAR
        draw.rectangle(
            (min(middle, middle + reach), upper + 4, max(middle, middle + reach), upper + _LINE - 6),
            fill=_FOR if part > 0 else _AGAINST,
        )
        line = truncated(draw, f"{part:+.3f}  {text}", size=_SIZE, width=_TEXT_WIDTH - 2 * _BAR - _MARGIN)
        draw.text((middle + _BAR + _MARGIN, upper), line, fill=INK, font=font(_SIZE))
