"""A contact sheet: a still of every shot or scene, with what was measured of it drawn on and written below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.errors import ExportError
from kuleshov.export import labels
from kuleshov.export.clock import clock
from kuleshov.export.drawing import FAINT, INK, MARK, PAPER, fitting, font, png
from kuleshov.export.stills import still_frame, stills
from kuleshov.export.write import write_whole
from kuleshov.records import Analysis, Scene, Segment

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

PER_PAGE = 60
_COLUMNS = 5
_WIDTH, _HEIGHT = 320, 240  # of a still at most
_MARGIN, _PALETTE, _LINE, _LINES = 12, 8, 17, 4
_TEXT, _HEADING = 13, 20
_ARROW_LEAST = 0.02  # frame-widths a second: a slower camera gets no arrow (design value)
_ARROW_FULL = 0.30  # and this one the longest
_SEEN_ABOUT = 0.3  # seconds: faces that were seen so near to the still are drawn on it


@dataclass(frozen=True)
class Tile:
    """A stretch of film on the sheet, with the frame that is shown of it; ``heading`` begins a new scene."""

    segment: Segment
    name: str
    heading: str
    still: int
    still_seconds: float


def write_sheet(analysis: Analysis, path: Path, *, unit: Unit = "shot", force: bool = False) -> list[Path]:
    """Write a film's contact sheet as PNG, 60 stills a page, and return the pages' files.

    The first page has the name ``path``, the others ``NAME-2.png`` and so on. A still is the middle frame of its shot,
    of a scene that of its longest shot. An arrow shows the way of the camera, boxes faces, the bar below colours.
    Raises ``ExportError`` if the film's file is gone, or a page is there already and ``force`` is not given.
    """
    tiles = _tiles(analysis, unit)
    pages = [tiles[first : first + PER_PAGE] for first in range(0, len(tiles), PER_PAGE)]
    files = [path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, len(pages) + 1))]
    if taken := [file for file in files if file.exists() and not force]:  # before minutes of work
        raise ExportError(f"{taken[0]}: there already (--force replaces it)")
    pictures = stills(analysis.film, [tile.still for tile in tiles], width=_WIDTH, height=_HEIGHT)
    for number, (file, page) in enumerate(zip(files, pages, strict=True), start=1):
        heading = _heading(analysis, number, len(pages))
        write_whole(file, png(_draw(page, pictures, heading)), force=force)
    return files


def _tiles(analysis: Analysis, unit: Unit) -> list[Tile]:
    first = {scene.first_shot: _scene_heading(scene) for scene in analysis.scenes} if unit == "shot" else {}
    segments: Sequence[Segment] = analysis.shots if unit == "shot" else analysis.scenes
    return [
        Tile(segment, f"{unit} {segment.index}", first.get(segment.index, ""), *still_frame(segment, analysis.shots))
        for segment in segments
    ]


def _scene_heading(scene: Scene) -> str:
    return " · ".join(part for part in (f"scene {scene.index}", labels.begins(scene)) if part)


def _draw(page: Sequence[Tile], pictures: Iterator[Image], heading: str) -> Image:
    from PIL import Image, ImageDraw

    shown = [next(pictures) for _ in page]
    still_height = max(picture.height for picture in shown)
    rows = -(-len(page) // _COLUMNS)
    tile_width, tile_height = _WIDTH + _MARGIN, still_height + _PALETTE + (_LINES + 1) * _LINE + _MARGIN
    columns = min(_COLUMNS, len(page))
    top = 2 * _MARGIN + _HEADING + _LINE
    sheet = Image.new("RGB", (columns * tile_width + _MARGIN, top + rows * tile_height), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN), heading, fill=INK, font=font(_HEADING))
    for place, (tile, picture) in enumerate(zip(page, shown, strict=True)):
        left, upper = _MARGIN + place % _COLUMNS * tile_width, top + place // _COLUMNS * tile_height
        sheet.paste(picture, (left + (_WIDTH - picture.width) // 2, upper + still_height - picture.height))
        if tile.heading:
            draw.text((left, upper - _LINE), tile.heading, fill=MARK, font=font(_TEXT))
        _palette(draw, tile.segment, left, upper + still_height)
        _faces(draw, tile, picture, left + (_WIDTH - picture.width) // 2, upper + still_height - picture.height)
        _arrow(draw, tile.segment, left + _WIDTH // 2, upper + still_height // 2)
        _write(draw, tile, left, upper + still_height + _PALETTE + 4)
    return sheet


def _palette(draw: ImageDraw, segment: Segment, left: int, upper: int) -> None:
    """The main colours, each as wide as its share of the picture."""
    total = sum(color.share for color in segment.color.palette)
    begin = 0.0
    for color in segment.color.palette:
        end = begin + color.share / total * _WIDTH
        draw.rectangle((left + begin, upper, left + end - 1, upper + _PALETTE - 1), fill=color.rgb)
        begin = end


def _faces(draw: ImageDraw, tile: Tile, picture: Image, left: int, upper: int) -> None:
    """Boxes around the faces that were seen about when the still is shown."""
    for face in tile.segment.people.faces if tile.segment.people is not None else []:
        nearest = min(range(len(face.seconds)), key=lambda place: abs(face.seconds[place] - tile.still_seconds))
        if abs(face.seconds[nearest] - tile.still_seconds) > _SEEN_ABOUT:
            continue
        x, y = left + face.x[nearest] * picture.width, upper + face.y[nearest] * picture.height
        reach = face.height[nearest] * picture.height / 2
        draw.rectangle((x - 0.8 * reach, y - reach, x + 0.8 * reach, y + reach), outline=MARK)


def _arrow(draw: ImageDraw, segment: Segment, x: int, y: int) -> None:
    """Where the camera goes on the whole: the picture moves against it."""
    if segment.camera is None:
        return
    across, down = -segment.camera.pan, -segment.camera.tilt
    speed = math.hypot(across, down)
    if speed < _ARROW_LEAST:
        return
    length = _WIDTH / 4 * min(1.0, speed / _ARROW_FULL)
    right, below = across / speed, down / speed
    tip = (x + right * length, y + below * length)
    wings = [(tip[0] - 12 * right + 6 * side * below, tip[1] - 12 * below - 6 * side * right) for side in (1, -1)]
    for color, width in ((PAPER, 5), (MARK, 2)):  # legible on any picture
        draw.line([(x, y), tip], fill=color, width=width)
        draw.line([wings[0], tip, wings[1]], fill=color, width=width, joint="curve")


def _write(draw: ImageDraw, tile: Tile, left: int, upper: int) -> None:
    segment = tile.segment
    times = f"{clock(segment.start_seconds)}  {segment.duration_seconds:.1f} s"
    seen = (labels.scale(segment), labels.movement(segment))
    lines = [
        (" · ".join(part for part in (tile.name, times, labels.begins(segment)) if part), INK),
        (" · ".join(part for part in seen if part not in ("", "-")), FAINT),
        (labels.light(segment), FAINT),
        (" · ".join((labels.sound(segment), labels.reads_as(segment))), FAINT),
    ]
    for number, (text, color) in enumerate(line for line in lines if line[0]):
        draw.text(
            (left, upper + number * _LINE), fitting(draw, text, size=_TEXT, width=_WIDTH), fill=color, font=font(_TEXT)
        )


def _heading(analysis: Analysis, page: int, pages: int) -> str:
    about = analysis.film
    numbers = f"{len(analysis.shots)} shots in {len(analysis.scenes)} scenes"
    return f"{about.title}   {clock(about.duration_seconds)}, {numbers}" + (
        f"   page {page}/{pages}" if pages > 1 else ""
    )
