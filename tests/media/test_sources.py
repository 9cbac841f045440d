"""Which files of a folder are films: links, hidden files, unknown endings; and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kuleshov.errors import MediaError
from kuleshov.media.sources import find_films


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in find_films(folder).films]


def test_folders_are_searched_and_files_taken_as_named(tmp_path: Path) -> None:
    put(tmp_path, "b.MKV", "a.mp4", "notes.txt", "reel/c.mov", "._odd.mkv")
    found = find_films(tmp_path)
    assert [path.name for path in found.films] == ["a.mp4", "b.MKV", "c.mov"]
    for named in ("notes.txt", "._odd.mkv", "b.MKV"):
        assert find_films(tmp_path / named).films == [tmp_path / named]
    with pytest.raises(MediaError, match=r"absent\.mp4: no such file"):
        find_films(tmp_path / "absent.mp4")


def test_companions_of_films_are_not_worth_a_word(tmp_path: Path) -> None:
    put(tmp_path, "a.mkv", "a.srt", "a.nfo", "a.toml", "poster.jpg", "a.en.vtt")
    assert find_films(tmp_path).left_out == ""


def test_hidden_files_and_folders_are_left_out_and_counted(tmp_path: Path) -> None:
    put(tmp_path, "a.mkv", "._a.mkv", ".b.mkv", ".Trash/c.mkv", "@eaDir/a.mkv/x.mkv", "__MACOSX/a.mkv")
    put(tmp_path, "$RECYCLE.BIN/d.mp4")
    found = find_films(tmp_path)
    assert [path.name for path in found.films] == ["a.mkv"]
    assert found.left_out == "6 hidden file(s) or folder(s)"


def test_a_hidden_folder_that_is_named_is_searched(tmp_path: Path) -> None:
    assert names(put(tmp_path / ".films", "a.mkv")) == ["a.mkv"]


def test_unknown_endings_are_named_with_their_number(tmp_path: Path) -> None:
    put(tmp_path, "a.mkv", "b.bik", "c.bik", "d.BRAW", "README", "e.r3d")
    left_out = find_films(tmp_path).left_out
    assert left_out.startswith("by their endings no films: 1 without ending, 2 .bik, 1 .braw, 1 .r3d (name such a file")


@pytest.mark.parametrize("ending", ["mod", "rmvb", "MTS", "vro", "f4v", "wtv", "3g2", "m2ts"])
def test_films_of_cameras_and_recorders(tmp_path: Path, ending: str) -> None:
    assert names(put(tmp_path, f"a.{ending}")) == [f"a.{ending}"]


def test_links_to_folders_and_files_are_followed_once(tmp_path: Path) -> None:
    library = put(tmp_path / "library", "film.mkv", "reel/b.mkv")
    put(tmp_path / "share", "other.mkv", "deep/third.mp4")
    (library / "more").symlink_to(tmp_path / "share")
    (library / "again").symlink_to("more")
    (library / "a link to film.mkv").symlink_to("film.mkv")
    (library / "reel/round").symlink_to(library)  # a circle
    (library / "loose.mkv").symlink_to(tmp_path / "share/deep/third.mp4")
    os.link(library / "film.mkv", library / "hard.mkv")
    found = find_films(library)
    assert len(found.films) == len({path.resolve() for path in found.films}) == 4
    assert {path.resolve().name for path in found.films} == {"film.mkv", "b.mkv", "other.mkv", "third.mp4"}
    assert library / "film.mkv" in found.films, "known by the path that it really has"
    assert "link(s) or other name(s) of what was found" in found.left_out


def test_a_film_is_known_by_its_own_path_and_not_by_a_link(tmp_path: Path) -> None:
    put(tmp_path, "z/film.mkv")
    (tmp_path / "a").symlink_to("z")
    (tmp_path / "b.mkv").symlink_to("z/film.mkv")
    assert names(tmp_path) == ["z/film.mkv"]


def test_what_can_not_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a.mkv")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "gone.mkv").symlink_to("nowhere.mkv")
    (tmp_path / "self.mkv").symlink_to("self.mkv")
    os.mkfifo(tmp_path / "pipe.mkv")
    found = find_films(tmp_path)
    assert [path.name for path in found.films] == ["a.mkv"]
    assert [path.name for path in found.unreadable] == ["gone", "gone.mkv", "self.mkv"]
    assert "can't be read: " in found.left_out
    assert "1 .mkv" in found.left_out, "a pipe is no file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a.mkv", "closed/b.mkv")
    (tmp_path / "closed").chmod(0)
    try:
        assert "closed" in find_films(tmp_path).left_out
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_a_folder_without_films_says_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"no film in this folder \(name a file"):
        find_films(tmp_path)
    put(tmp_path, "._a.mkv", "b.bik")
    with pytest.raises(
        MediaError, match=r"no film in this folder \(1 hidden file.*; by their endings no films: 1 \.bik"
    ):
        find_films(tmp_path)
