"""Curves as SVG: panels side by side with one scale, each curve named at its end, no name on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

_COLORS = ("#b03030", "#3060a0", "#6a6a6a")
_DASHES = ("", "7 4", "2 3")
_HEIGHT, _TOP, _BOTTOM, _LEFT, _GAP, _LINE = 330, 34, 62, 52, 34, 17
_STEP = 0.05


def panels(
    xs: Sequence[float],
    charts: Sequence[tuple[str, Mapping[str, Sequence[float]]]],
    *,
    under: str,
    width: int = 380,
    names: int = 120,
) -> str:
    """Return charts of up to three curves each over the same ``xs``, side by side, as SVG.

    ``width`` of a chart, and ``names`` of the column at the right of the last one, in pixels; ``under``: what is shown.
    """
    values = [y for _, curves in charts for ys in curves.values() for y in ys]
    low, high = np.floor(min(values) / _STEP) * _STEP, np.ceil(max(values) / _STEP) * _STEP
    whole = _LEFT + len(charts) * (width + _GAP) - _GAP + names
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{_HEIGHT}" '
        'font-family="DejaVu Sans, sans-serif">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    floor = _HEIGHT - _BOTTOM

    def height(y: float) -> float:
        return float(_TOP + (high - y) / (high - low) * (floor - _TOP))

    for number, (title, curves) in enumerate(charts):
        left = _LEFT + number * (width + _GAP)
        right = left + width

        def across(x: float, left: float = left) -> float:
            return left + (x - xs[0]) / (xs[-1] - xs[0]) * width

        parts.append(f'<text x="{left}" y="20" font-size="13" font-weight="bold">{title}</text>')
        for y in np.arange(low, high + _STEP / 2, _STEP if high - low < 0.5 else 2 * _STEP):
            parts.append(f'<line x1="{left}" y1="{height(y):.1f}" x2="{right}" y2="{height(y):.1f}" stroke="#dddddd"/>')
            if number == 0:
                parts.append(_text(left - 7, height(y) + 4, f"{y:.2f}", anchor="end"))
        for x in _ticks(xs):
            parts.append(_text(across(x), floor + 17, f"{x:g}", anchor="middle"))
        for (_, ys), color, dash in zip(curves.items(), _COLORS, _DASHES, strict=False):
            points = " ".join(f"{across(x):.1f},{height(y):.1f}" for x, y in zip(xs, ys, strict=True))
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2" stroke-dasharray="{dash}"/>'
            )
        if number == len(charts) - 1:
            ends = [height(ys[-1]) for ys in curves.values()]
            for name, end, place, color in zip(curves, ends, _apart(ends), _COLORS, strict=False):
                parts.append(
                    f'<line x1="{right + 3}" y1="{end:.1f}" x2="{right + 13}" y2="{place:.1f}" stroke="{color}"/>'
                )
                parts.append(_text(right + 16, place + 4, name, color=color, size=12))
    parts.append(_text(_LEFT, _HEIGHT - 14, under, size=12))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _apart(places: Sequence[float]) -> list[float]:
    """The same places, in their order, moved down where two would lie on one another."""
    moved = list(places)
    order = np.argsort(places, kind="stable")
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + _LINE)
    return moved


def _ticks(xs: Sequence[float]) -> list[float]:
    """Those of ``xs`` that can be named without touching."""
    least = (xs[-1] - xs[0]) / 8
    found = [xs[0]]
    for x in xs[1:]:
        if x - found[-1] >= least:
            found.append(x)
    return found


def _text(x: float, y: float, text: str, *, anchor: str = "start", color: str = "#222222", size: int = 11) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{color}">{text}</text>'
