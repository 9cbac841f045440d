"""Who may open what: folders that are no archive, one writer, readers beside it, media that can't be written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kuleshov.archive import Archive
from kuleshov.errors import ArchiveError


def test_a_path_where_nothing_is_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"nowhere: no archive there \(make one: kuleshov ingest FILM --archive"):
        Archive.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("create", [True, False])
def test_a_file_is_no_archive(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "film.mkv"
    path.write_bytes(b"x")
    with pytest.raises(ArchiveError, match=r"film\.mkv: a file, but an archive is a folder"):
        Archive.open(path, create=create)
    assert path.read_bytes() == b"x"


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(ArchiveError, match=r"archive\.json is missing"):
        Archive.open(tmp_path)
    with pytest.raises(ArchiveError, match="not empty and no archive"):
        Archive.open(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_an_empty_folder_and_its_missing_parents_can_become_an_archive(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "a" / "b"):
        with Archive.open(path, create=True) as archive:
            assert archive.check() == []
        with Archive.open(path, create=True) as archive:
            assert archive.films() == []


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ('{"format": "kuleshov-archive", "schema_version": 2}', r"schema version 2, made by a newer.*\(upgrade Kules"),
        ('{"format": "kuleshov-archive"}', "unknown schema version None"),
        ('{"format": "photo-album", "schema_version": 1}', "not the manifest of a Kuleshov archive"),
        ("{", "damaged"),
    ],
)
def test_a_manifest_that_does_not_fit_is_explained(
    folder: Path, two_films: list[Any], manifest: str, message: str
) -> None:
    (folder / "archive.json").write_text(manifest)
    for create in (True, False):
        with pytest.raises(ArchiveError, match=message) as error:
            Archive.open(folder, create=create)
        assert str(folder / "archive.json") in str(error.value)


def test_a_film_of_a_newer_schema_is_explained(folder: Path, two_films: list[Any]) -> None:
    card = folder / "films" / f"{two_films[0].content_id}-p1" / "film.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "schema_version": 7}))
    with Archive.open(folder) as archive, pytest.raises(ArchiveError, match="newer Kuleshov"):
        archive.analysis(two_films[0].content_id)


def test_there_is_one_writer(folder: Path, two_films: list[Any], make_description: Callable[..., Any]) -> None:
    newcomer = make_description("Outskirts")
    with Archive.open(folder) as reader:
        with Archive.open(folder, write=True):
            for change in (
                lambda: Archive.open(folder, create=True),
                lambda: newcomer.add_to(reader),
                lambda: reader.remove(two_films[0].content_id),
                reader.refresh,
                reader.reindex,
            ):
                with pytest.raises(ArchiveError, match=rf"another process is writing.*process {os.getpid()}\)"):
                    change()
            assert two_films[0].is_in(reader)
        assert newcomer.add_to(reader)  # the writer is gone: now this one is the writer
        with pytest.raises(ArchiveError, match="another process is writing"):
            Archive.open(folder, write=True)


def test_a_writer_in_another_process_excludes_and_is_forgotten_when_killed(folder: Path, two_films: list[Any]) -> None:
    script = (
        "import sys; from kuleshov.archive import Archive; a = Archive.open(sys.argv[1], write=True);"
        "print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        with pytest.raises(ArchiveError, match=f"process {other.pid}"):
            Archive.open(folder, write=True)
        with Archive.open(folder) as reader:
            assert two_films[0].is_in(reader)
        other.kill()
        other.wait()
    with Archive.open(folder, write=True) as writer:
        assert writer.check() == []


def test_readers_see_every_film_whole_while_one_writes(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any]
) -> None:
    old, newer = two_films[0], make_description("Strike", shots=2, pipeline="p2")
    with Archive.open(folder) as reader, Archive.open(folder, write=True) as writer:
        ids = reader.ids("shot")
        assert old.is_in(reader)
        newer.add_to(writer)
        assert newer.is_in(reader)  # a reader follows without opening again
        with pytest.raises(ArchiveError, match="search again"):
            reader.segments("shot", ids[:1])
        assert len(reader.segments("shot", reader.ids("shot"))) == 5


def test_a_film_replaced_under_a_readers_hands_is_read_from_its_new_folder(
    folder: Path, two_films: list[Any], make_description: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kuleshov.archive import store

    newer = make_description("Strike", pipeline="p2")
    original = store.read_card
    with Archive.open(folder) as reader, Archive.open(folder, write=True) as writer:

        def replaced_first(path: Path) -> Any:
            newer.add_to(writer)
            return original(path)

        monkeypatch.setattr(store, "read_card", replaced_first)
        assert reader.analysis(newer.content_id) == newer.analysis


def test_a_closed_archive_says_so(folder: Path, two_films: list[Any]) -> None:
    archive = Archive.open(folder)
    assert "reading" in repr(archive)
    archive.close()
    archive.close()
    assert "closed" in repr(archive)
    for use in (archive.films, archive.refresh, lambda: archive.remove("x")):
        with pytest.raises(ArchiveError, match="the archive object is closed"):
            use()


@pytest.fixture
def nobody() -> Iterator[Callable[[], None]]:
    """A function that takes this process the right to write where it may not: root may always."""
    if os.geteuid() != 0:
        yield lambda: None
        return
    yield lambda: os.seteuid(65534)
    os.seteuid(0)


def use(folder: Path) -> None:
    with Archive.open(folder) as archive:
        archive.analysis(archive.films()[0].content_id)
        archive.tracks(archive.films()[0].content_id)
        archive.remove(archive.films()[0].content_id)
        archive.nearest("shot", np.ones(6), k=9)
        archive.segments("shot", archive.ids("shot"))


@pytest.mark.parametrize("left_behind", [False, True])
def test_an_archive_that_may_not_be_written_can_be_searched(
    two_films: list[Any], folder: Path, nobody: Callable[[], None], left_behind: bool
) -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        archive_folder = Path(place) / "archive"
        shutil.copytree(folder, archive_folder)
        if left_behind:  # by a writer that was killed: its journal is still there
            with Archive.open(archive_folder, write=True) as writer:
                assert writer.remove(two_films[1].content_id)
                for name in ("catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"):
                    shutil.copy(archive_folder / name, Path(place) / name)
            for name in ("catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"):
                shutil.copy(Path(place) / name, archive_folder / name)
        for path in (archive_folder, *archive_folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        use(folder)  # so that all is imported that nobody may not even be allowed to read
        nobody()
        try:
            with Archive.open(archive_folder) as archive:
                assert two_films[0].is_in(archive)
                assert len(archive.films()) == (1 if left_behind else 2)
                assert len(archive.nearest("shot", np.ones(6), k=9)) == (5 if left_behind else 8)
                assert len(archive.segments("shot", archive.ids("shot"))) == archive.count("shot")
                with pytest.raises(ArchiveError, match=r"lock: the archive can't be written \(Permission denied\)"):
                    two_films[0].add_to(archive)
            with pytest.raises(ArchiveError, match="an archive can't be made here"):
                Archive.open(archive_folder / "films" / "inner", create=True)
        finally:
            if os.getuid() == 0:
                os.seteuid(0)
            for path in (archive_folder, *archive_folder.rglob("*")):
                path.chmod(0o755)


def test_a_missing_catalogue_is_explained_and_made_by_the_next_writer(folder: Path, two_films: list[Any]) -> None:
    (folder / "catalog.sqlite").unlink()
    with Archive.open(folder) as reader:
        with pytest.raises(ArchiveError, match=r"catalogue is missing \(rebuild it from the films: kuleshov reindex"):
            reader.films()
        assert ["catalogue is missing" in line for line in reader.check()] == [True]
    with Archive.open(folder, write=True) as writer:
        assert all(film.is_in(writer) for film in two_films)


def test_a_damaged_catalogue_is_explained(folder: Path, two_films: list[Any]) -> None:
    (folder / "catalog.sqlite").write_bytes(b"not a database at all" * 400)
    for write in (True, False):
        with pytest.raises(ArchiveError, match=r"catalogue is damaged: file is not a database.*kuleshov reindex"):
            Archive.open(folder, write=write).films()
    Archive.open(folder).reindex()
    with Archive.open(folder) as archive:
        assert all(film.is_in(archive) for film in two_films)
