"""What a query asks to see that no measure tells: words that nothing else understands, for an image-text model.

"A train at dusk", "showing a woman at a window", ``shows "two men on a roof"``. Quoted words are cut out before the
rest is read; of others, what the vocabulary does know is read by it as well. English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kuleshov.query.parts.picture import PictureQuery

if TYPE_CHECKING:
    from kuleshov.query.language.scan import Item
    from kuleshov.query.spec.query import Role

_SHOW = r"(?:shows?|showing|shown|depicts?|depicting|picturing|featuring|we see|(?:you|one) can see|to be seen)"
_QUOTED = re.compile(rf"\b(?:that |which )?{_SHOW}\s*:?\s*[\"“„«]([^\"”“»]+)[\"”“»]", re.IGNORECASE)
_SHOWS = re.compile(rf"^{_SHOW}$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
#: What ends a stretch of words that belong together.
_ENDS = frozenset({"punctuation", "stop", "unit", "quantity", "order", "sort_by", "sort_measure", "limit"})
_NEGATIONS = frozenset({"not", "no", "without"})
_LINKS = frozenset({"ignored", "support", "and", "count"})
_PREPOSITION = re.compile(r"^(?:at|in|on|by|under|over|with|of|near|behind|before|beside|through|into|from)\b", re.I)
_ARTICLE = re.compile(r"^(?:an?|the|his|her|their|some)$", re.IGNORECASE)
#: Of what is not measured, what a picture does not show: it is heard, lies between pictures, or is no content at all.
# fmt: off
_NOT_SHOWN = frozenset(
    (
        "at least", "at most", "insert shot", "master shot", "point of view", "point of view shot", "pov", "pov shot",
        "reverse shot", "reverse angle", "dolly", "crane shot", "jib shot", "boom shot", "arc shot", "orbit shot",
        "orbiting", "fast motion", "time-lapse", "freeze-frame", "bullet time", "smash cut", "cross-cut",
        "cross-cutting", "parallel editing", "intercut", "cutaway", "l-cut", "j-cut", "wipe", "iris in", "iris out",
        "fade to white", "cut to black", "score", "song", "applause", "voice-over", "narration", "narrator",
        "off-screen voice", "diegetic", "non-diegetic", "turning point", "first act", "second act", "third act",
        "first half", "second half", "last half", "near the end", "at the beginning", "in the middle",
        "in the beginning", "the end", "like this", "like this one", "similar to", "same as", "like",
        "same composition", "while", "during", "director", "actor", "lovely", "blues", "blues music", "heavy metal",
        "business", "all of a sudden", "slowly", "quickly", "rapidly", "swiftly", "emotional", "moody", "atmospheric",
        "moody silence", "silent film",
    )
)
# fmt: on


def read_shown(text: str) -> tuple[tuple[PictureQuery, ...], str, tuple[slice, ...]]:
    """Return what is to be seen by its quoted words, the text with that blanked out, and where it stood."""
    found, places, rest = [], [], text
    for match in _QUOTED.finditer(text):
        place = slice(match.start(), match.end())
        wanted = match.group(1).strip()
        if wanted:
            found.append(PictureQuery(wanted, text[place], (text[place],)))
            places.append(place)
            rest = rest[: place.start] + " " * (place.stop - place.start) + rest[place.stop :]
    return tuple(found), rest, tuple(places)


def read_seen(
    text: str, items: Sequence[Item], roles: Sequence[Role]
) -> tuple[tuple[PictureQuery, ...], frozenset[int]]:
    """Return what is to be seen by words that nothing else understands, and the items that only say that it is seen.

    Around such words those belong to them that stand right before ("red car"), link them ("woman crying in the rain")
    or say where and when ("train at dusk"); after "showing", all that follows.
    """
    shows = frozenset(n for n, item in enumerate(items) if _SHOWS.match(item.words))
    found: list[PictureQuery] = []
    place = 0
    while place < len(items):
        if not _is_content(place, items, roles) or place in shows:
            place += 1
            continue
        if _is_negated(place, items):
            place += 1
            continue
        first, end = _start(place, items, shows), _end(place, items, roles, shows)
        words = text[items[first].place.start : items[end - 1].place.stop]
        unknown = tuple(items[n].words for n in range(first, end) if _is_content(n, items, roles))
        found.append(PictureQuery(words, words, unknown))
        place = end
    return tuple(found), shows


def _is_content(place: int, items: Sequence[Item], roles: Sequence[Role]) -> bool:
    """Whether an item names something that is not measured."""
    item, role = items[place], roles[place]
    if role == "partly understood":
        return True
    if role != "not understood" or not _LETTERS.search(item.words):
        return False
    known = item.kind == "unmeasured" and item.sense is not None and item.sense.kind == "unmeasured"
    return item.kind == "unknown" or (known and item.words.casefold() not in _NOT_SHOWN)


def _is_negated(place: int, items: Sequence[Item]) -> bool:
    """Whether "no" or "without" stands before an item: what is not to be seen is left to be reported."""
    before = place - 1
    while before >= 0 and items[before].kind in ("ignored", "entry", "degree"):
        before -= 1
    return before >= 0 and items[before].kind in _NEGATIONS


def _start(place: int, items: Sequence[Item], shows: frozenset[int]) -> int:
    """The first item of the stretch: after "showing", or the quality and the article right before."""
    back = place
    while back > 0 and items[back - 1].kind not in _ENDS and back - 1 not in shows:
        back -= 1
    if back and back - 1 in shows:
        return back
    first = place
    if first and items[first - 1].kind == "entry" and not _PREPOSITION.match(items[first - 1].words):
        first -= 1
    if first and (items[first - 1].kind == "count" or _ARTICLE.match(items[first - 1].words)):
        first -= 1
    return first


def _end(place: int, items: Sequence[Item], roles: Sequence[Role], shows: frozenset[int]) -> int:
    """One past the last item: the last such word that is linked to the first, and where or when that is."""
    end = ahead = place + 1
    while ahead < len(items) and items[ahead].kind not in (*_ENDS, *_NEGATIONS) and ahead not in shows:
        item = items[ahead]
        if _is_content(ahead, items, roles):
            end = ahead + 1
        elif item.kind == "entry":
            told = " ".join(one.words for one in items[end : ahead + 1])
            followed = ahead + 1 < len(items) and items[ahead + 1].kind == "unit"
            if _PREPOSITION.match(told) and not followed:
                end = ahead + 1
        elif item.kind not in _LINKS:
            break
        ahead += 1
    return end
