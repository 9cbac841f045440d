"""Scaled measures: which number of a segment is read, and on what scale. Attributes and cues are built on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kuleshov.cinema.attributes.segment_fields import MONOCHROME, READABLE, field_value
from kuleshov.definitions import Entry
from kuleshov.records import Segment, Shot

#: Units that are written out in texts.
_UNIT_WORDS = {"widths": "of the picture's width", "widths/s": "of the picture's width a second"}


@dataclass(frozen=True)
class Precondition:
    """A reading counts as measured only if the number at ``path`` is at least ``at_least``."""

    path: str
    at_least: float


@dataclass(frozen=True)
class ScaledMeasure:
    """One number of a segment and its scale.

    - ``label``: the number in plain words, ``"shot length"``
    - ``scene_path``: for scenes, moments and live windows; the same as ``path`` unless they need another
    - ``log``: compare ratios, not differences (lengths, rates, speeds)
    - ``absolute``: the sign does not matter (a pan to either side)
    - ``floor``: smaller values count as this; a log scale needs one above 0
    - ``when_none``: the value if its part of the record exists and the number does not (loudness below the gate)
    """

    label: str
    path: str
    scene_path: str
    log: bool = False
    absolute: bool = False
    floor: float | None = None
    when_none: float | None = None
    only_where: Precondition | None = None

    def path_for(self, segment: Segment) -> str:
        """Return the path for a segment: moments within a shot use that of scenes, for example the shot's length."""
        return self.path if isinstance(segment, Shot) else self.scene_path

    def unit_for(self, segment: Segment) -> str:
        return READABLE[self.path_for(segment)]

    def value(self, segment: Segment, *, shots: Sequence[Shot] = ()) -> float:
        """Return the number in its own unit, NaN = not measured."""
        if self.only_where is not None:
            condition = field_value(segment, self.only_where.path, shots=shots)
            if not condition >= self.only_where.at_least:
                return math.nan
        path = self.path_for(segment)
        value = field_value(segment, path, shots=shots)
        if math.isnan(value) and self.when_none is not None and getattr(segment, path.partition(".")[0]) is not None:
            return self.when_none
        return value

    def scaled(self, value: float) -> float:
        """Return a number on this scale: sign, floor and logarithm applied. NaN stays NaN."""
        if math.isnan(value):
            return value
        value = abs(value) if self.absolute else value
        value = value if self.floor is None else max(value, self.floor)
        return math.log(value) if self.log else value

    def distance(self, spread: float) -> float:
        """Return a definition's spread on this scale: for a log scale it is written as a factor."""
        return math.log(spread) if self.log else spread

    def text(self, segment: Segment, value: float) -> str:
        """Return a number as people write it: ``"23.4 s"``."""
        if math.isnan(value):
            return "not measured"
        if self.path == MONOCHROME:
            return "yes" if value else "no"
        return quantity_text(value, self.unit_for(segment))


def quantity_text(value: float, unit: str) -> str:
    """Return a number with its unit as people write it: ``"23.4 s"``, ``"0.4 of the picture's width a second"``."""
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    unit = _UNIT_WORDS.get(unit, unit)
    return digits + (unit.removeprefix("1") if "/" in unit[:2] else f" {unit}" if unit else "")


def read_scaled_measure(entry: Entry) -> ScaledMeasure:
    """Return the scaled measure that an entry of a definition file describes. Raises ``GrammarError``."""
    path = entry.choice("measure", READABLE)
    condition = None
    if "only_where" in entry:
        where = entry.entry("only_where")
        condition = Precondition(where.choice("measure", READABLE), where.number("at_least"))
        where.close()
    reading = ScaledMeasure(
        label=entry.text("label"),
        path=path,
        scene_path=entry.choice("scene_measure", READABLE, default=path),
        log=entry.flag("log"),
        absolute=entry.flag("absolute"),
        floor=entry.optional_number("floor"),
        when_none=entry.optional_number("when_none"),
        only_where=condition,
    )
    if reading.log and (reading.floor is None or reading.floor <= 0):
        entry.refuse("floor", f"must be a number above 0 because log = true, got {reading.floor}")
    return reading


def read_spread(entry: Entry, reading: ScaledMeasure) -> float:
    """Return an entry's ``spread``: above 0, or on a log scale a factor above 1. Raises ``GrammarError``."""
    return entry.number("spread", above=1.0 if reading.log else 0.0)


def read_position(entry: Entry, key: str, reading: ScaledMeasure) -> float:
    """Return a point in the reading's own unit; on a log scale it must not be below the floor."""
    value = entry.number(key)
    if reading.log and reading.floor is not None and value < reading.floor:
        entry.refuse(key, f"must be at least the floor {reading.floor:g} because log = true, got {value:g}")
    return value
