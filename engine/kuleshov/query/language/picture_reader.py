"""What a query wants to see that nothing measures: words that nothing else understands, for an image-text model.

"A train at dusk", "showing a woman at a window", ``shows "two men on a roof"``. What the vocabulary knows of such words
is read as well, but in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kuleshov.query.language.claims import Claim
from kuleshov.query.language.lexicon import Lexicon
from kuleshov.query.language.patterns import Reading
from kuleshov.query.language.tokens import Text
from kuleshov.query.parts.picture import PictureQuery
from kuleshov.query.spec.query import Role

_LETTERS = re.compile(r"[^\W\d_]{2}")
#: What ends a stretch of words that belong together.
_ENDS = frozenset({"punctuation", "stop", "unit", "quantity", "order", "sort_by", "sort_measure", "limit"})
_NEGATIONS = frozenset({"not", "no", "without"})
_LINKS = frozenset({"ignored", "support", "and", "count"})


def read_picture(reading: Reading, lexicon: Lexicon) -> PictureQuery:
    """Return what the pattern of ``[patterns.picture]`` asks to see, by its quoted words."""
    return PictureQuery(reading.get("quoted"), reading.words, (reading.words,))


class PictureReader:
    """Finds words that nothing else understands, with those around them that belong to them.

    These are those right before ("red car"), those that link them ("woman crying in the rain") and those that say where
    or when ("train at dusk"); after "showing", all that follows. ``shows``: the claims that only say that it is seen.
    """

    def __init__(self, text: Text, claims: Sequence[Claim], roles: Sequence[Role], lexicon: Lexicon) -> None:
        self._text, self._claims, self._roles, self._lexicon = text, claims, roles, lexicon
        self.shows = frozenset(number for number, one in enumerate(claims) if one.norms in lexicon.showing)

    def read(self) -> list[PictureQuery]:
        """Return what is to be seen, in the order of the text."""
        pictures: list[PictureQuery] = []
        place = 0
        while place < len(self._claims):
            if not self._is_content(place) or place in self.shows or self._is_negated(place):
                place += 1
                continue
            first, end = self._start(place), self._end(place)
            words = self._text.words(self._claims[first].start, self._claims[end - 1].end)
            unknown = tuple(self._claims[number].words for number in range(first, end) if self._is_content(number))
            pictures.append(PictureQuery(words, words, unknown))
            place = end
        return pictures

    def _is_content(self, place: int) -> bool:
        """Whether a claim names something that is not measured."""
        one, role = self._claims[place], self._roles[place]
        if role == "partly understood":
            return True
        if role != "not understood" or not _LETTERS.search(one.words):
            return False
        return one.kind == "unknown" or (one.kind == "unmeasured" and one.sense is not None and one.sense.shown)

    def _is_negated(self, place: int) -> bool:
        """Whether "no" or "without" comes before: what is not to be seen is left to be reported."""
        before = place - 1
        while before >= 0 and self._claims[before].kind in ("ignored", "entry", "degree"):
            before -= 1
        return before >= 0 and self._claims[before].kind in _NEGATIONS

    def _start(self, place: int) -> int:
        """Return the first claim of the stretch: after "showing", or the quality and the article right before."""
        back = place
        while back > 0 and self._claims[back - 1].kind not in _ENDS and back - 1 not in self.shows:
            back -= 1
        if back and back - 1 in self.shows:
            return back
        first = place
        if first and self._claims[first - 1].kind == "entry" and not self._is_placed(first - 1):
            first -= 1
        before = self._claims[first - 1] if first else None
        if before is not None and (before.kind == "count" or before.norms in self._lexicon.determiners):
            first -= 1
        return first

    def _end(self, place: int) -> int:
        """Return one past the last claim: the last such word that is linked to the first, and where or when that is."""
        end = ahead = place + 1
        while ahead < len(self._claims) and ahead not in self.shows:
            one = self._claims[ahead]
            if one.kind in _ENDS or one.kind in _NEGATIONS:
                break
            if self._is_content(ahead):
                end = ahead + 1
            elif one.kind == "entry":
                of_unit = ahead + 1 < len(self._claims) and self._claims[ahead + 1].kind == "unit"
                if self._is_placed(end) and not of_unit:
                    end = ahead + 1
            elif one.kind not in _LINKS:
                break
            ahead += 1
        return end

    def _is_placed(self, place: int) -> bool:
        """Whether a claim begins with "at", "in", ..."""
        return self._claims[place].norms[:1] in self._lexicon.prepositions
