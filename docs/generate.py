"""Write the pages that are generated: ``docs/cli.md`` from the live help. Run by ``make docs``; a test compares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMANDS = ("ingest", "search", "analyze", "films", "show", "reindex", "doctor")
PAGE = Path(__file__).with_name("cli.md")


def help_text(*words: str) -> str:
    """What ``--help`` prints, at a fixed width and without colour."""
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [str(Path(sys.executable).with_name("kuleshov")), *words, "--help"]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.rstrip() for line in printed.splitlines()).strip("\n")


def page() -> str:
    """The whole page."""
    parts = ["# The command line\n\nMade by `make docs` from the live help.\n"]
    for words in [(), *((command,) for command in COMMANDS)]:
        parts.append(f"## {' '.join(('kuleshov', *words))}\n\n```text\n{help_text(*words)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
