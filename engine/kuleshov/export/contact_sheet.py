"""A contact sheet: a still of every shot or scene, with its measurements drawn on it and written below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.export import labels
from kuleshov.export.clock import clock
from kuleshov.export.drawing import FAINT, INK, MARK, PAPER, font, png, truncated
from kuleshov.export.stills import still_frame, stills
from kuleshov.export.write import refuse_existing, write_whole
from kuleshov.records import Analysis, Scene, Segment

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

PER_PAGE = 60
_COLUMNS = 5
_WIDTH, _HEIGHT = 320, 240  # of a still at most
_MARGIN, _PALETTE, _LINE, _LINES = 12, 8, 17, 4
_TEXT, _HEADING = 13, 20
_ARROW_LEAST = 0.02  # of the picture's width a second: a slower camera gets no arrow (design value)
_ARROW_FULL = 0.30  # of the picture's width a second: the speed of the longest arrow
_FACE_WITHIN = 0.3  # seconds: faces found so near to the still are drawn on it


@dataclass(frozen=True)
class Tile:
    """A shot or scene on the sheet, with the frame that is drawn; ``heading`` is set where a new scene begins."""

    segment: Segment
    name: str
    heading: str
    still: int
    still_seconds: float


def write_sheet(analysis: Analysis, path: Path, *, unit: Unit = "shot", force: bool = False) -> list[Path]:
    """Write a film's contact sheet as PNG, 60 stills a page, and return the pages' files.

    The first page is named ``path``, the others ``NAME-2.png`` and so on. A still is the middle frame of its shot,
    for a scene that of its longest shot. An arrow shows where the camera moves, boxes show faces, the bar below the
    main colours.
    Raises ``ExportError`` if the film's file is gone, or a page exists and ``force`` is not given.
    """
    tiles = _tiles(analysis, unit)
    pages = [tiles[first : first + PER_PAGE] for first in range(0, len(tiles), PER_PAGE)]
    files = [path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, len(pages) + 1))]
    for file in files:  # checked first, because drawing takes minutes
        refuse_existing(file, force=force)
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
    return " · ".join(part for part in (f"scene {scene.index}", labels.kind(scene)) if part)


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
    for number, (tile, picture) in enumerate(zip(page, shown, strict=True)):
        left, upper = _MARGIN + number % _COLUMNS * tile_width, top + number // _COLUMNS * tile_height
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
    """Boxes around the faces that were found near the time of the still."""
    for face in tile.segment.people.faces if tile.segment.people is not None else []:
        nearest = min(range(len(face.seconds)), key=lambda index: abs(face.seconds[index] - tile.still_seconds))
        if abs(face.seconds[nearest] - tile.still_seconds) > _FACE_WITHIN:
            continue
        x, y = left + face.x[nearest] * picture.width, upper + face.y[nearest] * picture.height
        reach = face.height[nearest] * picture.height / 2
        draw.rectangle((x - 0.8 * reach, y - reach, x + 0.8 * reach, y + reach), outline=MARK)


def _arrow(draw: ImageDraw, segment: Segment, x: int, y: int) -> None:
    """The camera's mean direction, which is opposite to the picture's movement."""
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
    camera = (labels.scale(segment), labels.movement(segment))
    lines = [
        (" · ".join(part for part in (tile.name, times, labels.kind(segment)) if part), INK),
        (" · ".join(part for part in camera if part not in ("", "-")), FAINT),
        (labels.light(segment), FAINT),
        (" · ".join((labels.sound(segment), labels.strongest_mood(segment))), FAINT),
    ]
    for number, (text, color) in enumerate(line for line in lines if line[0]):
        draw.text(
            (left, upper + number * _LINE),
            truncated(draw, text, size=_TEXT, width=_WIDTH),
            fill=color,
            font=font(_TEXT),
        )


def _heading(analysis: Analysis, page: int, pages: int) -> str:
    about = analysis.film
    numbers = f"{labels.counted(len(analysis.shots), 'shot')} in {labels.counted(len(analysis.scenes), 'scene')}"
    return f"{about.title}   {clock(about.duration_seconds)}, {numbers}" + (
        f"   page {page}/{pages}" if pages > 1 else ""
    )
