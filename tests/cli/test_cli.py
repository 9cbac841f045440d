"""The command line: help at once, exit codes, JSON on every command, one line for every error."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import pytest

from .command import KULESHOV, TERMINAL, in_json, kuleshov

COMMANDS = [
    *("ingest", "search", "analyze", "watch", "films", "show", "why", "next", "arc", "plot arc", "reel", "path"),
    *("export", "correct", "compare", "similar", "matches", "repeats", "reindex"),
    *("train dialogue", "evaluate dialogue", "doctor"),
    *("select", "annotate", "feedback", "agreement", "labels export", "labels import"),
    *("train emotion", "evaluate emotion", "reread"),
    *("norms", "grammars"),
    "evaluate retrieval",
]


@pytest.fixture(scope="module")
def films(tmp_path_factory, make_film):
    """Two films: a dark still one of twelve seconds, a bright one cut every half second."""
    import numpy as np

    folder = tmp_path_factory.mktemp("films")
    rng = np.random.default_rng(4)
    dark = rng.integers(5, 45, (12, 16, 3)).repeat(12, axis=0).repeat(16, axis=1).astype(np.uint8)
    make_film(folder / "night.mp4", [dark] * 300)
    places = rng.integers(120, 255, (8, 12, 16, 3)).repeat(12, axis=1).repeat(16, axis=2).astype(np.uint8)
    make_film(folder / "day.mp4", [places[number // 12] for number in range(96)])
    (folder / "day.toml").write_text('year = 1948\ndirector = "Lotte Reiniger"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def archive(films, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive") / "archive"
    done = kuleshov("ingest", films, "--archive", folder, "--shots", "cascade")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("added") == 2
    return folder


def test_help_lists_the_commands_and_the_exit_codes():
    done = subprocess.run(
        [str(KULESHOV), "--help"], env=os.environ | TERMINAL, capture_output=True, text=True, check=True
    )
    assert all(command.split()[0] in done.stdout for command in COMMANDS)
    assert "Exit codes" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_json(command):
    done = kuleshov(*command.split(), "--help")
    assert done.returncode == 0
    assert "--json" in done.stdout or command == "watch"  # which prints nothing else


def test_the_help_page_is_the_live_help():
    docs = Path(__file__).resolve().parents[2] / "docs"
    spec = importlib.util.spec_from_file_location("generate", docs / "generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert (docs / "cli.md").read_text() == generate.page(), "run `make docs`"


def test_every_setting_of_an_analysis_can_be_given():
    from kuleshov.cli.options import AnalysisOptions
    from kuleshov.pipeline.job.settings import Settings

    assert AnalysisOptions().settings() == Settings()
    values = {name: f"another {name}" for name in Settings.__dataclass_fields__}
    values |= {"faces": "off", "face_rate": 8.0, "sight_precision": "float16", "sight_engine": "torch"}
    values |= {"analysis_width": 128, "threads": 3, "sessions": 5}
    assert AnalysisOptions(**values).settings() == Settings(**values)


def test_settings_reach_the_analysis_from_the_command_line(films):
    described = in_json("analyze", films / "day.mp4", "--analysis-width", "64", "--threads", "1", "--faces", "off")
    assert described["provenance"]["analysis_width"] == 64
    refused = kuleshov("ingest", films, "--analysis-width", "16")
    assert (refused.returncode, refused.stderr) == (1, "kuleshov: analysis width 16: allowed are 32 to 1024 pixels\n")
    refused = kuleshov("analyze", films / "day.mp4", "--sessions", "-1")
    assert refused.stderr == "kuleshov: sessions -1: it must be 0 (chosen by the machine) or more\n"


def test_a_wrong_command_line_exits_with_2(tmp_path):
    assert kuleshov("ingest").returncode == 2
    assert kuleshov("sing").returncode == 2
    assert kuleshov("search", "dark", "-k", "0", "--archive", tmp_path).returncode == 2


def test_ingest_again_is_a_no_op(films, archive):
    again = in_json("ingest", films / "night.mp4", "--archive", archive, "--shots", "cascade")
    assert [film["outcome"] for film in again["films"]] == ["present"]


def test_ingest_reports_failures_and_continues(films, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film" * 100)
    folder = tmp_path / "archive"
    done = kuleshov("ingest", broken, films / "night.mp4", "--archive", folder, "--shots", "cascade")
    assert done.returncode == 1
    assert "added    night.mp4" in done.stdout
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("kuleshov:")]
    assert "broken.mp4: not a readable media file" in line
    assert len(in_json("films", "--archive", folder)["films"]) == 1


def test_search_finds_with_reasons_that_add_up(archive):
    answer = in_json("search", "dark long take", "--archive", archive)
    assert answer["query"]["not_understood"] == []
    best = answer["hits"][0]
    assert best["film"] == "night"
    assert {"content_id", "unit", "in_seconds", "out_seconds", "in_frame", "out_frame", "score", "reasons"} <= set(best)
    assert sum(reason["contribution"] for reason in best["reasons"]) == pytest.approx(best["score"], abs=1e-9)
    assert in_json("search", "bright fast cutting", "--archive", archive)["hits"][0]["film"] == "day"


def test_search_knows_facts_from_files_next_to_the_films(archive):
    assert {hit["film"] for hit in in_json("search", "shots from the 1940s", "--archive", archive)["hits"]} == {"day"}
    assert in_json("search", "films by Lotte Reiniger", "--archive", archive)["hits"][0]["film"] == "day"
    refused = in_json("search", "films by Ozu", "--archive", archive)
    assert refused["empty_because"] == ['no film fulfils "by Ozu"; there are: Lotte Reiniger']


def test_search_takes_a_corrected_reading(archive, tmp_path):
    reading = in_json("search", "dark long take", "--archive", archive)["query"]["parsed"]
    reading["terms"] = [{**term, "sign": -term["sign"]} for term in reading["terms"]]
    file = tmp_path / "reading.json"
    file.write_text(json.dumps(reading), encoding="utf-8")
    answer = in_json("search", "--query-json", file, "--archive", archive)
    assert {hit["film"] for hit in answer["hits"]} == {"day"}
    file.write_text('{"trems": []}', encoding="utf-8")
    refused = kuleshov("search", "--query-json", file, "--archive", archive)
    assert refused.returncode == 1
    assert "'trems' is unknown" in refused.stderr


def test_search_uses_given_weights(archive):
    plain, heavier = (
        in_json("search", "dark long take", "--archive", archive, *options)
        for options in ((), ("--weight", "dark=3", "--raw", "--no-diverse", "--no-collapse"))
    )
    weights = [[term["weight"] for term in answer["query"]["parsed"]["terms"]] for answer in (plain, heavier)]
    assert weights == [[0.5, 0.5], [0.75, 0.25]]
    assert plain["hits"][0]["score"] != heavier["hits"][0]["score"]
    assert heavier["hits"][0]["reasons"][0]["weight"] == 0.75
    refused = kuleshov("search", "dark", "--archive", archive, "--weight", "zebra=2")
    assert refused.returncode == 1
    assert "no part of the query is named so; its parts: dark" in refused.stderr


def test_search_compares_with_a_place(archive):
    (best,) = in_json("search", "shots like night@1 but brighter", "--archive", archive, "-k", "1")["hits"]
    assert best["film"] == "day"
    unknown = kuleshov("search", "like nihgt@1", "--archive", archive)
    assert unknown.returncode == 1
    assert "did you mean 'night'?" in unknown.stderr


def test_similar_matches_and_repeats(films, archive):
    answer = in_json("similar", "day@0.7", "--by", "look=2,feeling", "--archive", archive, "-k", "3")
    assert answer["example"] == "day, shot 1"
    assert answer["weights"] == {"look": pytest.approx(2 / 3), "feeling": pytest.approx(1 / 3)}
    assert len(answer["hits"]) == 3
    for hit in answer["hits"]:
        assert (hit["film"], hit["index"]) != ("day", 1)
        assert sum(reason["contribution"] for reason in hit["reasons"]) == pytest.approx(hit["score"])
    (itself,) = in_json("similar", films / "night.mp4", "--by", "sight", "--archive", archive, "-k", "1")["hits"]
    assert (itself["film"], round(itself["score"], 2)) == ("night", 1.0)
    wrong = kuleshov("similar", "day@0.7", "--by", "smell", "--archive", archive)
    assert wrong.returncode == 1
    assert "there are sight, sound, words, feeling" in wrong.stderr
    assert in_json("matches", "--between", "day", "night", "--archive", archive)["matches"] == []  # nothing moves
    assert in_json("repeats", "--archive", archive)["groups"] == []
    assert kuleshov("matches", "--archive", archive).returncode == 2


def test_search_names_words_it_did_not_understand(archive):
    done = kuleshov("search", "dark zebra", "--archive", archive)
    assert done.returncode == 0
    assert "not understood: zebra" in done.stdout


def test_an_empty_answer_says_why(archive):
    done = kuleshov("search", "shots longer than 2 hours", "--archive", archive)
    assert done.returncode == 0
    assert "Nothing found." in done.stdout
    assert len(done.stdout.strip().splitlines()) > 1


def test_explain_shows_every_reason(archive):
    short = kuleshov("search", "tense", "--archive", archive, "-k", "1").stdout
    whole = kuleshov("search", "tense", "--archive", archive, "-k", "1", "--explain").stdout
    assert "smaller reasons" in short
    assert len(whole.splitlines()) > len(short.splitlines())


def test_films_and_show(archive):
    listed = in_json("films", "--archive", archive)["films"]
    assert sorted(film["title"] for film in listed) == ["day", "night"]
    shown = in_json("show", "day", "--archive", archive)
    assert len(shown["shots"]) == 8
    assert shown == in_json("show", shown["film"]["content_id"][:8], "--archive", archive)
    table = kuleshov("show", "day", "--archive", archive).stdout
    assert "scene 0" in table
    assert "shot 7" in table


def test_show_writes_a_contact_sheet(archive, tmp_path):
    sheet = tmp_path / "day.png"
    assert kuleshov("show", "day", "--archive", archive, "--sheet", sheet).stdout == f"Wrote {sheet}.\n"
    assert sheet.read_bytes().startswith(b"\x89PNG")
    again = kuleshov("show", "day", "--archive", archive, "--sheet", sheet)
    assert (again.returncode, again.stderr) == (1, f"kuleshov: {sheet}: exists already (--force replaces it)\n")


def test_analyze_prints_what_show_prints(films, archive):
    fresh = in_json("analyze", films / "day.mp4", "--shots", "cascade")
    assert fresh == in_json("show", "day", "--archive", archive)


def test_reindex_and_doctor(archive):
    assert in_json("reindex", "--archive", archive, "--index", "ivf-sq8", "--index-setting", "exact_rows=7") == {
        "archive": str(archive),
        "films": 2,
        "index": {"kind": "ivf-sq8", "exact_rows": 7},
    }
    assert in_json("reindex", "--archive", archive)["index"]["kind"] == "ivf-sq8"
    report = in_json("doctor", "--archive", archive)
    assert report["problems"] == []
    assert {finding["name"] for finding in report["findings"]} >= {"device cpu", "native kernels", "shots exact"}
    assert in_json("search", "dark long take", "--archive", archive)["hits"][0]["film"] == "night"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["search", "dark", "--archive", "nowhere"], "nowhere"),
        (["films", "--archive", "nowhere"], "nowhere"),
        (["analyze", "absent.mp4"], "absent.mp4: no such file"),
        (["analyze", "absent.mp4", "--device", "cuda"], "device 'cuda': no NVIDIA driver"),
        (["analyze", "absent.mp4", "--shots", "magic"], "use one of cascade, exact, off"),
        (["analyze", "absent.mp4", "--grammar", "absent.toml"], "absent.toml: can't be read"),
    ],
)
def test_errors_are_one_line(words, expected, tmp_path):
    done = kuleshov(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("kuleshov: ")
    assert expected in line


def test_an_unknown_film_is_an_error(archive):
    done = kuleshov("show", "Metropolis", "--archive", archive)
    assert done.returncode == 1
    assert "Metropolis" in done.stderr
