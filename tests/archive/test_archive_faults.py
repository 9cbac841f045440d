"""Whatever happens to a writer, and whenever: the archive is readable, and every film is in it wholly or not at all."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.archive.catalog import catalog
from kuleshov.errors import ArchiveError

#: Which of the films may be there after a kill: the states before and after the action.
OUTCOMES = {
    "create": [set(), {("Strike", "p1")}],
    "add": [{("Strike", "p1")}, {("Strike", "p1"), ("Outskirts", "p1")}],
    "replace": [{("Strike", "p1")}, {("Strike", "p2")}],
    "remove": [{("Strike", "p1")}, set()],
    "reindex": [{("Strike", "p1")}, {("Strike", "p1")}],
}


def content(archive: Archive, make_description: Callable[..., Any]) -> set[tuple[str, str]]:
    """Return (title, pipeline) of all films, after making sure that each is whole and can be searched."""
    found = {(entry.title, entry.pipeline_id) for entry in archive.films()}
    for title, pipeline in found:
        assert make_description(title, pipeline=pipeline).is_in(archive)
    assert len(archive.nearest("shot", np.ones(6), k=100)) == 4 * len(found) == archive.count("shot")
    return found


@pytest.mark.parametrize("action", OUTCOMES)
def test_a_writer_may_be_killed_at_any_step(
    place: Path, folder: Path, make_description: Callable[..., Any], action: str
) -> None:
    if action != "create":
        with Archive.open(folder, create=True) as archive:
            make_description("Strike").add_to(archive)
            archive.refresh()
    if action == "reindex":  # it finds a lost older description of the same film, too, and removes it
        make_description("Strike", pipeline="p0").put_into(folder, added_at="2001-01-01T00:00:00+00:00")
    out = place / "killed"
    out.mkdir()
    script = Path(__file__).with_name("killed_writer.py")
    command = [sys.executable, str(script), str(folder), str(out), action]
    kills = int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    assert kills >= (8 if action == "remove" else 20), "steps were counted"
    before, after = OUTCOMES[action]
    seen = []
    for step in range(1, kills + 2):
        left = out / str(step)
        finished = step == kills + 1
        if (left / "catalog.sqlite").exists():
            with Archive.open(left) as reader:
                if action == "create" and not has_tables(left):
                    with pytest.raises(ArchiveError, match="kuleshov reindex"):
                        reader.films()
                else:
                    state = content(reader, make_description)
                    assert state in (before, after), f"step {step}"
                    seen.append(state)
                    if finished:
                        assert state == after
        with Archive.open(left, create=action == "create", write=True) as writer:
            state = {(entry.title, entry.pipeline_id) for entry in writer.films()}
            assert state in (before, after), f"step {step}"
            problems = [line for line in writer.check() if "vector index" not in line]
            assert problems == [], f"step {step}"
        names = [path.name for path in (left / "films").iterdir()]
        assert len(names) == len(state), f"step {step}: {names}"
        shutil.rmtree(left)
    assert before in seen
    assert after in seen


def has_tables(archive: Path) -> bool:
    """Whether the catalogue has been made: a kill may leave the empty file that SQLite begins with."""
    uri = f"{(archive / 'catalog.sqlite').as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,)


class Failing:
    """Operating-system calls that fail at the n-th, once or from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, at: int, lasting: bool) -> None:
        self.count = 0
        self.at = at
        self.lasting = lasting
        for module, name in (
            (os, "fsync"),
            (os, "rename"),
            (os, "replace"),
            (os, "mkdir"),
            (os, "unlink"),
            (os, "rmdir"),
            (io, "open"),
        ):
            monkeypatch.setattr(module, name, self.guard(getattr(module, name), self.full_disk))
        for name in ("_run", "_run_many"):
            monkeypatch.setattr(catalog.Catalog, name, self.guard(getattr(catalog.Catalog, name), self.full_catalog))

    def guard(self, call: Callable[..., Any], fail: Callable[[], None]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            if self.count == self.at or (self.lasting and self.count > self.at):
                fail()
            return call(*args, **kwargs)

        return guarded

    def full_disk(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def full_catalog(self) -> None:
        raise ArchiveError("catalog.sqlite: database or disk is full")


@pytest.mark.parametrize("lasting", [True, False])
@pytest.mark.parametrize("action", ["add", "replace", "remove"])
def test_any_call_may_fail(
    folder: Path, make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, action: str, lasting: bool
) -> None:
    former = make_description("Strike", pipeline="p0")
    wanted = make_description("Strike")
    expected = {"add": set(), "replace": {("Strike", "p0")}, "remove": {("Strike", "p0")}}[action]
    after = set() if action == "remove" else {("Strike", "p1")}
    reasons: list[str] = []
    with Archive.open(folder, create=True) as archive:
        for at in range(1, 200):
            archive.remove(former.content_id)
            if action != "add":
                former.add_to(archive)
            with monkeypatch.context() as patched:
                failing = Failing(patched, at=at, lasting=lasting)
                try:
                    done = archive.remove(former.content_id) if action == "remove" else wanted.add_to(archive)
                except ArchiveError as error:
                    reasons.append(str(error))
                    done = False
            state = {(entry.title, entry.pipeline_id) for entry in archive.films()}
            assert state == (after if done else expected), f"call {at}"
            if failing.count < at:
                break
            if not done and not lasting:
                listed = {entry.folder_name for entry in archive.films()}
                assert {path.name for path in (folder / "films").iterdir()} == listed, f"call {at}: cleaned up"
            with Archive.open(folder) as reader:
                assert content(reader, make_description) == state, f"call {at}"
            assert done or action == "remove" or wanted.add_to(archive), f"call {at}: no second try"
    assert failing.count < at, "all calls were tried"
    assert len(reasons) > (4 if action == "remove" else 20)
    assert all("No space left" in reason or "disk is full" in reason for reason in reasons)
    with Archive.open(folder, write=True) as archive:
        archive.refresh()
        assert archive.check() == []


def test_an_interrupt_right_after_the_commit_leaves_the_film(
    folder: Path, make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    description = make_description("Strike")
    run = catalog.Catalog._run

    def interrupted(self: catalog.Catalog, sql: str, values: Any = ()) -> sqlite3.Cursor:
        cursor = run(self, sql, values)
        if sql == "COMMIT":
            raise KeyboardInterrupt
        return cursor

    with Archive.open(folder, create=True) as archive:
        with monkeypatch.context() as patched:
            patched.setattr(catalog.Catalog, "_run", interrupted)
            with pytest.raises(KeyboardInterrupt):
                description.add_to(archive)
        assert description.is_in(archive)


def test_leftovers_are_collected_by_the_next_writer(folder: Path, two_films: list[Any]) -> None:
    films = folder / "films"
    (films / ".tmp-half").mkdir()
    (films / ".tmp-half" / "film.json").write_text("{")
    with Archive.open(folder) as reader:
        assert reader.check() == []  # a reader can't tell rubbish from a writer at work
    assert (films / ".tmp-half").exists()
    with Archive.open(folder, write=True) as writer:
        assert all(film.is_in(writer) for film in two_films)
    assert not (films / ".tmp-half").exists()


def test_a_listed_film_whose_folder_is_gone_is_delisted_by_the_next_writer(folder: Path, two_films: list[Any]) -> None:
    lost = two_films[0]
    (folder / "films" / f"{lost.content_id}-p1").rename(folder / "elsewhere")
    with Archive.open(folder) as reader:
        assert any("in the catalogue, but the folder is missing" in line for line in reader.check())
    with Archive.open(folder, write=True) as writer:
        assert not writer.has(lost.content_id, "p1")
        assert lost.add_to(writer)
        assert lost.is_in(writer)
