"""Many films into an archive: no-ops, failures, and nothing half-written."""

from __future__ import annotations

import shutil

import pytest

from kuleshov.archive import Archive
from kuleshov.media.identity import content_id
from kuleshov.media.probe import probe
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings

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
    from kuleshov.pipeline.stages import segments

    other = tmp_path / "other.mp4"
    shutil.copy(film, other)
    other.write_bytes(other.read_bytes() + b"\0")
    original = segments.describe_shots
    calls = []

    def breaks_once(*arguments):
        calls.append(1)
        if len(calls) == 1:
            raise IndexError("list index out of range")
        return original(*arguments)

    monkeypatch.setattr(segments, "describe_shots", breaks_once)
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
    assert stages == ["pictures", "sound", "describe", "store"]
    pictures = [report for report in seen if report.stage == "pictures"]
    assert pictures[-1].seconds_done == pytest.approx(6.96)
    assert pictures[-1].seconds_total == pytest.approx(7.0, abs=0.1)


def hashed_beforehand(films, store):
    """The names of the films that are hashed before anything is decoded, and what becomes of all."""
    reports = []
    done = [(film.path.name, film.outcome) for film in ingest(films, store, settings=FAST, watch=reports.append)]
    return [report.path.name for report in reports if report.stage == "hash"], done


def test_a_film_is_hashed_beforehand_only_if_one_of_its_size_is_there(tmp_path, film):
    copy, same_size, longer = (tmp_path / name for name in ("copy.mp4", "same size.mp4", "longer.mp4"))
    content = film.read_bytes()
    copy.write_bytes(content)
    same_size.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    longer.write_bytes(content + b"\0")
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert hashed_beforehand([film], store) == ([], [(film.name, "added")])
        assert hashed_beforehand([longer, same_size, copy], store) == (
            ["same size.mp4", "copy.mp4"],
            [("longer.mp4", "added"), ("same size.mp4", "added"), ("copy.mp4", "present")],
        )
        assert {entry.content_id for entry in store.films()} == {content_id(each) for each in (film, longer, same_size)}


def test_two_copies_in_one_ingest_are_one_film(tmp_path, film):
    copies = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for copy in copies:
        shutil.copy(film, copy)
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert hashed_beforehand(copies, store) == (["b.mp4"], [("a.mp4", "added"), ("b.mp4", "present")])
        assert len(store.films()) == 1


def test_every_film_is_probed_once(tmp_path, film, monkeypatch):
    from kuleshov.pipeline import ingest as module

    probed = []
    monkeypatch.setattr(module, "probe", lambda path: probed.append(path) or probe(path))
    copy = tmp_path / "copy.mp4"
    shutil.copy(film, copy)
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert outcomes([film, copy], store) == [(film.name, "added"), ("copy.mp4", "present")]
    assert probed == [film, copy]


def test_stopping_early_keeps_what_was_finished_and_searchable(tmp_path, film):
    with Archive.open(tmp_path / "archive", create=True) as store:
        films = ingest([film, film], store, settings=FAST)
        next(films)
        films.close()
    with Archive.open(tmp_path / "archive") as store:
        assert store.count("shot") == 4
        assert store.check() == []
