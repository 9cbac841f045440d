"""The qualities that the lists of queries name, as levels of what was drawn."""

from __future__ import annotations

from made import HUES, Stretch

#: A fact, the level that it is, and its direction.
_LEVELS: dict[str, tuple[str, int]] = {
    **{"dark": ("light", -1), "bright": ("light", 1), "low_key": ("key", -1), "high_key": ("key", 1)},
    **{"high_contrast": ("contrast", 1), "low_contrast": ("contrast", -1)},
    **{"warm": ("warmth", 1), "cold": ("warmth", -1), "saturated": ("saturation", 1), "muted": ("saturation", -1)},
    **{"moving": ("motion", 1), "still": ("motion", -1), "shaky": ("shake", 1), "smooth": ("shake", -1)},
    **{"fast_cutting": ("cutting", 1), "slow_cutting": ("cutting", -1)},
    **{"loud": ("loudness", 1), "quiet": ("loudness", -1)},
    **{"tense": ("tension", 1), "positive": ("valence", 1), "negative": ("valence", -1), "valence": ("valence", 1)},
    **{"aroused": ("arousal", 1), "unaroused": ("arousal", -1), "arousal": ("arousal", 1)},
    **{"dominant": ("dominance", 1), "powerless": ("dominance", -1)},
    **{"sad": ("mood_sadness", 1), "joyful": ("mood_joy", 1), "fear": ("mood_fear", 1), "calm": ("mood_calm", 1)},
    **{"angry": ("mood_anger", 1), "lonely": ("mood_loneliness", 1), "romantic": ("mood_romance", 1)},
    **{"tender": ("mood_tenderness", 1), "awe": ("mood_awe", 1), "exciting": ("mood_excitement", 1)},
    "chaotic": ("mood_chaos", 1),
}
#: A fact that is there or not: the choice that it is, and the values that it has.
_CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    **{hue: ("hue", (hue,)) for hue in HUES},
    "monochrome": ("monochrome", ("yes",)),
    **{"zoom_in": ("growth", ("zoom_in", "push_in")), "zoom_out": ("growth", ("zoom_out", "pull_out"))},
    **{"push_in": ("growth", ("push_in",)), "pull_out": ("growth", ("pull_out",))},
    **{name: ("way", (name,)) for name in ("tilt", "tracking", "whip_pan")},
    "pan": ("way", ("pan", "whip_pan")),
    **{name: ("angle", (name,)) for name in ("dutch", "high_angle", "low_angle")},
    **{name: ("source", (name,)) for name in ("silhouette", "chiaroscuro")},
    "backlit": ("source", ("backlit", "silhouette")),
    **{name: ("hour", (name,)) for name in ("night", "dusk", "day")},
    **{name: ("fading", (name,)) for name in ("brightening", "darkening")},
    **{
        "silent": ("sound", ("silent",)),
        "getting_louder": ("swell", ("getting_louder",)),
        "drone": ("drone", ("drone",)),
    },
    **{name: ("event", (name,)) for name in ("cut_to_silence", "scream")},
    "burst": ("event", ("burst",)),
    "music": ("music", ("fast major", "fast minor", "slow major", "slow minor")),
    **{"fast_music": ("music", ("fast major", "fast minor")), "slow_music": ("music", ("slow major", "slow minor"))},
    **{"major": ("music", ("fast major", "slow major")), "minor": ("music", ("fast minor", "slow minor"))},
    "speech": ("speech", ("plain", "fast_speech", "whisper", "shout")),
    **{name: ("speech", (name,)) for name in ("fast_speech", "whisper", "shout")},
    **{name: ("talk", (name,)) for name in ("arguing", "threatening", "asking", "farewell")},
    **{"nobody": ("people", ("",)), "single": ("people", ("single",)), "two_shot": ("people", ("two_shot",))},
    **{"group": ("people", ("three", "group", "crowd")), "crowd": ("people", ("crowd",))},
    **{name: ("scale", (name,)) for name in ("extreme_close_up", "medium_shot", "long_shot")},
    "close_up": ("scale", ("close_up", "extreme_close_up")),
    **{name: ("face", (name,)) for name in ("smiling", "sad_face", "angry_face", "fearful_face", "surprised_face")},
}
#: A long take: shots of so many seconds have these levels. The film's own long shots are 38 s and more.
_LONG, _SHORT = ((30.0, 2.0), (10.0, 0.7)), ((1.2, 2.0), (2.5, 1.0))


def level_of(fact: str, one: Stretch) -> float:
    """Return the level of a fact in a shot or scene, -2..2."""
    if fact in _LEVELS:
        name, sign = _LEVELS[fact]
        return sign * one.levels[name]
    if fact in _CHOICES:
        name, values = _CHOICES[fact]
        return 2.0 if one.choices[name] in values else -2.0
    if fact == "long_take":
        longest = one.record.pace.longest_shot_seconds
        return next((level for seconds, level in _LONG if longest >= seconds), -2.0)
    if fact == "short_shot":
        mean = one.record.pace.shot_length_seconds
        return next((level for seconds, level in _SHORT if mean <= seconds), -2.0)
    raise ValueError(f"no such fact: {fact!r}")
