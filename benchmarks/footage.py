"""Films for benchmarks: made from a real clip, at sizes that archives have and of any length."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

CACHE = Path(".cache/benchmarks")
# Typical bit rates of films at these sizes.
SIZES = {"1080p": (1920, 1080, 8_000_000), "480p": (854, 480, 2_000_000)}


def source_clip() -> Path:
    """Return the real clip that the benchmark films are made of: ``KULESHOV_BENCH_CLIP``, or one of the test data."""
    named = os.environ.get("KULESHOV_BENCH_CLIP")
    if named:
        return Path(named)
    folder = os.environ.get("KULESHOV_TEST_DATA", "")
    clip = Path(folder) / "video/libopenshot/sintel_trailer-720p.mp4"
    if not folder or not clip.exists():
        raise SystemExit("name an edited film of a minute or so: KULESHOV_BENCH_CLIP=/path/to/film.mp4")
    return clip


def sized_film(name: str) -> Path:
    """Return the clip encoded in H.264 at one of ``SIZES``, with its sound; made once and kept in the cache."""
    import av

    width, height, bit_rate = SIZES[name]
    clip = source_clip()
    film = CACHE / f"{clip.stem}-{name}.mp4"
    if film.exists():
        return film
    CACHE.mkdir(parents=True, exist_ok=True)
    part = film.with_suffix(".part.mp4")
    with av.open(str(clip)) as source, av.open(str(part), "w") as target:
        video = source.streams.video[0]
        out: Any = target.add_stream("libx264", rate=video.average_rate, options={"preset": "fast"})
        out.width, out.height, out.pix_fmt, out.bit_rate = width, height, "yuv420p", bit_rate
        sound = target.add_stream_from_template(source.streams.audio[0]) if source.streams.audio else None
        for packet in source.demux([video, *source.streams.audio[:1]]):
            if packet.stream is video:
                for frame in packet.decode():
                    target.mux(out.encode(frame.reformat(width, height, "yuv420p")))
            elif sound is not None and packet.dts is not None:
                packet.stream = sound
                target.mux(packet)
        target.mux(out.encode(None))
    part.rename(film)
    return film


def long_film(clip: Path, seconds: float) -> Path:
    """Return the clip repeated without re-encoding until it is at least ``seconds`` long."""
    import av

    film = CACHE / f"{clip.stem}-{seconds:.0f}s.mkv"
    if film.exists():
        return film
    CACHE.mkdir(parents=True, exist_ok=True)
    part = film.with_suffix(".part.mkv")
    with av.open(str(clip)) as source, av.open(str(part), "w") as target:
        inputs = [source.streams.video[0], *source.streams.audio[:1]]
        outputs = {stream.index: target.add_stream_from_template(stream) for stream in inputs}
        length = Fraction(source.duration, 1_000_000)
        for turn in range(-(-int(seconds) // max(1, int(length)))):
            source.seek(0)
            for packet in source.demux(inputs):
                if packet.dts is None:
                    continue
                shift = round(turn * length / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = outputs[packet.stream.index]
                target.mux(packet)
    part.rename(film)
    return film
