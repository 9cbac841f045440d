"""The numbers of segments in words: a measure's name and value, and the number behind an attribute."""

from __future__ import annotations

import math

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES
from kuleshov.cinema.attributes.attributes import explain as explain_attribute
from kuleshov.cinema.attributes.measures import MEASURES, UNITS
from kuleshov.cinema.attributes.scaled_measure import quantity_text
from kuleshov.records import Segment

_LABELS = {entry.path: entry.label for entry in MEASURES}


def label(path: str) -> str:
    """Return a measure's name in plain words."""
    return _LABELS[path]


def quantity(path: str, value: float) -> str:
    """Return a measure's value with its unit: ``"23.4 s"``."""
    return "not measured" if math.isnan(value) else quantity_text(value, UNITS[path])


def number_behind(name: str, segment: Segment) -> str:
    """Return the measured number behind an attribute ("shot length 23.4 s"), "" where there is none to name."""
    if name not in ATTRIBUTE_NAMES:
        return ""
    explanation = explain_attribute(name, segment)
    return "" if math.isnan(explanation.value) else explanation.text
