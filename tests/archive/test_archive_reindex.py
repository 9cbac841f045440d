"""Catalogue and index can be made anew from the film folders; whatever is damaged is reported by name."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.errors import ArchiveError

WEIGHTS = np.linspace(-1, 1, 6).astype(np.float32)


def answers(archive: Archive) -> Any:
    """What the archive says, without the ids of segments, which a new catalogue may give anew."""
    later = [id for film in archive.films() for id, start, _ in archive.spans("shot", film.content_id) if start >= 2]
    nearest = archive.nearest("shot", WEIGHTS, k=100, allowed=np.array(later))
    rows = archive.segments("shot", [segment_id for segment_id, _ in nearest])
    return (
        archive.films(),
        archive.vector_names,
        [(row.film.content_id, row.segment, product) for row, (_, product) in zip(rows, nearest, strict=True)],
        [archive.film_measures("scene", film.content_id).tobytes() for film in archive.films()],
    )


def test_a_lost_catalogue_and_index_are_made_anew_with_the_same_answers(folder: Path, two_films: list[Any]) -> None:
    with Archive.open(folder) as archive:
        before = answers(archive)
    for path in folder.glob("catalog.sqlite*"):
        path.unlink()
    shutil.rmtree(folder / "index")
    with Archive.open(folder) as archive:
        archive.reindex()
        assert answers(archive) == before
        assert archive.check() == []
    with Archive.open(folder) as archive:
        assert answers(archive) == before


def test_readers_follow_a_new_catalogue(folder: Path, two_films: list[Any]) -> None:
    with Archive.open(folder) as reader, Archive.open(folder, write=True) as writer:
        before = answers(reader)
        writer.remove(two_films[0].content_id)
        two_films[0].add_to(writer)
        writer.reindex()
        after = answers(reader)
        assert sorted(map(str, after[2])) == sorted(map(str, before[2]))
        # New ids, from 1: three shots and a scene of the older entry, then five shots of the newer.
        assert reader.ids("shot").tolist() == [1, 2, 3, 5, 6, 7, 8, 9]


def test_of_two_descriptions_of_one_film_the_newer_counts(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    older, newer = two_films[0], make_description("Strike", pipeline="p2")
    older_folder = folder / "films" / f"{older.content_id}-p1"
    shutil.copytree(older_folder, folder / "kept")
    with Archive.open(folder, write=True) as archive:
        newer.add_to(archive)
    (folder / "kept").rename(older_folder)
    with Archive.open(folder) as archive:
        assert any("a folder, but not in the catalogue" in line for line in archive.check())
        archive.reindex()
        assert newer.is_in(archive)
        assert archive.check() == []
    assert not older_folder.exists()


@pytest.mark.parametrize(("added_at", "adopted"), [("2001-01-01T00:00:00+00:00", False), ("2999-01-01", True)])
def test_a_whole_folder_that_is_not_listed_is_adopted_if_it_is_the_newer(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], added_at: str, adopted: bool
) -> None:
    lost = make_description("Strike", pipeline="p0", shots=2)
    lost.put_into(folder, added_at=added_at)
    with Archive.open(folder, write=True) as archive:
        assert (lost if adopted else two_films[0]).is_in(archive)
        archive.refresh()
        assert archive.check() == []
    assert len(list((folder / "films").iterdir())) == 2


def test_a_catalogue_of_another_version_is_made_anew(folder: Path, two_films: list[Any]) -> None:
    with Archive.open(folder) as archive:
        before = answers(archive)
    connection = sqlite3.connect(folder / "catalog.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with Archive.open(folder) as reader, pytest.raises(ArchiveError, match="made by another version of Kuleshov"):
        reader.films()
    with Archive.open(folder, write=True) as writer:
        assert answers(writer) == before


FILES = ("film.json", "shots.parquet", "scenes.parquet", "tracks.parquet", "embeddings.parquet", "lines.parquet")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["truncated", "missing", "flipped"])
def test_a_damaged_file_is_reported_by_name(folder: Path, two_films: list[Any], name: str, harm: str) -> None:
    path = folder / "films" / f"{two_films[0].content_id}-p1" / name
    content = bytearray(path.read_bytes())
    if harm == "missing":
        path.unlink()
    elif harm == "truncated":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[60] ^= 0x08 if name != "film.json" else 0xFF
        path.write_bytes(content)
    with Archive.open(folder) as archive:
        problems = archive.check()
        assert problems
        assert all(str(path) in line and "ingest it again" in line for line in problems), problems
        assert two_films[1].is_in(archive)
        # The remedy that the message names works.
        assert archive.remove(two_films[0].content_id)
        assert two_films[0].add_to(archive)
        archive.refresh()
        assert archive.check() == []


@pytest.mark.parametrize("name", ["film.json", "shots.parquet"])
def test_a_damaged_film_does_not_keep_the_others_from_being_indexed(
    folder: Path, two_films: list[Any], name: str
) -> None:
    damaged = folder / "films" / f"{two_films[0].content_id}-p1" / name
    damaged.write_bytes(damaged.read_bytes()[:-50])
    with Archive.open(folder) as archive:
        archive.reindex()
        assert [entry.title for entry in archive.films()] == ["By the Law"]
        assert len(archive.nearest("shot", WEIGHTS, k=10)) == 3
        assert damaged.exists()  # the rest of it may be worth something: it is not ours to throw away
        assert [str(damaged.parent) in line for line in archive.check()] == [True]
        assert two_films[0].add_to(archive)
        assert two_films[0].is_in(archive)


def test_a_catalogue_that_says_something_else_than_the_folders_is_reported(folder: Path, two_films: list[Any]) -> None:
    with sqlite3.connect(folder / "catalog.sqlite") as connection:
        connection.execute("UPDATE segment SET end_seconds = 9 WHERE id = 2")
        connection.execute("UPDATE film SET title = 'Stachka' WHERE title = 'Strike'")
    connection.close()
    with Archive.open(folder) as archive:
        problems = "\n".join(archive.check())
        assert "other times of shots" in problems
        assert "film.json: differs from the catalogue" in problems
        archive.reindex()
        assert archive.check() == []


def test_other_disagreements_are_reported(folder: Path, two_films: list[Any]) -> None:
    film_folder = folder / "films" / f"{two_films[0].content_id}-p1"
    (film_folder / "notes.txt").write_text("x")
    with sqlite3.connect(folder / "catalog.sqlite") as connection:
        connection.execute("DELETE FROM segment WHERE id = 1")
    connection.close()
    with Archive.open(folder) as archive:
        problems = "\n".join(archive.check())
    assert "notes.txt: no file of an archive" in problems
    assert "other times of shots" in problems
    assert "shot-affect: the vector index holds other segments" in problems


def test_a_stale_or_missing_index_is_reported(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    with Archive.open(folder, write=True) as archive:
        make_description("Outskirts").add_to(archive)
        assert [("older than the catalogue" in line) for line in archive.check()] == [True, True]
        shutil.rmtree(folder / "index")
        assert [("no vector index yet" in line) for line in archive.check()] == [True, True]
        archive.refresh()
        assert archive.check() == []


def test_a_folder_under_another_films_name_is_not_listed(folder: Path, two_films: list[Any]) -> None:
    shutil.copytree(folder / "films" / f"{two_films[0].content_id}-p1", folder / "films" / "abc-p1")
    with Archive.open(folder, write=True) as archive:
        assert len(archive.films()) == 2
        assert ["films/abc-p1: a folder, but not" in line for line in archive.check()] == [True]


def test_an_adopted_film_is_searched(folder: Path, two_films: list[Any], tmp_path: Path) -> None:
    """Film folders are the truth: one that is copied into another archive is a film of that archive."""
    with Archive.open(tmp_path / "other", create=True) as other:
        name = f"{two_films[0].content_id}-p1"
        shutil.copytree(folder / "films" / name, tmp_path / "other" / "films" / name)
        assert other.films() == []
    with Archive.open(tmp_path / "other", write=True) as other:
        assert two_films[0].is_in(other)
        assert len(other.nearest("shot", WEIGHTS, k=10)) == 5
        assert json.loads((tmp_path / "other" / "archive.json").read_text())["schema_version"] == 1
