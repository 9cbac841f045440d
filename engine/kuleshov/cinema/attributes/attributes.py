"""Attributes: nameable qualities of a shot or scene ("long take", "dark"), as numbers in -1..1.

Choose attributes for what a person can see or hear; the feelings that it evokes are in ``emotion``. ``attributes.toml``
names them and defines, with a source, how each is measured: a new attribute is an entry at its end. The value is
``tanh((f(x) - f(centre)) / spread)``: 0 = neither the quality nor its opposite, NaN = not measured (a film without
sound is neither loud nor quiet).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.scaled_measure import ScaledMeasure, read_position, read_scaled_measure, read_spread
from kuleshov.cinema.editing.editing import long_shot_seconds
from kuleshov.definitions import Entry, parse_toml, read_text
from kuleshov.records import Segment, Shot

_PACKAGED = "attributes.toml"
_PACKAGED_TEXT = read_text(None, package="kuleshov.cinema.attributes", packaged=_PACKAGED)[1]
#: All attributes in the order of the packaged file, which is that of stored vectors.
ATTRIBUTE_NAMES: tuple[str, ...] = tuple(parse_toml(_PACKAGED_TEXT, file=_PACKAGED)["attributes"])
#: In any film: below this share of the centre for all films, no shot is long.
_LEAST_CENTRE = 0.6


@dataclass(frozen=True)
class Attribute:
    """One quality: its reading, where it is 0 (``centre``), and how far from there it is tanh(1) (``spread``).

    ``centre`` is in the reading's own unit; ``spread`` too, or on a log scale a factor. ``sign`` is -1 if small numbers
    have the quality; ``relative``: the centre is midway, as a ratio, to the film's own long shots.
    """

    name: str
    description: str
    reading: ScaledMeasure
    centre: float
    spread: float
    sign: int
    relative: bool
    source: str

    def value(self, segment: Segment, *, shots: Sequence[Shot] = (), long_shot_seconds: float = 0.0) -> float:
        """Return the attribute, -1..1, NaN = not measured; ``long_shot_seconds`` is 0 if unknown."""
        number = self.reading.scaled(self.reading.value(segment, shots=shots))
        centre = _between(self.centre, long_shot_seconds) if self.relative else self.centre
        distance = (number - self.reading.scaled(centre)) / self.reading.distance(self.spread)
        return self.sign * math.tanh(distance)


class Explanation(NamedTuple):
    """The measured number behind an attribute of a segment: ``text`` is ``"shot length 23.4 s"``; ``value`` may be
    NaN."""

    measure: str
    value: float
    unit: str
    text: str


def load_attributes(path: Path | None = None) -> tuple[Attribute, ...]:
    """Return the attributes of a definition file, ``None`` = the packaged one, in the order of ``ATTRIBUTE_NAMES``.

    Raises ``GrammarError`` naming the file, the entry and the rule, also if a name is missing or unknown.
    """
    file, text = read_text(path, package="kuleshov.cinema.attributes", packaged=_PACKAGED)
    root = Entry.parse(text, file=file)
    entries = root.entries("attributes")
    root.close()
    if unknown := [name for name in entries if name not in ATTRIBUTE_NAMES]:
        root.refuse("attributes", f"{unknown[0]!r} is unknown; allowed: {', '.join(ATTRIBUTE_NAMES)}")
    if missing := [name for name in ATTRIBUTE_NAMES if name not in entries]:
        root.refuse("attributes", f"{', '.join(missing)} missing; every attribute needs an entry")
    return tuple(_attribute(name, entries[name]) for name in ATTRIBUTE_NAMES)


def attributes_id() -> str:
    """Return 12 hex digits that change with the packaged definitions, for provenance."""
    return hashlib.blake2b(_PACKAGED_TEXT.encode(), digest_size=6).hexdigest()


def attribute_table(
    segments: Sequence[Segment], *, shots: Sequence[Shot], replacements: Sequence[Attribute] = ()
) -> NDArray[np.float64]:
    """Return the attributes of many segments, float64 ``[n_segments, n_attributes]``, -1..1, NaN = not measured.

    ``shots`` are all shots of the film that the segments are from; ``replacements`` are used instead of the packaged
    attributes of their names.
    """
    instead = {attribute.name: attribute for attribute in replacements}
    long_shot = long_shot_seconds([(shot.start_seconds, shot.end_seconds) for shot in shots]) or 0.0
    table = np.empty((len(segments), len(ATTRIBUTE_NAMES)))
    for column, packaged in enumerate(packaged_attributes()):
        attribute = instead.get(packaged.name, packaged)
        for row, segment in enumerate(segments):
            table[row, column] = attribute.value(segment, shots=shots, long_shot_seconds=long_shot)
    return table


def attributes(segment: Segment, *, shots: Sequence[Shot]) -> dict[str, float]:
    """Return the attributes of one segment by name, -1..1, NaN = not measured. For many see ``attribute_table``."""
    return dict(zip(ATTRIBUTE_NAMES, attribute_table([segment], shots=shots)[0].tolist(), strict=True))


def explain(attribute: str, segment: Segment, *, shots: Sequence[Shot] = ()) -> Explanation:
    """Return the measured number behind an attribute of a segment. Raises ``KeyError`` for an unknown name."""
    if attribute not in ATTRIBUTE_NAMES:
        raise KeyError(f"no attribute {attribute!r}; there are: {', '.join(ATTRIBUTE_NAMES)}")
    reading = packaged_attributes()[ATTRIBUTE_NAMES.index(attribute)].reading
    value = reading.value(segment, shots=shots)
    text = f"{reading.label} {reading.text(segment, value)}"
    return Explanation(reading.path_for(segment), value, reading.unit_for(segment), text)


def _between(centre: float, long_shot_seconds: float) -> float:
    """Midway, as a ratio, between the long shots of all films and those of this one (0 = unknown)."""
    return max(math.sqrt(centre * long_shot_seconds), _LEAST_CENTRE * centre) if long_shot_seconds else centre


@cache
def packaged_attributes() -> tuple[Attribute, ...]:
    """Return the attributes that Kuleshov ships, read once."""
    return load_attributes()


def __getattr__(name: str) -> tuple[Attribute, ...]:
    # ``ATTRIBUTES`` reads its file on first use, so that importing this module stays cheap.
    if name == "ATTRIBUTES":
        return packaged_attributes()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _attribute(name: str, entry: Entry) -> Attribute:
    reading = read_scaled_measure(entry)
    attribute = Attribute(
        name=name,
        description=entry.text("description"),
        reading=reading,
        centre=read_position(entry, "centre", reading),
        spread=read_spread(entry, reading),
        sign=1 if entry.choice("toward", ("high", "low"), default="high") == "high" else -1,
        relative=entry.flag("relative"),
        source=entry.text("source"),
    )
    entry.close()
    return attribute
