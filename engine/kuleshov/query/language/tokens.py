"""A query text as tokens: words, numbers, clock times, comparison signs and punctuation, each with its place.

Words are folded for comparison (case, accents, typographic apostrophes, the language's spelling variants); the typed
text is kept for what is shown. Hyphens and underscores split a word into tokens that are marked as joined.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

TokenKind = Literal["word", "number", "clock", "decade", "sign", "dash", "mark"]

_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:\.\d+)?(?![\d:])"
_LENGTH = r"(?:\d+h(?:\d+m(?:in)?)?(?:\d+s)?|\d+m(?:in)?\d+s|\d+['’′][0-5]?\d(?:[\"”″]|''|s)?)(?![^\W_])"
_NUMBER = r"(?:\d*[¼½¾⅓⅔]|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+[.,]\d+|\d+|\.\d+)(?![.,]?\d)"
_WORD = r"[^\W_]+(?:['’][^\W_]+)*"
_MARKS = r"&/+%,;.:!?()\[\]{}\"'“”‘’«»„|*"
_SIGNS = r"<>≤≥=~≈"
_DASHES = r"‐‑‒–—−_"
_LETTERS = re.compile(r"[^\W\d_]+(?:['’]?[^\W_]+)*")
#: Kinds of tokens by what the tokenizer's expression calls them; all else is a word.
_KINDS: dict[str, TokenKind] = {
    **{"clock": "clock", "length": "clock", "decade": "decade", "number": "number"},
    **{"sign": "sign", "dash": "dash", "mark": "mark"},
}
_PLAIN_SIGNS = {"=>": ">=", "=<": "<=", "==": "=", "≤": "<=", "≥": ">=", "≈": "~"}
#: Longer numbers are words: nothing is measured with so many digits.
_MOST_DIGITS = 15
_FRACTIONS = {"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_JOINERS = frozenset("-‐‑_")
_MINUS = frozenset("-−–")
_OPENING_QUOTES, _CLOSING_QUOTES = frozenset('"“„«»'), frozenset('"”“»«')
#: Signs that mean something in ``Text.coded``, should they be typed.
_UNCODED = dict.fromkeys(range(4), "?")


class Token(NamedTuple):
    """A piece of the text at ``start:end``; ``norm`` is how it is compared, ``number`` its place in the whole text.

    ``value``: a number's value, a clock time in seconds, the first year of a decade. ``joined``: only a hyphen or
    underscore comes before it.
    """

    kind: TokenKind
    norm: str
    start: int
    end: int
    value: float = 0.0
    joined: bool = False
    number: int = 0


class Text:
    """The tokens of a typed text: all of them, or those that are left to read. Places are places among these."""

    def __init__(self, typed: str, tokens: Sequence[Token]) -> None:
        self.typed, self.tokens = typed, tokens

    @cached_property
    def coded(self) -> str:
        """The tokens for regular expressions (``patterns``): each as what is before it, its kind, and its norm.

        Before it are a space (0), a hyphen that joins it (1), nothing (2), something that was taken out (3). Kinds are
        words that begin small (a), with a capital (A), all in capitals (U), with no letter (x); opening and closing
        quotes (o, q); and the first letters of the other kinds.
        """
        coded, opened = [], False
        for place, token in enumerate(self.tokens):
            before = self.tokens[place - 1] if place else None
            if token.number != (before.number + 1 if before is not None else 0):
                glue = "\3"
            elif token.joined:
                glue = "\1"
            else:
                glue = "\2" if before is not None and before.end == token.start else "\0"
            kind = token.kind[0]
            if token.kind == "word":
                typed = self.typed[token.start : token.end]
                kind = "x" if not typed[0].isalpha() else "a" if typed[0].islower() else "A"
                kind = "U" if typed.isupper() and not any(map(str.isdigit, typed)) else kind
            elif token.norm in (_CLOSING_QUOTES if opened else _OPENING_QUOTES):
                kind, opened = "q" if opened else "o", not opened
            coded.append(f"{glue}{kind}{token.norm.translate(_UNCODED)}")
        return "".join(coded)

    def place(self, at: int) -> int:
        """Return the place of the token that begins at a sign of ``coded``."""
        return self._places[at]

    @cached_property
    def _places(self) -> dict[int, int]:
        ends = accumulate((len(token.norm) + 2 for token in self.tokens), initial=0)
        return {at: place for place, at in enumerate(ends)}

    def __len__(self) -> int:
        return len(self.tokens)

    def norm(self, place: int) -> str:
        """Return the folded word at a place, "" after the end."""
        return self.tokens[place].norm if place < len(self.tokens) else ""

    def words(self, start: int, end: int) -> str:
        """Return the tokens ``start:end`` as typed, without what was taken out between them."""
        if start >= end:
            return ""
        return " ".join(self.typed[run[0].start : run[-1].end] for run in runs(self.tokens[start:end]))

    def without(self, taken: Collection[int]) -> Text:
        """Return what is left when the tokens of these numbers are taken out."""
        left: list[Token] = []
        for token in self.tokens:
            if token.number not in taken:
                cut = token.joined and token.number - 1 in taken
                left.append(token._replace(joined=False) if cut else token)
        return Text(self.typed, left)


def runs(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return tokens in stretches that follow each other in the text."""
    if tokens[-1].number - tokens[0].number == len(tokens) - 1:
        return [tokens]
    cuts = [at for at in range(1, len(tokens)) if tokens[at].number != tokens[at - 1].number + 1]
    return [tokens[start:end] for start, end in zip([0, *cuts], [*cuts, len(tokens)], strict=True)]


class Tokenizer:
    """Cuts texts of one language into tokens.

    ``spelling``: variants to replace inside words. ``units``: words that may stick to a number ("20s"); a number that
    other letters stick to is a word ("4k"). ``decades``: what ends a decade ("s": 1940s, '40s).
    """

    def __init__(self, spelling: Mapping[str, str], units: Collection[str], decades: Collection[str]) -> None:
        self._spelling, self._units = spelling, units
        endings = "|".join(map(re.escape, decades)) or "(?!)"
        self._token = re.compile(
            rf"(?P<decade>(?:(?:1[89]|20)\d0['’]?|['’]\d0['’]?)(?:{endings})\b)|(?P<clock>{_CLOCK})|(?P<length>{_LENGTH})"
            rf"|(?P<number>{_NUMBER})|(?P<word>{_WORD})|(?P<sign>>=|<=|=>|=<|==|[{_SIGNS}])"
            rf"|(?P<dash>\.\.+|…|[-{_DASHES}]+)|(?P<mark>[{_MARKS}])|(?P<other>[^\s{_MARKS}{_SIGNS}{_DASHES}\w-]+)"
        )

    def __call__(self, text: str) -> Text:
        """Return the tokens of a text; nothing but white space lies between them, and hyphens that join words."""
        tokens: list[Token] = []
        position = 0
        for match in self._token.finditer(text):
            if match.start() >= position:
                tokens.append(self._read(match, text))
                position = tokens[-1].end
        return Text(text, _joined(_signed(tokens, text), text))

    def fold(self, word: str) -> str:
        """Return a word as it is compared: without case and accents, with plain apostrophes, in the plain spelling."""
        folded = word.casefold().replace("’", "'").replace("‘", "'")
        if not folded.isascii():
            folded = "".join(part for part in unicodedata.normalize("NFD", folded) if not unicodedata.combining(part))
        for variant, plain in self._spelling.items():
            if variant in folded:
                folded = folded.replace(variant, plain)
        return folded

    def _read(self, match: re.Match[str], text: str) -> Token:
        start, end, word = match.start(), match.end(), match.group()
        kind, value = _KINDS.get(str(match.lastgroup), "word"), 0.0
        match match.lastgroup:
            case "clock":
                value = _clock_seconds(word)
            case "length":
                value = _length_seconds(word)
            case "decade":
                digits = int("".join(filter(str.isdigit, word)))
                value = digits if digits > 100 else 1900 + digits
            case "number":
                letters = _LETTERS.match(text, end)
                if (letters is None or self.fold(letters.group()) in self._units) and len(word) <= _MOST_DIGITS:
                    value = _number(word)
                else:
                    kind, end = "word", end if letters is None else letters.end()
        norm = self.fold(text[start:end]) if kind in ("word", "decade") else _PLAIN_SIGNS.get(word, word)
        return Token(kind, norm, start, end, value)


def _signed(tokens: list[Token], text: str) -> list[Token]:
    """Join a minus to its number where it can't be a hyphen or a range: "louder than -20"."""
    result: list[Token] = []
    for token in tokens:
        minus = result[-1] if result else None
        if (
            token.kind == "number"
            and minus is not None
            and minus.kind == "dash"
            and text[minus.start : minus.end] in _MINUS
            and minus.end == token.start
            and (len(result) < 2 or (result[-2].kind != "number" and result[-2].end < minus.start))
        ):
            result[-1] = Token("number", f"-{token.norm}", minus.start, token.end, -token.value)
        else:
            result.append(token)
    return result


def _joined(tokens: list[Token], text: str) -> list[Token]:
    """Drop the hyphens inside words, mark what they join, and number the tokens."""
    result: list[Token] = []
    for place, token in enumerate(tokens):
        before = result[-1] if result else None
        if token.kind == "dash" and before is not None and place + 1 < len(tokens):
            after = tokens[place + 1]
            tight = before.end == token.start and token.end == after.start
            if tight and text[token.start : token.end] in _JOINERS and "word" in (before.kind, after.kind):
                continue
        between = text[before.end : token.start] if before is not None else ""
        joined = between != "" and not between.isspace()
        result.append(token._replace(joined=joined, number=len(result)) if joined or result else token)
    return result


def _number(word: str) -> float:
    if word[-1] in _FRACTIONS:
        return float(word[:-1] or 0) + _FRACTIONS[word[-1]]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", word):
        return float(word.replace(",", ""))
    return float(word.replace(",", "."))


def _clock_seconds(word: str) -> float:
    seconds = 0.0
    for part in word.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _length_seconds(word: str) -> float:
    """Read 1h30m, 2m30s, and 2'30 (minutes and seconds)."""
    factors = {"h": 3600.0, "m": 60.0, "'": 60.0, "’": 60.0, "′": 60.0}
    return sum(float(number) * factors.get(unit, 1.0) for number, unit in re.findall(r"(\d+)([hms'’′]?)", word))
