"""A reading as JSON and back, and what a correction must not be."""

from __future__ import annotations

import json

import pytest

from kuleshov.errors import QueryError
from kuleshov.query import Query, parse

from .test_query_implied import CASES

TEXTS = [text.split(" ?")[0] for text, _ in CASES] + ["tnse long shot", "five darkest shots", 'where she says "no"', ""]


@pytest.mark.parametrize("text", TEXTS)
def test_a_reading_goes_there_and_back(text):
    query = parse(text)
    assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query


def test_a_corrected_reading():
    content = parse("dark long take").to_json()["parsed"]
    content["terms"][0]["minimum"] = 0.3
    content["unit"] = "scene"
    query = Query.from_json(content)
    assert (query.terms[0].minimum, query.unit) == (0.3, "scene")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ([], "is an object, got list"),
        ({"trems": []}, "'trems' is unknown; there are: terms"),
        ({"terms": [{"name": "bright"}]}, "terms.0.sign"),
        ({"conditions": [{"measure": "size", "op": ">", "value": 1}]}, "no such measure"),
        ({"unit": "film"}, "unit"),
    ],
)
def test_a_wrong_correction_is_refused(content, complaint):
    with pytest.raises(QueryError, match=complaint):
        Query.from_json(content)
