"""Phrasings in many styles and what they ask for. Signed names are terms; ``?`` leads what is not understood."""

from __future__ import annotations

import pytest

from kuleshov.query import Query, parse

TABLE = {
    # attributes and feelings, plain
    "tense long take": "+tension +long_take",
    "a really long, uninterrupted, nervous handheld take": "+long_take +tension +shaky",
    "edgy one-take with no cuts": "+tension +one_take +long_take",
    "a oner": "+long_take",
    "plan-séquence": "+long_take",
    "PLAN SEQUENCE": "+long_take",
    "quick shots, very high contrast": "+short_shot +high_contrast",
    "rapid editing and booming sound": "+fast_cutting +loud",
    "talky scene with jittery camera": "+talking +shaky",
    "serene pastel": "+mood_calm -saturated +bright",
    "sun-drenched romantic moment": "+bright +warm +mood_romance",
    "sun drenched": "+bright +warm",
    "gloomy, frantic hand-held footage": "+mood_sadness +mood_chaos +shaky",
    "handheld": "+shaky",
    "hand held": "+shaky",
    "somber black and white tableau": "+mood_sadness +monochrome -moving",
    "B&W": "+monochrome",
    "b/w film noir lighting": "+monochrome -high_key",
    "chiaroscuro": "+chiaroscuro",
    "high key": "+high_key",
    "low-key lighting": "-high_key",
    "unlit, murky": "-bright",
    "icy blue, the camera gliding": "-warm +blue +moving -shaky",
    "vivid reds and yellows": "+saturated +red +yellow",
    "teal and orange": "+teal_orange",
    "reddish light": "+red",
    "washed-out": "-saturated",
    "slow-paced": "-fast_cutting",
    "locked-off tripod shot": "+static_camera",
    "push in": "+push_in",
    "the camera pulls back": "+pull_out",
    "moving closer": "+zooming_in",
    "tracking shot": "+tracking",
    "a vertigo effect": "+dolly_zoom",
    "pull focus": "+rack_focus",
    "crab shot": "+trucking",
    "camera rolls": "+rolling",
    "whip pan": "+whip_pan",
    "sudden silence": "+cut_to_silence",
    "cut to silence": "+cut_to_silence",
    "crescendo": "+getting_louder",
    "it gets louder and louder": "+getting_louder",
    "getting darker": "-brightening",
    "fade from black": "+fade_in",
    "starts with a cross-dissolve": "+dissolve_in",
    "wordless": "-talking",
    "fast-talking": "+fast_speech",
    "nail-biting suspense": "+mood_suspense",
    "heart-pounding action": "+mood_excitement",
    "something eerie": "+mood_fear",
    "awe-inspiring": "+mood_awe",
    "furious": "+mood_anger",
    "lonely and wistful": "+mood_loneliness +mood_sadness",
    "a tender, affectionate moment": "+mood_tenderness",
    "positive": "+valence",
    "hopeless": "-valence",
    "intense": "+arousal",
    "lethargic": "-arousal",
    "relaxed": "-tension",
    # inflections and spellings
    "colourful": "+colorful",
    "colorful": "+colorful",
    "greyish": "-saturated",
    "darker shots": "-bright",
    "darkness": "-bright",
    "quietly": "-loud",
    "gloomily": "+mood_sadness",
    "panning shots": "+panning",
    "purple-ish": "+purple",
    "long_take": "+long_take",
    # negation
    "not dark": "+bright",
    "isn't loud": "-loud",
    "never static": "+moving",
    "non-static": "+moving",
    "doesn't feel sad": "-mood_sadness",
    "no dialogue": "-talking",
    "without any camera movement": "-moving",
    "not shaky at all": "-shaky",
    "neither happy nor sad": "-mood_joy -mood_sadness",
    "not dark or loud": "+bright -loud",
    "not dark and loud": "+bright +loud",
    "without dialogue and silence": "-talking -silent",
    "very dark but not slow": "-bright +fast_cutting",
    "not without dialogue": "+talking",
    "anything but happy": "-mood_joy",
    "hardly any movement": "-moving",
    "little to no movement": "-moving",
    "low saturation, high contrast": "-saturated +high_contrast",
    "less talk, more action": "-talking +mood_excitement",
    "more light": "+bright",
    "without music": "-music",
    "no music, whispering": "-music +whispering",
    "a scream": "+screaming +loud_burst +fearful_face",
    "loud burst": "+loud_burst",
    "low drone": "+drone",
    "drone shot": "+high_angle +long_shot +moving ?drone_shot",
    "speech, slow music in a minor key": "+speech -fast_music -major_key",
    "ends on silence": "+ends_on_silence",
    # what is not measured, and what is not known
    "quiet conversation close-up": "-loud +talking -moving +close_up",
    "black and white low-key close-up": "+monochrome -high_key +close_up",
    "rain, sad, piano": "+mood_sadness +music ?rain ?piano",
    "cold blue night street": "-warm +blue +night -bright ?street",
    "a train at dusk": "?train +dusk",
    "high angle crowd shot": "+high_angle +crowd +long_shot",
    "long shot": "+long_shot",
    "extreme long shot of a landscape": "+long_shot -moving ?landscape",
    "wide shot, calm": "+mood_calm +long_shot",
    "tears, close on the eyes": "+extreme_close_up +sad_face +mood_sadness ?tears -moving",
    "bright light, smiling faces": "+bright +smiling",
    "dutch angle unease": "+dutch +tension",
    "low angle of one person": "+low_angle +single",
    "frightened face, head bowed": "+fearful_face +gaze_down",
    "two-shot in profile": "+two_shot +face_turned_away",
    "over the shoulder": "+shot_reverse_shot +talking ?over_the_shoulder",
    "slow motion": "-moving ?slow_motion",
    "blue hour": "+dusk -warm",
    "dark-haired": "?dark-haired",
    "from despair to zebras": "?from_despair_to_zebras",
    "calm, then zebras": "+mood_calm ?then ?zebras",
    "dark or red": "-bright +red ?or",
    "tense zebra": "+tension ?zebra",
    "temnée 東京 ☂": "?temnée ?東京 ?☂",
    "lighting": "?lighting",
}


def reading(query: Query) -> set[str]:
    terms = {f"{'+' if term.sign > 0 else '-'}{term.name}" for term in query.terms}
    return terms | {"?" + words.replace(" ", "_") for words in query.not_understood}


@pytest.mark.parametrize(("text", "expected"), TABLE.items(), ids=TABLE)
def test_a_phrasing_asks_for(text, expected):
    assert reading(parse(text)) == set(expected.split())


def term(text):
    (only,) = parse(text).terms
    return only


def test_a_degree_says_how_much():
    plain, very, extremely, slightly = (term(f"{degree}dark") for degree in ("", "very ", "extremely ", "slightly "))
    assert plain.minimum == 0
    assert very.minimum == 0.5
    assert slightly.minimum < plain.minimum < term("rather dark").minimum < very.minimum < extremely.minimum


def test_a_degree_says_how_much_it_weighs():
    weights = {one.words: one.weight for one in parse("very tense, slightly dark, quiet").terms}
    assert weights["very tense"] > weights["quiet"] > weights["slightly dark"]


def test_a_word_can_hold_its_degree():
    assert term("pitch-black").minimum == term("very dark").minimum


def test_a_negation_asks_for_exactly_the_others():
    for words in ("dark", "very dark", "slightly dark"):
        plain, negated = term(words), term(f"not {words}")
        for value in (-1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 1.0):
            assert plain.accepts(value) != negated.accepts(value), (words, value)
        assert not plain.accepts(float("nan"))
        assert not negated.accepts(float("nan"))


def test_neither_dark_nor_bright_is_the_middle():
    query = parse("neither dark nor bright")
    assert all(one.accepts(0.0) for one in query.terms)
    assert not all(one.accepts(0.6) for one in query.terms)
    assert not all(one.accepts(-0.6) for one in query.terms)


def test_no_dialogue_is_stricter_than_not_talky():
    assert [one.measure for one in parse("no dialogue").conditions] == ["dialogue.speech_share"]
    assert parse("not talky").conditions == ()


def test_what_can_not_be_negated_is_reported():
    # "Not (bright and warm)" is an or.
    assert parse("not sun-drenched").not_understood == ("sun-drenched",)
    assert not parse("not sun-drenched").asks_something


def test_weights_add_up_to_one():
    for text in ("tense", "tense long take", "very sad, slightly dark, not loud", "pastel, tense"):
        assert sum(one.weight for one in parse(text).terms) == pytest.approx(1, abs=1e-12)


def test_a_quality_named_twice_counts_once():
    (only,) = parse("dark, very dim, unlit").terms
    assert only.minimum == 0.5
    assert only.weight == 1


@pytest.mark.parametrize(
    ("text", "key", "descending"),
    [
        ("the longest takes", "duration_seconds", True),
        ("longest scene", "duration_seconds", True),
        ("shortest shots", "duration_seconds", False),
        ("most tense scene", "tension", True),
        ("least colourful", "color.colorfulness", False),
        ("darkest", "lighting.luma_mean", False),
        ("slowest scenes", "pace.cuts_per_minute", False),
        ("scene with the most cuts", "pace.cuts_per_minute", True),
        ("as dark as possible", "lighting.luma_mean", False),
        ("dark shots, longest first", "duration_seconds", True),
        ("dark scenes sorted by length, shortest first", "duration_seconds", False),
        ("sorted by loudness", "sound.loudness_lufs", True),
        ("sad scenes ordered by tension", "tension", True),
        ("sorted by loudness ascending", "sound.loudness_lufs", False),
        ("the first tense shot", "start_seconds", False),
        ("last scene", "start_seconds", True),
        ("long scenes", "duration_seconds", True),
        ("pinkest", "pink", True),
    ],
)
def test_an_order(text, key, descending):
    sort = parse(text).sort
    assert sort is not None
    assert (sort.key, sort.descending) == (key, descending)


def test_a_superlative_orders_and_lets_all_in():
    (only,) = parse("darkest").terms
    assert all(only.accepts(value) for value in (-1.0, 0.0, 1.0))
    assert parse("dark").sort is None


@pytest.mark.parametrize(
    ("text", "unit", "given"),
    [
        ("tense long take", "shot", True),
        ("tense scenes", "scene", True),
        ("a sequence of calm", "scene", True),
        ("moment of awe", "scene", False),
        ("scenes without a long take", "scene", True),
        ("zoom in", "shot", False),
        ("fast cutting", "scene", False),
        ("dark", "shot", False),
        ("tense and dark", "shot", False),
        ("plan-sequence", "shot", True),
        ("love scene", "scene", True),
        ("ASL under 3 s", "scene", False),
    ],
)
def test_the_unit(text, unit, given):
    query = parse(text)
    assert (query.unit, query.unit_given) == (unit, given)


def test_the_unit_can_be_overridden():
    assert parse("tense long take", unit="scene").unit == "scene"


@pytest.mark.parametrize(
    ("text", "limit"),
    [("five darkest shots", 5), ("top 3 most suspenseful scenes", 3), ("give me 20 sad scenes", 20), ("dark", None)],
)
def test_how_many(text, limit):
    query = parse(text)
    assert query.limit == limit
    assert query.not_understood == ()


def test_a_number_of_things_is_no_number_of_hits():
    query = parse("two trains in a dark room")
    assert query.limit is None
    assert "two" in query.not_understood


def test_a_slip_is_proposed_and_not_taken():
    query = parse("tnse shot")
    assert not query.terms
    assert query.not_understood == ("tnse",)
    assert query.did_you_mean == (("tnse", "tense"),)


def test_other_words_are_proposed_for_what_is_not_measured():
    assert dict(parse("silent film").did_you_mean)["silent film"] == "no dialogue"


def test_a_word_of_its_own_is_no_slip():
    assert parse("over the hills with a train").did_you_mean == ()


@pytest.mark.parametrize(
    ("text", "measure", "op", "value"),
    [
        ("longer than 2'30", "duration_seconds", ">", 150),
        ("longer than 2'30\"", "duration_seconds", ">", 150),
        ("under 1′05″", "duration_seconds", "<", 65),
        ("at least three faces", "people.count", ">=", 3),
        ("no more than two people", "people.count", "<=", 2),
    ],
)
def test_minutes_with_a_prime_and_faces_as_numbers(text, measure, op, value):
    query = parse(text)
    assert [(one.measure, one.op, one.value) for one in query.conditions] == [(measure, op, value)]
    assert not query.not_understood
    assert not query.terms


def test_two_people_are_a_quality_and_close_ups_a_plural():
    assert [term.name for term in parse("two people, close ups").terms] == ["two_shot", "close_up"]
    assert not parse("two people, close ups").conditions


def test_quotes_alone_are_a_line_where_they_hold_no_vocabulary():
    (said,) = parse('somebody shouts "open the door"').said
    assert (said.text, said.by) == ("open the door", "words")
    assert [term.name for term in parse('"long take"').terms] == ["long_take"]
    assert [one.field for one in parse('bright, in "Film 08"').filters] == ["title"]
    assert not parse('like "Film 08"@3').said


def test_a_superlative_with_its_unit_before_first_knows_the_direction():
    sort = parse("shortest shots first").sort
    assert sort is not None
    assert (sort.key, sort.descending) == ("duration_seconds", False)


def test_nobody_negates_what_it_does():
    (term,) = parse("nobody smiles").terms
    assert (term.name, term.sign, term.inclusive) == ("smiling", -1, True)
