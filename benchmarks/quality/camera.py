"""How well the camera's movements are named, timed and measured: takes whose camera is known, and real clips.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/camera.py [--takes N] [--half tuning] [--json FILE]

A take is real pictures seen by a pinhole camera that we move (``moves/``): N of each of 19 kinds, at 23.976 to 50
frames a second, with grain, flicker and compression. It goes through the product's own kernels and rules as luma at
analysis size; decoding and shot detection take no part. Thresholds were set on the half ``tuning`` (other pictures,
other seeds); what is reported is the other half. A label counts as told wherever in a take it is told; times and speeds
are scored apart.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from moves.scoring import label_scores, macro_f1, overlap, speed_error, told
from moves.stills import load_stills
from moves.takes import KINDS, Take, make_take

from kuleshov.cinema.camera.movements import find_movements
from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Tracks
from kuleshov.decode.frames import FrameBatch
from kuleshov.media.color import ColorSpec
from kuleshov.pipeline.stages.frames import FrameMeter
from kuleshov.records import Movement

FIRST_SEED = {"tuning": 0, "reported": 2000}
BATCH = 64


def tracks_of(frames: np.ndarray, rate: float) -> Tracks:
    """Measure luma uint8 ``[N, height, width]`` as the pipeline measures decoded frames."""
    meter = FrameMeter()
    count, height, width = frames.shape
    for first in range(0, count, BATCH):
        luma = frames[first : first + BATCH]
        index = first + np.arange(len(luma))
        chroma = np.full((len(luma), height // 2, width // 2, 2), 128, np.uint8)
        meter.push(FrameBatch(luma, chroma, index / rate, index, ColorSpec()))
    meter.finish()
    return meter.tracks()


def measured(half: Any, count: int) -> Iterator[tuple[Take, list[Movement]]]:
    stills = load_stills(Path(os.environ.get("KULESHOV_TEST_DATA", "")), half)
    for kind in KINDS:
        for seed in range(FIRST_SEED[half], FIRST_SEED[half] + count):
            take = make_take(kind, stills=stills, seed=seed)
            tracks = tracks_of(take.frames(), take.film.rate)
            yield take, find_movements(tracks, [Span(0, len(tracks["pan"].seconds))])


def real_clips() -> dict[str, list[str]]:
    """What is said of the labelled clips: of each, the movements with their times."""
    from kuleshov.pipeline.analyze import analyze
    from kuleshov.pipeline.job.settings import Settings

    said = {}
    for clip in sorted((Path(os.environ["KULESHOV_TEST_DATA"]) / "camera").rglob("*.mp4")):
        found = analyze(clip, settings=Settings(shots="off"))
        movements = found.shots[0].camera.movements if found.shots[0].camera else []
        said[clip.name] = [
            f"{each.name} {each.start_seconds:.1f}-{each.end_seconds:.1f} s"
            + (f", {each.speed:.2f}/s" if each.speed is not None else "")
            + f", confidence {each.confidence:.2f}"
            for each in movements
        ]
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takes", type=int, default=8, help="takes of each kind")
    parser.add_argument("--half", choices=tuple(FIRST_SEED), default="reported")
    parser.add_argument("--wrong", action="store_true", help="print what was told of takes that went wrong")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    arguments = parser.parse_args()
    start = process_time()
    pairs, overlaps, speeds = [], [], []
    for take, movements in measured(arguments.half, arguments.takes):
        true, said = {part.label for part in take.parts}, told(movements, take.seconds)
        pairs.append((true, said))
        overlaps += [share for part in take.parts if (share := overlap(part, movements)) is not None]
        pans = [part for part in take.parts if part.label in ("pan_left", "pan_right", "tilt_up", "tilt_down")]
        speeds += [error for part in pans if (error := speed_error(part, movements)) is not None]
        if arguments.wrong and true != said:
            print(f"{take.kind} {take.seed}: missed {sorted(true - said)}, wrong {sorted(said - true)}")
    scores = label_scores(pairs)
    print(f"{len(pairs)} takes, {arguments.half} half")
    print(f"{'label':24}{'F1':>7}{'found':>7}{'missed':>8}{'wrong':>7}")
    for name, score in scores.items():
        print(f"{name:24}{score.f1:7.3f}{score.found:7}{score.missed:8}{score.wrong:7}")
    summary = {
        "macro_f1": macro_f1(scores),
        "all_labels_right": float(np.mean([true == said for true, said in pairs])),
        "overlap_in_time_mean": float(np.mean(overlaps)),
        "pan_tilt_speed_error_median": float(np.median(speeds)),
        "pan_tilt_speed_within_10_percent": float(np.mean(np.array(speeds) <= 0.1)),
    }
    for name, value in summary.items():
        print(f"{name:40}{value:8.3f}")
    clips = real_clips()
    for name, said in clips.items():
        print(f"{name}: {'; '.join(said)}")
    if arguments.json:
        report = {
            "takes": len(pairs),
            "half": arguments.half,
            **summary,
            "labels": {name: {**asdict(score), "f1": score.f1} for name, score in scores.items()},
            "clips": clips,
            "cpu_seconds": process_time() - start,
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
