"""What an ingest says of files in folders that it did not read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kuleshov.archive import Archive
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings


@pytest.fixture
def library(tmp_path: Path, film: Path) -> Path:
    """A folder with a film, a link to a folder with another one, and what a Mac and a camera left there."""
    library, share = tmp_path / "library", tmp_path / "share"
    library.mkdir()
    share.mkdir()
    shutil.copy(film, library / "film.mp4")
    (share / "other.mp4").write_bytes(film.read_bytes() + bytes(8))
    (library / "more").symlink_to("../share")
    (library / "._film.mp4").write_bytes(b"\0\5\26\7\0\2\0\0Mac OS X        ")
    (library / "clip.braw").write_bytes(b"raw")
    return library


def test_a_folder_is_read_with_its_links_and_without_what_is_no_film(library: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        outcomes = list(ingest([library], archive, settings=Settings(shots="off", device="cpu")))
        assert [(outcome.path.name, outcome.outcome) for outcome in outcomes] == [
            ("film.mp4", "added"),
            ("other.mp4", "added"),
            ("library", "searched"),
        ]
        assert outcomes[-1].reason.startswith("1 hidden file(s) or folder(s); by their endings no films: 1 .braw")
        assert len(archive.films()) == 2


def test_the_command_says_so_and_succeeds(library: Path, tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        code = "from kuleshov.cli import main; main()"
        words = ("ingest", "library", "--archive", *words, "--shots", "off", "--device", "cpu")
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=os.environ,
            check=False,
        )

    done = run("a")
    assert done.returncode == 0, done.stderr
    assert (
        "left out of library: 1 hidden file(s) or folder(s); by their endings no films: 1 .braw"
        in done.stdout.replace("\n", " ")
    )
    done = run("b", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [Path(film["path"]).name for film in told["films"]] == ["film.mp4", "other.mp4"]
    assert list(told["left_out"]) == ["library"]
    shutil.rmtree(tmp_path / "share")
    (library / "film.mp4").unlink()
    done = run("c")
    assert done.returncode == 1
    assert "no film in this folder (1 hidden file(s)" in done.stderr
    assert "can't be read: library/more" in done.stderr
