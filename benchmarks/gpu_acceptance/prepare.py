"""What the GPU machine lacks and the network has: wheels, and clips that need encoders. All of it fits 60 MiB."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

WHEELS = ("av==18.1.0", "pynvvideocodec==2.2.4", "pybind11==3.1.0")
PYTHON = "3.12"
PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64", "manylinux_2_17_x86_64")
MOST_BYTES = 60 << 20
#: Folders that wheels install beside their package.
_NOT_NEEDED = frozenset({"samples", "benchmarks", "external"})

#: name: codec, pixel format, width, height, frames, options
CLIPS: dict[str, tuple[str, str, int, int, int, dict[str, str]]] = {
    "h264_1080p.mp4": ("libx264", "yuv420p", 1920, 1080, 480, {"crf": "30", "preset": "veryfast", "g": "48"}),
    "hevc10_1080p.mp4": ("libx265", "yuv420p10le", 1920, 1080, 240, {"preset": "ultrafast", "crf": "32"}),
    "mpeg2_1080p.mpg": ("mpeg2video", "yuv420p", 1920, 1080, 60, {"b": "6000000"}),
    "vp9_720p.webm": ("libvpx-vp9", "yuv420p", 1280, 720, 120, {"crf": "40", "deadline": "realtime", "cpu-used": "8"}),
    "h264_odd.mp4": ("libx264", "yuv420p", 322, 182, 60, {}),
    "h264_small.mp4": ("libx264", "yuv420p", 96, 64, 90, {}),
    "vp9_small.webm": ("libvpx-vp9", "yuv420p", 96, 64, 60, {"g": "12", "deadline": "realtime", "cpu-used": "8"}),
    "prores.mov": ("prores_ks", "yuv422p10le", 320, 180, 20, {}),
}


def prepare(folder: Path, *, wheels: bool = True, only: tuple[str, ...] = ()) -> None:
    """Fill ``folder`` with ``wheels/`` and ``clips/``; ``only`` names the clips to make (all)."""
    if wheels:
        (folder / "wheels").mkdir(parents=True, exist_ok=True)
        platforms = [f"--platform={each}" for each in PLATFORMS]
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
        options = [f"--python-version={PYTHON}", "--implementation=cp", *platforms, "-d", str(folder / "wheels")]
        subprocess.run([*command, *options, *WHEELS], check=True)
        for wheel in (folder / "wheels").glob("*.whl"):
            _lighten(wheel)
    (folder / "clips").mkdir(parents=True, exist_ok=True)
    for name, clip in CLIPS.items():
        if not only or name in only:
            _encode(folder / "clips" / name, *clip)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > MOST_BYTES:
        raise SystemExit(f"{folder} holds {size >> 20} MiB; at most {MOST_BYTES >> 20} travel")
    print(f"{folder}: {size / 2**20:.1f} MiB")


def _lighten(wheel: Path) -> None:
    """Leave out of a wheel what is no part of its package: sources and samples that lie beside it."""

    def needed(name: str) -> bool:
        return name.split("/", maxsplit=1)[0] not in _NOT_NEEDED and ".data/data/" not in name

    lighter = wheel.with_suffix(".part")
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(lighter, "w", zipfile.ZIP_DEFLATED) as part:
        for entry in filter(lambda entry: needed(entry.filename), whole.infolist()):
            content = whole.read(entry)
            if entry.filename.endswith(".dist-info/RECORD"):
                content = "".join(filter(needed, content.decode().splitlines(keepends=True))).encode()
            part.writestr(entry, content)
    lighter.replace(wheel)


def _encode(
    path: Path, codec: str, pixel_format: str, width: int, height: int, frames: int, options: dict[str, str]
) -> None:
    """Textured shots that pan, cut every two seconds: something to decode, to follow, and to find."""
    import av

    values = np.random.default_rng(1)
    cell = max(4, width // 60)
    worlds = values.integers(0, 256, (frames // 48 + 1, height // cell + 1, 2 * width // cell + 1, 3), dtype=np.uint8)
    if codec == "libx265":
        options = {**options, "x265-params": "log-level=none"}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.time_base = stream.codec_context.time_base = Fraction(1, 24)
        for number in range(frames):
            world = worlds[number // 48].repeat(cell, axis=0).repeat(cell, axis=1)
            left = number % 48 * max(1, width // 200)
            picture = np.ascontiguousarray(world[:height, left : left + width])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
