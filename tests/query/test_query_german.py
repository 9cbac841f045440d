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
    # lines of dialogue, and what the screenplay says of them
    "dunkle Szenen, in denen sie „nie wieder“ sagt": 'dark scenes where she says "nie wieder"',
    "mit den Worten „gute Nacht“": 'with the words "gute Nacht"',
    "flüstern „mach die Tür auf“": 'whispering "mach die Tür auf"',
    "Szenen mit ANNA": "scenes with ANNA",
    "Szenen, die nachts spielen": "scenes set at night",
    "Innenszenen": "interiors",
    # comparisons with a place of a film
    "Szenen wie Sunrise@3:20, aber ruhiger": "scenes like Sunrise@3:20 but calmer",
    "wie „Metropolis“@1:02:03, aber dunkler und weniger laut": 'like "Metropolis"@1:02:03 but darker and less loud',
    "spannender als Sunrise@200": "more suspenseful than Sunrise@200",
    # which films
    "dunkle Einstellungen vor 1950": "dark shots before 1950",
    "traurige Filme der frühen sechziger Jahre": "sad films of the early sixties",
    "Filme aus den 40er Jahren": "films from the 40s",
    "zwischen 1930 und 1944": "between 1930 and 1944",
    "um 1925": "around 1925",
    "die längsten Einstellungen von Yasujiro Ozu": "the longest shots by Yasujiro Ozu",
    "unter der Regie von Agnès Varda": "directed by Agnès Varda",
    "dunkle Szenen im Film „M“": 'dark scenes in the film "M"',
    "Zwischenkriegszeit, laut": "interwar, loud",
}
#: Words of the text itself: their meaning, and names of countries and languages, are not those of the English.
GERMAN = {
    "wo sie über Geld reden": [("meaning", "Geld")],
    "Szenen, in denen jemand mit einer Waffe droht": [("meaning", "mit einer Waffe droht")],
    "dunkle Szenen, die in der Küche spielen": [("place", "Küche")],
    "französische Filme": [("country", "France")],
    "gedreht in Frankreich": [("country", "France")],
    "japanische lange Einstellungen": [("country", "Japan")],
    "Szenen auf Französisch": [("language", "French")],
    "in japanischer Sprache": [("language", "Japanese")],
}


def meant(text, language):
    query = parse(text, language=language)
    parts = [(term.name, term.sign, term.minimum, term.inclusive) for term in query.terms if not term.hint]
    parts += [(one.measure, one.op, one.value) for one in query.conditions]
    for change in query.changes:
        parts.append((change.kind, *((term.name, term.sign) for term in (*change.before, *change.after))))
    parts += [(one.field, one.values, one.low, one.high) for one in query.filters]
    parts += [(one.by, one.text) for one in query.said]
    for like in query.likes:
        parts.append((like.film, like.seconds, like.alike, *((term.name, term.sign) for term in like.deltas)))
    order = None if query.sort is None else (query.sort.key, query.sort.descending)
    return sorted(parts, key=str), order, query.not_understood


@pytest.mark.parametrize(("german", "english"), SAME.items(), ids=SAME)
def test_it_means_the_same(german, english):
    assert meant(german, "de") == meant(english, "en")
    assert not parse(german, language="de").not_understood


@pytest.mark.parametrize(("text", "expected"), GERMAN.items(), ids=GERMAN)
def test_german_words_of_lines_and_films(text, expected):
    query = parse(text, language="de")
    said = [(line.by, line.text) for line in query.said]
    films = [(one.field, value) for one in query.filters for value in one.values]
    assert set(expected) <= {*said, *films}
    assert len(query.said) + len(query.filters) == 1
    assert not query.not_understood


def test_a_capitalised_noun_is_no_director():
    assert parse("Szenen von Bergen", language="de").not_understood == ("Bergen",)
    assert parse("Szenen von Verzweiflung zu Hoffnung", language="de").changes


def test_quotes_after_what_shows_are_to_be_seen():
    query = parse("ruhige Einstellungen, die „zwei Männer auf einem Dach“ zeigen", language="de")
    assert [one.text for one in query.seen] == ["zwei Männer auf einem Dach"]
    assert [term.name for term in query.terms] == ["mood_calm"]


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
    with pytest.raises(GrammarError, match="'huge' is no grade; there are: plain, comparative"):
        Lexicon({"inflection": {"huge": {"e": [""]}}}, file="mine.toml")
