"""Many films into an archive: no-ops, failures, and nothing half-written."""

from __future__ import annotations

import shutil

import pytest

from kuleshov.archive import Archive
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.settings import Settings

FAST = Settings(shots="cascade")


def outcomes(paths, store, **options):
    return [(done.path.name, done.outcome) for done in ingest(paths, store, settings=FAST, **options)]


def test_a_film_goes_in_once_under_any_name(tmp_path, film):
    copy = tmp_path / "copy.mov"
    shutil.copy(film, copy)
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert outcomes([film], store) == [("four shots.mp4", "added")]
        assert outcomes([film, copy], store) == [("four shots.mp4", "present"), ("copy.mov", "present")]
        (entry,) = store.films()
        assert (entry.title, entry.shot_count) == ("four shots", 4)


def test_one_bad_film_never_stops_the_others(tmp_path, film):
    folder = tmp_path / "reel"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"")
    (folder / "b.mp4").write_bytes(b"noise" * 1000)
    shutil.copy(film, folder / "c.mp4")
    with Archive.open(tmp_path / "archive", create=True) as store:
        done = list(ingest([folder, tmp_path / "absent.mkv"], store, settings=FAST))
        assert [(one.path.name, one.outcome) for one in done] == [
            ("a.mp4", "failed"),
            ("b.mp4", "failed"),
            ("c.mp4", "added"),
            ("absent.mkv", "failed"),
        ]
        for one in done:
            if one.outcome == "failed":
                assert str(one.path) in one.reason
                assert "\n" not in one.reason
        assert len(store.films()) == 1
        assert store.check() == []
    assert len(list((tmp_path / "archive/films").iterdir())) == 1


def test_a_fault_of_ours_in_one_film_is_told_and_the_others_go_on(tmp_path, film, monkeypatch):
    from kuleshov.pipeline import segment_film as divide

    other = tmp_path / "other.mp4"
    shutil.copy(film, other)
    other.write_bytes(other.read_bytes() + b"\0")
    original = divide.describe_shots
    calls = []

    def breaks_once(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise IndexError("list index out of range")
        return original(*arguments)

    monkeypatch.setattr(divide, "describe_shots", breaks_once)
    with Archive.open(tmp_path / "archive", create=True) as store:
        done = list(ingest([film, other], store, settings=FAST))
        assert [one.outcome for one in done] == ["failed", "added"]
        assert "IndexError" in done[0].reason
        assert str(film) in done[0].reason


def test_a_name_that_is_no_text_is_no_obstacle(tmp_path, film):
    odd = tmp_path / "reel \udcff.mp4"
    try:
        shutil.copy(film, odd)
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes no such name")
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert [one.outcome for one in ingest([odd], store, settings=FAST)] == ["added"]
        assert store.films()[0].title == r"reel \udcff"


def test_progress_is_told_in_film_time(tmp_path, film):
    seen = []
    with Archive.open(tmp_path / "archive", create=True) as store:
        list(ingest([film], store, settings=FAST, watch=seen.append))
    stages = list(dict.fromkeys(report.stage for report in seen))
    assert stages == ["hash", "pictures", "sound", "describe", "store"]
    pictures = [report for report in seen if report.stage == "pictures"]
    assert pictures[-1].seconds_done == pytest.approx(6.96)
    assert pictures[-1].seconds_total == pytest.approx(7.0, abs=0.1)


def test_stopping_early_keeps_what_was_finished_and_searchable(tmp_path, film):
    with Archive.open(tmp_path / "archive", create=True) as store:
        films = ingest([film, film], store, settings=FAST)
        next(films)
        films.close()
    with Archive.open(tmp_path / "archive") as store:
        assert store.count("shot") == 4
        assert store.check() == []
