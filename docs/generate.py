"""Write the pages that are generated: ``docs/cli.md`` from the live help, ``docs/gpu-limits.md`` from the estimate.

Run by ``make docs``; tests compare.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

COMMANDS = (
    *("ingest", "search", "analyze", "films", "show", "export", "correct", "compare", "reindex"),
    *("train dialogue", "evaluate dialogue", "doctor"),
    *("select", "annotate", "feedback", "agreement", "labels export", "labels import"),
    *("train emotion", "evaluate emotion", "reread"),
)
PAGE = Path(__file__).with_name("cli.md")
LIMITS = Path(__file__).with_name("gpu-limits.md")
_ESTIMATE = Path(__file__).resolve().parents[1] / "benchmarks/gpu_acceptance/limits.py"


def help_text(*words: str) -> str:
    """What ``--help`` prints, at a fixed width and without colour."""
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [str(Path(sys.executable).with_name("kuleshov")), *words, "--help"]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.rstrip() for line in printed.splitlines()).strip("\n")


def page() -> str:
    """The whole page."""
    parts = ["# The command line\n\nMade by `make docs` from the live help.\n"]
    for words in [(), *(tuple(command.split()) for command in COMMANDS)]:
        parts.append(f"## {' '.join(('kuleshov', *words))}\n\n```text\n{help_text(*words)}\n```\n")
    return "\n".join(parts)


def limits_page() -> str:
    """The estimate of what a GPU can do at most."""
    spec = importlib.util.spec_from_file_location("gpu_limits", _ESTIMATE)
    assert spec is not None
    assert spec.loader is not None
    estimate = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = estimate  # dataclasses look their module up there
    spec.loader.exec_module(estimate)
    return f"""# What a GPU can do at most

Made by `make docs` from `benchmarks/gpu_acceptance/limits.py`, which states its sources. **An estimate: nothing of it
was measured.** The acceptance run (`python benchmarks/gpu_acceptance run`) puts its own figures beside it.

The decoders are the limit: at their best the pipeline moves a few per cent of the memory's bandwidth, and what crosses
to the host is under one per cent of the frames. So a GPU is busy when as many films are decoded at once as it has
decode engines, and everything else has to hide behind them.

{estimate.markdown()}"""


if __name__ == "__main__":
    PAGE.write_text(page())
    LIMITS.write_text(limits_page())
