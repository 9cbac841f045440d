"""The run's memory: each part with its time, its result or its traceback. A part that fails never stops the next."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any


@dataclass
class Part:
    name: str
    seconds: float
    result: Any = None
    failure: str = ""


@dataclass
class Record:
    """``budget_seconds`` are for the whole run; what begins after it is not run, and said so."""

    budget_seconds: float
    about: dict[str, Any] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    began: float = field(default_factory=perf_counter)

    def run(self, name: str, work: Callable[[], Any]) -> None:
        began = perf_counter()
        if began - self.began > self.budget_seconds:
            self.parts.append(Part(name, 0.0, failure="not run: the time was up"))
            return
        try:
            part = Part(name, 0.0, result=work())
        except BaseException as error:
            part = Part(name, 0.0, failure="".join(traceback.format_exception(error))[-3000:])
            if isinstance(error, KeyboardInterrupt):
                raise
        part.seconds = round(perf_counter() - began, 2)
        self.parts.append(part)
        print(f"[{part.seconds:7.1f} s] {name}: {part.failure.strip().splitlines()[-1] if part.failure else 'done'}")

    @property
    def failed(self) -> list[str]:
        return [part.name for part in self.parts if part.failure]

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write ``name.json`` and ``name.md`` and return both."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {"about": self.about, "parts": [asdict(part) for part in self.parts]}
        json_path, page = folder / f"{name}.json", folder / f"{name}.md"
        json_path.write_text(json.dumps(data, indent=1, default=str) + "\n")
        page.write_text(markdown(data))
        return json_path, page


def markdown(data: dict[str, Any]) -> str:
    """The record as a page: what it ran on, a line a part, then every result in full."""
    lines = ["# GPU acceptance run", ""]
    lines += [f"- {name}: {value}" for name, value in data["about"].items()]
    lines += ["", "| part | seconds | outcome |", "|---|---|---|"]
    for part in data["parts"]:
        outcome = part["failure"].strip().splitlines()[-1].replace("|", "\\|") if part["failure"] else "done"
        lines.append(f"| {part['name']} | {part['seconds']} | {outcome} |")
    for part in data["parts"]:
        lines += ["", f"## {part['name']}", "", "```"]
        lines += [part["failure"].rstrip() or json.dumps(part["result"], indent=1, default=str), "```"]
    return "\n".join(lines) + "\n"
