"""What people type, and all that it implies: in the typed query, or reported. In two wordings each, at least.

``+name`` and ``-name`` are terms, ``name>`` and ``name<`` the ends of changes (rising, falling, or what is at last),
``?word`` is reported; a measure, a film's field or an order stands as it is named. More may be in the query.
"""

from __future__ import annotations

import pytest

from kuleshov.query import Query, parse

IMPLIED = {
    "+tension +long_take": ("tense long take", "an uncut, nerve-wracking shot", "one uneasy, unbroken take"),
    "+mood_chaos +shaky +moving +fast_cutting +arousal": (
        "chaotic handheld chase ?chase",
        "frantic pursuit with a jittery camera ?pursuit",
        "panicky foot chase, shaky-cam ?foot_chase",
    ),
    "-loud +talking -moving +close_up": (
        "quiet conversation close-up",
        "hushed talk in close shots",
        "close-ups of an intimate conversation",
    ),
    "+warm +group": ("warm family dinner ?family_dinner", "a supper lit by candlelight ?supper"),
    "-warm +blue +night": ("cold blue night street ?street", "a bluish, chilly lane after dark ?lane"),
    "loud_burst cut_to_silence>": (
        "sudden silence after an explosion ?explosion",
        "a blast and then suddenly no sound ?blast",
        "gunshot followed by sudden quiet ?gunshot",
    ),
    "+saturated +bright +music +moving +mood_joy": (
        "joyful dance with bright colours ?dance",
        "happy dancing, brightly coloured ?dancing",
    ),
    "+mood_loneliness +single +long_shot -moving -valence": (
        "lonely figure in an empty landscape ?empty_landscape",
        "a solitary person in a vast landscape ?vast_landscape",
    ),
    "+arguing +loud +close_up +fast_cutting": ("angry argument, fast cuts", "shouting match with rapid editing"),
    "+whip_pan": ("whip pan transitions", "swish pans"),
    "+monochrome -high_key +close_up": ("black and white low-key close-up", "noirish monochrome close shot"),
    "+mood_sadness +music": ("rain, sad, piano ?rain ?piano", "melancholy violin in the rain ?violin ?rain"),
    "arousal>": ("build-up to the climax", "rising intensity"),
    "valence>": ("from despair to hope", "goes from hopeless to hopeful", "scenes that turn hopeful"),
    "+high_angle +crowd +long_shot": ("high angle crowd shot", "a throng seen from above"),
    "+low_angle +dominance +single": ("low angle hero shot ?hero_shot", "the hero from below ?hero"),
    "+dutch +tension": ("Dutch angle unease", "canted frames that feel uneasy"),
    "+shot_reverse_shot close_up>": (
        "shot reverse shot getting closer",
        "shot/countershot, growing closer",
    ),
    "+dolly_zoom": ("dolly zoom vertigo", "a zolly"),
    "+one_take +moving +loud_burst": ("one-take fight ?fight", "single-take scene of a brawl ?brawl"),
    "+screaming +loud_burst +fearful_face": ("scream", "somebody shrieks ?somebody"),
    "+extreme_close_up +sad_face": ("tears, close on the eyes ?tears", "crying in extreme close-up ?crying"),
    "+bright +smiling +music +fast_music +major_key": (
        "bright light, smiling faces, upbeat music",
        "well lit, grinning, cheerful music",
    ),
    "-brightening valence<": ("dim the lights as mood sinks", "lights dim, the mood falls"),
    "+mood_awe +high_angle +long_shot +moving": (
        "aerial over mountains, awe ?aerial ?mountains",
        "wondrous helicopter shot ?helicopter_shot",
    ),
    "+tracking +push_in": ("tracking shot following from behind", "the camera follows someone from behind"),
    "+red": ("red room ?room", "a chamber all in crimson ?chamber"),
    "+green -saturated -valence": ("green sickly light ?sickly_light", "greenish, queasy look ?queasy"),
    "-saturated +shaky +loud_burst": ("desaturated war footage ?war_footage", "washed-out battlefield ?battlefield"),
    "-moving": ("slow motion ?slow_motion", "slo-mo ?slo-mo"),
    "": ("same composition in another film ?same_composition", "matching composition elsewhere ?composition"),
    "year +fast_cutting film": ("1940s films with fast cutting", "rapidly edited movies from the forties"),
    "duration_seconds +long_take": ("longest takes of this director ?director", "the longest shots"),
    "duration_seconds director": ("longest takes by Ozu", "the longest shots directed by Agnès Varda"),
    "+ends_on_silence fade_out>": ("scene ends on silence and fade to black", "ends silent and fades out"),
    "valence:fall-rise film": ("whole film arc falls then rises", "films whose mood drops and then recovers"),
    "+arousal +loud +short_shot": (
        "trailer moments: loud, fast, big ?trailer_moments ?big",
        "loud money shots ?money_shots",
    ),
    "+mood_fear +night": ("child afraid at night ?child", "frightened kid in the night ?kid"),
    "+farewell -valence": ("train departure, farewell ?train_departure", "goodbye at the station ?station"),
    "+title_card +blank": ("credits, logos, leaders to skip", "title cards and black leader"),
    "+jump_cut +single +talking": ("jump cuts of one person talking", "jumpy editing, a single person speaking"),
    "+mood_sadness +long_shot +dusk": ("melancholic wide shot at dusk", "wistful extreme long shot, sundown"),
    "like mood_calm^": ("scenes like Sunrise@3:20 but calmer", "similar to Sunrise@200, only more peaceful"),
    "country year film": ("French films of the 1960s", "movies made in Japan before 1950"),
    "-talking +long_take": ("a long take with nobody talking", "uncut, wordless"),
    "language -talking": ("taciturn scenes in Swedish", "scenes with little dialogue, German-language"),
}
CASES = [(text, implied) for implied, texts in IMPLIED.items() for text in texts]


def asked(query: Query) -> set[str]:
    """All that a query asks for, by name."""
    found = {f"{'+' if term.sign > 0 else '-'}{term.name}" for term in query.terms}
    for change in query.changes:
        falls = change.kind == "rises"
        found |= {f"{term.name}{'<' if falls and term.sign < 0 else '>'}" for term in change.after}
        found |= {term.name for term in change.before}
    found |= {f"{arc.of}:{arc.shape}" for arc in query.arcs} | {one.field for one in query.filters}
    found |= {one.measure for one in query.conditions} | ({query.sort.key} if query.sort else set())
    for like in query.likes:
        found |= {"like"} | {f"{term.name}^" for term in like.deltas if term.sign > 0}
    return found | ({"film"} if query.of_films else set())


@pytest.mark.parametrize(("typed", "implied"), CASES, ids=[text for text, _ in CASES])
def test_all_that_is_implied_is_asked_for(typed, implied):
    text, *reported = typed.split(" ?")
    query = parse(text)
    assert set(implied.split()) <= asked(query)
    assert {word.replace("_", " ") for word in reported} <= set(query.not_understood)


def test_what_is_implied_lets_all_in_and_what_is_asked_does_not():
    query = parse("dark chase")
    hints = {term.name: term for term in query.terms if term.hint}
    assert set(hints) == {"moving", "fast_cutting", "arousal"}
    assert all(term.accepts(value) for term in hints.values() for value in (-1.0, float("nan")))
    (dark,) = [term for term in query.terms if not term.hint]
    assert dark.weight > sum(term.weight for term in hints.values())
    assert not dark.accepts(1.0)


def test_what_is_asked_for_says_more_than_what_is_implied():
    (slow,) = [term for term in parse("a slow-cut chase").terms if term.name == "fast_cutting"]
    assert (slow.sign, slow.hint) == (-1, False)


def test_the_absence_of_what_is_not_seen_is_reported():
    query = parse("without a chase")
    assert not query.asks_something
    assert "chase" in query.not_understood


def test_hints_arrange_the_answer_and_add_up(archive, shot):
    from kuleshov.query import search

    archive.add("Still", [shot(0, luma_mean=0.1, motion_mean=0.0)])
    archive.add("Wild", [shot(0, luma_mean=0.1, motion_mean=0.4)])
    archive.add("Deaf", [shot(0, luma_mean=0.1, motion_mean=0.4, sound=None)])
    hits = search(archive, "dark fight").hits
    assert [hit.film for hit in hits][-1] == "Still"
    assert len(hits) == 3
    for hit in hits:
        assert hit.score == pytest.approx(sum(reason.contribution for reason in hit.reasons), abs=1e-12)
