"""Collect the texts to read: all that the tests parse, and those of the judged lists and the documentation.

The result is ``readings.json``, by language and by the ``unit`` given to ``parse`` ("" = none). It is committed so that
old and new code read the same texts; collect it again when the language grows.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Tests that parse queries.
_TESTS = (
    *("tests/query", "tests/cli", "tests/benchmarks", "tests/emotion/test_emotion_views.py"),
    *("tests/pipeline/test_search_by_sight.py", "tests/pipeline/test_arcs.py", "tests/archive/test_archive_search.py"),
)
_SHOWN = (re.compile(r"^> (.+)$", re.MULTILINE), re.compile(r'kuleshov search (?:--\w+ )?"([^"\n]+)"'))
Texts = dict[str, dict[str, list[str]]]


class Recorder:
    """Wraps the parser and remembers its texts, except those that a test parses with its own vocabulary."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str, str]] = set()

    def install(self) -> None:
        """Replace ``kuleshov.query.parse``, before any other module imports it."""
        import kuleshov.query

        parse = kuleshov.query.parse
        assert callable(parse)

        def recorded(text: str, *, language: str = "en", unit: Any = None, lexicon: Any = None) -> Any:
            if lexicon is None and isinstance(text, str):
                self.seen.add((language, unit or "", text))
            return parse(text, language=language, unit=unit, lexicon=lexicon)

        sys.modules[parse.__module__].parse = recorded  # type: ignore[attr-defined]


def collect(tree: Path) -> Texts:
    """Run the tests of a tree that parse queries, and return the texts by language and unit, sorted."""
    import pytest

    recorder = Recorder()
    recorder.install()
    pytest.main(["-q", "-p", "no:cacheprovider", f"--rootdir={tree}", *(str(tree / name) for name in _TESTS)])
    seen = frozenset(recorder.seen)
    known = {code for code in {code for code, _, _ in seen} if _is_language(code)}
    texts = {one for one in seen if one[0] in known} | {("en", "", text) for text in _written(tree)}
    found: Texts = {}
    for language, unit, text in sorted(texts):
        found.setdefault(language, {}).setdefault(unit, []).append(text)
    return found


def _is_language(code: str) -> bool:
    from kuleshov.errors import KuleshovError
    from kuleshov.query import parse

    try:
        parse("", language=code)
    except (KuleshovError, OSError, ValueError):
        return False
    return True


def _written(tree: Path) -> Iterator[str]:
    """Yield the queries of the judged lists, of the speed benchmark and of the documentation."""
    lists = tree / "benchmarks/quality/retrieval"
    for path in sorted(lists.glob("queries/*.txt")):
        lines = (line.partition("|")[2].strip() for line in path.read_text(encoding="utf-8").splitlines())
        yield from (line for line in lines if line)
    yield from (line.split('"')[1] for line in (lists / "real.csv").read_text().splitlines() if line.startswith('"'))
    speed = runpy.run_path(str(tree / "benchmarks/retrieval_queries.py"))
    yield from (text for texts in speed["queries"]().values() for text in texts)
    for path in (tree / "README.md", *sorted((tree / "docs").glob("*.md"))):
        page = path.read_text(encoding="utf-8")
        yield from (text.strip() for pattern in _SHOWN for text in pattern.findall(page))


def write(texts: Texts, path: Path) -> None:
    """Write the texts, one per line."""
    path.write_text(json.dumps(texts, ensure_ascii=True, indent=0) + "\n", encoding="ascii")
