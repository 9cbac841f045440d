"""Reels: the shots or scenes of films that fit a profile best, until so many seconds are full.

A profile is a file of weights on qualities and feelings (``profiles/*.toml``). A segment's score is their weighted
mean over what was measured, and its reasons are the terms: as in a search, but nothing is let in or kept out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from kuleshov.archive.store import Archive
from kuleshov.definitions import Entry, read_text
from kuleshov.emotion.vector import VECTOR_NAMES
from kuleshov.errors import QueryError
from kuleshov.query.explain.hits import hit_of, score_of
from kuleshov.query.explain.result import Hit
from kuleshov.query.matching.number_text import number_behind
from kuleshov.query.matching.part import Reason
from kuleshov.records import Segment, Unit

_PACKAGE = "kuleshov.query.assembled.profiles"
#: Shorter segments, and those that show next to nothing, are left out: leader, black between shots, flashes. The range
#: is from the 5th to the 95th percentile of luma (design values).
LEAST_SECONDS, LEAST_RANGE = 1.0, 0.05
#: A segment of which less of a profile's weight was measured is left out.
_LEAST_MEASURED = 0.5


@dataclass(frozen=True)
class Profile:
    """What a reel is made of. ``notice``: what its user must agree to first, or ""."""

    name: str
    description: str
    source: str
    unit: Unit
    notice: str
    weights: Mapping[str, float]


def profile_names() -> list[str]:
    """Return the profiles that Kuleshov ships."""
    files = (file.name for file in resources.files(_PACKAGE).iterdir())
    return sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml"))


def load_profile(name: str) -> Profile:
    """Return a profile by its name, or from a file of one's own that ends in ``.toml``.

    Raises ``QueryError`` for an unknown name, ``GrammarError`` for a broken file.
    """
    if name.endswith(".toml"):
        file, text = read_text(Path(name), package=_PACKAGE, packaged="")
    elif name in profile_names():
        file, text = read_text(None, package=_PACKAGE, packaged=f"{name}.toml")
    else:
        raise QueryError(f"no profile {name!r}; there are: {', '.join(profile_names())}, or a file of your own (.toml)")
    root = Entry.parse(text, file=file)
    weights = root.entry("weights")
    numbers = {key: weights.number(key) for key in VECTOR_NAMES if key in weights}
    weights.close()
    if not any(numbers.values()):
        root.refuse("weights", "must hold at least one weight that is not 0")
    profile = Profile(
        name=Path(name).stem,
        description=root.text("description"),
        source=root.text("source"),
        unit="scene" if root.choice("unit", ("shot", "scene")) == "scene" else "shot",
        notice=root.text("notice", default=" ").strip() if "notice" in root else "",
        weights=numbers,
    )
    root.close()
    return profile


def reel(archive: Archive, profile: Profile, *, seconds: float, films: Collection[str] | None = None) -> list[Hit]:
    """Return the best segments that fit into so many seconds, in the order of films and time.

    A segment too long for the rest is skipped for a shorter one. Only segments with a score above 0 count. Raises
    ``QueryError`` for a length that is not above 0.
    """
    if not seconds > 0:
        raise QueryError(f"a reel of {seconds:g} s: give a length above 0")
    taken: list[Hit] = []
    left = seconds
    for hit in ranked(archive, profile, films=films):
        length = hit.out_seconds - hit.in_seconds
        if length <= left:
            taken.append(hit)
            left -= length
    order = {film.content_id: number for number, film in enumerate(archive.films())}
    return sorted(taken, key=lambda hit: (order[hit.content_id], hit.in_seconds))


def ranked(archive: Archive, profile: Profile, *, films: Collection[str] | None = None) -> list[Hit]:
    """Return all segments with a score above 0, best first; without flashes and black."""
    names = archive.vector_names
    hits = []
    for film in archive.films():
        if films is not None and film.content_id not in films:
            continue
        ids = [segment for segment, _, _ in archive.spans(profile.unit, film.content_id)]
        for row in archive.segments(profile.unit, ids):
            if row.segment.duration_seconds < LEAST_SECONDS or row.segment.lighting.contrast_range < LEAST_RANGE:
                continue
            values = dict(zip(names, row.vector.tolist(), strict=True))
            known = {
                name: weight for name, weight in profile.weights.items() if math.isfinite(values.get(name, math.nan))
            }
            size = math.fsum(map(abs, known.values()))
            if size < _LEAST_MEASURED * math.fsum(map(abs, profile.weights.values())):
                continue
            reasons = [_reason(name, weight / size, values[name], row.segment) for name, weight in known.items()]
            if score_of(reasons) > 0:
                hits.append(hit_of(row, reasons))
    return sorted(hits, key=lambda hit: (-hit.score, hit.content_id, hit.index))


def _reason(name: str, share: float, value: float, segment: Segment) -> Reason:
    number = number_behind(name, segment)
    text = f"{name.removeprefix('mood_')} {value:+.2f}" + (f" ({number})" if number else "")
    return Reason(name, value, share * value, text)
