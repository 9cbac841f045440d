"""Cost of sound: CPU seconds of its analysis, compared with the whole CPU pipeline, and relative to real time.

CPU time, not wall time, because other work on the machine changes mostly the latter. The best of several rounds
counts. Listening includes decoding the sound and telling it per shot.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from footage import SIZES, sized_film

from kuleshov.cinema.detectors import open_detectors
from kuleshov.cinema.hearing.analyze_audio import analyze_audio
from kuleshov.cinema.hearing.harmony import HarmonyMeter
from kuleshov.cinema.hearing.loudness import LoudnessMeter, PeakMeter
from kuleshov.cinema.hearing.signal import VOICE_RATE, Decimator, mix
from kuleshov.cinema.hearing.silence import LevelMeter
from kuleshov.cinema.hearing.span_meters import BLOCK_SECONDS
from kuleshov.cinema.hearing.spectrum import SpectrumMeter
from kuleshov.cinema.hearing.voice import VoiceMeter
from kuleshov.media.audio import SAMPLE_RATE, audio_blocks
from kuleshov.media.probe import MediaInfo, probe
from kuleshov.media.track_choice import choose_audio_track
from kuleshov.models.voice_activity import VoiceActivity
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.job.settings import Settings


def hear(info: MediaInfo) -> None:
    track = choose_audio_track(info.audio_tracks)
    if track is not None:
        analyze_audio(info.path, stream_index=track.stream_index, start_seconds=info.start_seconds)


def each_meter(info: MediaInfo, rounds: int) -> dict[str, float]:
    """CPU milliseconds a second of sound of decoding and of each meter by itself; empty for a film without sound."""
    track = choose_audio_track(info.audio_tracks)
    if track is None:
        return {}
    costs: dict[str, float] = {}

    def measure(name: str, make: Callable[[], Callable[[Any], Any]], pieces: Sequence[Any]) -> list[Any]:
        given: list[Any] = []
        for _ in range(rounds):
            push = make()
            given.clear()
            spent = timed(lambda push=push: given.extend(push(piece) for piece in pieces))
            costs[name] = min(costs.get(name, math.inf), spent)
        return list(given)

    decode = partial(audio_blocks, stream_index=track.stream_index, start_seconds=info.start_seconds)
    (blocks,) = measure("decoding", lambda: lambda path: list(decode(path)), [info.path])
    if not blocks:
        return {}
    layout, samples = blocks[0].layout, [block.samples for block in blocks]
    measure("loudness", lambda: LoudnessMeter(layout).push, samples)
    measure("true peak", lambda: PeakMeter().push, samples)
    measure("level", lambda: LevelMeter().push, samples)
    mixed = together_in(np.concatenate(measure("mix", lambda: lambda piece: mix(piece, layout), samples)), SAMPLE_RATE)
    measure("spectrum", lambda: SpectrumMeter().push, mixed)
    together = together_in(np.concatenate(measure("thinning", lambda: Decimator().push, mixed)), VOICE_RATE)
    measure("harmony", lambda: HarmonyMeter().push, together)
    measure("voice activity", lambda: VoiceActivity().push, together)
    measure("voice", lambda: VoiceMeter().push, together)
    seconds = sum(block.seconds for block in blocks)
    return {name: 1000 * cost / seconds for name, cost in costs.items()}


def together_in(samples: Any, rate: int) -> list[Any]:
    """Samples in the blocks that are measured together."""
    return np.split(samples, range(BLOCK_SECONDS * rate, len(samples), BLOCK_SECONDS * rate))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path, help="films with sound to measure on instead of the made ones")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only-meters", action="store_true", help="leave the pipelines out")
    arguments = parser.parse_args()
    films = arguments.films or [sized_film(name) for name in SIZES]
    for film in films:
        info = probe(film)
        hear(info)  # imports what listening needs and loads the network before the clock runs
        seconds = info.duration_seconds or 0.0
        sound = min(timed(lambda info=info: hear(info)) for _ in range(arguments.rounds))
        print(f"{film.name}: {sound:.2f} s of CPU to listen, {seconds / max(sound, 1e-9):.0f} times real time")
        print("  CPU ms a second of sound:")
        for name, cost in {**each_meter(info, arguments.rounds), "all": 1000 * sound / max(seconds, 1e-9)}.items():
            print(f"  {name:16}{cost:8.2f}")
        if arguments.only_meters:
            continue
        for shots in ("cascade", "exact"):
            open_detectors(shots)  # imports what they need before the clock runs
            with Pipeline(Settings(device="cpu", shots=shots)) as pipeline:
                whole = min(
                    timed(lambda film=film, pipeline=pipeline: pipeline.describe(film)) for _ in range(arguments.rounds)
                )
            print(f"  pipeline ({shots}) {whole:.2f} s of CPU: sound adds {sound / max(whole - sound, 1e-9):.1%}")


def timed(run: object) -> float:
    """CPU seconds of all threads."""
    before = process_time()
    run()  # type: ignore[operator]
    return process_time() - before


if __name__ == "__main__":
    main()
