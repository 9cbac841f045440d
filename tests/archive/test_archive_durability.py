"""A power cut forgets what was not forced to the disk: nothing is named, listed or pointed to before it was."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kuleshov.archive import Archive
from kuleshov.archive.catalog.catalog import Catalog


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path]]:
    """(what, path) of everything forced to the disk, renamed (its new name) or committed, as it happens."""
    seen: list[tuple[str, Path]] = []
    fsync, rename, replace, run = os.fsync, os.rename, os.replace, Catalog._run

    def seen_fsync(descriptor: int) -> None:
        seen.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def seen_rename(source: Any, target: Any) -> None:
        rename(source, target)
        seen.append(("rename", Path(target)))

    def seen_replace(source: Any, target: Any) -> None:
        replace(source, target)
        seen.append(("rename", Path(target)))

    def seen_run(self: Catalog, sql: str, values: Any = ()) -> sqlite3.Cursor:
        if sql == "COMMIT":
            seen.append(("commit", self.path))
        return run(self, sql, values)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "rename", seen_rename)
    monkeypatch.setattr(os, "replace", seen_replace)
    monkeypatch.setattr(Catalog, "_run", seen_run)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the name of an open file is read from /proc")
def test_a_film_is_on_the_disk_before_it_has_its_name_and_has_its_name_before_it_is_listed(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], events: list[tuple[str, Path]]
) -> None:
    description = make_description("Outskirts")
    name = f"{description.content_id}-p1"
    with Archive.open(folder, write=True) as archive:
        events.clear()
        description.add_to(archive)
    staged, films = folder / "films" / f".tmp-{name}", folder / "films"
    contents = ("film.json", "shots.parquet", "scenes.parquet", "tracks.parquet", "embeddings.parquet", "lines.parquet")
    assert events == [
        *(("sync", staged / content) for content in contents),
        ("sync", staged),
        ("rename", films / name),
        ("sync", films),
        ("commit", folder / "catalog.sqlite"),
    ]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the name of an open file is read from /proc")
def test_an_index_is_on_the_disk_before_it_is_current(
    folder: Path, two_films: list[Any], events: list[tuple[str, Path]]
) -> None:
    with Archive.open(folder, write=True) as archive:
        archive.remove(two_films[0].content_id)
        events.clear()
        archive.refresh()
    for index in (folder / "index" / "shot-affect", folder / "index" / "scene-affect"):
        here = [event for event in events if event[1].is_relative_to(index)]
        assert here == [
            ("sync", index / "gen-2.ids.parquet"),
            ("sync", index / "gen-2.faiss"),
            ("sync", index),
            ("sync", index / ".tmp-CURRENT"),
            ("rename", index / "CURRENT"),
            ("sync", index),
        ]


def test_every_commit_is_forced_to_the_disk(folder: Path, two_films: list[Any]) -> None:
    with Archive.open(folder, write=True) as archive:
        connection = archive._catalog._connection
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
