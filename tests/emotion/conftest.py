"""Synthetic segments: everything is usual except what a test changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kuleshov.emotion.grammar import Grammar, load_grammar
from kuleshov.records import (
    Camera,
    CameraAngle,
    Color,
    Dialogue,
    Framing,
    Lighting,
    Movement,
    Music,
    Pace,
    PaletteColor,
    People,
    Scene,
    Shot,
    Sound,
    SoundEvent,
    Timbre,
    Transition,
    Voice,
)

#: One face of usual size and expression, by the norms of the grammar.
FACES = People(
    **{"looks": 10, "face_share": 0.5, "close_share": 0.3, "count": 1, "grouping": "single"},
    framing=Framing("MS", 0.2, 0.0, 0.5, 0.4),
    **{"smile": 0.15, "sad": 0.15, "angry": 0.1, "fearful": 0.1, "disgusted": 0.1, "surprised": 0.1, "neutral": 0.3},
    **{"valence_derived": 0.0, "arousal_derived": 0.1, "turned_away_share": 0.1, "gaze_down_share": 0.1, "faces": []},
)

MakeSegment = Callable[..., Any]
STILL = Movement("static", 0.0, 1.0, None, 1.0)

#: What a dialogue model reads in usual lines: the norms of the grammar.
WORDS: dict[str, Any] = {"valence": 0.0, "arousal": 0.03, "hostility": 0.15, "threats": 0, "dominance": 0.02}


def make_shot(
    *,
    index: int = 0,
    seconds: float = 2.5,
    start_seconds: float = 0.0,
    transition: str = "cut",
    silent_film: bool = False,
    subtitles: bool = True,
    red: float = 0.0,
    drop_db: float = 0.0,
    **changes: float | None,
) -> Shot:
    """Return a shot that is usual in everything; ``changes`` name fields of its measurements (``zoom=0.1``)."""
    sense = {
        "lighting": Lighting("normal", 0.07, 0.32, 0.2, 0.62, 0.3, 0.05, 0.0),
        "color": Color(0.10, -0.45, False, [PaletteColor("grey", "#808080", 0.8)]),
        "camera": Camera(
            "moderate", 0.05, 0.05, 0.1, 0.0, 0.0, 0.0, 0.002, movements=[Movement("static", 0, 1, None, 1)]
        ),
        "pace": Pace(seconds, seconds, 3.5, 2.5, 17.0, 60.0),
        "sound": Sound(
            *(-25.0, -20.0, 0.0, 0.05, []),
            voice_share=0.3,
            music_share=0.5,
            voice=Voice(4.0, 0.0, 150.0, 6.0, -30.0, 0.12, 0.05),
            music=Music(0.0, 110.0, 0.5),
            timbre=Timbre(1500.0, 0.05, 0.12, 0.08, 0.4, 2.0),
        ),
        "dialogue": Dialogue(1, 5, 2.8, 0.3, 0, 0, "a line of five words", "en", **WORDS),
        "people": FACES,
        "angle": CameraAngle(3.0, 0.0, 1.0),
    }
    for name, value in changes.items():
        (owner,) = [key for key, record in sense.items() if hasattr(record, name)]
        sense[owner] = replace(sense[owner], **{name: value})  # type: ignore[type-var]
    if red:
        sense["color"] = replace(sense["color"], palette=[PaletteColor("red", "#ff0000", red)])  # type: ignore[type-var]
    if drop_db:
        event = SoundEvent("cut_to_silence", start_seconds, drop_db)
        sense["sound"] = replace(sense["sound"], events=[event])  # type: ignore[type-var]
    if silent_film:
        sense["sound"] = None  # type: ignore[assignment]
    if not subtitles:
        sense["dialogue"] = None  # type: ignore[assignment]
    return Shot(
        index=index,
        start_frame=round(start_seconds * 24),
        end_frame=round((start_seconds + seconds) * 24),
        start_seconds=start_seconds,
        end_seconds=start_seconds + seconds,
        emotion=None,
        transition_in=Transition(transition, 0, 1, 0.9),  # type: ignore[arg-type]
        **sense,  # type: ignore[arg-type]
    )


def make_scene(shots: list[Shot], **changes: Any) -> Scene:
    """Return a scene of all ``shots`` with the measurements of the first; ``changes`` replace whole senses."""
    fields = {
        name: getattr(shots[0], name)
        for name in ("lighting", "color", "camera", "sound", "dialogue", "pace", "people", "angle")
    }
    return Scene(
        index=0,
        start_frame=0,
        end_frame=shots[-1].end_frame,
        start_seconds=shots[0].start_seconds,
        end_seconds=shots[-1].end_seconds,
        emotion=None,
        first_shot=0,
        end_shot=len(shots),
        **(fields | changes),
    )


@pytest.fixture(scope="session")
def shot() -> MakeSegment:
    return make_shot


@pytest.fixture(scope="session")
def scene() -> MakeSegment:
    return make_scene


@pytest.fixture(scope="session")
def grammar() -> Grammar:
    return load_grammar()
