"""The numbers of segments in words: a measure's name and value, and the number behind an attribute."""

from __future__ import annotations

import math

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.attributes.attributes import explain as explain_attribute
from kuleshov.cinema.attributes.measures import MEASURES
from kuleshov.records import Segment

_LABELS = {entry.path: entry.label for entry in MEASURES}
_UNITS = {entry.path: entry.unit for entry in MEASURES}


def label(path: str) -> str:
    """Return a measure's name in plain words."""
    return _LABELS[path]


def quantity(path: str, value: float) -> str:
    """Return a measure's value with its unit: ``"23.4 s"``."""
    if math.isnan(value):
        return "not measured"
    unit = _UNITS[path]
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return digits + (unit.removeprefix("1") if unit.startswith(("/", "1/")) else f" {unit}" if unit else "")


def number_behind(name: str, segment: Segment) -> str:
    """Return the measured number behind an attribute ("shot length 23.4 s"), "" where there is none to name."""
    if name not in ATTRIBUTE_NAMES:
        return ""
    explanation = explain_attribute(name, segment)
    return "" if math.isnan(explanation.value) else explanation.text
