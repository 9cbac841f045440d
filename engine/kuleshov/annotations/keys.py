"""Keys as a statement: one segment labelled by single keys, the same from a terminal, a pipe or a test.

First valence, arousal and tension, each ``1`` to ``9`` (the nine points of the Self-Assessment Manikin: Bradley & Lang,
J. Behav. Ther. Exp. Psychiatry 25(1), 1994; 5 is the middle) or ``-`` for none; then moods by the letters ``a`` to
``l``, each on or off, or ``-`` for no word on moods; Enter is done. At any time: ``w`` words up to the end of the line
(``light:low-key`` for a sense), ``s`` skip, ``u`` undo, ``q`` quit. So a segment is a line: ``284fk``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kuleshov.annotations.statement import SENSES
from kuleshov.annotations.vocabulary import Vocabulary
from kuleshov.errors import AnnotationError
from kuleshov.records import MOODS

#: The dimensions that are asked for by a key; dominance can be imported from a table.
ASKED = ("valence", "arousal", "tension")
#: The key of each mood.
MOOD_KEYS: Mapping[str, str] = dict(zip("abcdefghijkl", MOODS, strict=True))
#: What becomes of the segment. ``again``: undone before anything was said of it, so the one before is meant.
Outcome = Literal["done", "skip", "again", "quit"]
_ENDS: Mapping[str, Outcome] = {"s": "skip", "q": "quit", "": "quit"}
_HELP = "1 to 9, a mood's letter, - none, Enter done, w words, s skip, u undo, q quit"


@dataclass
class Answer:
    """What was said of one segment so far; ``scores()`` is what a statement of it holds."""

    numbers: dict[str, float] = field(default_factory=dict)  # of the dimensions
    moods: set[str] | None = field(default_factory=set)  # None: no word on moods
    words: list[str] = field(default_factory=list)
    senses: dict[str, list[str]] = field(default_factory=dict)

    def scores(self, vocabulary: Vocabulary) -> dict[str, float]:
        """Numbers and moods, and what the words say where these leave it open."""
        of_words = vocabulary.scores(self.words)
        named = {} if self.moods is None else {mood: float(mood in self.moods) for mood in MOODS}
        said = of_words | self.numbers | named
        if self.moods is not None:
            said |= {mood: max(value, said[mood]) for mood, value in of_words.items() if mood in MOODS}
        return said

    def add_words(self, line: str, vocabulary: Vocabulary) -> None:
        """Take words of a line; raises ``AnnotationError`` for one that is not known, then none is taken."""
        words: list[str] = []
        senses: dict[str, list[str]] = {}
        for word in line.split():
            sense, colon, value = word.partition(":")
            if colon and sense in SENSES:
                senses.setdefault(sense, []).append(value)
            else:
                words.append(word)
        vocabulary.scores(words)
        vocabulary.check_senses(senses)
        self.words += words
        for sense, values in senses.items():
            self.senses[sense] = sorted({*self.senses.get(sense, []), *values})


def ask(
    key: Callable[[], str], line: Callable[[], str], say: Callable[[str], None], vocabulary: Vocabulary
) -> tuple[Outcome, Answer]:
    """Ask for one segment. ``key`` gives the next key and ``line`` the rest of a line; ``""`` is the end of input."""
    answer, step = Answer(), 0
    say(_prompt(step, answer))
    while True:
        pressed = key()
        if pressed in _ENDS:
            return _ENDS[pressed], answer
        if pressed == "u":
            if step == 0 and not answer.words and not answer.senses:
                return "again", answer
            answer, step = Answer(), 0
        elif pressed == "w":
            try:
                answer.add_words(line(), vocabulary)
            except AnnotationError as error:
                say(f"{error}\n")
        elif step == len(ASKED) and pressed in "\r\n":
            return ("done" if answer.scores(vocabulary) or answer.senses else "skip"), answer
        elif pressed.isspace():
            continue
        elif step < len(ASKED):
            step += _number(pressed, ASKED[step], answer, say)
        else:
            _mood(pressed, answer, say)
        say(_prompt(step, answer))


def _number(pressed: str, dimension: str, answer: Answer, say: Callable[[str], None]) -> bool:
    """Take a key for a dimension; False if it is none."""
    if pressed in "123456789":
        answer.numbers[dimension] = (int(pressed) - 5) / 4
    elif pressed != "-":
        say(f"{pressed!r}? {_HELP}\n")
        return False
    return True


def _mood(pressed: str, answer: Answer, say: Callable[[str], None]) -> None:
    if pressed in MOOD_KEYS:
        answer.moods = (answer.moods or set()) ^ {MOOD_KEYS[pressed]}
    elif pressed == "-":
        answer.moods = None
    else:
        say(f"{pressed!r}? {_HELP}\n")


def _prompt(step: int, answer: Answer) -> str:
    if step < len(ASKED):
        return f"{ASKED[step]} 1-9? "
    if answer.moods is None:
        return "moods (none asked)? "
    return f"moods ({', '.join(mood for mood in MOODS if mood in answer.moods) or 'none'})? "
