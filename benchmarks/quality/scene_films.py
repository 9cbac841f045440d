"""Films whose scenes are known because they are put together here, from one half of the real material.

A film is a list of scenes, each in a place: some footage under one grade. Its shots are framings (crops, mirrored for
the reverse side) of that footage. Scenes are coverage of 1 to 4 setups, dialogues cut A-B-A-B (with speech, and with
subtitles in half of the films), montages of unlike shots under one music, or one long take. What makes it hard is there
on purpose: the reverse side of a dialogue in other footage, the next place in the same light, a place that comes back
after another, the same footage in another light, music that plays on across a border, sound that comes before its
picture, dissolves and wrong fades inside scenes, black-and-white films, films without sound.

Pictures are rendered at analysis size and measured by the product's own kernels, sound by its own meters; nothing is
encoded, and the shots are given: what is scored is the grouping of shots alone.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scene_material import FRAME_RATE, Footage, Material, resampled

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.cinema.shots.shots import ShotFrames, shots_from_transitions
from kuleshov.decode.frames import FrameBatch
from kuleshov.media.audio import SAMPLE_RATE
from kuleshov.media.color import ColorSpec
from kuleshov.media.subtitles import SubtitleLine, SubtitleSource
from kuleshov.pipeline.stages.frames import FrameMeter
from kuleshov.records import Transition, TransitionType

SceneKind = Literal["coverage", "shot_reverse_shot", "montage", "one_take"]
_KINDS: tuple[SceneKind, ...] = ("coverage", "shot_reverse_shot", "montage", "one_take")
_KIND_SHARES = (0.47, 0.33, 0.12, 0.08)
_MIXED_FRAMES = 2  # of a dissolve or a fade: half a second, as every frame stands for a quarter
_BATCH = 32
#: Of the cuts inside scenes: how many are fades, and how many the shot detector takes for one. More than films have.
_FADES_INSIDE, _WRONG_FADES = 0.01, 0.01
_NEUTRAL = 128


@dataclass(frozen=True)
class Grade:
    """The light of a place: luma gain and lift, a shift of both chroma channels, chroma gain."""

    gain: float = 1.0
    lift: float = 0.0
    cb: float = 0.0
    cr: float = 0.0
    chroma: float = 1.0


@dataclass(frozen=True)
class Setup:
    """A camera position: footage, the part of the picture (x, y, extent as shares), mirrored or not."""

    footage: Footage
    x: float
    y: float
    extent: float
    mirrored: bool
    gain: float


@dataclass(frozen=True)
class Place:
    setups: list[Setup]
    grade: Grade
    noise: int  # seed of its room tone


@dataclass
class ShotPlan:
    setup: Setup
    grade: Grade
    frames: int
    scene: int
    start: int  # frame of the footage that it begins with
    entry: TransitionType = "cut"
    line: str | None = None
    speaker: int = 0


@dataclass(frozen=True)
class SceneFilm:
    """A film as the pipeline would have measured it, and its truth: first shots and kinds of its scenes."""

    seed: int
    measured: FilmMeasurements
    shots: list[ShotFrames]
    starts: list[int]
    kinds: list[SceneKind]


@dataclass
class _Plan:
    shots: list[ShotPlan] = field(default_factory=list)
    kinds: list[SceneKind] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    music: list[int | None] = field(default_factory=list)  # of each scene


def make_film(material: Material, seed: int, *, scenes: int = 14) -> SceneFilm:
    """Return the film of a seed: the same from the same material."""
    rng = np.random.default_rng(seed)
    style = _style(rng)
    plan = _plan(rng, material, scenes)
    starts = [0] + [at for at in range(1, len(plan.shots)) if plan.shots[at].scene != plan.shots[at - 1].scene]
    ends = np.cumsum([shot.frames for shot in plan.shots])
    frame_count = int(ends[-1])
    frame_seconds = np.arange(frame_count) / FRAME_RATE
    shots = shots_from_transitions(_transitions(rng, plan, ends), frame_count=frame_count)
    meter = FrameMeter()
    for batch in _batches(_pictures(plan, style)):
        meter.push(batch)
    meter.finish()
    tracks = meter.tracks()
    lines = _lines(rng, plan, ends)
    if rng.random() < 0.8:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "sound.wav"
            _write_sound(file, _sound(rng, material, plan, ends, lines))
            analyze_audio(file, stream_index=0, start_seconds=0).add_to(tracks)
    subtitles = None
    if rng.random() < 0.5 and lines:
        spoken = tuple(SubtitleLine(start, end, text) for start, end, text, _ in lines)
        subtitles = SubtitleSource(spoken, language="en", source="made up")
    measured = FilmMeasurements(
        frame_seconds=frame_seconds,
        end_seconds=frame_count / FRAME_RATE,
        tracks=tracks,
        histograms=meter.histograms,
        thumbnails=meter.thumbnails(),
        detected=tuple(shot.transition_in for shot in shots[1:]),
        coding=ColorSpec(),
        subtitles=subtitles,
    )
    assert len(shots) == len(plan.shots)
    return SceneFilm(seed, measured, shots, starts, plan.kinds)


def _style(rng: np.random.Generator) -> Grade:
    """What the whole film looks like: as its footage, muted, tinted, or black and white."""
    look = rng.random()
    if look < 0.1:
        return Grade(chroma=0.0)
    if look < 0.2:
        return Grade(chroma=0.5, cb=float(rng.uniform(-12, 12)), cr=float(rng.uniform(-12, 12)))
    return Grade(chroma=float(rng.uniform(0.6, 1.1)))


def _plan(rng: np.random.Generator, material: Material, scenes: int) -> _Plan:
    plan = _Plan()
    pace = float(rng.uniform(1.8, 4.5))  # mean shot length in seconds
    for number in range(scenes):
        kind: SceneKind = rng.choice(_KINDS, p=_KIND_SHARES)
        if number and kind == plan.kinds[-1] == "montage":
            kind = "coverage"
        place = _place(rng, material, plan)
        add = {
            "coverage": _coverage,
            "shot_reverse_shot": _dialogue,
            "montage": _montage,
            "one_take": _one_take,
        }[kind]
        first = len(plan.shots)
        plan.kinds.append(kind)
        plan.places.append(place)
        plan.shots += add(rng, material, place, pace, number)
        goes_on = number and plan.music[-1] is not None and rng.random() < 0.25
        if goes_on:
            plan.music.append(plan.music[-1])
        else:
            plays = kind == "montage" or rng.random() < 0.2
            plan.music.append(int(rng.integers(len(material.sounds))) if plays else None)
        for shot in plan.shots[first + 1 :]:
            chance = rng.random()
            if (kind == "montage" and chance < 0.4) or chance < 0.02:
                shot.entry = "dissolve"
            elif chance < 0.02 + _FADES_INSIDE:
                shot.entry = "fade_black"
        if number:
            plan.shots[first].entry = rng.choice(
                ["cut", "dissolve", "fade_black", "fade_white"], p=[0.75, 0.12, 0.11, 0.02]
            )
    return plan


def _place(rng: np.random.Generator, material: Material, plan: _Plan) -> Place:
    chance = rng.random()
    earlier = [place for place in plan.places if place is not plan.places[-1]]
    if earlier and chance < 0.2:  # back in an earlier place, after another one
        return earlier[int(rng.integers(len(earlier)))]
    grade = Grade(
        gain=float(rng.uniform(0.6, 1.2)),
        lift=float(rng.uniform(-15, 15)),
        cb=float(rng.normal(0, 6)),
        cr=float(rng.normal(0, 6)),
    )
    first = _some_footage(rng, material)
    if plan.places and chance < 0.3:  # the same footage in another light
        first = plan.places[-1].setups[0].footage
    elif plan.places and chance < 0.55:  # another place in the same light
        grade = plan.places[-1].grade
    footage = [first]
    for _ in range(int(rng.integers(0, 3))):  # its other sides
        footage.append(_some_footage(rng, material))
    setups = []
    for number in range(int(rng.integers(2, 5))):
        extent = float(rng.uniform(0.45, 1.0))
        setups.append(
            Setup(
                footage=footage[number % len(footage)],
                x=float(rng.uniform(0, 1 - extent)),
                y=float(rng.uniform(0, 1 - extent)),
                extent=extent,
                mirrored=bool(rng.random() < 0.3),
                gain=float(rng.uniform(0.92, 1.08)),
            )
        )
    return Place(setups, grade, noise=int(rng.integers(1 << 30)))


def _some_footage(rng: np.random.Generator, material: Material) -> Footage:
    """Any shot; half of the time every clip counts alike, or the long ones would be everywhere."""
    choices = material.footage
    if rng.random() < 0.5:
        clip = rng.choice(sorted({each.clip for each in choices}))
        choices = [each for each in choices if each.clip == clip]
    return choices[int(rng.integers(len(choices)))]


def _frames(rng: np.random.Generator, seconds: float) -> int:
    return max(round(float(np.exp(rng.normal(np.log(seconds), 0.5))) * FRAME_RATE), _MIXED_FRAMES + 2)


def _scene_shots(rng: np.random.Generator, *, least: int) -> int:
    """Most scenes have a dozen shots, some three, some fifty."""
    return int(np.clip(round(rng.lognormal(np.log(11), 0.65)), least, 60))


def _start(rng: np.random.Generator) -> int:
    return int(rng.integers(1000))


def _coverage(rng: np.random.Generator, material: Material, place: Place, pace: float, number: int) -> list[ShotPlan]:
    setups = place.setups[: int(rng.integers(1, len(place.setups) + 1))]
    last = -1
    shots = []
    for _ in range(_scene_shots(rng, least=3)):
        # One setup alone is cut to itself: a jump cut.
        choices = [at for at in range(len(setups)) if at != last] or [0]
        last = int(rng.choice(choices))
        shots.append(ShotPlan(setups[last], place.grade, _frames(rng, pace), number, _start(rng)))
    return shots


def _dialogue(rng: np.random.Generator, material: Material, place: Place, pace: float, number: int) -> list[ShotPlan]:
    talk = material.talks[int(rng.integers(len(material.talks)))]
    sides = place.setups[:2]
    shots = []
    if rng.random() < 0.5:  # where we are
        wide = place.setups[-1]
        shots.append(ShotPlan(wide, place.grade, _frames(rng, pace * 1.3), number, _start(rng)))
    for turn in range(_scene_shots(rng, least=5)):
        line = talk[turn % len(talk)]
        shots.append(
            ShotPlan(sides[turn % 2], place.grade, _frames(rng, pace), number, _start(rng), line=line, speaker=turn % 2)
        )
    return shots


def _montage(rng: np.random.Generator, material: Material, place: Place, pace: float, number: int) -> list[ShotPlan]:
    picks = rng.choice(len(material.footage), size=int(rng.integers(8, 15)), replace=False)
    shots = []
    for pick in picks:
        extent = float(rng.uniform(0.6, 1.0))
        setup = Setup(
            material.footage[pick],
            float(rng.uniform(0, 1 - extent)),
            float(rng.uniform(0, 1 - extent)),
            extent,
            bool(rng.random() < 0.3),
            1.0,
        )
        grade = Grade(float(rng.uniform(0.7, 1.2)), 0.0, float(rng.normal(0, 5)), float(rng.normal(0, 5)))
        shots.append(ShotPlan(setup, grade, _frames(rng, min(pace, 1.8)), number, _start(rng)))
    return shots


def _one_take(rng: np.random.Generator, material: Material, place: Place, pace: float, number: int) -> list[ShotPlan]:
    seconds = float(rng.uniform(60, 90))
    return [ShotPlan(place.setups[0], place.grade, round(seconds * FRAME_RATE), number, _start(rng))]


def _transitions(rng: np.random.Generator, plan: _Plan, ends: NDArray[np.int64]) -> list[Transition]:
    transitions = []
    for shot, border in zip(plan.shots[1:], ends[:-1].tolist(), strict=True):
        half = 0 if shot.entry == "cut" else _MIXED_FRAMES // 2
        kind = shot.entry
        if kind == "cut" and rng.random() < _WRONG_FADES:
            kind = "fade_black"
        confidence = float(rng.uniform(0.6, 1.0))
        transitions.append(Transition(kind, border - half - 1, border + half, confidence))
    return transitions


def _pictures(plan: _Plan, style: Grade) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Frames of the film in order: luma ``[H, W]`` and chroma ``[H/2, W/2, 2]``; gradual transitions are mixed in."""
    half = _MIXED_FRAMES // 2
    tail: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
    for number, shot in enumerate(plan.shots):
        frames = _render(shot, style)
        if tail:  # the last frames of the shot before, to be mixed with the first of this one
            for step, (one, other) in enumerate(zip(tail, _first(frames[0], _MIXED_FRAMES), strict=True)):
                yield _mixed(one, other, (step + 1) / (_MIXED_FRAMES + 1), shot.entry)
            frames = frames[half:]
        following = plan.shots[number + 1].entry if number + 1 < len(plan.shots) else "cut"
        keep = len(frames) if following == "cut" else len(frames) - half
        yield from frames[:keep]
        tail = [] if following == "cut" else _first(frames[keep - 1], _MIXED_FRAMES)


def _first(
    frame: tuple[NDArray[np.float32], NDArray[np.float32]], count: int
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    return [frame] * count


def _mixed(
    one: tuple[NDArray[np.float32], NDArray[np.float32]],
    other: tuple[NDArray[np.float32], NDArray[np.float32]],
    share: float,
    entry: TransitionType,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if entry == "dissolve":
        return (1 - share) * one[0] + share * other[0], (1 - share) * one[1] + share * other[1]
    level = 16.0 if entry == "fade_black" else 235.0
    picture, strength = (one, 1 - 2 * share) if share < 0.5 else (other, 2 * share - 1)
    return level + strength * (picture[0] - level), _NEUTRAL + strength * (picture[1] - _NEUTRAL)


def _render(shot: ShotPlan, style: Grade) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """The frames of a shot; footage that is too short runs to and fro, and a long take drifts over its picture."""
    setup, grade = shot.setup, shot.grade
    length = len(setup.footage.luma)
    at = shot.start + np.arange(shot.frames)
    at = np.abs((at % max(2 * length - 2, 1)) - (length - 1))
    frames = []
    for number, frame in enumerate(at.tolist()):
        drift = 0.5 * (1 - setup.extent) * number / (FRAME_RATE * 60)
        luma, chroma = resampled(
            setup.footage.luma[frame],
            setup.footage.chroma[frame],
            min(setup.x + drift, 1 - setup.extent),
            setup.y,
            setup.extent,
            setup.extent,
        )
        if setup.mirrored:
            luma, chroma = luma[:, ::-1], chroma[:, ::-1]
        gain = grade.gain * setup.gain
        light = np.clip(16 + gain * (luma.astype(np.float32) - 16) + grade.lift, 16, 235)
        color = (chroma.astype(np.float32) - _NEUTRAL) * grade.chroma + (grade.cb, grade.cr)
        color = _NEUTRAL + color * style.chroma + (style.cb, style.cr)
        frames.append((light, np.clip(color, 16, 240).astype(np.float32)))
    return frames


def _batches(pictures: Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> Iterator[FrameBatch]:
    first = 0
    waiting: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []

    def batch() -> FrameBatch:
        index = np.arange(first, first + len(waiting), dtype=np.int64)
        return FrameBatch(
            np.ascontiguousarray(np.stack([np.rint(luma).astype(np.uint8) for luma, _ in waiting])),
            np.ascontiguousarray(np.stack([np.rint(chroma).astype(np.uint8) for _, chroma in waiting])),
            index / FRAME_RATE,
            index,
            ColorSpec(),
        )

    for picture in pictures:
        waiting.append(picture)
        if len(waiting) == _BATCH:
            yield batch()
            first += len(waiting)
            waiting = []
    if waiting:
        yield batch()


Line = tuple[float, float, str, int]  # start and end in seconds, text, speaker


def _lines(rng: np.random.Generator, plan: _Plan, ends: NDArray[np.int64]) -> list[Line]:
    """When each line is said: in its shot, or running over the cut into the next one of the scene."""
    lines: list[Line] = []
    for number, shot in enumerate(plan.shots):
        if shot.line is None:
            continue
        start = float(ends[number] - shot.frames) / FRAME_RATE
        end = float(ends[number]) / FRAME_RATE
        begins = start + float(rng.uniform(0.05, 0.4))
        stops = end - float(rng.uniform(0.05, 0.3))
        same_scene = number + 1 < len(plan.shots) and plan.shots[number + 1].scene == shot.scene
        if same_scene and rng.random() < 0.3:
            stops = end + float(rng.uniform(0.2, 0.8))
        if lines and begins < lines[-1][1]:
            begins = lines[-1][1]
        if stops - begins > 0.3:
            lines.append((begins, stops, shot.line, shot.speaker))
    return lines


def _sound(
    rng: np.random.Generator, material: Material, plan: _Plan, ends: NDArray[np.int64], lines: list[Line]
) -> NDArray[np.float32]:
    """Room tone of each place, music of some scenes, speech; a scene's sound may come before its picture."""
    total = int(ends[-1]) * SAMPLE_RATE // FRAME_RATE
    sound = np.zeros(total, dtype=np.float32)
    scene_of = np.array([shot.scene for shot in plan.shots])
    everywhere = int(rng.integers(len(material.sounds))) if rng.random() < 0.15 else None
    borders = [0]
    for scene in range(1, len(plan.kinds)):
        early = float(rng.uniform(-0.5, 1.5)) if rng.random() < 0.3 else 0.0
        frame = ends[np.flatnonzero(scene_of == scene)[0] - 1]
        borders.append(max(0, int((frame / FRAME_RATE - early) * SAMPLE_RATE)))
    borders.append(total)
    song_from = 0
    for scene, (start, end) in enumerate(pairwise(borders)):
        length = max(end - start, 0)
        sound[start:end] += _room_tone(plan.places[scene].noise, length)
        song = everywhere if everywhere is not None else plan.music[scene]
        if song is not None:
            if not scene or plan.music[scene] != plan.music[scene - 1]:
                song_from = start
            at = (np.arange(start, end) - (0 if everywhere is not None else song_from)) % len(material.sounds[song])
            sound[start:end] += 0.4 * material.sounds[song][at]
    cast = rng.permutation(len(material.speakers))
    for begins, stops, _, speaker in lines:
        voice = material.speakers[cast[speaker % len(cast)]]
        said = voice[int(rng.integers(len(voice)))]
        loud = np.flatnonzero(np.abs(said) > 0.02)
        said = said[loud[0] : loud[-1]] if len(loud) else said
        start = int(begins * SAMPLE_RATE)
        length = min(int((stops - begins) * SAMPLE_RATE), total - start)
        sound[start : start + length] += 2.0 * said[np.arange(length) % len(said)]
    return np.clip(sound, -1, 1)


def _room_tone(seed: int, length: int) -> NDArray[np.float32]:
    """Noise of a level and colour of its own, and a slow swell."""
    rng = np.random.default_rng(seed)
    level = 10 ** (rng.uniform(-55, -25) / 20)
    noise = rng.standard_normal(length).astype(np.float32)
    smooth = int(rng.integers(1, 72))
    noise = np.convolve(noise, np.ones(smooth, dtype=np.float32) / np.sqrt(smooth), mode="same")[:length]
    swell = 1 + 0.3 * np.sin(np.arange(length) * (2 * np.pi / (SAMPLE_RATE * rng.uniform(3, 9))))
    return (level * noise * swell).astype(np.float32)


def _write_sound(file: Path, sound: NDArray[np.float32]) -> None:
    with wave.open(str(file), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(SAMPLE_RATE)
        target.writeframes((sound * 32767).astype("<i2").tobytes())
