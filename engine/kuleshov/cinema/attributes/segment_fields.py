"""What can be read of a segment: the paths of ``measures.MEASURES``, and numbers that are no plain field of a record.

A kind of such numbers is a prefix (the name follows) or a whole path, with the function that reads it:

- ``matter.NAME``: 1 where the segment holds that (``blank``, ``card``, ``bars``), else 0; of what is no picture neither
  light, colour, movement nor length is read: they are NaN
- ``color.monochrome``: 1 or 0
- ``color.palette.NAME``: share of the palette colours of that name, 0..1
- ``color.dye.NAME``: 1 where the film is dyed so, else 0
- ``lighting.switches``: the largest sudden change of light, either way, 0 where there is none
- ``sound.events.NAME``: of the events of that name the largest change in dB, of ``scream`` the longest in seconds; 0
  where there is none
- ``camera.movements.NAME``: share of the segment in which the camera does that, weighted by confidence, 0..1; of what
  is over at once (``whip_pan``, ``dolly_zoom``, ``rack_focus``) the largest confidence; ``NAME`` is one of
  ``MOVEMENTS``, or the beginning of two that are each other's opposite: ``truck`` is either way
- ``people.grouping.NAME``: 1 or 0; a group is three or more
- ``people.framing.scale.NAME``: 1 where the scale is that one, 0.5 next to it, 0 elsewhere
- ``transition_in.fade`` and ``.dissolve``: the transition's confidence where the segment begins so, else 0; a scene
  begins as its first shot does
- ``jump_cut_in``: confidence that the shot begins with a jump cut; of a scene, the largest inside it
- ``match_cut_in.confidence``: the same of a match cut, 0 where there is none; a scene begins as its first shot does
- ``type.NAME``: of a scene, the confidence of that type, 0 where it is of another or of none; a shot has none
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
_WAYS = ("pan", "tilt", "roll", "zoom", "dolly", "truck", "pedestal")
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
#: What was listened for only where this was measured too: films of older archives, machines without the network.
_EVENT_NEEDS = {
    "scream": "sound.voice_share",
    **dict.fromkeys(("burst", "swell", "fade_in", "fade_out"), "sound.music_share"),
}
_TRANSITION = "transition_in."
_TRANSITIONS = {"fade": ("fade_black", "fade_white"), "dissolve": ("dissolve",)}
#: What is not read of a stretch that holds no picture.
_OF_PICTURES = ("lighting.", "color.", "camera.", "people.", "angle.", "pace.", "duration_seconds")

#: Every path that can be read, with its unit.
READABLE: dict[str, str] = {
    **UNITS,
    MONOCHROME: "",
    **{_PALETTE + hue: "" for hue in HUES},
    **{EVENT_PREFIX + name: unit for name, unit in _EVENT_UNITS.items()},
    **{_TRANSITION + name: "" for name in _TRANSITIONS},
    **{_MOVEMENT + name: "" for name in (*MOVEMENTS, *_WAYS)},
    **{_GROUPING + name: "" for name in _GROUPS},
    **{_SCALE + name: "" for name in SHOT_SCALES},
    **{_TYPE + name: "" for name in SCENE_TYPES},
    **{_MATTER + name: "" for name in ("blank", "card", "bars")},
    **{_DYE + name: "" for name in ("tinted", "toned")},
    **dict.fromkeys((_SWITCHES, _JUMP_CUT, _MATCH_CUT, _INTENSIFICATION), ""),
}


def field_value(segment: Segment, path: str, *, shots: Sequence[Shot] = ()) -> float:
    """Return the number at ``path`` (one of ``READABLE``), NaN where it was not measured.

    ``shots`` are all shots of the film; only the transitions of a scene need them.
    """
    if segment.matter != "picture" and path.startswith(_OF_PICTURES):
        return math.nan
    for prefix, reader in _READERS.items():
        if path.startswith(prefix):
            return reader(segment, path.removeprefix(prefix), shots)
    return measure(segment, path)


def _holds(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return float(segment.matter == name)


def _palette_share(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if segment.color is None:  # a window of a live film without a frame
        return math.nan
    return math.fsum(color.share for color in segment.color.palette if color.name == name)


def _dyed(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return float(segment.color.dye == name) if _looked_at(segment) else math.nan


def _largest_switch(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if not _looked_at(segment):
        return math.nan
    return max((abs(switch.change) for switch in segment.lighting.switches), default=0.0)


def _looked_at(segment: Segment) -> bool:
    """Whether dyes and switches were looked for: older descriptions have none."""
    return segment.lighting is not None and segment.lighting.chiaroscuro is not None


def _movement_share(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    if segment.camera is None or not segment.camera.movements:
        return math.nan
    either = {each for each in MOVEMENTS if each.startswith(name + "_") and each not in _SUDDEN}
    names = either if name in _WAYS else {name}
    found = [each for each in segment.camera.movements if each.name in names]
    if name in _SUDDEN:
        return max((each.confidence for each in found), default=0.0)
    lasting = math.fsum(each.confidence * (each.end_seconds - each.start_seconds) for each in found)
    return min(1.0, lasting / max(segment.duration_seconds, 1e-9))


def _grouped(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
    return math.nan if segment.people is None else float(segment.people.grouping in _GROUPS[name])


def _of_scale(segment: Segment, name: str, shots: Sequence[Shot]) -> float:
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
    _MATTER: _holds,
    _PALETTE: _palette_share,
    _DYE: _dyed,
    _SWITCHES: _largest_switch,
    _MOVEMENT: _movement_share,
    _GROUPING: _grouped,
    _SCALE: _of_scale,
    EVENT_PREFIX: _largest_event,
    _TRANSITION: _transition,
    _JUMP_CUT: _jump_cut,
    _MATCH_CUT: _match_cut,
    _TYPE: _scene_type,
    _INTENSIFICATION: _intensification,
}
