"""What sound costs: CPU seconds of listening beside those of the whole CPU pipeline, and times real time.

CPU time, not wall time, because other work on the machine changes only the latter by much. The best of several rounds
counts. Listening includes decoding the sound and telling it per shot.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import process_time

from footage import SIZES, sized_film

from kuleshov.cinema.detectors import open_detectors
from kuleshov.cinema.hearing.listen import listen
from kuleshov.media.audio import choose_audio_track
from kuleshov.media.probe import MediaInfo, probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.settings import Settings


def hear(info: MediaInfo) -> None:
    track = choose_audio_track(info.audio_tracks)
    if track is not None:
        listen(info.path, stream_index=track.stream_index, start_seconds=info.start_seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path, help="films with sound to measure on instead of the made ones")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    films = arguments.films or [sized_film(name) for name in SIZES]
    open_detectors("transnet")  # import torch and load the weights before the clock runs
    print(f"{'film':32}{'sound, CPU s':>14}{'x real time':>13}{'shots':>12}{'pipeline, CPU s':>17}{'sound adds':>12}")
    for film in films:
        info = probe(film)
        hear(info)  # loads the network
        sound = min(timed(lambda info=info: hear(info)) for _ in range(arguments.rounds))
        for shots in ("transnet", "histogram"):
            with Pipeline(Settings(device="cpu", shots=shots)) as pipeline:
                whole = min(
                    timed(lambda film=film, pipeline=pipeline: pipeline.describe(film)) for _ in range(arguments.rounds)
                )
            speed = (info.duration_seconds or 0.0) / max(sound, 1e-9)
            share = sound / max(whole - sound, 1e-9)
            print(f"{film.name:32}{sound:14.2f}{speed:13.0f}{shots:>12}{whole:17.2f}{share:12.1%}")


def timed(run: object) -> float:
    """CPU seconds of all threads."""
    before = process_time()
    run()  # type: ignore[operator]
    return process_time() - before


if __name__ == "__main__":
    main()
