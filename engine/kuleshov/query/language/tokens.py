"""Query text as tokens: words, numbers, clock times, comparison signs and punctuation, each with its place.

Words are folded for comparison (case, typographic apostrophes, the language's spelling variants); the text itself is
kept for what is shown. Hyphens and underscores inside a word part it into tokens that remember they were joined.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

TokenKind = Literal["word", "number", "clock", "sign", "dash", "mark"]

#: Whole words that look like numbers and are none of ours: decades ("1940s", "the '80s"), ordinals, "4k", "2x".
_DECADE = r"(?:1[89]|20)\d0['’]?s\b|['’]\d0['’]?s\b"
_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:\.\d+)?(?![\d:])"
_LENGTH = r"(?:\d+h(?:\d+m(?:in)?)?(?:\d+s)?|\d+m(?:in)?\d+s|\d+['’′][0-5]?\d(?:[\"”″]|''|s)?)(?![^\W_])"
_NUMBER = r"(?:\d*[¼½¾⅓⅔]|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+[.,]\d+|\d+|\.\d+)(?![.,]?\d)"
_WORD = r"[^\W_]+(?:['’][^\W_]+)*"
_LETTERS = re.compile(r"[^\W\d_]+(?:['’]?[^\W_]+)*")
_TOKEN = re.compile(
    rf"(?P<decade>{_DECADE})|(?P<clock>{_CLOCK})|(?P<length>{_LENGTH})|(?P<number>{_NUMBER})|(?P<word>{_WORD})"
    r"|(?P<sign>>=|<=|=>|=<|==|[<>≤≥=~≈])|(?P<dash>\.\.+|…|[-‐‑‒–—−_]+)|(?P<mark>[&/+%,;.:!?()\[\]{}\"'“”‘’«»|*])"
    r"|(?P<other>[^\s&/+%,;.:!?()\[\]{}\"'“”‘’«»|*<>≤≥=~≈‐‑‒–—−_\w-]+)"
)
_SIGNS = {"=>": ">=", "=<": "<=", "==": "=", "≤": "<=", "≥": ">=", "≈": "~"}
#: Longer numbers are words: nothing is measured with so many digits.
_MOST_DIGITS = 15
_FRACTIONS = {"¼": 0.25, "½": 0.5, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_JOINERS = frozenset("-‐‑_")
_MINUS = frozenset("-−–")


@dataclass(frozen=True)
class Token:
    """A piece of the text at ``start:end``. ``value``: a number's value, or a clock time in seconds.

    ``joined``: only a hyphen or underscore stands before it."""

    kind: TokenKind
    norm: str
    start: int
    end: int
    value: float = 0.0
    joined: bool = False


def tokenize(text: str, *, spelling: Mapping[str, str], units: frozenset[str]) -> tuple[Token, ...]:
    """Return the tokens of a text; nothing but white space lies between them, and hyphens that join words.

    ``spelling``: variants to replace inside words. ``units``: words that may stick to a number ("20s"); a number that
    other letters stick to is a word ("4k").
    """
    tokens: list[Token] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() < position:
            continue
        token = _token(match, text, spelling, units)
        position = token.end
        tokens.append(token)
    return tuple(_joined(_signed(tokens, text), text))


def _token(match: re.Match[str], text: str, spelling: Mapping[str, str], units: frozenset[str]) -> Token:
    start, end, group = match.start(), match.end(), match.lastgroup
    word = match.group()
    if group in ("clock", "length"):
        seconds = _clock_seconds(word) if group == "clock" else _length_seconds(word)
        return Token("clock", word, start, end, value=seconds)
    if group == "number":
        letters = _LETTERS.match(text, end)
        sticks = letters is not None and fold(letters.group(), spelling) not in units
        if not sticks and len(word) <= _MOST_DIGITS:
            return Token("number", word, start, end, value=_number(word))
        end = letters.end() if letters is not None else end
        return Token("word", fold(text[start:end], spelling), start, end)
    if group == "sign":
        return Token("sign", _SIGNS.get(word, word), start, end)
    if group == "dash":
        return Token("dash", word, start, end)
    return Token("mark", word, start, end) if group == "mark" else Token("word", fold(word, spelling), start, end)


def fold(word: str, spelling: Mapping[str, str]) -> str:
    """Return a word as it is compared: without case and accents, with plain apostrophes, in the plain spelling."""
    folded = word.casefold().replace("’", "'").replace("‘", "'")
    if not folded.isascii():
        folded = "".join(part for part in unicodedata.normalize("NFD", folded) if not unicodedata.combining(part))
    for variant, plain in spelling.items():
        folded = folded.replace(variant, plain)
    return folded


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
            and (len(result) < 2 or (result[-2].kind not in ("number", "clock") and result[-2].end < minus.start))
        ):
            result[-1] = Token("number", f"-{token.norm}", minus.start, token.end, value=-token.value)
        else:
            result.append(token)
    return result


def _joined(tokens: list[Token], text: str) -> list[Token]:
    """Drop the hyphens inside words and mark what they join, and what stands without a space."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        before = result[-1] if result else None
        if token.kind == "dash" and before is not None and after is not None and _joins(token, before, after, text):
            continue
        between = text[before.end : token.start] if before is not None else ""
        result.append(replace(token, joined=between != "" and not between.isspace()))
    return result


def _joins(dash: Token, before: Token, after: Token, text: str) -> bool:
    tight = before.end == dash.start and dash.end == after.start
    return tight and text[dash.start : dash.end] in _JOINERS and "word" in (before.kind, after.kind)


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
