"""Draw ``docs/rooms.svg``: the rooms of the package in floors, their sub-rooms, and which room imports which.

    python docs/rooms.py

Everything is read from the code: a room's purpose is the first sentence of its ``__init__``, its floor is one above
the highest room that it imports. Arrows that follow from others are not drawn (transitive reduction): so few cross.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations, pairwise, permutations
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "engine/kuleshov"
PICTURE = Path(__file__).with_name("rooms.svg")

_WIDTH, _PADDING, _LINE = 350, 12, 16  # of a box, in pixels
_GAP_X, _GAP_Y, _MARGIN = 40, 44, 30
_BEND = 14  # width that an arrow takes as it passes a floor
_TITLE, _SMALL = 15, 11.5  # sizes of letters
_LETTER = 0.58  # width of a letter, in its size: that of DejaVu Sans, which is a wide one
_FONT = "DejaVu Sans, Verdana, sans-serif"
_INK, _FAINT, _ARROW, _PAPER, _EDGE = "#1d2733", "#5b6673", "#7b8794", "#ffffff", "#9fb0c3"
_FILLS = ("#eef4fb", "#f3f8ee")  # of floors in turn
_STARTS = 20  # first orders that are tried
_FEW = 5


@dataclass
class Box:
    """A room on its floor, or (``name`` "") the place where an arrow passes a floor. ``x`` is its middle."""

    name: str
    floor: int
    lines: tuple[str, ...] = ()
    sub_rooms: tuple[str, ...] = ()
    x: float = 0.0

    @property
    def width(self) -> float:
        return _WIDTH if self.name else _BEND

    @property
    def height(self) -> float:
        return 2 * _PADDING + _TITLE + 4 + _LINE * (len(self.lines) + len(self.sub_rooms))


def rooms_picture(package: Path = PACKAGE) -> str:
    """Return the picture as SVG, the same for the same code."""
    imports = _imports()
    graph = imports.read_imports(package)
    arrows = imports.between(graph, imports.room_of)
    rooms = sorted({imports.room_of(module) for module in graph} - {""})
    floors = imports.floors(arrows, rooms)
    boxes = {
        room: Box(
            room,
            floors[room],
            tuple(_wrapped(_purpose(package, room).split(), " ")),
            tuple(_wrapped(_sub_rooms(package, room, graph, imports), " · ")),
        )
        for room in rooms
    }
    ways = _ways(boxes, imports.reduced(arrows))
    rows = _rows(boxes, ways)
    return _drawn(rows, ways, arrows=len(arrows), upward=imports.upward(arrows))


def _imports() -> Any:
    """Return ``benchmarks/imports.py``, which reads imports for measurements too."""
    spec = importlib.util.spec_from_file_location("package_imports", ROOT / "benchmarks/imports.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _purpose(package: Path, room: str) -> str:
    """Return the first sentence that a room says of itself."""
    file = package / room / "__init__.py"
    text = ast.get_docstring(ast.parse((file if file.exists() else package / f"{room}.py").read_text("utf-8"))) or ""
    return re.split(r"(?<=\w[.:])\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".:").replace("`", "")


def _sub_rooms(package: Path, room: str, graph: Any, imports: Any) -> list[str]:
    """Return the sub-rooms of a room, those on the highest floor first."""
    inside = {
        module: frozenset(target for target in targets if imports.room_of(target) == room)
        for module, targets in graph.items()
        if imports.room_of(module) == room
    }
    parts = sorted({imports.sub_room_of(module) for module in inside})
    floors = imports.floors(imports.between(inside, imports.sub_room_of), parts)
    held = [part for part in parts if part != room and _holds_code(package / part)]
    return [part.partition("/")[2] for part in sorted(held, key=lambda part: (-floors[part], part))]


def _holds_code(folder: Path) -> bool:
    """Whether a folder is a room: it holds modules, and not data with an ``__init__`` alone."""
    return folder.is_dir() and any(path.name != "__init__.py" for path in folder.glob("*.py"))


def _wrapped(pieces: Sequence[str], joint: str) -> list[str]:
    """Return pieces of text, joined, in lines that fit into a box."""
    most = int((_WIDTH - 2 * _PADDING) / (_LETTER * _SMALL))
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + len(joint) + len(piece) <= most:
            lines[-1] += joint + piece
        else:
            lines.append(piece)
    return lines


def _ways(boxes: Mapping[str, Box], arrows: Iterable[tuple[str, str]]) -> list[list[Box]]:
    """Return each arrow as the boxes that it goes through, from floor to floor."""
    ways = []
    for one, other in arrows:
        passed = [Box("", floor) for floor in range(boxes[one].floor - 1, boxes[other].floor, -1)]
        ways.append([boxes[one], *passed, boxes[other]])
    return ways


def _rows(boxes: Mapping[str, Box], ways: Sequence[Sequence[Box]]) -> list[list[Box]]:
    """Return what lies on each floor, the highest first, from left to right, and set each ``x``.

    Floor after floor is put in its best order, the others staying as they are, until nothing gets better; from several
    first orders, of which the one is kept with fewest crossings, and then the shortest arrows.
    """
    everything = [*boxes.values(), *(box for way in ways for box in way if not box.name)]
    steps = [step for way in ways for step in pairwise(way)]
    top = max(box.floor for box in everything)
    dice = Random(0)
    best: tuple[tuple[float, float], list[list[Box]]] | None = None
    for _ in range(_STARTS):
        rows = [[box for box in everything if box.floor == floor] for floor in range(top, -1, -1)]
        for row in rows:
            dice.shuffle(row)
        cost = _settled(rows, steps)
        if best is None or cost < best[0]:
            best = cost, [list(row) for row in rows]
    assert best is not None
    _place(best[1])
    return best[1]


def _settled(rows: list[list[Box]], steps: Sequence[tuple[Box, Box]]) -> tuple[float, float]:
    """Put floor after floor in its best order until nothing gets better; return the crossings and lengths left."""
    _place(rows)
    least = _cost(steps)
    better = True
    while better:
        better = False
        for row in rows:
            for order in _orders(row):
                before = list(row)
                row[:] = order
                _place([row])
                cost = _cost(steps)
                if cost < least:
                    least, better = cost, True
                else:
                    row[:] = before
                    _place([row])
    return least


def _orders(row: Sequence[Box]) -> Iterator[Sequence[Box]]:
    """Yield other orders of a floor: all of them, or where it holds many, those with two of its boxes exchanged."""
    if len(row) <= _FEW:
        yield from permutations(row)
        return
    for one, other in combinations(range(len(row)), 2):
        order = list(row)
        order[one], order[other] = order[other], order[one]
        yield order


def _cost(steps: Sequence[tuple[Box, Box]]) -> tuple[float, float]:
    crossings = sum(
        one.floor == two.floor and (one.x - two.x) * (below.x - under.x) < 0
        for (one, below), (two, under) in combinations(steps, 2)
    )
    return crossings, round(sum(abs(one.x - other.x) for one, other in steps), 3)


def _place(rows: Sequence[Sequence[Box]]) -> None:
    """Set each ``x``: side by side, the rooms of a floor in the middle of the picture."""
    for row in rows:
        x = 0.0
        for number, box in enumerate(row):
            x += (row[number - 1].width + box.width) / 2 + _GAP_X if number else 0.0
            box.x = x
        middle = [box.x for box in row if box.name]
        shift = (middle[0] + middle[-1]) / 2
        for box in row:
            box.x -= shift


def _drawn(rows: Sequence[Sequence[Box]], ways: Sequence[Sequence[Box]], *, arrows: int, upward: Sequence[Any]) -> str:
    caption = [
        "The rooms of engine/kuleshov. A room imports from rooms on lower floors, never from higher ones.",
        f"Of {arrows} arrows {len(ways)} are drawn; the others follow from them (A to C from A to B and B to C).",
        "In grey: a room's sub-rooms, those that import from the others first.",
    ]
    if upward:
        against = ", ".join(f"{one} to {other}" for one, other, _ in upward)
        caption.append(f"Against the rule and not drawn: {against}.")
    left = min(box.x - box.width / 2 for row in rows for box in row) - _MARGIN
    width = max(box.x + box.width / 2 for row in rows for box in row) + _MARGIN - left
    width = max(width, max(len(line) for line in caption) * _SMALL * _LETTER + 2 * _MARGIN)
    tops, y = [], _MARGIN + _LINE * len(caption) + 18.0
    for row in rows:
        tops.append(y)
        y += max(box.height for box in row if box.name) + _GAP_Y
    height = y - _GAP_Y + _MARGIN
    top_of = {
        row[0].floor: (top, top + max(b.height for b in row if b.name)) for row, top in zip(rows, tops, strict=True)
    }
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{left:.0f} 0 {width:.0f} {height:.0f}" font-family="{_FONT}">',
        f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{_ARROW}"/></marker></defs>',
        f'<rect x="{left:.0f}" y="0" width="{width:.0f}" height="{height:.0f}" fill="{_PAPER}"/>',
    ]
    for number, line in enumerate(caption):
        parts.append(_text(left + _MARGIN, _MARGIN + _LINE * number, line, size=_SMALL, fill=_FAINT))
    parts += [_arrow(way, ways, top_of) for way in ways]
    parts += [part for row in rows for box in row if box.name for part in _box(box, top_of[box.floor][0])]
    return "\n".join([*parts, "</svg>\n"])


def _box(box: Box, top: float) -> list[str]:
    x, y = box.x - _WIDTH / 2, top + _PADDING + _TITLE - 3
    parts = [
        f'<rect x="{x:.1f}" y="{top:.1f}" width="{_WIDTH}" height="{box.height:.1f}" rx="6" '
        f'fill="{_FILLS[box.floor % 2]}" stroke="{_EDGE}"/>',
        _text(x + _PADDING, y, box.name, size=_TITLE, fill=_INK, more=' font-weight="bold"'),
    ]
    y += 4
    for line in box.lines:
        y += _LINE
        parts.append(_text(x + _PADDING, y, line, size=_SMALL, fill=_INK))
    for line in box.sub_rooms:
        y += _LINE
        parts.append(_text(x + _PADDING, y, line, size=_SMALL, fill=_FAINT, more=' font-style="italic"'))
    return parts


def _arrow(way: Sequence[Box], ways: Sequence[Sequence[Box]], spans: Mapping[int, tuple[float, float]]) -> str:
    """Return an arrow from the bottom of a box to the top of another, upright where it passes a floor."""
    start, end = way[0], way[-1]
    bottom = spans[start.floor][0] + start.height
    x, y = start.x + _offset(start, way, ways, first=True), bottom
    path = [f"M{x:.1f} {y:.1f}"]
    if bottom < spans[start.floor][1]:
        y = spans[start.floor][1]
        path.append(f"V{y:.1f}")
    for box in way[1:]:
        to = box.x + (_offset(end, way, ways, first=False) if box is end else 0.0)
        top = spans[box.floor][0]
        middle = (y + top) / 2
        path.append(f"C{x:.1f} {middle:.1f} {to:.1f} {middle:.1f} {to:.1f} {top:.1f}")
        x, y = to, top
        if box is not end:
            y = spans[box.floor][1]
            path.append(f"V{y:.1f}")
    return f'<path d="{"".join(path)}" fill="none" stroke="{_ARROW}" stroke-width="1.6" marker-end="url(#tip)"/>'


def _offset(box: Box, way: Sequence[Box], ways: Sequence[Sequence[Box]], *, first: bool) -> float:
    """Return how far from a box's middle an arrow begins or ends, so that arrows of one box do not meet."""
    near = [(other[1] if first else other[-2]).x for other in ways if (other[0] if first else other[-1]) is box]
    mine = (way[1] if first else way[-2]).x
    rank = sorted(near).index(mine)
    return (rank - (len(near) - 1) / 2) * _WIDTH / (len(near) + 1)


def _text(x: float, y: float, text: str, *, size: float, fill: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}"{more}>{escape(text)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(rooms_picture(), encoding="utf-8")
