"""Films that exist only as descriptions, whose every quality is known because it was drawn.

A quality is a level: -2 (very much the opposite), -1, 0 (neither), 1, 2 (very much so); what is there or not is 2 or
-2. Levels are drawn for a film's character, its scenes and its shots, then turned into the numbers that analysis would
have measured (``NUMBERS``), with an error of their own. Through some scenes a quality goes from one end to the other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from made_records import (
    NUMBERS,
    SCORES,
    camera_of,
    color_of,
    dialogue_of,
    emotion_of,
    lighting_of,
    number_of,
    people_of,
    sound_of,
)
from numpy.typing import ArrayLike

from kuleshov.archive import Archive
from kuleshov.archive.disk.layout import Layout
from kuleshov.archive.film.entries import SegmentRow
from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.records import (
    Analysis,
    CameraAngle,
    ColorDescription,
    Film,
    Line,
    Moments,
    Pace,
    Provenance,
    Scene,
    Shot,
    Transition,
)

FILMS, SCENES, SHOTS = 24, 10, 6
#: Levels that every shot and scene has, drawn one by one.
DRAWN = (
    *(name for name in NUMBERS if name != "colorfulness"),
    *(score for score in SCORES if score != "mood_suspense"),
)
HUES = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
#: Levels that go through a scene from one end to the other.
COURSES = ("light", "loudness", "tension", "valence", "arousal", "mood_sadness", "mood_joy", "mood_calm")
CHOICES: dict[str, tuple[tuple[str, float], ...]] = {
    "hue": (("", 0.5), *((hue, 0.0625) for hue in HUES)),
    "monochrome": (("", 0.85), ("yes", 0.15)),
    "growth": (("", 0.6), ("zoom_in", 0.1), ("zoom_out", 0.1), ("push_in", 0.1), ("pull_out", 0.1)),
    "way": (("", 0.6), ("pan", 0.12), ("tilt", 0.1), ("tracking", 0.1), ("whip_pan", 0.08)),
    "angle": (("", 0.7), ("dutch", 0.1), ("high_angle", 0.1), ("low_angle", 0.1)),
    "source": (("", 0.64), ("silhouette", 0.12), ("backlit", 0.12), ("chiaroscuro", 0.12)),
    "hour": (("", 0.31), ("night", 0.23), ("dusk", 0.23), ("day", 0.23)),
    "fading": (("", 0.7), ("brightening", 0.15), ("darkening", 0.15)),
    "sound": (("", 0.8), ("silent", 0.2)),
    "swell": (("", 0.8), ("getting_louder", 0.2)),
    "event": (("", 0.7), ("cut_to_silence", 0.1), ("burst", 0.1), ("scream", 0.1)),
    "drone": (("", 0.85), ("drone", 0.15)),
    "music": (("", 0.4), ("fast major", 0.15), ("fast minor", 0.15), ("slow major", 0.15), ("slow minor", 0.15)),
    "speech": (("", 0.35), ("plain", 0.3), ("fast_speech", 0.1), ("whisper", 0.12), ("shout", 0.13)),
    "talk": (("", 0.55), ("arguing", 0.12), ("threatening", 0.11), ("asking", 0.11), ("farewell", 0.11)),
    "people": (("", 0.2), ("single", 0.25), ("two_shot", 0.25), ("three", 0.1), ("group", 0.08), ("crowd", 0.12)),
    "scale": (("close_up", 0.3), ("extreme_close_up", 0.15), ("medium_shot", 0.25), ("long_shot", 0.3)),
    "face": (
        *(("", 0.4), ("smiling", 0.12), ("sad_face", 0.12), ("angry_face", 0.12)),
        *(("fearful_face", 0.12), ("surprised_face", 0.12)),
    ),
}
LINES = {
    "": ("I put the kettle on.", "The road is long today.", "Never again, I told you.", "Wait for the last train."),
    "arguing": ("You liar, how dare you!", "I hate you, get out!"),
    "threatening": ("I will kill you.", "Open the door, or I will shoot."),
    "asking": ("Where were you last night?", "Do you know him?"),
    "farewell": ("Goodbye, my dear.", "Farewell. I love you."),
}
#: Countries with their languages, and directors with the films that are theirs.
NATIONS = (("France", "French"), ("Italy", "Italian"), ("Japan", "Japanese"), ("Germany", "German"), ("USA", "English"))
DIRECTORS = ("Anna Berg", "Luca Moretti", "Jean Aubert", "Hana Kudo", "Ruth Klein", "Tom Adler", "Ines Vidal")
_COLOR = ColorDescription("bt709", "tv", "bt709", "bt709")


@dataclass
class Stretch:
    """A made shot or scene: its film's number, what was drawn for it, the record made of that, a scene's shots."""

    film: int
    unit: str
    record: Any
    levels: dict[str, float]
    choices: dict[str, str]
    lines: tuple[str, ...] = ()
    shots: list[Stretch] = field(default_factory=list)


@dataclass
class MadeFilm:
    number: int
    analysis: Analysis
    shots: list[Stretch]
    scenes: list[Stretch]

    @property
    def content_id(self) -> str:
        return self.analysis.film.content_id


def make_films(seed: int, films: int = FILMS) -> list[MadeFilm]:
    """Return films drawn from a seed: the same seed, the same films."""
    return [_film(np.random.default_rng([seed, number]), number) for number in range(films)]


class KeptArchive(Archive):
    """An archive whose rows stay in memory once they are read: hundreds of queries ask for the same ones."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._rows: dict[tuple[Unit, int], SegmentRow] = {}

    def segments(self, unit: Unit, ids: ArrayLike) -> list[SegmentRow]:
        wanted = [int(one) for one in np.asarray(ids).reshape(-1)]
        new = [one for one in wanted if (unit, one) not in self._rows]
        self._rows |= {(unit, row.id): row for row in super().segments(unit, new)}
        return [self._rows[unit, one] for one in wanted]


def store(archive: Archive, films: list[MadeFilm]) -> None:
    """Put films into an archive as ingest would; their moments are their shots."""
    for film in films:
        shots, scenes = film.analysis.shots, film.analysis.scenes
        vectors = {"shot": affect_vectors(shots, shots=shots), "scene": affect_vectors(scenes, shots=shots)}
        moments = Moments.of(shots, vectors["shot"], VECTOR_NAMES)
        archive.add(film.analysis, Tracks(), vectors, VECTOR_NAMES, moments=moments)
    archive.refresh()


def _film(rng: np.random.Generator, number: int) -> MadeFilm:
    character = {name: float(rng.choice((-1, 0, 0, 1))) for name in DRAWN}
    shots: list[Stretch] = []
    scenes: list[Stretch] = []
    clock = 0.0
    for scene in range(SCENES):
        tempo = _level(rng, character["cutting"])
        levels = {name: _level(rng, character[name]) for name in DRAWN} | {"cutting": tempo}
        choices = _chosen(rng)
        course = {name: float(rng.choice((-1, 1))) for name in COURSES if rng.random() < 0.25}
        levels |= dict.fromkeys(course, 0.0)
        own = []
        for place in range(SHOTS):
            mine = {name: value if rng.random() < 0.6 else _level(rng, 0) for name, value in levels.items()}
            mine["cutting"] = tempo
            mine |= {name: way * (4 * place / (SHOTS - 1) - 2) for name, way in course.items()}
            kept = {
                name: value if rng.random() < 0.6 else choice
                for (name, value), choice in zip(choices.items(), _chosen(rng).values(), strict=True)
            }
            seconds = float(
                rng.choice((0.9, 1.7, 4.5, 7.0, 13.0, 38.0, 170.0), p=(0.2, 0.25, 0.25, 0.15, 0.08, 0.05, 0.02))
            )
            seconds *= float(rng.uniform(0.97, 1.03))
            own.append(_stretch(rng, number, "shot", len(shots) + place, (clock, clock + seconds), mine, kept))
            clock += seconds
        span = (own[0].record.start_seconds, clock)
        whole = _stretch(rng, number, "scene", scene, span, levels, choices, shots=own, first=len(shots))
        scenes.append(whole)
        shots += own
    title = f"Film {number:02d}"
    nation, language = NATIONS[number % len(NATIONS)]
    film = Film(
        *(hashlib.blake2b(title.encode(), digest_size=16).hexdigest(), title, f"/films/{title}.mkv", "matroska"),
        *(clock, round(clock * 24), 640, 480, 640, 480, 24.0, "24/1", False, "1:1", 0, False),
        *("h264", "yuv420p", 8, _COLOR, (0, 0, 640, 480), 0, 1, [], [], 1000),
        **{"year": int(1928 + 3.75 * number), "director": DIRECTORS[number % len(DIRECTORS)]},
        **{"country": nation, "language": language},
    )
    lines = [
        Line(0, shot.record.start_seconds, shot.record.end_seconds, "speech", text, None, None)
        for shot in shots
        for text in shot.lines
    ]
    lines = [
        Line(at, *(getattr(line, name) for name in ("start_seconds", "end_seconds", "kind", "text")), None, None)
        for at, line in enumerate(lines)
    ]
    provenance = Provenance(1, "0.1.0", "made", "cpu", "asked", "none", "off", {}, {}, 256, 192)
    analysis = Analysis(film, [one.record for one in shots], [one.record for one in scenes], provenance, lines=lines)
    return MadeFilm(number, analysis, shots, scenes)


def _level(rng: np.random.Generator, character: float) -> float:
    return float(
        np.clip(rng.choice((-2, -1, 0, 1, 2), p=(0.15, 0.2, 0.3, 0.2, 0.15)) + character * (rng.random() < 0.5), -2, 2)
    )


def _chosen(rng: np.random.Generator) -> dict[str, str]:
    return {
        name: options[int(rng.choice(len(options), p=[share for _, share in options]))][0]
        for name, options in CHOICES.items()
    }


def _settled(levels: dict[str, float], choices: dict[str, str]) -> tuple[dict[str, float], dict[str, str]]:
    """What can't be at once is left out: silence has no sound, black and white no hue, a crowd no close-up."""
    levels, choices = dict(levels), dict(choices)
    if choices["monochrome"]:
        choices["hue"], levels["saturation"] = "", -2.0
    elif choices["hue"]:
        levels["saturation"] = max(levels["saturation"], 0.0)
    if choices["sound"]:
        levels["loudness"] = -2.0
        choices |= dict.fromkeys(("swell", "event", "drone", "music", "speech", "talk"), "")
    if not choices["speech"]:
        choices["talk"] = ""
    if choices["speech"] == "shout" or choices["event"] in ("burst", "scream"):
        levels["loudness"] = max(levels["loudness"], 1.0)
    if choices["speech"] == "whisper":
        levels["loudness"] = min(levels["loudness"], -1.0)
    if not choices["people"]:
        choices["scale"] = choices["face"] = ""
    elif choices["people"] in ("group", "crowd"):
        choices["scale"] = "long_shot"
    if choices["way"] or choices["growth"]:
        levels["motion"] = max(levels["motion"], 1.0)
    if choices["way"] == "whip_pan":
        levels["motion"] = 2.0
    levels["mood_suspense"] = levels["tension"]
    return levels, choices


def _stretch(
    rng: np.random.Generator,
    film: int,
    unit: str,
    index: int,
    span: tuple[float, float],
    levels: dict[str, float],
    choices: dict[str, str],
    *,
    shots: list[Stretch] | None = None,
    first: int = 0,
) -> Stretch:
    levels, choices = _settled(levels, choices)
    start, end = span
    seconds = end - start
    lines = (
        ()
        if not choices["speech"]
        else tuple(LINES[choices["talk"]][int(rng.integers(len(LINES[choices["talk"]])))] for _ in range(1))
    )
    if shots is not None:
        lines = tuple(line for shot in shots for line in shot.lines)
        said = {shot.choices["talk"] for shot in shots if shot.choices["talk"]}
        choices["talk"] = choices["talk"] if choices["talk"] in said else next(iter(sorted(said)), "")
        if not any(shot.choices["speech"] for shot in shots):
            choices |= {"speech": "", "talk": ""}
    lengths = [seconds] if shots is None else [shot.record.duration_seconds for shot in shots]
    at = {name: number_of(rng, name, levels["saturation" if name == "colorfulness" else name]) for name in NUMBERS}
    common: dict[str, Any] = {
        **{"index": index, "start_frame": round(start * 24), "end_frame": round(end * 24)},
        **{"start_seconds": start, "end_seconds": end},
        "lighting": lighting_of(at, choices),
        "color": color_of(at, choices),
        "camera": camera_of(at, choices, span),
        "pace": Pace(
            float(np.mean(lengths)), max(lengths), 60 / at["cutting"], 50 / at["cutting"], at["cutting"], 60.0
        ),
        "sound": sound_of(at, choices, span),
        "dialogue": dialogue_of(choices, lines),
        "emotion": emotion_of(rng, levels),
        "people": people_of(choices),
        "angle": CameraAngle(
            15.0 if choices["angle"] == "dutch" else 0.0,
            {"high_angle": -25.0, "low_angle": 25.0}.get(choices["angle"], 0.0),
            1.0,
        ),
    }
    if shots is None:
        return Stretch(film, unit, Shot(transition_in=Transition("cut", 0, 1, 0.9), **common), levels, choices, lines)
    record = Scene(first_shot=first, end_shot=first + len(shots), **common)
    return Stretch(film, unit, record, levels, choices, lines, shots)
