"""Drawn levels as the records that analysis would have made of them."""

from __future__ import annotations

import numpy as np

from kuleshov.records import (
    DIMENSIONS,
    MOODS,
    Camera,
    Color,
    Dialogue,
    Emotion,
    Framing,
    Lighting,
    Movement,
    Music,
    PaletteColor,
    People,
    Reason,
    Sound,
    SoundEvent,
    Timbre,
    Voice,
)

#: What is measured at levels -2, -1, 0, 1, 2; 0 lies where the attributes have their middle, which is a convention too.
NUMBERS: dict[str, tuple[float, float, float, float, float]] = {
    "light": (0.08, 0.21, 0.30, 0.42, 0.62),
    "key": (0.015, 0.04, 0.065, 0.09, 0.13),
    "contrast": (0.30, 0.50, 0.62, 0.75, 0.92),
    "warmth": (-1.0, -0.65, -0.45, -0.25, 0.1),
    "saturation": (0.02, 0.06, 0.10, 0.15, 0.25),
    "colorfulness": (8.0, 25.0, 40.0, 56.0, 90.0),
    "motion": (0.008, 0.04, 0.10, 0.22, 0.6),
    "shake": (0.0004, 0.0013, 0.003, 0.007, 0.02),
    "cutting": (4.0, 11.0, 25.0, 45.0, 90.0),
    "loudness": (-36.0, -25.0, -20.0, -16.0, -9.0),
}
SCORES = (*DIMENSIONS, *(f"mood_{mood}" for mood in MOODS))
_COUNT = {"": 0, "single": 1, "two_shot": 2, "three": 3, "group": 6, "crowd": 14}
_HEIGHT = {"close_up": 0.46, "extreme_close_up": 0.98, "medium_shot": 0.19, "long_shot": 0.05}
_SCALE = {"close_up": "CU", "extreme_close_up": "ECU", "medium_shot": "MS", "long_shot": "LS"}
_RGB = "#808080"
_FACES = {"smiling": "smile", **{f"{name}_face": name for name in ("sad", "angry", "fearful", "surprised")}}


def number_of(rng: np.random.Generator, name: str, level: float) -> float:
    """What is measured where a quality has this level, give or take; no two are alike."""
    numbers = NUMBERS[name]
    at = level + rng.uniform(-0.15, 0.15)
    ends = (numbers[0] - 0.2 * (numbers[1] - numbers[0]), numbers[-1] + 0.2 * (numbers[-1] - numbers[-2]))
    return float(np.interp(at, (-2.2, -2, -1, 0, 1, 2, 2.2), (ends[0], *numbers, ends[1])))


def lighting_of(at: dict[str, float], choices: dict[str, str]) -> Lighting:
    source, hour = choices["source"], choices["hour"]
    slope = {"brightening": 0.12, "darkening": -0.12}.get(choices["fading"], 0.0)
    return Lighting(
        *("low" if at["key"] < 0.05 else "normal", at["key"], at["light"], 0.2, at["contrast"]),
        *(max(0.0, 0.8 - 2 * at["light"]), at["light"] / 4, slope),
        chiaroscuro=0.5 if source == "chiaroscuro" else 0.1,
        backlight_stops=3.0 if source in ("backlit", "silhouette") else 0.0,
        silhouette=0.5 if source == "silhouette" else 0.05,
        **{name: 0.95 if hour == name else 0.2 for name in ("night", "dusk", "day")},
    )


def color_of(at: dict[str, float], choices: dict[str, str]) -> Color:
    plain = bool(choices["monochrome"])
    palette = [PaletteColor(choices["hue"], _RGB, 0.55)] if choices["hue"] else []
    return Color(
        *(0.0 if plain else at["saturation"], at["warmth"], plain, [*palette, PaletteColor("grey", _RGB, 0.4)]),
        colorfulness=0.0 if plain else at["colorfulness"],
    )


def camera_of(at: dict[str, float], choices: dict[str, str], span: tuple[float, float]) -> Camera:
    way, growth, motion = choices["way"], choices["growth"], at["motion"]
    zoom = {"zoom_in": 0.09, "push_in": 0.05, "zoom_out": -0.09, "pull_out": -0.05}.get(growth, 0.0)
    names = {"push_in": "dolly_in", "pull_out": "dolly_out", "pan": "pan_left", "tilt": "tilt_up"}
    done = [names.get(one, one) for one in (way, growth) if one]
    if not done and motion < NUMBERS["motion"][1] * 1.3:
        done = ["static"]
    return Camera(
        *("moderate", motion, motion, 1.5 * motion, 0.2 if way in ("pan", "whip_pan") else 0.0),
        *(0.15 if way == "tilt" else 0.0, zoom, at["shake"]),
        steadiness=1 / (1 + at["shake"] / 0.003),
        movements=[Movement(name, *span, 0.2, 0.95) for name in done],  # type: ignore[arg-type]
    )


def sound_of(at: dict[str, float], choices: dict[str, str], span: tuple[float, float]) -> Sound:
    if choices["sound"]:
        return Sound(None, -70.0, 0.0, 1.0, [], voice_share=0.0, music_share=0.0, end_silence_seconds=span[1] - span[0])
    speech, music = choices["speech"], choices["music"]
    kinds = {"cut_to_silence": ("cut_to_silence", 30.0), "burst": ("burst", -25.0), "scream": ("scream", -20.0)}
    events = (
        [SoundEvent(kinds[choices["event"]][0], sum(span) / 2, kinds[choices["event"]][1], 1.0)]
        if choices["event"]
        else []
    )  # type: ignore[arg-type]
    voice = (
        Voice(4.5, 10.0, 180.0, 6.0, -25.0, 0.8 * (speech == "whisper"), 0.8 * (speech == "shout")) if speech else None
    )
    return Sound(
        *(at["loudness"], at["loudness"] + 5, 3.0 if choices["swell"] else 0.0, 0.02, events),
        voice_share=0.8 if speech else 0.0,
        music_share=0.85 if music else 0.0,
        voice=voice,
        music=Music(0.8 if "major" in music else -0.8, 165.0 if "fast" in music else 66.0, 0.8) if music else None,
        timbre=Timbre(1500.0, 0.2, 0.12, 0.75 if choices["drone"] else 0.05, 0.2, 2.0),
    )


def dialogue_of(choices: dict[str, str], lines: tuple[str, ...]) -> Dialogue:
    if not choices["speech"]:
        return Dialogue(0, 0, 0.0, 0.0, 0, 0, "", None)
    text, talk = " ".join(lines), choices["talk"]
    return Dialogue(
        *(len(lines), len(text.split()), 5.0 if choices["speech"] == "fast_speech" else 2.4, 0.8),
        *(2 * (talk == "asking"), text.count("!"), text, "en"),
        hostility=0.7 if talk == "arguing" else 0.05,
        threats=2 * (talk == "threatening"),
        farewells=2 * (talk == "farewell"),
    )


def emotion_of(rng: np.random.Generator, levels: dict[str, float]) -> Emotion:
    scores = {name: float(np.clip(0.36 * levels[name] + rng.uniform(-0.06, 0.06), -1, 1)) for name in SCORES}
    moods = {mood: scores[f"mood_{mood}"] for mood in MOODS}
    dimensions = {name: scores[name] for name in DIMENSIONS}
    return Emotion(
        **dimensions,
        moods=moods,
        strong=[],
        confidence=1.0,
        reasons=[Reason("made", 1.0, "made so", dimensions | moods)],
    )


def people_of(choices: dict[str, str]) -> People:
    count, scale = _COUNT[choices["people"]], choices["scale"]
    if not count:
        return People(20, 0.0, 0.0, 0, "nobody", *(None,) * 12, [])
    near = scale in ("close_up", "extreme_close_up")
    shown = {"smile": 0.05, "sad": 0.05, "angry": 0.05, "fearful": 0.05, "disgusted": 0.05, "surprised": 0.05}
    if choices["face"]:
        shown[_FACES[choices["face"]]] = 0.75
    grouping = {"three": "three_shot"}.get(choices["people"], choices["people"])
    return People(
        *(20, 0.95, 0.95 if near else 0.0, count, grouping, Framing(_SCALE[scale], _HEIGHT[scale], 0.0, 0.5, 0.4)),  # type: ignore[arg-type]
        *shown.values(),
        *(0.2, 0.0, 0.0, 0.05, 0.05, []),
    )
