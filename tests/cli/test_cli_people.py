"""The loop on the command line: piped keys, resuming, undoing, feedback, tables, training, reading anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kuleshov.cli.app import app
from kuleshov.errors import KuleshovError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelled_archive import make_archive

KULESHOV = Path(sys.executable).with_name("kuleshov")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people") / "archive"
    make_archive(folder, "Strike", "October", shots=16)
    return folder


def run(archive, *words, keys=None):
    """The command in this process, which is quicker; with keys in one of its own, fed by a pipe."""
    environment = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "KULESHOV_ARCHIVE": str(archive)}
    if keys is not None:
        command = [str(KULESHOV), *map(str, words)]
        return subprocess.run(
            command, env=os.environ | environment, input=keys, capture_output=True, text=True, check=False
        )
    done = CliRunner().invoke(app, [str(word) for word in words], env=environment)
    if done.exception is not None and not isinstance(done.exception, KuleshovError | SystemExit):
        raise done.exception
    told = f"{done.exception}\n" if isinstance(done.exception, KuleshovError) else done.stderr
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, told)


def in_json(archive, *words, keys=None):
    done = run(archive, *words, "--json", keys=keys)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_whole_loop(archive, tmp_path):
    first = in_json(archive, "select", "-k", "3", "--as", "anna")["picks"]
    assert len({(pick["content_id"], pick["index"]) for pick in first}) == 3
    assert all(pick["why"] for pick in first)

    shown = run(archive, "annotate", "--as", "anna", "--stills", tmp_path / "stills", keys="284fk\nsu555\n37-d\nq")
    assert shown.returncode == 0, shown.stderr
    assert "why: " in shown.stdout
    assert "sound: " in shown.stdout
    assert "still: none: " in shown.stdout  # the film is not there; it is told, and the sitting goes on
    assert "undone" in shown.stdout
    assert "2 labelled by anna" in shown.stdout  # the first was undone and labelled again
    nothing = in_json(archive, "annotate", "--as", "anna", keys="")
    assert nothing["labelled"] == 0

    more = in_json(archive, "annotate", "--as", "anna", keys="284fk\n555\n" * 20)
    assert more["labelled"] == 30  # the two from before are not asked again, all else once
    assert "No shot is left" in run(archive, "annotate", "--as", "anna", keys="5").stdout
    assert in_json(archive, "annotate", "--as", "boris", "-k", "12", keys="555\n" * 20)["labelled"] == 12

    told = in_json(archive, "feedback", "Strike@3.5", "--score", "valence=-0.6", "--mood", "sadness", "--not", "joy")
    assert told["kind"] == "correction"
    assert told["scores"] == {"valence": -0.6, "sadness": 1.0, "joy": 0.0}
    assert set(told["said"]) == set(told["scores"])
    assert told["start_seconds"] == 3.0
    seen = run(archive, "feedback", "Strike@3.5", "--words", "light:low-key light:cold")
    assert seen.stdout.splitlines()[1:] == ["  light: cold, low-key"]

    found = in_json(archive, "agreement")["agreement"]
    assert {each["subject"] for each in found} >= {"valence", "arousal", "tension", "sadness"}

    table = tmp_path / "labels.csv"
    assert in_json(archive, "labels", "export", "-o", table)["statements"] == 48
    assert in_json(archive, "labels", "import", table) == {"file": str(table), "added": 0, "present": 48}

    trained = in_json(archive, "train", "emotion")
    model = Path(trained["model"])
    assert model.name == "emotion-1.toml"
    assert {path.name for path in model.parent.iterdir()} == {"emotion-1.toml", "emotion-1.json", "emotion-1.md"}
    judged = run(archive, "evaluate", "emotion")
    assert "| valence |" in judged.stdout
    assert "every labelled film took part" in run(archive, "evaluate", "emotion", "--grammar", model).stderr
    assert sorted(in_json(archive, "reread", model)["reread"]) == ["October", "Strike"]
    assert in_json(archive, "doctor")["problems"] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["feedback", "Strike", "--mood", "joy"], "give a film and a time"),
        (["feedback", "Strike@4000", "--mood", "joy"], "has no shot at 4000 s"),
        (["feedback", "Strike@1", "--mood", "bliss"], "unknown score 'bliss'"),
        (["feedback", "Strike@1", "--score", "valence"], "must be NAME=NUMBER"),
        (["feedback", "Strike@1", "--words", "glum"], "'glum' is no word of film-"),
        (["feedback", "Strike@1", "--words", "light:grim"], "light 'grim': known are high-key"),
        (["labels", "import", "absent.csv"], "absent.csv: can't be read"),
        (["reread", "absent.toml"], "absent.toml: can't be read"),
    ],
)
def test_errors_are_one_line(archive, words, expected):
    done = run(archive, *words)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert expected in line
