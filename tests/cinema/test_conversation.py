"""Conversations: threats, farewells, turns, interruptions, and feeling weighted by words."""

from __future__ import annotations

import pytest

from kuleshov.cinema.dialogue.conversation import Conversation, describe_conversation, is_farewell, is_threat
from kuleshov.cinema.dialogue.language import detect_language, short_code
from kuleshov.cinema.dialogue.utterances import utterances
from kuleshov.media.subtitles import SubtitleLine
from kuleshov.records import LINE_EMOTIONS, Line, LineEmotion


@pytest.mark.parametrize(
    "text",
    [
        "I'll kill you!",
        "You’re dead.",
        "Drop the gun!",
        "Hands up!",
        "We will find you.",
        "Give it to me or I'll shoot.",
    ],
)
def test_threats(text: str) -> None:
    assert is_threat(text)
    assert not is_farewell(text)


@pytest.mark.parametrize(
    "text", ["Goodbye, Anna.", "Bye!", "Good night.", "See you tomorrow.", "Take care.", "So long."]
)
def test_farewells(text: str) -> None:
    assert is_farewell(text)
    assert not is_threat(text)


@pytest.mark.parametrize(
    "text",
    ["I see you have it.", "It took so long to get here", "Take care of her.", "I killed time.", "Find your shoes."],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert not is_farewell(text)
    assert not is_threat(text)


def test_turns_and_interruptions_between_speakers() -> None:
    lines = utterances(
        [
            SubtitleLine(0.0, 2.0, "- I never wanted--\n- You did!"),
            SubtitleLine(2.2, 3.0, "ANNA: Stop it."),
            SubtitleLine(3.2, 4.0, "BORIS: Why--"),
            SubtitleLine(4.1, 5.0, "ANNA: Because."),
            SubtitleLine(5.0, 6.0, "ANNA: Go."),
        ]
    )
    found = describe_conversation(lines, start_seconds=0.0, end_seconds=30.0, language="en")
    assert found.turns_per_minute == 6.0
    assert found.interruptions == 2
    assert describe_conversation(lines, start_seconds=10.0, end_seconds=30.0, language="en") == Conversation()
    assert describe_conversation(lines, start_seconds=0.0, end_seconds=30.0, language="fr").threats is None


def felt(index: int, text: str, emotion: str, valence: float) -> Line:
    probabilities = {name: 1.0 if name == emotion else 0.0 for name in LINE_EMOTIONS}
    return Line(index, index, index + 1.0, "speech", text, None, LineEmotion(probabilities, valence, 0.0, 0.5))


def test_feeling_is_the_mean_over_words() -> None:
    lines = [felt(0, "one two three", "anger", -0.8), felt(1, "four", "neutral", 0.0)]
    found = describe_conversation(lines, start_seconds=0, end_seconds=9, language="en")
    assert found.emotions is not None
    assert found.emotions["anger"] == pytest.approx(0.75)
    assert found.valence == pytest.approx(-0.6)
    assert found.strong_feeling == pytest.approx(0.75)
    assert found.hostility == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I don't know what you want from me. It's not my fault that he is gone, and you know it."),
        ("de", "Ich weiß nicht, was du von mir willst. Das ist nicht meine Schuld, dass er weg ist, und du weißt es."),
        ("fr", "Je ne sais pas ce que tu veux. Ce n'est pas ma faute si il est parti, et tu le sais, mais bon."),
        ("es", "No sé lo que quieres de mí. No es mi culpa que se fue, y tú lo sabes, pero está bien así."),
        ("it", "Non so che cosa vuoi da me. Non è colpa mia se lui è andato via, e tu lo sai, ma ti prego."),
        (
            "pt",
            "Não sei o que você quer de mim. Não é minha culpa que ele foi embora, e você sabe disso, mas está bem.",
        ),
        (
            "nl",
            "Ik weet niet wat je van me wilt. Het is niet mijn schuld dat hij weg is, en je weet het maar al te goed.",
        ),
        ("ru", "Я не знаю, что ты хочешь от меня. Это не моя вина, что он ушёл, и ты это знаешь, но так всё и есть."),
        ("pl", "Nie wiem, czego ode mnie chcesz. To nie jest moja wina, że on odszedł, i ty o tym wiesz, ale co tam."),
        ("ja", "何が欲しいのか分からない。"),
        ("ko", "무슨 말을 해야 할지 모르겠어요."),
        ("el", "Δεν ξέρω τι θέλεις."),
        (None, "Yes. No. Stop."),
        (None, "Xyzzy plugh " * 20),
    ],
)
def test_languages_are_told_from_their_words(language: str | None, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("stated", "short"), [("eng", "en"), ("en-US", "en"), ("pt_BR", "pt"), ("ger", "de"), ("xx", "xx"), (None, None)]
)
def test_stated_languages_are_two_letters(stated: str | None, short: str | None) -> None:
    assert short_code(stated) == short
