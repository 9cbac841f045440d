"""Many films into an archive: no-ops, failures, and nothing half-written."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kuleshov.archive import Archive
from kuleshov.archive.film.card import read_card, rewrite_card
from kuleshov.errors import ExportError
from kuleshov.export.stills import stills
from kuleshov.media.identity import content_id
from kuleshov.media.probe import probe
from kuleshov.pipeline.analyze import Pipeline
from kuleshov.pipeline.ingest import ingest
from kuleshov.pipeline.job.settings import Settings

FAST = Settings(shots="cascade")


def outcomes(paths, store, **options):
    return [(done.path.name, done.outcome) for done in ingest(paths, store, settings=FAST, **options)]


def test_a_film_is_stored_once_under_any_name(tmp_path, film):
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


def test_a_fault_of_ours_fails_one_film_and_not_the_others(tmp_path, film, monkeypatch):
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


def test_progress_is_reported_in_film_time(tmp_path, film):
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


def test_a_film_is_hashed_beforehand_only_if_the_archive_has_one_of_its_size(tmp_path, film):
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


def richer(store, entry, **models):
    """Let a film of an archive be described by more models."""
    folder = store.path / "films" / entry.folder_name
    card = read_card(folder)
    models = {**card.provenance.models, **models}
    rewrite_card(folder, replace(card, provenance=replace(card.provenance, models=models)))


def test_a_richer_description_is_kept_unless_it_is_renewed(tmp_path, film):
    other = replace(FAST, sensitivity=0.6)
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert outcomes([film], store) == [(film.name, "added")]
        (entry,) = store.films()
        richer(store, entry, faces="a detector 1", speech_to_text="whisper")
        (kept,) = ingest([film], store, settings=other)
        assert kept.outcome == "kept"
        assert kept.reason == "it has faces and a transcript, which this run would not make; --renew makes it anew"
        assert store.films() == [entry]
        assert [done.outcome for done in ingest([film], store, settings=other, renew=True)] == ["renewed"]
        assert "faces" not in store.provenance(entry.content_id).models
        assert [done.outcome for done in ingest([film], store, settings=FAST)] == ["renewed"]  # not poorer


def test_a_moved_film_is_linked_to_its_new_path(tmp_path, film):
    here, there = tmp_path / "here.mp4", tmp_path / "reel 2" / "there.mp4"
    shutil.copy(film, here)
    there.parent.mkdir()
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert outcomes([here], store) == [("here.mp4", "added")]
        shutil.move(here, there)
        assert list(store.file_problems().values()) == ["the film's file is no longer there"]
        assert outcomes([there.parent], store) == [("there.mp4", "moved")]
        (entry,) = store.films()
        assert (entry.title, entry.source) == ("there", str(there))
        assert store.analysis(entry.content_id).film.source == str(there)
        assert store.file_problems() == {}
        assert store.check() == []
        assert outcomes([there], store) == [("there.mp4", "present")]
        assert store.resolve(str(there)) == entry
        store.reindex()
        assert store.films()[0].source == str(there)


@pytest.mark.parametrize("same_size", [False, True])
def test_an_overwritten_file_shows_no_other_film(tmp_path, film, same_size):
    path, content = tmp_path / "v.mp4", film.read_bytes()
    path.write_bytes(content)
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert outcomes([path], store) == [("v.mp4", "added")]
        (old,) = store.films()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if same_size else content + b"\0")
        assert outcomes([path], store) == [("v.mp4", "added")]
        assert list(store.file_problems()) == [old.content_id]
        with pytest.raises(ExportError, match=r"no longer there|replaced by another"):
            next(stills(store.analysis(old.content_id).film, [0], width=64, height=64))
        assert next(stills(store.analysis(content_id(path)).film, [0], width=64, height=64))


def test_a_removed_film_can_be_restored_until_compacted(tmp_path, film):
    with Archive.open(tmp_path / "archive", create=True) as store:
        assert outcomes([film], store) == [(film.name, "added")]
        (entry,) = store.films()
        assert store.remove(entry.content_id)
        assert not store.remove(entry.content_id)
        store.refresh()
        assert (store.films(), store.removed(), store.check()) == ([], [entry], [])
        assert store.restore(entry.content_id)
        store.refresh()
        assert (store.films(), store.removed(), store.check()) == ([entry], [], [])
        assert store.remove(entry.content_id)
        assert outcomes([film], store) == [(film.name, "added")]
        assert not store.restore(entry.content_id)  # it is there again
        assert store.compact() == 1
        assert store.removed() == []
        assert len(store.films()) == 1


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_nothing_gets_poorer_and_no_path_is_another_films(tmp_path, film, seed, monkeypatch):
    """Random ingests by rich and poor pipelines, moves, overwriting, removal, restoring, kills of the writer."""
    chance = random.Random(seed)
    content = film.read_bytes()
    contents = [content, content + b"\0", content[:-1] + bytes([content[-1] ^ 1])]
    paths = [tmp_path / "films" / name for name in ("a.mp4", "b.mp4")]
    paths[0].parent.mkdir()
    described = {}  # by content: one real description, handed out again
    rich = [False]
    real = Pipeline.describe

    def describe(pipeline, job, *, watch):
        key = content_id(job.path)
        if key not in described:
            described[key] = real(pipeline, job, watch=watch)
        known = described[key]
        analysis = known.analysis
        models = dict(analysis.provenance.models) | ({"faces": "some"} if rich[0] else {})
        provenance = replace(analysis.provenance, pipeline_id=f"p{int(rich[0])}", models=models)
        record = replace(analysis.film, source=str(job.path), title=job.path.stem)
        return replace(known, analysis=replace(analysis, film=record, provenance=provenance))

    monkeypatch.setattr(Pipeline, "describe", describe)
    monkeypatch.setattr(Pipeline, "id_for", lambda *_: f"p{int(rich[0])}")
    monkeypatch.setattr(Pipeline, "models", property(lambda _: {"faces": "some"} if rich[0] else {}))
    store = Archive.open(tmp_path / "archive", create=True)
    best = {}  # the richest description of each content that the archive holds
    for _ in range(14):
        step = chance.choice(["ingest", "ingest", "move", "overwrite", "remove", "restore", "reopen"])
        if step == "ingest" and any(path.exists() for path in paths):
            rich[0] = chance.random() < 0.5
            assert "failed" not in {done.outcome for done in ingest([paths[0].parent], store, settings=FAST)}
        elif step == "move" and paths[0].exists():
            shutil.move(paths[0], paths[1])
        elif step == "overwrite":
            chance.choice(paths).write_bytes(chance.choice(contents))
        elif step == "remove" and store.films():
            gone = chance.choice(store.films()).content_id
            store.remove(gone)
            best.pop(gone, None)
        elif step == "restore" and store.removed():
            store.restore(chance.choice(store.removed()).content_id)
        elif step == "reopen":  # as after a kill: nothing is handed over but what lies on the disk
            store.close()
            store = Archive.open(tmp_path / "archive", write=True)
        store.refresh()
        problems = store.file_problems()
        for entry in store.films():
            held = "faces" in store.provenance(entry.content_id).models
            assert held >= best.get(entry.content_id, False)
            best[entry.content_id] = held
            if step == "ingest" and entry.content_id not in problems:
                assert content_id(Path(entry.source)) == entry.content_id
        assert store.check() == []
    store.close()
