"""What scene films are made of: pictures, sounds and talk of real clips, in two halves that share nothing.

One half is for fitting weights, the other for scoring: clips alternate between them, a long edited clip is divided in
its middle, speakers and written dialogues are apart as well.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.detectors import open_detectors
from kuleshov.cinema.shots.shots import shots_from_transitions
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.media.audio import AudioReader
from kuleshov.media.probe import probe
from kuleshov.pipeline.stages.frames import FrameMeter

Half = Literal["fit", "score"]

FRAME_RATE = 4
WIDTH, HEIGHT = 128, 72  # half of the product's, so that films take seconds to make
LEAST_SECONDS = 1.3
_LONG_CLIP_SECONDS = 60.0
_LEAST_LINES = 4
_SPEECHES = 12  # of each speaker


@dataclass(frozen=True)
class Footage:
    """One shot of a real clip at ``FRAME_RATE``: luma uint8 ``[F, 72, 128]``, chroma uint8 ``[F, 36, 64, 2]``."""

    clip: str
    luma: NDArray[np.uint8]
    chroma: NDArray[np.uint8]


@dataclass(frozen=True)
class Material:
    """One half: shots, the sound of clips (music and noise) and of speakers, float32 at ``SAMPLE_RATE``, and talk."""

    footage: list[Footage]
    sounds: list[NDArray[np.float32]]
    speakers: list[list[NDArray[np.float32]]]
    talks: list[list[str]]


def load_material(data: Path, half: Half) -> Material:
    """Return one half of the test data: what is made of it never meets what is made of the other."""
    footage: list[Footage] = []
    sounds = []
    clips = sorted(path for path in (data / "video").rglob("*.*") if path.suffix != ".json")
    turn = 0
    for clip in clips:
        info = probe(clip)
        if info.duration_seconds >= _LONG_CLIP_SECONDS:
            from_share, to_share = (0.0, 0.5) if half == "fit" else (0.5, 1.0)
        else:
            turn += 1
            if (turn % 2 == 0) == (half == "fit"):
                continue
            from_share, to_share = 0.0, 1.0
        footage += _shots(clip, from_share, to_share)
        if info.audio_tracks:
            sound = _sound(clip, stream_index=info.audio_tracks[0].stream_index)
            sounds.append(sound[int(from_share * len(sound)) : int(to_share * len(sound))])
    return Material(footage, sounds, _speakers(data / "speech", half), _talks(data / "emotion_text/meld", half))


def _shots(clip: Path, from_share: float, to_share: float) -> list[Footage]:
    """The shots of a clip that our default detector finds, as 16:9 pictures."""
    detector, meter = open_detectors("cascade").for_film(), FrameMeter()
    lumas, chromas, numbers = [], [], []
    next_seconds = 0.0
    for batch in CpuDecoder(probe(clip), width=WIDTH):
        for measured, evidence in meter.push(batch):
            detector.push(measured, evidence)
        for place, seconds in enumerate(batch.pts_seconds):
            if seconds + 1e-6 >= next_seconds:
                next_seconds = max(next_seconds + 1 / FRAME_RATE, float(seconds))
                luma, chroma = _wide(batch.luma[place], batch.chroma[place])
                lumas.append(luma)
                chromas.append(chroma)
                numbers.append(int(batch.index[place]))
    for measured, evidence in meter.finish():
        detector.push(measured, evidence)
    count = numbers[-1] + 1
    low, high = from_share * count, to_share * count
    footage = []
    for shot in shots_from_transitions(detector.finish(), frame_count=count):
        inside = [at for at, number in enumerate(numbers) if shot.clean.first <= number < shot.clean.end]
        whole = low <= shot.start_frame and shot.end_frame <= high
        if whole and len(inside) >= LEAST_SECONDS * FRAME_RATE and lumas[inside[len(inside) // 2]].mean() > 24:
            part = slice(inside[0], inside[-1] + 1)
            footage.append(Footage(clip.name, np.stack(lumas[part]), np.stack(chromas[part])))
    return footage


def _wide(luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The largest 16:9 part around the middle, at ``WIDTH`` x ``HEIGHT``."""
    height, width = luma.shape
    scale = min(width / WIDTH, height / HEIGHT)
    box = ((1 - scale * WIDTH / width) / 2, (1 - scale * HEIGHT / height) / 2, scale * WIDTH / width)
    return resampled(luma, chroma, box[0], box[1], box[2], scale * HEIGHT / height)


def resampled(luma: Any, chroma: Any, x: float, y: float, width: float, height: float) -> tuple[Any, Any]:
    """Return a part of pictures ``[..., H, W]``, given in shares of their size, at ``WIDTH`` x ``HEIGHT``."""

    def places(start: float, extent: float, size: int, count: int) -> NDArray[np.int64]:
        at = (start + extent * (np.arange(count) + 0.5) / count) * size
        return np.clip(at.astype(np.int64), 0, size - 1)

    rows, columns = places(y, height, luma.shape[-2], HEIGHT), places(x, width, luma.shape[-1], WIDTH)
    halves = places(y, height, chroma.shape[-3], HEIGHT // 2), places(x, width, chroma.shape[-2], WIDTH // 2)
    picture = luma[..., rows[:, None], columns]
    color = chroma[..., halves[0][:, None], halves[1], :]
    return np.ascontiguousarray(picture), np.ascontiguousarray(color)


def _sound(path: Path, *, stream_index: int = 0) -> NDArray[np.float32]:
    """One sound track of a file, its channels averaged; gaps are closed."""
    blocks = AudioReader(path, stream_index=stream_index, start_seconds=0)
    return np.concatenate([block.samples.mean(axis=0) for block in blocks])


def _speakers(folder: Path, half: Half) -> list[list[NDArray[np.float32]]]:
    """What each speaker of this half says; a file's name ends with the speaker's number."""
    by_speaker: dict[int, list[Path]] = {}
    for file in sorted(folder.rglob("*.flac")):
        by_speaker.setdefault(int(file.stem.rsplit("-", 1)[-1]), []).append(file)
    return [
        [_sound(file) for file in files[:_SPEECHES]]
        for place, files in enumerate(by_speaker.values())
        if (place % 2 == 0) == (half == "fit")
    ]


def _talks(folder: Path, half: Half) -> list[list[str]]:
    """Written dialogues (MELD), each a list of lines."""
    talks: dict[str, list[str]] = {}
    with (folder / "train_sent_emo.csv").open(encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            if (int(row["Dialogue_ID"]) % 2 == 0) == (half == "fit"):
                talks.setdefault(row["Dialogue_ID"], []).append(row["Utterance"])
    return [lines for lines in talks.values() if len(lines) >= _LEAST_LINES]
