"""The fields of a segment that can be read: the paths of ``measures.MEASURES``, and numbers derived from its records.

A kind of derived number is a prefix (the name follows) or a whole path, with the function that computes it:

- ``matter.NAME``: 1 if that is the segment's content type (``blank``, ``card``, ``bars``), else 0; if it is no picture,
  light, colour, movement and length are NaN
- ``color.monochrome``: 1 or 0
- ``color.palette.NAME``: share of the palette colours of that name, 0..1
- ``color.dye.NAME``: 1 if the film is tinted (toned), else 0
- ``lighting.switches``: the largest sudden change of light in either direction, 0 if there is none
- ``sound.events.NAME``: of the events of that name the largest change in dB, of ``scream`` the longest in seconds; 0 if
  there is none
- ``camera.movements.NAME``: share of the segment with that camera movement, weighted by confidence, 0..1; of sudden
  ones (``whip_pan``, ``dolly_zoom``, ``rack_focus``) the largest confidence; ``NAME`` is one of ``MOVEMENTS``, or the
  beginning of two opposite ones: ``truck`` is both directions
- ``people.grouping.NAME``: 1 or 0; a group is three or more
- ``people.framing.scale.NAME``: 1 if that is the scale, 0.5 for the scales next to it, else 0
- ``transition_in.fade`` and ``.dissolve``: confidence that the segment begins with one, else 0; a scene begins like its
  first shot
- ``jump_cut_in``: confidence that the shot begins with a jump cut; of a scene, the largest inside it
- ``match_cut_in.confidence``: the same for a match cut, 0 if there is none; a scene begins like its first shot
- ``type.NAME``: of a scene, the confidence of that type, 0 if it has another or none; a shot has none
- ``editing.intensification``: of a scene
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from kuleshov.cinema.attributes.measures import UNITS, measure
from kuleshov.records import MOVEMENTS, SCENE_TYPES, SHOT_SCALES, Scene, Segment, Shot

HUES = ("red", "orange", "brown", "yellow", "green", "cyan", "blue", "purple", "pink")
MONOCHROME = "color.monochrome"
_MATTER, _PALETTE, _DYE, _TYPE = "matter.", "color.palette.", "color.dye.", "type."
_SWITCHES = "lighting.switches"
_JUMP_CUT, _MATCH_CUT = "jump_cut_in", "match_cut_in.confidence"
_INTENSIFICATION = "editing.intensification"
_MOVEMENT = "camera.movements."
_EITHER_DIRECTION = ("pan", "tilt", "roll", "zoom", "dolly", "truck", "pedestal")
_SUDDEN = ("whip_pan", "dolly_zoom", "rack_focus")
_GROUPING = "people.grouping."
_GROUPS = {
    "single": ("single",),
    "two_shot": ("two_shot",),
    "group": ("three_shot", "group", "crowd"),
    "crowd": ("crowd",),
}
_SCALE = "people.framing.scale."
EVENT_PREFIX = "sound.events."
_EVENT_UNITS = {"cut_to_silence": "dB", "burst": "dB", "swell": "LU", "fade_in": "dB", "fade_out": "dB", "scream": "s"}
#: Events that are known only if this was measured too (not in older archives, nor without the network).
_EVENT_NEEDS = {
    "scream": "sound.voice_share",
    **dict.fromkeys(("burst", "swell", "fade_in", "fade_out"), "sound.music_share"),
}
_TRANSITION = "transition_in."
_TRANSITIONS = {"fade": ("fade_black", "fade_white"), "dissolve": ("dissolve",)}
#: Fields that are not read if a segment's content is no picture.
_OF_PICTURES = ("lighting.", "color.", "camera.", "people.", "angle.", "pace.", "duration_seconds")

#: Every path that can be read, with its unit.
READABLE: dict[str, str] = {
    **UNITS,
    MONOCHROME: "",
    **{_PALETTE + hue: "" for hue in HUES},
    **{EVENT_PREFIX + name: unit for name, unit in _EVENT_UNITS.items()},
    **{_TRANSITION + name: "" for name in _TRANSITIONS},
    **{_MOVEMENT + name: "" for name in (*MOVEMENTS, *_EITHER_DIRECTION)},
    **{_GROUPING + name: "" for name in _GROUPS},
    **{_SCALE + name: "" for name in SHOT_SCALES},
    **{_TYPE + name: "" for name in SCENE_TYPES},
    **{_MATTER + name: "" for name in ("blank", "card", "bars")},
    **{_DYE + name: "" for name in ("tinted", "toned")},
    **dict.fromkeys((_SWITCHES, _JUMP_CUT, _MATCH_CUT, _INTENSIFICATION), ""),
}


def field_value(segment: Segment, path: str, *, shots: Sequence[Shot] = ()) -> float:
    """Return the number at ``path`` (one of ``READABLE``), NaN = not measured.

    ``shots`` are all shots of the film; only the transitions of a scene need them.
    """
    if segment.matter != "picture" and path.startswith(_OF_PICTURES):
        return math.nan
    for prefix, reader in _READERS.items():
        if path.startswith(prefix):
            return reader(segment, path.removeprefix(prefix), shots)
    return measure(segment, path)


def _has_content(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return float(segment.matter == name)


def _palette_share(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if segment.color is None:  # a window of a live film without a frame
        return math.nan
    return math.fsum(color.share for color in segment.color.palette if color.name == name)


def _dyed(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return float(segment.color.dye == name) if _has_thumbnail_features(segment) else math.nan


def _largest_switch(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if not _has_thumbnail_features(segment):
        return math.nan
    return max((abs(switch.change) for switch in segment.lighting.switches), default=0.0)


def _has_thumbnail_features(segment: Segment) -> bool:
    """Whether dyes and light switches were measured: older descriptions have none."""
    return segment.lighting is not None and segment.lighting.chiaroscuro is not None


def _movement_share(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if segment.camera is None or not segment.camera.movements:
        return math.nan
    both = {movement for movement in MOVEMENTS if movement.startswith(name + "_") and movement not in _SUDDEN}
    names = both if name in _EITHER_DIRECTION else {name}
    movements = [movement for movement in segment.camera.movements if movement.name in names]
    if name in _SUDDEN:
        return max((movement.confidence for movement in movements), default=0.0)
    lasting = math.fsum(movement.confidence * (movement.end_seconds - movement.start_seconds) for movement in movements)
    return min(1.0, lasting / max(segment.duration_seconds, 1e-9))


def _has_grouping(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return math.nan if segment.people is None else float(segment.people.grouping in _GROUPS[name])


def _has_scale(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if segment.people is None or segment.people.framing is None:
        return math.nan
    scales: tuple[str, ...] = SHOT_SCALES
    return max(0.0, 1 - abs(scales.index(segment.people.framing.scale) - scales.index(name)) / 2)


def _largest_event(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if segment.sound is None or (name in _EVENT_NEEDS and math.isnan(measure(segment, _EVENT_NEEDS[name]))):
        return math.nan
    return max(
        (
            event.duration_seconds if name == "scream" else abs(event.drop_db)
            for event in segment.sound.events
            if event.type == name
        ),
        default=0.0,
    )


def _transition(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    first = _first_shot(segment, shots)
    if first is None:
        return math.nan
    return first.transition_in.confidence if first.transition_in.type in _TRANSITIONS[name] else 0.0


def _jump_cut(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    inside = shots[segment.first_shot + 1 : segment.end_shot] if isinstance(segment, Scene) else [segment]
    known = [shot.jump_cut_in for shot in inside if isinstance(shot, Shot) and shot.jump_cut_in is not None]
    return max(known, default=math.nan)


def _match_cut(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    first = _first_shot(segment, shots)
    if first is None or first.jump_cut_in is None:  # measured together
        return math.nan
    return first.match_cut_in.confidence if first.match_cut_in else 0.0


def _first_shot(segment: Segment, shots: Sequence[Shot]) -> Shot | None:
    if isinstance(segment, Scene) and segment.first_shot < len(shots):
        return shots[segment.first_shot]
    return segment if isinstance(segment, Shot) else None


def _scene_type(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if not isinstance(segment, Scene):
        return math.nan
    return segment.type.confidence if segment.type is not None and segment.type.name == name else 0.0


def _intensification(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return measure(segment, _INTENSIFICATION) if isinstance(segment, Scene) else math.nan


_READERS: dict[str, Callable[[Segment, str, Sequence[Shot]], float]] = {
    _MATTER: _has_content,
    _PALETTE: _palette_share,
    _DYE: _dyed,
    _SWITCHES: _largest_switch,
    _MOVEMENT: _movement_share,
    _GROUPING: _has_grouping,
    _SCALE: _has_scale,
    EVENT_PREFIX: _largest_event,
    _TRANSITION: _transition,
    _JUMP_CUT: _jump_cut,
    _MATCH_CUT: _match_cut,
    _TYPE: _scene_type,
    _INTENSIFICATION: _intensification,
}
