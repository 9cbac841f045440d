"""Statements are never lost: torn lines, kills, removed films and rebuilt catalogues leave what was confirmed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kuleshov.annotations.annotation_store import AnnotationStore
from kuleshov.annotations.statement import Statement
from kuleshov.archive import Archive
from kuleshov.errors import AnnotationError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import film_of, make_archive, says

TESTS = Path(__file__).resolve().parents[1]
FILM = film_of("Strike", shots=8)


def test_what_was_said_comes_back_as_it_was(tmp_path):
    store = AnnotationStore(tmp_path)
    first = says(FILM, 0, scores={"valence": -0.1, "joy": 1.0}, senses={"light": ["low-key"]}, note='"Zitat", здесь\n')
    second = says(FILM, 1, "Élodie / Müller", scores={"tension": 0.5}, said={"tension": -0.25}, kind="correction")
    store.append(first)
    store.append(second)
    assert AnnotationStore(tmp_path).everything() == [first, second]
    assert sorted(path.name for path in store.folder.iterdir()) == ["%C3%89lodie_%2F_M%C3%BCller.jsonl", "anna.jsonl"]


def test_a_torn_line_is_told_and_costs_no_other(tmp_path):
    store = AnnotationStore(tmp_path)
    kept = [says(FILM, index, scores={"valence": 0.5}) for index in range(3)]
    store.append(kept[0])
    whole = store.file("anna").read_bytes()
    for length in (1, len(whole) // 2, len(whole) - 1):
        store.file("anna").write_bytes(whole + whole[:length])
        assert store.everything() == ([kept[0]] if length < len(whole) - 1 else [kept[0], kept[0]])
        store.append(kept[1])
        assert store.everything()[-1] == kept[1]
        assert store.file("anna").read_bytes().startswith(whole + whole[:length])  # nothing was cut away
        assert len(store.problems()) == (length < len(whole) - 1)
    assert "line 2 is no statement" in _problem(store, whole)


def _problem(store, whole):
    store.file("anna").write_bytes(whole + b'{"half')
    (problem,) = store.problems()
    return problem


def test_what_was_confirmed_survives_a_kill(tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(TESTS)!r})\n"
        "from labelled_archive import film_of, says\n"
        "from kuleshov.annotations.annotation_store import AnnotationStore\n"
        "from pathlib import Path\n"
        "film, store = film_of('Strike', shots=2), AnnotationStore(Path(sys.argv[1]))\n"
        "for number in range(100_000):\n"
        "    store.append(says(film, 0, scores={'valence': 0.5}, note=str(number)))\n"
        "    print(number, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    confirmed = [int(process.stdout.readline()) for _ in range(20)][-1]
    process.send_signal(signal.SIGKILL)
    confirmed = [confirmed, *map(int, process.stdout.read().split())][-1]
    process.wait()
    store = AnnotationStore(tmp_path)
    assert [int(each.note) for each in store.everything()][: confirmed + 1] == list(range(confirmed + 1))
    store.append(says(FILM, 0, scores={"valence": 1.0}, note="after"))
    assert store.everything()[-1].note == "after"


def test_every_statement_is_forced_to_the_disk(tmp_path, monkeypatch):
    forced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: forced.append(os.fstat(descriptor).st_ino))
    store = AnnotationStore(tmp_path)
    store.append(says(FILM, 0, scores={"valence": 0.5}))
    inodes = {store.file("anna").stat().st_ino, store.folder.stat().st_ino, tmp_path.stat().st_ino}
    assert set(forced) == inodes  # the file, its name, the folder's name
    forced.clear()
    store.append(says(FILM, 1, scores={"valence": 0.5}))
    assert forced == [store.file("anna").stat().st_ino]


def test_removing_the_film_and_rebuilding_leave_what_was_said(tmp_path):
    folder = tmp_path / "archive"
    films = make_archive(folder, "Strike", "October", shots=8)
    said = says(films[0], 0, scores={"valence": 0.5})
    with Archive.open(folder, write=True) as archive:
        AnnotationStore(archive.path).append(said)
        archive.remove(films[0].film.content_id)
        archive.reindex()
        assert archive.check() == []
        assert AnnotationStore(archive.path).current() == [said]


def test_who_takes_back_takes_back_ones_own_only(tmp_path):
    store = AnnotationStore(tmp_path)
    said = says(FILM, 0, scores={"valence": 0.5})
    store.append(said)
    store.append(says(FILM, 0, "boris", kind="retraction", retracts=said.id))
    assert store.current() == [said]
    store.append(says(FILM, 0, kind="retraction", retracts=said.id))
    assert store.current() == []
    assert len(store.everything()) == 3


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"scores": {"valence": 1.5}}, "valence 1.5: must be from -1 to 1"),
        ({"scores": {"joy": -0.5}}, "joy -0.5: must be from 0 to 1"),
        ({"scores": {"happiness": 1}}, "unknown score 'happiness'"),
        ({"senses": {"smell": ["smoke"]}}, "unknown sense 'smell'"),
        ({"annotator": " "}, "give a name"),
        ({"end_seconds": 0.0}, "no stretch of film"),
        ({"kind": "retraction"}, "names the statement"),
    ],
)
def test_what_can_not_be_meant_is_refused(what, expected):
    with pytest.raises(AnnotationError, match=expected):
        says(FILM, 0, **what)


def test_a_statement_of_a_later_version_is_read(tmp_path):
    store = AnnotationStore(tmp_path)
    said = says(FILM, 0, scores={"valence": 0.5})
    store.append(said)
    path = store.file("anna")
    path.write_bytes(path.read_bytes().replace(b'"kind": "label"', b'"kind": "label", "mood_board": "x"'))
    (read,) = store.everything()
    assert isinstance(read, Statement)
    assert read == said
