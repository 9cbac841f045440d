"""A user's own judgements: read with line numbers, laid on an archive, and its answers scored by them."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

from kuleshov.archive import Archive
from kuleshov.cli.app import one_line_errors
from kuleshov.errors import QueryError
from kuleshov.query import search
from kuleshov.query.evaluation.evaluate import compared, evaluate, evaluation_text
from kuleshov.query.evaluation.judgements import grades_of, read_judgements

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from labelled_archive import make_archive


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archives") / "archive"
    make_archive(folder, "Alpha", "Beta")
    return folder


@pytest.fixture
def written(tmp_path):
    def write(text, name="judged.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def places(folder, path, unit):
    with Archive.open(folder) as archive:
        names = {film.content_id: film.title for film in archive.films()}
        found = grades_of(archive, read_judgements(path), unit)
    return {(names[film], index): grade for (film, index), grade in found.items()}


def test_a_moment_a_span_and_an_index_mean_segments_of_either_unit(folder, written):
    # Shots last 3 s, scenes four shots.
    path = written(
        "query;film;time;start;end;index;unit;grade;note\n"
        "dark;Alpha;0:04;;;;;2;seen twice\n"
        "dark;alpha;;5;10.5;;;1;\n"
        "dark;Beta;;;;2;scene;3;\n"
    )
    assert places(folder, path, "shot") == {
        ("Alpha", 1): 2,  # of 5 to 10.5 s it lies a third in
        ("Alpha", 2): 1,
        ("Alpha", 3): 1,  # half of it
        **{("Beta", index): 3 for index in range(8, 12)},
    }
    assert places(folder, path, "scene") == {("Alpha", 0): 2, ("Beta", 2): 3}
    assert places(folder, path, "film") == {("Alpha", 0): 2, ("Beta", 0): 3}


def test_the_answer_judged_best_scores_one_and_turned_round_less(folder, written):
    with Archive.open(folder) as archive:
        hits = search(archive, "dark shots", k=100).hits
        rows = [f"dark shots\t{hit.film}\t{hit.index}\t{3 if place < 5 else 1}" for place, hit in enumerate(hits[:10])]
        best = evaluate(archive, read_judgements(written("\n".join(["query\tfilm\tindex\tgrade", *rows]))))
        rows = [f"dark shots\t{hit.film}\t{hit.index}\t{0 if place < 5 else 1}" for place, hit in enumerate(hits[:10])]
        worse = evaluate(archive, read_judgements(written("\n".join(["query\tfilm\tindex\tgrade", *rows]))))
    (entry,) = best["queries"]
    assert (entry["ndcg@10"], entry["precision@5"], entry["recall@100"], entry["unjudged@10"]) == (1, 1, 1, 0)
    (other,) = worse["queries"]
    assert other["ndcg@10"] < 0.7
    assert (other["precision@5"], other["recall@100"], other["judged"], other["relevant"]) == (0, 1, 10, 5)
    step = compared(best, worse)
    assert step["mean"]["precision@5"]["mean"] == 1
    text = evaluation_text({**best, "against": step})
    assert "| dark shots | shot | 10 of 10 |" in text
    assert "+1.00" in text


def test_what_nobody_judged_and_what_is_not_understood_is_told(folder, written):
    with Archive.open(folder) as archive:
        found = evaluate(archive, read_judgements(written("query,film,time,grade\nbright zebra,Beta,1,0\n")))
    (entry,) = found["queries"]
    assert entry["not_understood"] == ["zebra"]
    assert entry["unjudged@10"] >= 0.9
    assert math.isnan(entry["ndcg@10"])
    assert "zebra" in evaluation_text(found)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("query,film,time\ndark,Alpha,3", "line 1: no column 'grade'"),
        ("query,film,time,grade\ndark,Alpha,3,good", "line 2: grade 'good' is not a number"),
        ("query,film,time,grade\ndark,Alpha,3,1\n\ndark,Alpha,3,-1", "line 4: grade -1 is below 0"),
        ("query,film,time,grade\n,Alpha,3,1", "line 2: query is empty"),
        ("query,film,time,grade\ndark,Alpha,1:x,1", "line 2: time '1:x' is no"),
        ("query,film,time,index,grade\ndark,Alpha,3,4,1", "line 2: the position is given twice, by time and index"),
        ("query,film,start,end,grade\ndark,Alpha,3,,1", "line 2: a span needs both start and end"),
        ("query,film,start,end,grade\ndark,Alpha,3,2,1", "line 2: end 2 s is not after start 3 s"),
        ("query,film,index,unit,grade\ndark,Alpha,3,reel,1", "line 2: unknown unit 'reel'"),
        ("query,film,index,grade\ndark,Alpha,one,1", "line 2: index 'one' is not a whole number"),
        ("query,film,time,grade\ndark, loud,Alpha,3,1", "line 2: 5 columns, the heading has 4"),
        ("query,film,time,grade\n", "no judgements below the heading"),
        ("", "line 1: no column 'query'"),
        ("query,film,time,grade\ndark,Gamma,3,1", "line 2: "),
        ("query,film,time,grade\ndark,Alpha,300,1", "line 2: Alpha has no shot there (it is 72.0 s long)"),
        ("query,film,index,grade\ndark,Alpha,99,1", "line 2: Alpha has 24 shots, numbered from 0; got 99"),
    ],
)
def test_a_mistake_is_told_with_its_line(folder, written, rows, told):
    path = written(rows)
    with Archive.open(folder) as archive, pytest.raises(QueryError) as caught:
        evaluate(archive, read_judgements(path))
    assert told in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_on_the_command_line_and_against_what_it_said_before(folder, written, capsys, monkeypatch):
    import json

    from kuleshov.cli.app import app

    path = written("query,film,time,grade\ndark shots,Alpha,4,1\n")

    def run(*arguments):
        with one_line_errors():
            app(["evaluate", "retrieval", str(path), "--archive", str(folder), *arguments], standalone_mode=False)
        return capsys.readouterr().out

    said = run("--json")
    before = written(said, "before.json")
    again = json.loads(run("--against", str(before), "--json"))
    assert again["queries"] == json.loads(said)["queries"]
    assert again["against"]["mean"]["recall@100"]["mean"] == 0
    assert "Better than" in run("--against", str(folder))
    written("{}", "before.json")
    with pytest.raises(SystemExit):
        run("--against", str(before))
    assert "is not a result of" in capsys.readouterr().err
