"""Writes the generated pages: ``docs/cli.md`` from the live help, ``docs/gpu-limits.md`` from the estimate, and the
tables of ``docs/emotion.md`` from the packaged grammar.

Run by ``make docs``; tests compare the pages with it.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

COMMANDS = (
    *("ingest", "search", "analyze", "watch", "films", "show", "why", "next", "arc", "plot arc", "reel", "path"),
    *("export", "correct", "compare", "similar", "matches", "repeats", "remove", "compact", "reindex"),
    *("train dialogue", "evaluate dialogue", "doctor", "models fetch"),
    *("select", "annotate", "feedback", "agreement", "labels export", "labels import"),
    *("train emotion", "evaluate emotion", "reread"),
    *("norms", "grammars"),
    "evaluate retrieval",
)
PAGE = Path(__file__).with_name("cli.md")
EMOTION = Path(__file__).with_name("emotion.md")
LIMITS = Path(__file__).with_name("gpu-limits.md")
_ESTIMATE = Path(__file__).resolve().parents[1] / "benchmarks/gpu_acceptance/limits.py"


def help_text(*words: str) -> str:
    """Return the output of ``--help``, at a fixed width and without colour."""
    from typer.testing import CliRunner

    from kuleshov.cli.app import app

    environment = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    printed = CliRunner().invoke(app, [*words, "--help"], env=environment, prog_name="kuleshov")
    assert printed.exit_code == 0, printed.output
    return "\n".join(line.rstrip() for line in printed.stdout.splitlines()).strip("\n")


def page() -> str:
    """Return ``docs/cli.md``."""
    parts = ["# The command line\n\nMade by `make docs` from the live help.\n"]
    for words in [(), *(tuple(command.split()) for command in COMMANDS)]:
        parts.append(f"## {' '.join(('kuleshov', *words))}\n\n```text\n{help_text(*words)}\n```\n")
    return "\n".join(parts)


def limits_page() -> str:
    """Return the estimate of the most a GPU can do."""
    spec = importlib.util.spec_from_file_location("gpu_limits", _ESTIMATE)
    assert spec is not None
    assert spec.loader is not None
    estimate = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = estimate  # dataclasses look their module up there
    spec.loader.exec_module(estimate)
    return f"""# The most a GPU can do

Made by `make docs` from `benchmarks/gpu_acceptance/limits.py`, which states its sources. **This is an
estimate; nothing was measured.** The acceptance run (`python benchmarks/gpu_acceptance run`) prints measured
figures next to it.

The decoders are the limit: at their full speed the pipeline uses a few per cent of the memory bandwidth, and less than
one per cent of the frames' data is copied to the host. So a GPU is busy when as many films are decoded at the same time
as it has decode engines, if everything else runs in parallel.

{estimate.markdown()}"""


def emotion_page() -> str:
    """Return ``docs/emotion.md`` with the tables of the packaged grammar."""
    from kuleshov.emotion.grammar import load_grammar
    from kuleshov.emotion.views import load_views

    grammar = load_grammar()
    page = EMOTION.read_text(encoding="utf-8")
    kinds = {True: "ratio", False: "difference"}
    tables = {
        "| cue | number |": [
            f"| {cue.name} | {cue.reading.path} | {cue.median:g} | {cue.spread:g} ({kinds[cue.reading.log]}) "
            f"| {cue.source.name} |"
            for cue in grammar.cues
        ],
        "| score | weights ": [
            f"| {score.name} | {', '.join(_weight(term) for term in score.terms)} |" for score in grammar.scores
        ],
        "| source | mark |": [
            f"| {source.name} | {source.mark} | {source.text} |" for source in grammar.sources.values()
        ],
        "| view | label |": [
            f"| {view.title} | {name} | {_made_of(label)} | {f'{label.trust:g}' if label.parts else ''} "
            f"| {label.source.name} |"
            for view in load_views().values()
            for name, label in view.labels.items()
        ],
        "| source of a view |": [
            f"| {source.name} | {source.mark} | {source.text} |"
            for source in {
                source.name: source
                for view in load_views().values()
                for source in (view.source, *(label.source for label in view.labels.values()))
            }.values()
        ],
    }
    for heading, rows in tables.items():
        page = _with_rows(page, heading, rows)
    return page


def _weight(term: Any) -> str:
    named = "" if term.source.name == "label-table" else f" ({term.source.name})"
    return f"{term.cue} {term.weight:+g}{named}"


def _made_of(label: Any) -> str:
    if label.rest_of:
        return f"rest of {', '.join(label.rest_of)}"
    needs = f"; needs {' or '.join(label.needs)}" if label.needs else ""
    heaviest_first = sorted(label.parts.items(), key=lambda part: -abs(part[1]))
    parts = ", ".join(f"{name} {weight:+g}" for name, weight in heaviest_first)
    return parts + needs if parts else f"nothing: {label.no_basis}"


def _with_rows(page: str, heading: str, rows: list[str]) -> str:
    """Return the page with these rows in the table under a heading."""
    lines = page.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line.startswith(heading)) + 2
    end = next(number for number in range(first, len(lines)) if not lines[number].startswith("|"))
    return "".join([*lines[:first], *(row + "\n" for row in rows), *lines[end:]])


def write_rooms() -> None:
    """Write the picture of rooms and imports."""
    spec = importlib.util.spec_from_file_location("rooms", Path(__file__).with_name("rooms.py"))
    assert spec is not None
    assert spec.loader is not None
    rooms = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = rooms
    spec.loader.exec_module(rooms)
    rooms.PICTURE.write_text(rooms.rooms_picture(), encoding="utf-8")


if __name__ == "__main__":
    write_rooms()
    PAGE.write_text(page())
    EMOTION.write_text(emotion_page(), encoding="utf-8")
    LIMITS.write_text(limits_page())
