"""Patterns of tokens, as the vocabulary writes them: ``"directed by {name}"``, ``"in? {tongue} (language|spoken)"``.

- words stand for themselves (folded; a word in capitals only for one in capitals), ``^`` for the start and ``$`` for
  the end of the text, or of what is left of it in one piece
- ``a|b`` is one of several, ``x?`` may be left out, brackets ``( )`` hold together; a bracket itself is ``\\(``
- ``{x}`` is a slot (``_SLOTS``), a list of names of nations, or one of the vocabulary's ``[rules]``
- ``[x]`` must follow, ``[not x]`` must not, and ``[< x]``, at the start, must go before; they are no part of it
- a pattern that begins with ``~`` is read last, among what nothing else has read

A rule is a list of patterns, and its value what they take; or a table of such lists, and its value the key. A pattern
becomes a regular expression over a text as ``Text.coded`` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

from kuleshov.query.language.phrases import PhraseTable, spellings
from kuleshov.query.language.tokens import Text

_LEXEME = re.compile(r"\\.|\{\w+\}|\[not\b|\[<|[()\[\]|?]|[^\s()\[\]|?{}\\]+")
#: A token is coded as what is before it (space, hyphen, nothing, something that was taken out), its kind and its norm.
_BEFORE, _SIGN = "[\0-\3]", "[^\0-\3]"


def _token(kinds: str, norm: str = f"{_SIGN}+") -> str:
    return f"{_BEFORE}{kinds}{norm}(?!{_SIGN})"


_JOINED = f"(?:\1{_SIGN}+)*+"
_INITIAL = f"{_SIGN}(?=\1|\2m\\.{_BEFORE}[AU])"
_NAME = _token("[AU]", f"(?:{_SIGN}{{2,}}|{_INITIAL})") + f"{_JOINED}(?:\2m\\.(?={_BEFORE}[AU]))?"
_CAPITALS = _token("U", f"(?:{_SIGN}{{2,}}|{_INITIAL})") + f"(?:\1U{_SIGN}+)*(?:\2m\\.(?={_BEFORE}U))?"
_PARTICLE = _token("a", "(?:de|da|del|della|di|du|van|von|der|den|la|le|el|y)")
#: What a pattern can leave open, in any language; DECADES: what ends a decade in digits.
_SLOTS = {
    # a word or number, with what hyphens join to it
    "word": _token("[aAUxncd]") + _JOINED,
    # as few words as what follows allows, the first beginning with a letter
    "words": _token("[aAU]") + f"(?:[\0-\2][aAUxncd]{_SIGN}+)*?",
    # as few tokens as what follows allows, of any kind but a comma or semicolon
    "phrase": _token("(?!m[,;])") + f"(?:[\0-\2](?!m[,;]){_SIGN}+)*?",
    # what is in quotes
    "quoted": f"(?:{_BEFORE}(?!q){_SIGN}+)+",
    # a title without quotes, before "@"
    "title": f"(?:{_BEFORE}(?![oq]|x@){_SIGN}+)+?",
    # a time in a film, in seconds or as 1:02:03
    "time": _token("[nc]", rf"\d{_SIGN}*") + f"(?:\2as(?!{_SIGN}))?(?!\2[aAUx])",
    # a number that may be a year of cinema
    "four_digits": _token("n", r"(?:18[89]|19\d|20\d)\d"),
    # a decade that can be nothing else: "1940s", "'60s"; and one that can: "40s"
    "decade": _token("d", rf"(?:\d{{4}}|'[2-9]0){_SIGN}*"),
    "short_decade": _token("n", "[2-9]0")
    + f"(?:\2m['’])?\2a(?:DECADES)(?!{_SIGN})|"
    + _token("x", "[2-9]0(?:DECADES)"),
    # a name in capitalised words: "Ozu", "F. W. Murnau", "Vittorio De Sica"; one with a possessive 's
    "name": f"{_NAME}(?:(?:{_PARTICLE})*{_NAME})*",
    "owner": f"(?:{_NAME})*?" + _token("[AU]", f"{_SIGN}{{2,}}'s"),
    # a capitalised word
    "capitalised": _NAME,
    # a name, and a word that begins small, that the vocabulary does not know: who reads it looks that up
    "new_name": f"{_NAME}(?:(?:{_PARTICLE})*{_NAME})*",
    "new_word": _token("a") + _JOINED,
    # a name all in capitals, as subtitles and scripts write it
    "capitals": f"(?:{_CAPITALS})+(?!\1)",
}
_EXACT = frozenset({"quoted", "capitals", "time"})


class Reading(NamedTuple):
    """Tokens ``start:end`` that a pattern takes: what it is of (``kind``), and the values of its slots and rules."""

    kind: str
    words: str
    start: int
    end: int
    values: Sequence[tuple[str, Any]]

    @property
    def is_exact(self) -> bool:
        """Whether it takes what is in quotes or capitals, or a time."""
        return any(name in _EXACT for name, _ in self.values)

    def all(self, name: str) -> list[Any]:
        """Return the values of a slot or rule, which a pattern may have more than once."""
        return [value for slot, value in self.values if slot == name]

    def get(self, *names: str) -> Any:
        """Return the value of the first of these slots and rules that was filled, ``None`` where none was."""
        return next((value for name in names for value in self.all(name)), None)


class Pattern(NamedTuple):
    """A compiled pattern of a ``kind``; ``groups``: the slot or rule of each group of the expression, and a rule's key.

    ``last``: it is read last, among what nothing else has read.
    """

    kind: str
    expression: re.Pattern[str]
    groups: Mapping[str, tuple[str, str | None]]
    tables: Mapping[str, PhraseTable[Any]]
    last: bool

    def reading(self, text: Text, match: re.Match[str]) -> Reading:
        """Return what a match of the expression in ``text.coded`` takes."""
        start, end = (text.place(at) for at in match.span("all"))
        values = [self._value(text, group, match) for group in self.groups if match[group] is not None]
        return Reading(self.kind, text.words(start, end), start, end, values)

    def _value(self, text: Text, group: str, match: re.Match[str]) -> tuple[str, Any]:
        name, key = self.groups[group]
        start, end = (text.place(at) for at in match.span(group))
        if name in self.tables:
            phrase = self.tables[name].match(text.tokens, start)
            return name, None if phrase is None else phrase.value
        if name == "time":
            return name, text.tokens[start].value
        return name, text.words(start, end) if key is None else key


class Grammar:
    """Compiles the patterns of a vocabulary."""

    def __init__(
        self,
        rules: Mapping[str, Any],
        *,
        split: Callable[[str], tuple[str, ...]],
        decades: Sequence[str],
        tables: Mapping[str, PhraseTable[Any]],
    ) -> None:
        self._rules, self._split, self._tables = rules, split, tables
        endings = "|".join(map(re.escape, decades))
        self._slots = {name: slot.replace("DECADES", endings) for name, slot in _SLOTS.items()}
        self._groups: dict[str, tuple[str, str | None]] = {}
        self._numbers = count()

    def pattern(self, text: str, *, kind: str) -> Pattern:
        """Return a compiled pattern. Raises ``ValueError`` for what is none."""
        self._groups = {}
        lexemes = _LEXEME.findall(text.removeprefix("~"))
        before = ""
        if lexemes[:1] == ["[<"]:
            before = self._part(lexemes)
        expression = f"{before}(?P<all>{self._alternatives(lexemes)})"
        if lexemes:
            raise ValueError(f"pattern {text!r}: {lexemes[0]!r} closes nothing")
        return Pattern(kind, re.compile(expression), dict(self._groups), self._tables, text.startswith("~"))

    def _alternatives(self, lexemes: list[str]) -> str:
        """Translate alternatives off the front of a list of lexemes, up to what closes them."""
        branches = [""]
        while lexemes and lexemes[0] not in (")", "]"):
            if lexemes[0] == "|":
                lexemes.pop(0)
                branches.append("")
            else:
                branches[-1] += self._part(lexemes)
        return f"(?:{'|'.join(branches)})"

    def _part(self, lexemes: list[str]) -> str:
        lexeme = lexemes.pop(0)
        if lexeme in ("(", "[", "[not", "[<"):
            known = set(self._groups)
            inner = self._alternatives(lexemes)
            if not lexemes or lexemes.pop(0) != (")" if lexeme == "(" else "]"):
                raise ValueError(f"{lexeme!r} is not closed")
            if lexeme != "(":  # what only follows or goes before has no values
                self._groups = {group: self._groups[group] for group in self._groups if group in known}
            part = {"[": f"(?={inner})", "[not": f"(?!{inner})"}.get(lexeme, inner)
        elif lexeme in ("^", "$"):
            part = r"\A" if lexeme == "^" else "(?=\3|\\Z)"
        elif lexeme.startswith("{"):
            part = self._named(lexeme[1:-1])
        elif lexeme.isupper():
            part = "".join(_token("U", re.escape(norm)) for norm in self._split(lexeme))
        else:
            word = lexeme.removeprefix("\\")
            written = spellings(word) if word[-1].isalnum() else [word]
            part = f"(?:{'|'.join(self._words(self._split(one)) for one in written)})"
        if lexemes[:1] == ["?"]:
            lexemes.pop(0)
            part = f"(?:{part})?"
        return part

    def _words(self, norms: Sequence[str], endings: Sequence[str] = ("",)) -> str:
        *first, last = map(re.escape, norms)
        last = f"{last}(?:{'|'.join(map(re.escape, endings))})"
        return "".join(_token(_SIGN, norm) for norm in (*first, last))

    def _named(self, name: str) -> str:
        if name == "quoted":
            return _token("o", _SIGN) + self._group(name, self._slots[name]) + _token("q", _SIGN)
        if name in self._slots:
            return self._group(name, self._slots[name])
        if name in self._tables:
            forms = sorted(self._tables[name].forms(), key=lambda form: -len(form[0]))
            return self._group(name, "|".join(self._words(*form) for form in forms))
        rule = self._rules.get(name)
        if isinstance(rule, Mapping):
            keyed = [self._group(name, self._any(texts), key) for key, texts in rule.items()]
            return f"(?:{'|'.join(keyed)})"
        if rule is None:
            raise ValueError(f"{{{name}}} is no slot, list or rule")
        return self._group(name, self._any(rule))

    def _any(self, texts: Sequence[str]) -> str:
        return self._alternatives(_LEXEME.findall(" | ".join(texts)))

    def _group(self, name: str, expression: str, key: str | None = None) -> str:
        group = f"g{next(self._numbers)}"
        self._groups[group] = (name, key)
        return f"(?P<{group}>{expression})"
