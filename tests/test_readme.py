"""Runs every command and every line of Python that the README shows, in its order."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, make_film):
    """A folder as the README imagines it: ``film.mkv`` and a folder ``films``."""
    import numpy as np

    folder = tmp_path_factory.mktemp("desk")
    rng = np.random.default_rng(2)
    places = rng.integers(0, 220, (5, 12, 16, 3)).repeat(12, axis=1).repeat(16, axis=2).astype(np.uint8)
    frames = [np.roll(places[number // 15], number % 15, axis=1) for number in range(75)]
    make_film(folder / "film.mkv", frames)
    (folder / "films").mkdir()
    shutil.copy(folder / "film.mkv", folder / "films/film.mkv")
    return folder


def commands():
    for language, text in BLOCKS:
        if language == "sh":
            for line in text.splitlines():
                command = line.split("  #")[0].strip()
                if command:
                    yield command


def run(command, folder):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_readme_shows_something():
    assert {language for language, _ in BLOCKS} >= {"sh", "python"}
    assert any(command.startswith("kuleshov ingest") for command in commands())


def test_the_commands_of_the_readme_run(desk):
    for command in commands():
        words = shlex.split(command)
        if words[0] == "kuleshov":
            done = run(words, desk)
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            assert done.stdout.strip(), command


def test_the_python_of_the_readme_runs(desk):
    for language, text in BLOCKS:
        if language == "python":
            done = run([sys.executable, "-c", text], desk)
            assert done.returncode == 0, f"{text}\n{done.stderr}"
            assert done.stdout.strip(), text


def test_make_targets_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text()
    for command in commands():
        words = shlex.split(command)
        if words[0] == "make":
            for target in words[1:]:
                if "=" not in target:
                    assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), command


def test_the_demo_runs_on_a_film_of_ones_own(desk, tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    done = run([sys.executable, "examples/demo.py", str(desk / "film.mkv")], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("$ kuleshov search") == 3
    assert "score" in done.stdout


def test_links_to_files_lead_somewhere():
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
