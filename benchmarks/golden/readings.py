"""The reading of every text of ``readings.json``, as JSON and as ``described`` prints it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commands import write_record

_TEXTS = Path(__file__).with_name("readings.json")


def write_readings(out: Path) -> int:
    """Write ``readings/LANGUAGE[-UNIT].json``, each reading by its text; return the number of readings."""
    count = 0
    for language, by_unit in json.loads(_TEXTS.read_text(encoding="ascii")).items():
        for unit, texts in by_unit.items():
            name = f"{language}-{unit}" if unit else language
            write_record(out / "readings", name, {text: _reading(text, language, unit or None) for text in texts})
            count += len(texts)
    return count


def _reading(text: str, language: str, unit: Any) -> dict[str, Any]:
    from kuleshov.query import described, parse

    query = parse(text, language=language, unit=unit)
    pieces = [[piece.words, piece.role] for piece in query.pieces]
    return {**query.to_json(), "pieces": pieces, "described": list(described(query))}
