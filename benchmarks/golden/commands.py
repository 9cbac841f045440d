"""Run a command line and keep its exit code and output, without what differs from run to run.

Left out by name (``RUN_DEPENDENT``): wall times and latencies, dates, random ids. Paths in texts become names
(``<scratch>``), so that runs in different places can be compared.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

#: Fields that differ from run to run, by name, wherever they stand.
RUN_DEPENDENT = frozenset(
    {
        *("added_at", "made_at", "catalog_id"),
        *("speed", "wall_seconds", "cpu_seconds", "cpu_load", "seconds_taken"),
        *("latency_seconds", "latency_p50_seconds", "latency_p95_seconds", "latency_max_seconds"),
    }
)
#: The same, in a statement of a person about a film.
_OF_STATEMENTS = frozenset({"id", "at"})
_ENVIRONMENT = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1", "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}
#: How lines begin that libraries, not Kuleshov, write to standard error.
_NOT_OURS = ("INFO: ", "WARNING: All log messages", "W0000 ", "I0000 ", "Loading weights:")
_PROGRAM = "from kuleshov.cli import main; main()"
_TIMEOUT_SECONDS = 900


class Scrubber:
    """Removes from documents and texts what differs from run to run: fields by name, paths of known folders."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = sorted(((str(path), f"<{name}>") for name, path in folders.items()), key=lambda p: -len(p[0]))

    def text(self, text: str) -> str:
        for path, name in self._folders:
            text = text.replace(path, name)
        return text

    def document(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            left_out = RUN_DEPENDENT | _OF_STATEMENTS if "annotator" in value else RUN_DEPENDENT
            kept = {key: one for key, one in value.items() if key not in left_out}
            return {self.text(str(key)): self.document(one) for key, one in kept.items()}
        if isinstance(value, list | tuple):
            return [self.document(one) for one in value]
        return value

    def lines(self, text: str) -> list[str]:
        ours = (line.rstrip() for line in text.splitlines() if not line.startswith(_NOT_OURS))
        return [self.text(line) for line in ours if line]


def run_apart(scrubber: Scrubber, *words: object, cwd: Path | None = None) -> dict[str, Any]:
    """Run a command line in its own process, so that a crash becomes a result too."""
    command = [sys.executable, "-c", _PROGRAM, *map(str, words)]
    environment = {name: value for name, value in os.environ.items() if name != "KULESHOV_ARCHIVE"} | _ENVIRONMENT
    try:
        done = subprocess.run(
            command, env=environment, cwd=cwd, capture_output=True, timeout=_TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"exit": "timed out"}
    if done.returncode < 0:
        return {"exit": f"crashed: {signal.Signals(-done.returncode).name}"}
    out, err = (text.decode("utf-8", errors="replace") for text in (done.stdout, done.stderr))
    return _result(scrubber, done.returncode, out, err)


def run_here(scrubber: Scrubber, *words: object, cwd: Path | None = None, keys: str = "") -> dict[str, Any]:
    """Run a command line in this process, which saves a second. ``keys`` is its standard input."""
    from kuleshov.cli import main

    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, _ENVIRONMENT),
        mock.patch.object(sys, "argv", ["kuleshov", *map(str, words)]),
        mock.patch.object(sys, "stdin", io.StringIO(keys)),
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except Exception as error:  # a user would see a traceback: a result too
            return {"exit": f"raised {type(error).__name__}: {scrubber.text(str(error))}"}
    return _result(scrubber, code, out.getvalue(), err.getvalue())


def _result(scrubber: Scrubber, code: int, out: str, err: str) -> dict[str, Any]:
    result: dict[str, Any] = {"exit": code}
    try:
        result["document"] = scrubber.document(json.loads(out))
    except ValueError:
        documents = _json_lines(out)
        if documents is None:
            result["stdout"] = scrubber.lines(out)
        else:
            result["document"] = scrubber.document(documents)
    if said := scrubber.lines(err):
        result["stderr"] = said
    return result


def _json_lines(out: str) -> list[Any] | None:
    lines = out.splitlines()
    try:
        return [json.loads(line) for line in lines] if lines and lines[0].startswith("{") else None
    except ValueError:
        return None


def write_record(folder: Path, name: str, record: Any) -> None:
    """Write one record of the run as ``NAME.json``."""
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def by_command(results: Sequence[tuple[Sequence[object], dict[str, Any]]], scrubber: Scrubber) -> dict[str, Any]:
    """Return results by command line; a repeated one gets a number: "films (2)"."""
    record: dict[str, Any] = {}
    for words, result in results:
        name = base = scrubber.text(" ".join(map(str, words)))
        again = 1
        while name in record:
            again += 1
            name = f"{base} ({again})"
        record[name] = result
    return record
