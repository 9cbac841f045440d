"""How well subtitles that are late, early or drift are laid back over real speech.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/sync.py [--json FILE]

Two films: the trailer of Sintel (52 s, six lines under music, their times written down by ear), and a reel of twelve
minutes: recorded sentences of RAVDESS at drawn times over the sound of films without speech. Subtitles as people make
them (0.15 s off at random, half a second too long) are made for another copy: shifted, at another frame rate. Told is
how far the lines are from where they belong, before and after; by the network's curve of speech, and by the energy of
the sound, which serves where that network is not installed.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.audio.speech_band import speech_band
from kuleshov.cinema.dialogue.sync import find_sync
from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.media.audio import SAMPLE_RATE, AudioReader
from kuleshov.media.cues import SubtitleLine

SHIFTS = (-30.0, -12.0, -3.0, 0.0, 3.0, 12.0, 30.0)
NTSC, PAL = Fraction(24000, 1001), Fraction(25)
SCALES = {"none": Fraction(1), "25 played at 23.976": PAL / NTSC, "23.976 played at 25": NTSC / PAL}
TRAILER = "video/libopenshot/sintel_trailer-720p.mp4"
TRAILER_LINES = (
    (11.8, 14.8, "What brings you to\nthe land of the gatekeepers?"),
    (18.4, 20.6, "I'm searching for someone."),
    (20.7, 22.3, "Someone very dear? A kindred spirit?"),
    (22.6, 24.0, "A dragon."),
    (37.0, 39.8, "A dangerous quest for a lone hunter."),
    (41.6, 44.3, "I've been alone for\nas long as I can remember."),
)
BACKGROUNDS = ("video/transnetv2/test.mp4", "video/moviepy/big_buck_bunny_0_30.webm")
SENTENCES = ("Kids are talking by the door.", "Dogs are sitting by the door.")  # by the fifth number of a file's name
REEL_SECONDS, REEL_LINES = 720, 110

Curve = tuple[NDArray[np.float64], NDArray[np.float32]]


def samples_of(path: Path) -> NDArray[np.float32]:
    """Mono at 48 kHz."""
    with av.open(str(path)) as container:
        index = container.streams.audio[0].index
    reader = AudioReader(path, stream_index=index, start_seconds=0)
    return np.concatenate([block.samples.mean(axis=0, dtype=np.float32) for block in reader])


def make_reel(data: Path, path: Path) -> list[SubtitleLine]:
    """Write the reel's sound and return its lines where they are spoken."""
    draw = np.random.default_rng(0)
    under = np.concatenate([samples_of(data / name) for name in BACKGROUNDS])
    length = REEL_SECONDS * SAMPLE_RATE
    sound = np.resize(under * np.float32(0.1 / np.sqrt(np.mean(under**2))) * np.float32(0.5), length)
    files = sorted((data / "speech").rglob("*.flac"))
    lines: list[SubtitleLine] = []
    now = 20.0
    for number in draw.permutation(len(files))[:REEL_LINES]:
        voice = samples_of(files[number])
        loud = np.flatnonzero(np.abs(voice) > 0.05 * np.abs(voice).max())
        voice = voice[loud[0] : loud[-1]]
        voice *= np.float32(0.1) / np.sqrt(np.mean(voice**2))
        seconds = len(voice) / SAMPLE_RATE
        if now + seconds > REEL_SECONDS - 40:
            break
        first = round(now * SAMPLE_RATE)
        sound[first : first + len(voice)] += voice
        text = SENTENCES[int(files[number].stem.split("-")[4]) - 1]
        lines.append(SubtitleLine(now, now + seconds, text))
        now += seconds + float(draw.choice([0.3, 0.8, 2.0, 5.0, 14.0]))
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="mono")
        clipped = np.clip(sound * 32767, -32768, 32767).astype(np.int16)[None]
        for start in range(0, length, SAMPLE_RATE):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(clipped[:, start : start + SAMPLE_RATE]), format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = SAMPLE_RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return lines


def score(lines: Sequence[SubtitleLine], curve: Curve) -> list[dict[str, Any]]:
    """The largest distance of a line from where it belongs, before and after, for each shift and change of rate."""
    draw = np.random.default_rng(1)
    rows = []
    for name, scale in SCALES.items():
        for shift in SHIFTS:
            made: list[tuple[SubtitleLine, float]] = []
            for line in lines:
                start = (line.start_seconds + float(draw.uniform(-0.15, 0.15)) - shift) / float(scale)
                if start >= 0:
                    end = (line.end_seconds + 0.5 - shift) / float(scale)
                    made.append((SubtitleLine(start, max(end, start + 0.1), line.text), line.start_seconds))
            found = find_sync([line for line, _ in made], *curve)
            factor = float(found.scale) if found.applied else 1.0
            after = [abs(line.start_seconds * factor + found.shift_seconds - true) for line, true in made]
            before = [abs(line.start_seconds - true) for line, true in made]
            rows.append(
                {
                    "drift": name,
                    "shift_seconds": shift,
                    "lines": len(made),
                    "moved": found.applied,
                    "off_before_seconds": round(max(before, default=0.0), 2),
                    "off_after_seconds": round(max(after, default=0.0), 2),
                    "confidence": round(found.confidence, 2),
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE too")
    arguments = parser.parse_args()
    data = Path(os.environ["KULESHOV_TEST_DATA"])
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        reel = Path(folder) / "reel.wav"
        films = {
            "trailer": (data / TRAILER, [SubtitleLine(*line) for line in TRAILER_LINES]),
            "reel": (reel, make_reel(data, reel)),
        }
        for name, (path, lines) in films.items():
            with av.open(str(path)) as container:
                where = {"stream_index": container.streams.audio[0].index, "start_seconds": 0}
            speech = analyze_audio(path, **where).tracks["speech"]
            curves: dict[str, Curve] = {
                "network": (speech.seconds, speech.values),
                "energy": speech_band(path, **where),
            }
            for way, curve in curves.items():
                rows = score(lines, curve)
                figures[f"{name}, {way}"] = rows
                right = sum(row["off_after_seconds"] <= 0.5 for row in rows)
                harmed = sum(row["off_after_seconds"] > row["off_before_seconds"] + 0.5 for row in rows)
                print(f"{name}, {way}: {right} of {len(rows)} within 0.5 s, {harmed} made worse")
                for row in rows:
                    print("   ", row)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
