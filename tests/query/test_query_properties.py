"""Any text at all: the reader never fails, loses no word, and says the same twice."""

from __future__ import annotations

import json
import string
import unicodedata
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.query import Query, parse
from kuleshov.query.language.claims import pattern_claims, scan
from kuleshov.query.language.lexicon import packaged_lexicon
from kuleshov.query.language.parser import PATTERN_READERS

WORDS = sorted({" ".join(key) for key, _, _ in packaged_lexicon().phrases.items()})
BITS = [
    "20",
    "1:30",
    "-20 LUFS",
    "20s",
    "over",
    "between 5 and 10 s",
    "½",
    "a",
    "zebra",
    "the",
    "-",
    "...",
    "+",
    ">=",
    "%",
    "longer than 2'30",
    '"open the door"',
    'says "never mind"',
    'titled "Cleo"',
    "like Sunrise@3:20 but",
    "than Sunrise@3:20",
    "1940s",
    "interwar",
    "before 1950",
    "French films",
    "Japanese",
    "directed by Ozu",
    "at least three faces",
    "with ANNA",
]
phrases = st.lists(st.sampled_from(WORDS) | st.sampled_from(BITS) | st.text(max_size=6), max_size=9).map(" ".join)
texts = st.text(max_size=40) | phrases


def bare(text: str) -> str:
    """The letters, digits and symbols of a text: what may not get lost."""
    return "".join(sign for sign in text if unicodedata.category(sign)[0] in "LNSM" and not sign.isspace())


@settings(max_examples=600, deadline=None)
@given(texts)
def test_no_word_gets_lost(text):
    query = parse(text)
    assert bare("".join(piece.words for piece in query.pieces)) == bare(text)
    reported = [piece.words for piece in query.pieces if piece.role in ("not understood", "partly understood")]
    # A part of a change can be reported too: it stands inside the piece of the change.
    assert not Counter(reported) - Counter(query.not_understood)
    assert all(words in text for words in query.not_understood)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_every_token_belongs_to_exactly_one_claim(text):
    lexicon = packaged_lexicon()
    typed = lexicon.tokenize(text)
    patterned = pattern_claims(typed, lexicon, PATTERN_READERS)
    taken = [token.number for one in patterned for token in one.tokens]
    rest = typed.without(taken)
    taken += [token.number for one in scan(rest, lexicon) for token in one.tokens]
    assert sorted(taken) == list(range(len(typed)))


@settings(max_examples=300, deadline=None)
@given(texts)
def test_what_is_understood_is_well_formed(text):
    query = parse(text)
    assert query == parse(text)
    assert any(query.graded()) <= (abs(sum(part.weight for part in query.graded()) - 1) < 1e-9)
    assert len({(term.name, term.sign) for term in query.terms}) == len(query.terms)
    for term in query.terms:
        assert term.words
    for condition in query.conditions:
        assert condition.value == condition.value
        assert condition.words
    assert query.to_json()["text"] == text
    assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=string.ascii_lowercase, min_size=3, max_size=9))
def test_an_unknown_word_is_reported_beside_known_ones(word):
    lexicon = packaged_lexicon()
    alone = parse(word)
    if (
        word in lexicon.number_words
        or scan(lexicon.tokenize(word), lexicon)[0].kind != "unknown"
        or alone.not_understood != (word,)
    ):
        return
    query = parse(f"tense, {word}, dark")
    assert {term.name for term in query.terms} == {"tension", "bright"}
    assert query.not_understood == (word,)
