"""Scores of several parts: none is dropped, whatever stands beside it; reasons add up; weights are the user's."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import cached_property
from itertools import chain, combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuleshov.archive.dialogue_index import DialogueIndex
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.errors import QueryError
from kuleshov.query import Condition, Query, Ranking, Sort, Term, parse, search
from kuleshov.query.explain.why_not import why_not
from kuleshov.query.parts.arc import ArcQuery
from kuleshov.query.parts.change import ChangeQuery
from kuleshov.query.parts.example import ExampleQuery
from kuleshov.query.parts.film_filter import FilmFilter
from kuleshov.query.parts.line import LineQuery
from kuleshov.query.spec.ranking import BY_SCORE
from kuleshov.query.spec.weights import read_factors, reweighted
from kuleshov.records import Line, Moments

from .conftest import FakeArchive, make_shot
from .test_calibration import by_definition

SHOTS = 16
ALL = Ranking(diverse=False, collapse=False)


class WholeArchive(FakeArchive):
    """An archive in memory that has moments and lines too."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, list[Line], None]] = []
        self.moments_of: dict[str, Moments] = {}

    @cached_property
    def _columns(self):
        return super().columns("shot")

    def columns(self, unit: str):
        return self._columns if unit == "shot" else super().columns(unit)

    def moments(self, content_id, names):
        return self.moments_of[content_id]

    def dialogue(self):
        return DialogueIndex(self.lines)

    def resolve(self, title):
        return next(film for film in self.entries if film.title == title)


@pytest.fixture(scope="module")
def archive() -> WholeArchive:
    """Four films of 16 shots of 12 s: tension and light by chance, rising in every other shot; a line in each."""
    rng = np.random.default_rng(11)
    store = WholeArchive()
    for year, title in enumerate(("One", "Two", "Three", "Four"), start=1951):
        shots = [
            make_shot(
                n,
                seconds=12.0,
                start=12.0 * n,
                luma_mean=float(rng.uniform(0.05, 0.6)),
                feel={"tension": float(rng.normal(0.1, 0.15)), "calm": float(rng.uniform(0, 0.3))},
            )
            for n in range(SHOTS)
        ]
        film = store.add(title, shots, year=year)
        said = ("The train is going.", "Trains!", "The train is gone.", "Wait.")
        lines = [Line(n, 12 * n + 1, 12 * n + 3, "speech", said[n % 4], None, None) for n in range(SHOTS)]
        store.lines.append((film.content_id, lines, None))
        halves = [
            replace(shot, start_seconds=shot.start_seconds + at, end_seconds=shot.start_seconds + at + 6)
            for shot in shots
            for at in (0.0, 6.0)
        ]
        rising = np.repeat(affect_vectors(shots, shots=shots), 2, axis=0)
        rising[1::2, VECTOR_NAMES.index("tension")] += rng.uniform(-0.1, 0.5, SHOTS).astype(np.float32)
        store.moments_of[film.content_id] = Moments.of(halves, rising, VECTOR_NAMES)
    return store


PARTS = {
    "terms": (Term("tension", 1, 0.6, -1.0, "tense", inclusive=True), Term("bright", -1, 0.4, -1.0, "dark", True)),
    "said": (LineQuery("train", "words", 'says "train"'),),
    "changes": (ChangeQuery("rises", (), (Term("tension", 1, 1.0, 0.0, "tension"),), "rising tension"),),
    "likes": (ExampleQuery("One", 1.0, "like One@1", deltas=(Term("mood_calm", 1, 1.0, 0.0, "calmer"),)),),
    "conditions": (Condition("duration_seconds", ">", 1.0, "longer than 1 s"),),
    "filters": (FilmFilter("year", "after 1950", low=1951),),
}
SUBSETS = list(chain.from_iterable(combinations(PARTS, size) for size in range(1, len(PARTS) + 1)))


@pytest.mark.parametrize("sort", [None, Sort("lighting.luma_mean", False, "darkest")])
@pytest.mark.parametrize("names", SUBSETS, ids="+".join)
def test_no_part_is_dropped(archive, names, sort):
    query = Query("", sort=sort, **{name: PARTS[name] for name in names}).evened()
    parts = list(query.graded())
    result = search(archive, query, k=4, ranking=ALL)
    assert result.hits
    for hit in result.hits:
        assert hit.score == math.fsum(reason.contribution for reason in hit.reasons)
        weights = [reason.weight for reason in hit.reasons if reason.weight is not None]
        assert sorted(weights) == pytest.approx(sorted(part.weight for part in parts))
        assert not parts or math.fsum(weights) == pytest.approx(1)
        limits = [reason for reason in hit.reasons if reason.cue in ("duration_seconds", "year")]
        assert len(limits) == ("conditions" in names) + ("filters" in names)
        assert all(reason.contribution == (0 if parts else 1 / len(limits)) for reason in limits)
    keys = [-hit.score for hit in result.hits]
    if sort is not None:
        keys = [reason.value for hit in result.hits for reason in hit.reasons if reason.cue.startswith("order by")]
    elif not parts:
        keys = [hit.in_seconds - hit.out_seconds for hit in result.hits]
    assert keys == pytest.approx(sorted(keys), abs=1e-6)


def test_the_score_is_the_weighted_sum_of_what_the_values_count(archive):
    """Of every part, the value, its standing and its weight make its contribution: recomputed one by one."""
    (part,) = archive.columns("shot").parts
    values = {name: part.values[VECTOR_NAMES.index(name)].tolist() for name in ("tension", "bright", "mood_calm")}
    query = Query("", **{name: PARTS[name] for name in ("terms", "said", "likes")}).evened()
    result = search(archive, query, k=100, ranking=ALL)
    assert len(result.hits) > 5
    (calmer,) = query.likes[0].deltas
    for hit in result.hits:
        (row,) = (row for row in archive.rows if (row.film.title, row.segment.index) == (hit.film, hit.index))
        here = dict(zip(VECTOR_NAMES, row.vector.tolist(), strict=True))
        by_cue = {reason.cue: reason for reason in hit.reasons}
        tense = sum(reason.contribution for cue, reason in by_cue.items() if cue.startswith("tension: "))
        assert tense == pytest.approx(query.terms[0].weight * by_definition(values["tension"], here["tension"]))
        dark = by_cue["bright"]
        assert dark.contribution == pytest.approx(-query.terms[1].weight * by_definition(values["bright"], dark.value))
        line = by_cue["says"]
        assert line.contribution == pytest.approx(query.said[0].weight * line.value)
        step = by_cue["mood_calm than there"]
        pull = 0.5 * (1 - 30 / len(values["mood_calm"]))
        assert step.contribution == pytest.approx(
            calmer.weight * (step.value / 2) ** (1 - pull) * (step.percentile / 100) ** pull
        )
        assert 0 < by_cue["like"].contribution <= query.likes[0].weight


def test_a_reason_says_where_the_value_stands(archive):
    result = search(archive, "dark tense shots", k=1)
    (dark,) = (reason for reason in result.hits[0].reasons if reason.cue == "bright")
    assert dark.percentile > 50
    assert dark.weight == 0.5
    assert "% of the archive's 64 shots" in dark.text
    assert all(
        reason.percentile is None
        for reason in search(archive, "dark tense shots", k=1, ranking=BY_SCORE).hits[0].reasons
    )


def test_one_quality_alone_ranks_by_its_value(archive):
    """Calibration changes what values count beside each other, never the order of one."""
    for text in ("dark shots", "tense shots", "not very bright shots", "calm shots"):
        plain, counted = (search(archive, text, k=64, ranking=ranking).hits for ranking in (BY_SCORE, ALL))
        assert [(hit.content_id, hit.index) for hit in plain] == [(hit.content_id, hit.index) for hit in counted]


names = st.sampled_from(VECTOR_NAMES)
terms = st.builds(
    Term, names, st.sampled_from([-1, 1]), st.floats(0.1, 3), st.just(-1.0), names, st.just(True), st.booleans()
)
drawn = st.builds(
    lambda wanted, arc, line, limit: Query(
        "",
        terms=tuple({(one.name, one.sign): one for one in wanted}.values()),
        arcs=arc,
        said=line,
        conditions=limit,
    ),
    st.lists(terms, max_size=4),
    st.sampled_from([(), (ArcQuery("tension", 1, "rise", (), "rises", 2.0),)]),
    st.sampled_from([(), PARTS["said"], (replace(PARTS["said"][0], weight=0.3), LineQuery("going", "words", "going"))]),
    st.sampled_from([(), PARTS["conditions"]]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn, st.booleans())
def test_the_reasons_of_any_query_add_up(archive, query, calibrated):
    ranking = Ranking(calibrated=calibrated)
    result = search(archive, query, k=5, ranking=ranking)
    assert bool(result.hits) != bool(result.empty_because)
    for hit in result.hits:
        assert hit.score == math.fsum(reason.contribution for reason in hit.reasons)
        assert -1 - 1e-9 <= hit.score <= 1 + 1e-9
    assert search(archive, query, k=5, ranking=ranking) == result


def test_why_not_and_search_give_the_same_hit(archive):
    for subset in SUBSETS[::5]:
        query = Query("", **{name: PARTS[name] for name in subset}).evened()
        for number, hit in enumerate(search(archive, query, k=3).hits, start=1):
            verdict = why_not(archive, query, archive.resolve(hit.film), hit.in_seconds + 0.1)
            assert verdict.hit == replace(hit, alike=())
            assert verdict.place == number
            assert all(part.fulfilled for part in verdict.parts)


def test_a_part_can_weigh_more(archive):
    query = parse('dark tense shots where he says "train"')
    assert [part.weight for part in query.graded()] == [0.25, 0.25, 0.5]
    heavier = reweighted(query, read_factors(["tense=3"]))
    assert [part.weight for part in heavier.graded()] == pytest.approx([0.25 / 1.5, 0.75 / 1.5, 0.5 / 1.5])
    assert reweighted(query, {"tension": 3}) == heavier
    assert reweighted(query, {"train": 3}) != query  # a word of a line
    tense = {hit.index: hit for hit in search(archive, heavier, k=64, ranking=ALL).hits}
    assert tense
    best = max(tense.values(), key=lambda hit: hit.score)
    assert best.score == math.fsum(reason.contribution for reason in best.reasons)


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["tense"], "give a name and a factor"),
        (["tense=much"], "give a name and a factor"),
        (["tense=0"], "give a number above 0"),
        (["tense=nan"], "give a number above 0"),
        (["zebra=2"], "no part of the query is named so; its parts: dark, tense"),
    ],
)
def test_a_weight_that_can_not_be(texts, problem):
    with pytest.raises(QueryError, match=problem):
        reweighted(parse("dark tense"), read_factors(texts))


def test_weights_come_back_from_json():
    query = reweighted(parse('dark shots, rising tension, where he says "train"'), {"rising": 4})
    assert Query.from_json(query.to_json()) == replace(query, pieces=())
    with pytest.raises(QueryError, match="weight 0"):
        Query.from_json({"said": [{"text": "a", "by": "words", "words": "a", "weight": 0}]})


def test_the_python_on_the_page_runs():
    page = (Path(__file__).parents[2] / "docs/ranking.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    exec(compile(block, "docs/ranking.md", "exec"), {})
