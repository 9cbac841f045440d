"""A shot or scene described in a few words: transition, light, camera, people, sound, mood."""

from __future__ import annotations

from kuleshov.records import Scene, Segment, Shot


def kind(segment: Segment) -> str:
    """How a shot begins: ``"dissolve"``; or the type of a scene: ``"montage"``, ``""`` where it is unknown."""
    if isinstance(segment, Shot):
        if segment.match_cut_in is not None:
            return "match cut"
        if (segment.jump_cut_in or 0.0) > 0.5:
            return "jump cut"
        return segment.transition_in.type.replace("_", " ")
    return segment.type.name.replace("_", " ") if isinstance(segment, Scene) and segment.type else ""


_MATTERS = {"blank": "nothing to see", "card": "title card", "bars": "color bars"}


def light(segment: Segment) -> str:
    """Light and colour: ``"low key, dark blue, black"``; or the content type if it is no picture: ``"title card"``."""
    if segment.matter != "picture":
        return _MATTERS[segment.matter]
    palette = ", ".join(color.name for color in segment.color.palette[:2])
    color, lighting = segment.color, segment.lighting
    dyed = palette if color.dye == "none" else f"{color.dye} {color.dye_color}"
    seen = "black and white" if color.monochrome else dyed
    hour = "" if lighting.time_of_day == "unknown" else f"{lighting.time_of_day}, "
    return f"{hour}{lighting.key} key, {seen}"


def movement(segment: Segment) -> str:
    """How much moves, then a shot's camera movements in order of time: ``"slow, pan left"``."""
    if segment.camera is None:
        return "-"
    named = (
        [movement.name.replace("_", " ") for movement in segment.camera.movements] if isinstance(segment, Shot) else []
    )
    return ", ".join([segment.camera.amount, *(name for name in dict.fromkeys(named) if name != "static")])


def scale(segment: Segment) -> str:
    """Shot scale and how many people: ``"MCU, two shot"``; ``""`` where no face was found."""
    if segment.people is None or segment.people.framing is None:
        return ""
    grouping = segment.people.grouping
    return segment.people.framing.scale + ("" if grouping == "single" else f", {grouping.replace('_', ' ')}")


def sound(segment: Segment) -> str:
    """Loudness: ``"-23 LUFS"``; ``"-"`` without sound."""
    if segment.sound is None:
        return "-"
    loudness = segment.sound.loudness_lufs
    return "silent" if loudness is None else f"{loudness:.0f} LUFS"


def strongest_mood(segment: Segment) -> str:
    """The mood with the highest score: ``"suspense +0.31 (strong)"``; ``"-"`` for a leader or a title card."""
    emotion = segment.emotion
    if emotion is None or emotion.confidence == 0 or segment.matter != "picture":
        return "-"
    mood, score = max(emotion.moods.items(), key=lambda item: item[1])
    return f"{mood} {score:+.2f}{' (strong)' if mood in emotion.strong else ''}"


def counted(number: int, name: str) -> str:
    """A number with its noun: ``"1 shot"``, ``"132 shots"``."""
    return f"{number} {name}{'' if number == 1 else 's'}"
