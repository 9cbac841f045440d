"""The command ``kuleshov`` run in this process, which is a second quicker than in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from kuleshov.cli.app import main

KULESHOV = Path(sys.executable).with_name("kuleshov")
TERMINAL = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}


def kuleshov(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command line; returns its exit code and what it printed."""
    arguments = [str(KULESHOV), *map(str, words)]
    environment = {name: value for name, value in os.environ.items() if name != "KULESHOV_ARCHIVE"} | TERMINAL
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, environment, clear=True),
        mock.patch.object(sys, "argv", arguments),
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def in_json(*words: object) -> Any:
    """Return what a command that succeeds prints with ``--json``."""
    done = kuleshov(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
