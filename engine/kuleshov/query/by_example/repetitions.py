"""Repeated shots of an archive: the same footage, picture or set-up (``cinema.fingerprint.repeats``).

Candidates are pairs with similar positions of light and dark in their looks; they are then compared frame by frame, on
the thumbnails that the films' measurements keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.store import Archive
from kuleshov.cinema.fingerprint.fingerprints import Version
from kuleshov.cinema.fingerprint.repeats import (
    ACROSS_FILMS,
    WITHIN_A_FILM,
    Repeat,
    Repetition,
    Strip,
    groups_of,
    repeat_of,
    strips_of,
)
from kuleshov.cinema.shots.shots import clean_spans
from kuleshov.cinema.spaces.look import LOOK, mirrored_layout
from kuleshov.errors import ArchiveError

#: Mean likeness of the layouts of two shots from which they are compared frame by frame; copies lie above 0.75.
_LEAST_LAYOUT = 0.6
_ORDER: tuple[Repetition, ...] = ("footage", "picture", "setup")
_AT_ONCE = 4_000_000
_FILMS_HELD = 16  # films whose pictures are held at once: a feature film's take some 25 MB


@dataclass(frozen=True)
class RepeatedShot:
    """A shot of the archive, and what it has in common with the first of its group."""

    film: FilmEntry
    index: int
    start_seconds: float
    end_seconds: float
    repeat: Repeat | None = None  # None: the first, or like the first only by way of the others


@dataclass(frozen=True)
class Repetitions:
    """Shots that repeat each other, by film and index."""

    kind: Repetition
    shots: tuple[RepeatedShot, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the group as ``kuleshov repeats --json`` prints it."""
        return {
            "kind": self.kind,
            "shots": [
                {
                    "film": shot.film.title,
                    "content_id": shot.film.content_id,
                    "shot": shot.index,
                    "start_seconds": shot.start_seconds,
                    "end_seconds": shot.end_seconds,
                    "repeat": None if shot.repeat is None else shot.repeat._asdict(),
                }
                for shot in self.shots
            ],
        }


def repetitions(
    archive: Archive, films: Sequence[FilmEntry], *, across: bool = True, mirrored: bool = False
) -> list[Repetitions]:
    """Return the groups of shots of these films that are repeated, in them or, ``across``, anywhere in the archive.

    First the same footage, then the same picture, then the same setup; of each, large groups first. ``mirrored`` also
    finds shots that were flipped left to right. Films without measurements or looks (described by an early version)
    are left out; raises ``ArchiveError`` where no film has looks.
    """
    asked = {film.content_id for film in films}
    searched = [film for film in archive.films() if across or film.content_id in asked]
    shots: list[RepeatedShot] = []
    ids: list[int] = []
    for film in searched:
        for index, (id, start, end) in enumerate(archive.spans("shot", film.content_id)):
            shots.append(RepeatedShot(film, index, start, end))
            ids.append(id)
    looks = archive.vectors_of(LOOK.name, "shot", ids, model=LOOK.model)
    if not looks.shape[1]:
        raise ArchiveError(f"{archive.path}: no film has looks to find repetitions by (ingest its films again)")
    wanted = np.array([shot.film.content_id in asked for shot in shots])
    strips = _Strips(archive)
    found: list[tuple[int, int, Repeat]] = []
    for one, other in _pairs(looks, wanted, mirrored=mirrored):
        same_film = shots[one].film is shots[other].film
        if not same_film and not across:
            continue
        first, second = strips.of(shots[one]), strips.of(shots[other])
        if first is None or second is None:
            continue
        borders = WITHIN_A_FILM if same_film else ACROSS_FILMS
        repeat = repeat_of(first, second, borders=borders, mirrored=mirrored)
        if repeat is not None:
            found.append((one, other, repeat))
    repeats = {(one, other): repeat for one, other, repeat in found}
    groups = sorted(groups_of(len(shots), found), key=lambda group: (_ORDER.index(group.kind), -len(group.members)))
    return [
        Repetitions(
            group.kind,
            tuple(replace(shots[at], repeat=repeats.get((group.members[0], at))) for at in group.members),
        )
        for group in groups
    ]


def _pairs(looks: NDArray[np.float32], wanted: NDArray[np.bool_], *, mirrored: bool) -> Iterator[tuple[int, int]]:
    """Yield the pairs of shots with similar layouts, at least one of them wanted, as numbers in ascending order."""
    layouts = looks[:, LOOK.slices()["layout"]]
    length = np.linalg.norm(layouts, axis=1, keepdims=True)
    layouts = np.where(length > 0, layouts / np.maximum(length, 1e-9), 0.0)
    layouts = np.nan_to_num(layouts).astype(np.float32)
    rows = np.flatnonzero(wanted)
    step = max(_AT_ONCE // max(len(layouts), 1), 1)
    for first in range(0, len(rows), step):
        here = rows[first : first + step]
        likeness = layouts[here] @ layouts.T
        if mirrored:
            likeness = np.maximum(likeness, mirrored_layout(layouts[here]) @ layouts.T)
        for at, other in zip(*np.nonzero(likeness >= _LEAST_LAYOUT), strict=True):
            one = int(here[at])
            if one < other or (one > other and not wanted[other]):
                yield min(one, int(other)), max(one, int(other))


class _Strips:
    """The shots of films as strips of thumbnails, read when they are first asked for."""

    def __init__(self, archive: Archive) -> None:
        @lru_cache(maxsize=_FILMS_HELD)
        def read(content_id: str) -> list[Strip] | None:
            measured = archive.measurements(content_id)
            if measured is None:
                return None
            clean = clean_spans(archive.analysis(content_id).shots)
            return strips_of(
                Version(
                    measured.thumbnails,
                    measured.frame_seconds[measured.histograms.frames],
                    tuple((measured.seconds(span.first), measured.seconds(span.end)) for span in clean),
                )
            )

        self._read = read

    def of(self, shot: RepeatedShot) -> Strip | None:
        strips = self._read(shot.film.content_id)
        return None if strips is None else strips[shot.index]
