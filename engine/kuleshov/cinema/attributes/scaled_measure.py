"""Readings: which number of a segment is looked at, and on what scale. Attributes and cues are built on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kuleshov.cinema.attributes.segment_fields import MONOCHROME, READABLE, field_value
from kuleshov.definitions import Entry
from kuleshov.records import Segment, Shot


@dataclass(frozen=True)
class Precondition:
    """A reading counts as measured only where the number at ``path`` is at least ``at_least``."""

    path: str
    at_least: float


@dataclass(frozen=True)
class ScaledMeasure:
    """One number of a segment and its scale.

    - ``label``: the number in plain words, ``"shot length"``
    - ``scene_path``: for scenes, moments and live windows; the same as ``path`` where they need no other
    - ``log``: compare ratios, not differences (lengths, rates, speeds)
    - ``absolute``: the sign does not matter (a pan to either side)
    - ``floor``: smaller values are not told apart; a log scale needs one above 0
    - ``when_none``: taken where the sense was analysed and this number does not exist (loudness below the gate)
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
        """Return the path for a segment: a moment within a shot is read as a scene is, by the length of its shot."""
        return self.path if isinstance(segment, Shot) else self.scene_path

    def unit_for(self, segment: Segment) -> str:
        return READABLE[self.path_for(segment)]

    def value(self, segment: Segment, *, shots: Sequence[Shot] = ()) -> float:
        """Return the number in its own unit, NaN where it was not measured."""
        if self.only_where is not None:
            condition = field_value(segment, self.only_where.path, shots=shots)
            if not condition >= self.only_where.at_least:
                return math.nan
        path = self.path_for(segment)
        value = field_value(segment, path, shots=shots)
        if math.isnan(value) and self.when_none is not None and _sense_was_analysed(segment, path):
            return self.when_none
        return value

    def scaled(self, value: float) -> float:
        """Return the number on the reading's scale: sign, floor and logarithm applied. NaN stays NaN."""
        if math.isnan(value):
            return value
        value = abs(value) if self.absolute else value
        value = value if self.floor is None else max(value, self.floor)
        return math.log(value) if self.log else value

    def distance(self, spread: float) -> float:
        """Return a definition's spread on the reading's scale: on a log scale it is written as a factor."""
        return math.log(spread) if self.log else spread

    def text(self, segment: Segment, value: float) -> str:
        """Return the number as people write it: ``"23.4 s"``."""
        if math.isnan(value):
            return "not measured"
        if self.path == MONOCHROME:
            return "yes" if value else "no"
        digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
        unit = self.unit_for(segment)
        return digits + (unit.removeprefix("1") if "/" in unit[:2] else f" {unit}" if unit else "")


def read_scaled_measure(entry: Entry) -> ScaledMeasure:
    """Return the reading that an entry of a definition file describes. Raises ``GrammarError``."""
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
    """Return a point of the reading's own unit; on a log scale it must not be below the floor."""
    value = entry.number(key)
    if reading.log and reading.floor is not None and value < reading.floor:
        entry.refuse(key, f"must be at least the floor {reading.floor:g} because log = true, got {value:g}")
    return value


def _sense_was_analysed(segment: Segment, path: str) -> bool:
    sense, _, _ = path.partition(".")
    return getattr(segment, sense) is not None
