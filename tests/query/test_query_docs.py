"""docs/query-language.md: every block shows what the language really reads."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kuleshov.query import described, parse, search

PAGE = (Path(__file__).parents[2] / "docs/query-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```\n> (.+)\n((?:.+\n)*?)```$", PAGE, flags=re.MULTILINE)


def test_the_page_has_examples():
    assert len(EXAMPLES) > 20
    assert PAGE.count("\n> ") == len(EXAMPLES)


@pytest.mark.parametrize(("text", "shown"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_an_example_reads_as_shown(text, shown):
    assert list(described(parse(text))) == shown.splitlines()


@pytest.mark.parametrize("text", re.findall(r"`([^`\n]+)`", PAGE.split("Measures can be named: ")[1].split(". ")[0]))
def test_a_measure_can_be_named_as_shown(text):
    query = parse(text)
    assert query.conditions
    assert not query.not_understood


@pytest.mark.parametrize("block", re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
def test_the_python_on_the_page_runs(block):
    exec(compile(block, "docs/query-language.md", "exec"), {})


def test_the_answer_has_the_shape_on_the_page(archive, shot):
    archive.add("film", [shot(0, seconds=30.0, feel={"tension": 0.5})])
    answer = search(archive, "tense long take, longer than 20 s, longest").to_json()
    (block,) = re.findall(r"^```json\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    shown = json.loads(block)
    assert shape(answer) == shape(shown)


def shape(value):
    """The keys of nested records; of a list its first record."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list) and value:
        return [shape(value[0])]
    return None
