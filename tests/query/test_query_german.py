"""A language is a file: queries in German, by ``vocabulary/de.toml`` alone."""

from __future__ import annotations

import pytest

from kuleshov.errors import GrammarError
from kuleshov.query import parse
from kuleshov.query.language.lexicon import Lexicon, languages, packaged_lexicon

SAME = {
    "spannende lange Einstellung": "suspenseful long take",
    "dunkle, traurige Szenen": "dark, sad scenes",
    "sehr dunkel, ohne Musik": "very dark, without music",
    "länger als 20 Sekunden": "longer than 20 s",
    "zwischen fünf und zehn Sekunden": "between five and ten seconds",
    "mindestens 2,5 Minuten": "at least 2.5 minutes",
    "eine halbe Minute oder länger": "half a minute or longer",
    "mehr als 20 Schnitte pro Minute": "more than 20 cuts per minute",
    "die dunkelsten Einstellungen": "the darkest shots",
    "die längsten Szenen": "the longest scenes",
    "weder hell noch dunkel": "neither bright nor dark",
    "kein Dialog": "no dialogue",
    "schwarzweiße Totale in der Dämmerung": "black and white wide shot at dusk",
    "von Verzweiflung zu Hoffnung": "from despair to hope",
    "ruhig, dann laut": "calm, then loud",
    "steigende Spannung": "rising tension",
}


def meant(text, language):
    query = parse(text, language=language)
    parts = [(term.name, term.sign, term.minimum, term.inclusive) for term in query.terms if not term.hint]
    parts += [(one.measure, one.op, one.value) for one in query.conditions]
    for change in query.changes:
        parts.append((change.kind, *((term.name, term.sign) for term in (*change.before, *change.after))))
    order = None if query.sort is None else (query.sort.key, query.sort.descending)
    return sorted(parts, key=str), order, query.not_understood


@pytest.mark.parametrize(("german", "english"), SAME.items(), ids=SAME)
def test_it_means_the_same(german, english):
    assert meant(german, "de") == meant(english, "en")
    assert not parse(german, language="de").not_understood


def test_every_phrase_reads_as_listed_and_what_is_not_measured_is_reported():
    wrong = []
    for words, _, sense in packaged_lexicon("de").phrases.items():
        query = parse(" ".join(words), language="de")
        asked = {(term.name, term.sign) for term in query.terms}
        if (
            sense.entry is not None
            and sense.kind == "entry"
            and (asked != {*sense.entry.targets} or query.not_understood)
        ):
            wrong.append((words, asked, query.not_understood))
        if sense.kind == "unmeasured" and (query.asks_something or not query.not_understood):
            wrong.append((words, query))
    assert not wrong
    assert parse("dunkler Hund", language="de").not_understood == ("Hund",)


def test_languages_are_the_files_and_a_wrong_ending_is_refused():
    assert languages() == ("de", "en")
    with pytest.raises(GrammarError, match="no vocabulary for the language 'xx'; there are: de, en"):
        parse("dark", language="xx")
    with pytest.raises(GrammarError, match="needs an ending and a grade of plain"):
        Lexicon({"inflection": [{"ending": "e", "grade": "huge"}]}, file="mine.toml")
