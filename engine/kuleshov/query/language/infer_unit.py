"""Whether a query that does not say so is about shots or scenes, and what orders them.

Shot lengths, camera moves and transitions are qualities of a shot; cutting rates, scene types and feelings alone (a
mood lasts longer than a shot) ask for scenes; everything else asks for shots.
"""

from __future__ import annotations

from collections.abc import Iterable

from kuleshov.cinema.attributes.attributes import ATTRIBUTE_NAMES, packaged_attributes
from kuleshov.cinema.attributes.measures import UNITS, Unit
from kuleshov.query.parts.condition import Condition
from kuleshov.query.parts.term import Term
from kuleshov.records import SCENE_TYPES

_OF_SHOTS = frozenset(
    {"long_take", "short_shot", "zooming_in", "zooming_out", "panning", "tilting", "cut_to_silence"}
    | {"fade_in", "dissolve_in", "jump_cut", "match_cut"}
)
_OF_SCENES = frozenset({"fast_cutting", "intensifying", *SCENE_TYPES})
_MEASURED_OF_SCENES = frozenset(
    {"pace.cuts_per_minute", "pace.average_shot_length_seconds", "pace.median_shot_length_seconds"}
    | {"pace.longest_shot_seconds"}
)


def inferred_unit(terms: Iterable[Term], conditions: Iterable[Condition]) -> Unit:
    """Return the unit that a query asks for by its qualities and limits."""
    everything = list(terms)
    # A negated quality says little about the unit: "not slow" does not ask for cutting rates.
    names = {term.name for term in everything if not term.inclusive} or {term.name for term in everything}
    measures = {condition.measure for condition in conditions}
    if names & _OF_SHOTS:
        return "shot"
    if names & _OF_SCENES or measures & _MEASURED_OF_SCENES:
        return "scene"
    return "scene" if everything and not measures and _only_feelings(everything) else "shot"


def sort_key(name: str, *, unit: Unit) -> tuple[str, int]:
    """Return the key that orders segments by a vector entry: the measure it is read from, if any, and its direction.

    Measures are finer than the entry, which flattens towards its ends. The direction is -1 where small numbers have
    the quality.
    """
    if name not in ATTRIBUTE_NAMES:
        return name, 1
    attribute = packaged_attributes()[ATTRIBUTE_NAMES.index(name)]
    path = attribute.reading.scene_path if unit == "scene" else attribute.reading.path
    if path not in UNITS or attribute.reading.absolute:
        return name, 1
    return path, attribute.sign


def _only_feelings(terms: Iterable[Term]) -> bool:
    return not any(term.name in ATTRIBUTE_NAMES for term in terms)
