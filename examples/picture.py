"""Makes the picture of the README from real results of the demo archive, as a drawing of the terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from demo import ARCHIVE
from rich.console import Console
from rich.text import Text

QUESTIONS = ("tense long take", "fast cutting, not dark")


def main() -> None:
    screen = Console(record=True, width=92, file=io.StringIO())
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": "92"}
    for question in QUESTIONS:
        command = [
            str(Path(sys.executable).with_name("kuleshov")),
            "search",
            question,
            "-k",
            "3",
            "--archive",
            str(ARCHIVE),
        ]
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        screen.print(Text.from_markup(f'[bold]$ kuleshov search "{question}"[/]'))
        screen.print(Text.from_ansi(answer))
    screen.save_svg("docs/search.svg", title="kuleshov")


if __name__ == "__main__":
    main()
