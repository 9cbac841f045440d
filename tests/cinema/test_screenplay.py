"""A screenplay is aligned with a film's lines: whole, with cuts, moved scenes and other words; another film's is
refused."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pytest

from kuleshov.cinema.dialogue.screenplay import follow_screenplay, heading_between, written_scenes
from kuleshov.cinema.dialogue.word_alignment import align_words, word_weights, words_of
from kuleshov.media.screenplay import Screenplay, parse_screenplay
from kuleshov.records import Line

NAMES = ("ANNA", "BRUNO", "CLARA", "DAVID", "EMMA")
PLACES = ("KITCHEN", "HARBOUR", "OFFICE", "ROOF", "TRAIN", "CHURCH", "FOREST", "HOTEL")
COMMON = [
    "you",
    "i",
    "the",
    "to",
    "a",
    "it",
    "that",
    "of",
    "is",
    "in",
    "what",
    "we",
    "me",
    "this",
    "on",
    "for",
    "my",
    "your",
    "no",
    "yes",
    "know",
    "not",
    "do",
    "have",
]


@dataclass(frozen=True)
class Truth:
    speaker: str
    scene: int


def vocabulary(draw: random.Random) -> list[str]:
    return ["".join(draw.choice("bcdfglmnprst") + draw.choice("aeiou") for _ in range(3)) for _ in range(900)]


def make_pair(
    seed: int,
    *,
    cut: float = 0.0,
    moved: int = 0,
    other_words: float = 0.0,
    added: float = 0.0,
) -> tuple[Screenplay, list[Line], list[Truth | None]]:
    """A screenplay of 16 scenes and the lines of a film that was made of it, with the truth of each line.

    ``cut`` share of the speeches is not in the film, ``moved`` scenes are elsewhere, ``other_words`` share of the words
    is replaced, ``added`` share of lines is in no script. Long speeches are two subtitles.
    """
    draw = random.Random(seed)
    rare = vocabulary(draw)

    def sentence() -> list[str]:
        length = draw.choice((1, 2, 4, 6, 9, 14))
        return [draw.choice(COMMON) if draw.random() < 0.6 else draw.choice(rare) for _ in range(length)]

    script: list[str] = []
    scenes: list[list[tuple[str, list[str]]]] = []
    for number in range(16):
        inside, time = draw.choice(("INT", "EXT")), draw.choice(("DAY", "NIGHT"))
        script.append(f"{inside}. {PLACES[number % 8]} {number} - {time}\n\nSomething happens.")
        speeches = []
        for _ in range(draw.randint(6, 16)):
            name, words = draw.choice(NAMES), sentence()
            how = "(quietly)\n" if draw.random() < 0.2 else ""
            script.append(f"{name}\n{how}{' '.join(words).capitalize()}.")
            speeches.append((name, words))
        scenes.append(speeches)
    order = list(range(16))
    for _ in range(moved):
        order.insert(draw.randrange(16), order.pop(draw.randrange(16)))
    lines: list[Line] = []
    truth: list[Truth | None] = []
    now = 10.0
    for number in order:
        for name, words in scenes[number]:
            if draw.random() < cut:
                continue
            spoken = [draw.choice(rare) if draw.random() < other_words else word for word in words]
            halves = [spoken[:7], spoken[7:]] if len(spoken) > 9 else [spoken]
            made: list[tuple[list[str], Truth | None]] = [(half, Truth(name, number)) for half in halves]
            if draw.random() < added:
                made.append((sentence(), None))
            for said, true in made:
                text = " ".join(said).capitalize() + "."
                lines.append(Line(len(lines), now, now + 1.5, "speech", text, None, None))
                truth.append(true)
                now += 2.0
        now += 6.0
    return parse_screenplay("\n\n".join(script)), lines, truth


def scores(found: tuple[Line, ...], truth: list[Truth | None]) -> tuple[float, float, float]:
    """Shares: correctly named of the script's lines, wrongly named of the named ones, and of lines in their scene."""
    wanted = [(line, true) for line, true in zip(found, truth, strict=True) if true is not None]
    named = [(line, true) for line, true in zip(found, truth, strict=True) if line.speaker is not None]
    right = sum(line.speaker == true.speaker for line, true in wanted)
    wrong = sum(true is None or line.speaker != true.speaker for line, true in named)
    scene = sum(line.screenplay is not None and line.screenplay.scene == true.scene for line, true in wanted)
    return right / len(wanted), wrong / max(len(named), 1), scene / len(wanted)


@pytest.mark.parametrize(
    ("changes", "least_right", "most_wrong"),
    [
        ({}, 0.99, 0.0),
        ({"cut": 0.3}, 0.95, 0.03),
        ({"cut": 0.2, "moved": 4}, 0.9, 0.04),
        ({"other_words": 0.25}, 0.85, 0.04),
        ({"cut": 0.2, "moved": 3, "other_words": 0.15, "added": 0.15}, 0.8, 0.1),
    ],
    ids=["whole", "cut", "cut and moved", "other words", "all"],
)
def test_lines_find_their_speeches(changes: dict[str, float], least_right: float, most_wrong: float) -> None:
    results = []
    for seed in range(2):
        screenplay, lines, truth = make_pair(seed, **changes)  # type: ignore[arg-type]
        found = follow_screenplay(lines, screenplay)
        assert found.fits, found.note
        results.append(scores(found.lines, truth))
    right, wrong, scene = np.mean(results, axis=0)
    assert right >= least_right, results
    assert wrong <= most_wrong, results
    assert scene >= least_right - 0.02, results


def test_another_films_screenplay_is_left_aside() -> None:
    screenplay, _, _ = make_pair(1)
    _, lines, _ = make_pair(77)
    found = follow_screenplay(lines, screenplay)
    assert not found.fits
    assert found.lines == tuple(lines)
    assert "not used" in found.note


def test_confidence_falls_with_what_is_changed() -> None:
    means = []
    for other_words in (0.0, 0.2, 0.4):
        screenplay, lines, _ = make_pair(3, other_words=other_words)
        scripted = [line.screenplay for line in follow_screenplay(lines, screenplay).lines]
        means.append(np.mean([script.confidence if script else 0.0 for script in scripted]))
    assert means[0] > means[1] > means[2]


def test_headings_lie_where_their_lines_are() -> None:
    screenplay, lines, truth = make_pair(5, cut=0.2)
    found = written_scenes(follow_screenplay(lines, screenplay).lines)
    for number, scene in enumerate(screenplay.scenes):
        here = [line for line, true in zip(lines, truth, strict=True) if true and true.scene == number]
        heading = heading_between(found, here[0].start_seconds, here[-1].end_seconds)
        assert heading is not None
        assert scene.heading is not None
        assert heading.text == scene.heading.text
        assert heading.confidence > 0.6
    assert heading_between(found, 0.0, 5.0) is None


def test_names_of_the_subtitles_stay_and_manners_are_added() -> None:
    screenplay = parse_screenplay("EXT. PIER - DUSK\n\nANNA\n(whispering)\nThe lighthouse keeper vanished yesterday.\n")
    line = Line(0, 1.0, 3.0, "speech", "The lighthouse keeper vanished yesterday!", "Anna K.", None)
    (scripted,) = follow_screenplay([line], screenplay).lines
    assert scripted.speaker == "Anna K."
    assert scripted.screenplay is not None
    assert (scripted.screenplay.character, scripted.screenplay.parenthetical) == ("ANNA", "whispering")
    assert scripted.screenplay.heading is not None
    assert scripted.screenplay.heading.time_of_day == "dusk"


def test_the_alignment_is_the_heaviest_there_is() -> None:
    draw = random.Random(0)
    for _ in range(100):
        one, other = ([draw.choice("abcdefg") for _ in range(draw.randint(0, 18))] for _ in range(2))
        weights = word_weights(one, other)
        found = align_words(one, other, weights)
        pairs = [(row, column) for row, column in enumerate(found.tolist()) if column >= 0]
        assert all(one[row] == other[column] for row, column in pairs)
        assert [column for _, column in pairs] == sorted({column for _, column in pairs})
        best = np.zeros((len(one) + 1, len(other) + 1))
        for row, word in enumerate(one):
            for column, against in enumerate(other):
                diagonal = best[row, column] + (weights[word] if word == against else 0)
                best[row + 1, column + 1] = max(best[row, column + 1], best[row + 1, column], diagonal)
        assert sum(weights[one[row]] for row, _ in pairs) == pytest.approx(best[-1, -1], abs=1e-4)


def test_words_are_compared_without_accents_case_and_apostrophes() -> None:
    assert words_of("Don’t say “CAFÉ”, Übermut!") == ["dont", "say", "cafe", "ubermut"]
