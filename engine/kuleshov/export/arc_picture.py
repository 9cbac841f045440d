"""An arc as a picture (SVG): a panel for each dimension with its curve, its mood, turning points and marked changes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from kuleshov.export.clock import clock_in_whole_seconds
from kuleshov.records import Arc, Curve

_WIDTH, _PANEL, _LEFT, _RIGHT, _TOP, _GAP = 960, 130, 140, 20, 46, 26
_COLORS = {"valence": "#2a7f62", "arousal": "#c2571a", "tension": "#5b3a8c", "dominance": "#7a6a1f"}
_INK, _FAINT = "#22262b", "#c9ced6"
_LEGEND = (
    "Thin line: the moment. Broad line: mood. Level line: 0. Circles: turning points. Dotted lines: marked changes."
)
#: Smallest half-height of a panel, so that a flat curve looks flat.
_LEAST_RANGE = 0.2


def arc_svg(arc: Arc, *, title: str) -> str:
    """Return an arc as an SVG document without external files; its text uses the viewer's sans-serif font."""
    names = list(arc.curves)
    height = _TOP + len(names) * (_PANEL + _GAP) + 42
    end = max(arc.seconds[-1] if arc.seconds else 0.0, 1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="26" font-size="16">{escape(title)}</text>',
    ]
    for number, name in enumerate(names):
        parts += _panel(arc, name, top=_TOP + number * (_PANEL + _GAP), end=end)
    bottom = _TOP + len(names) * (_PANEL + _GAP) - _GAP + 18
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = _LEFT + share * (_WIDTH - _LEFT - _RIGHT)
        time = clock_in_whole_seconds(share * end)
        parts.append(f'<text x="{x:.1f}" y="{bottom}" text-anchor="middle" fill="#666">{time}</text>')
    parts.append(f'<text x="{_LEFT}" y="{bottom + 24}" fill="#666">{_LEGEND}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _panel(arc: Arc, name: str, *, top: int, end: float) -> list[str]:
    curve = arc.curves[name]
    color = _COLORS.get(name, "#444")
    span = max(_LEAST_RANGE, *(abs(value) for value in curve.values)) * 1.1
    middle = top + _PANEL / 2

    def x(seconds: float) -> float:
        return _LEFT + seconds / end * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return middle - value / span * _PANEL / 2

    def line(values: Sequence[float]) -> str:
        return " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in zip(arc.seconds, values, strict=True))

    parts = [
        f'<line x1="{_LEFT}" y1="{middle}" x2="{_WIDTH - _RIGHT}" y2="{middle}" stroke="{_FAINT}"/>',
        f'<text x="{_LEFT - 12}" y="{middle + 4}" text-anchor="end" fill="{color}">{name}</text>',
        f'<text x="{_LEFT - 12}" y="{middle + 20}" text-anchor="end" font-size="10" fill="#666">{_shape(curve)}</text>',
        f'<polyline points="{line(curve.mood)}" fill="none" stroke="{color}" stroke-opacity="0.35" stroke-width="5"/>',
        f'<polyline points="{line(curve.values)}" fill="none" stroke="{color}" stroke-width="1.6"/>',
    ]
    for change in arc.changes:
        if change.dimension == name:
            because = "; ".join(f"{cause.kind}: {cause.text}" for cause in change.causes) or "no single event"
            tooltip = f"{clock_in_whole_seconds(change.seconds)} {change.before:+.2f} → {change.after:+.2f}: {because}"
            parts.append(
                f'<line x1="{x(change.seconds):.1f}" y1="{top}" x2="{x(change.seconds):.1f}" y2="{top + _PANEL}" '
                f'stroke="{color}" stroke-dasharray="2 3"><title>{escape(tooltip)}</title></line>'
            )
    for turn in arc.turns:
        if turn.dimension == name:
            tooltip = f"{turn.kind} at {clock_in_whole_seconds(turn.seconds)}"
            value = float(
                np.interp(turn.seconds, arc.seconds, curve.values)
            )  # the turn's own value is of the smoothed curve
            parts.append(
                f'<circle cx="{x(turn.seconds):.1f}" cy="{y(value):.1f}" r="4" fill="#fff" stroke="{color}" '
                f'stroke-width="1.6"><title>{tooltip}</title></circle>'
            )
    if name == "arousal" and arc.climax_seconds is not None:
        parts.append(f'<text x="{x(arc.climax_seconds):.1f}" y="{top + 2}" text-anchor="middle">climax</text>')
    return parts


def _shape(curve: Curve) -> str:
    return f"{curve.shape.name} ({curve.shape.confidence:.2f})" if curve.shape.name else "hardly moves"
