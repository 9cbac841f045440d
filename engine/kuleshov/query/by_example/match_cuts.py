"""Match cuts that could be made: the end of a shot and the beginning of another, of any film, that would cut together.

Every end is compared with every beginning by ``spaces.ends``, and scored as the match cuts that films have
(``match_cut_similarity``): by shape, movement, position of a face and colour. A cut that shows the same picture on both
sides is a repetition, not a match cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.archive.store import Archive
from kuleshov.cinema.shots.match_cut_similarity import (
    FACE,
    FEW_COLORS,
    LINES,
    SHAPE_BY_CHANCE,
    match_cut_similarity,
    same_movement,
)
from kuleshov.cinema.shots.shots import clean_spans
from kuleshov.cinema.spaces.blocks import products
from kuleshov.cinema.spaces.ends import HEAD, TAIL, speed_ratio
from kuleshov.cinema.span import ramp
from kuleshov.errors import ArchiveError
from kuleshov.query.matching.part import Reason
from kuleshov.records import Analysis, Film, Shot

#: The lowest score of a match that is returned.
LEAST_SCORE = 0.35
_AT_ONCE = 1_000_000  # pairs that are compared together: some 100 MB
_MOST_HEADS = 50_000  # of more beginnings, those nearest to each end are compared
_NEAREST = 2_000
_SAME_LIGHT, _SAME_LINES, _SAME_COLORS = 0.97, 0.90, 0.90  # cosines from which both sides show one picture
_SPARE = 4  # times as many pairs as asked for are considered: some show no picture
_OF_EACH = 16  # beginnings kept for each of several ends


@dataclass(frozen=True)
class CutSide:
    """One side of a match cut. ``frame``: the out-point, the first frame no longer shown, or the in-point."""

    film: Film
    shot: Shot
    frame: int
    seconds: float


@dataclass(frozen=True)
class MatchCut:
    """A cut from ``out`` to ``into``; ``score`` 0..1 is how sure it is that they match, the sum of the reasons."""

    out: CutSide
    into: CutSide
    score: float
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the match as ``kuleshov matches --json`` prints it."""
        sides = {
            name: {
                "film": side.film.title,
                "content_id": side.film.content_id,
                "shot": side.shot.index,
                "frame": side.frame,
                "seconds": side.seconds,
            }
            for name, side in (("out", self.out), ("into", self.into))
        }
        return {**sides, "score": self.score, "reasons": [dict(vars(reason)) for reason in self.reasons]}


def matches(
    archive: Archive, outs: ArrayLike, intos: ArrayLike, *, k: int = 10, within_films: bool = False
) -> list[MatchCut]:
    """Return the up to ``k`` surest matches from the ends of shots to the beginnings of others, best first.

    ``outs``, ``intos``: ids of shots. ``within_films`` also takes pairs of one film, but not what is cut so already. An
    end and a beginning are returned once, in their best match. Exact up to 50,000 beginnings; of more, the 2,000
    nearest to each end are compared. Raises ``ArchiveError`` where no film has ends of shots.
    """
    shots = _Shots(archive)
    out_ids, into_ids = (np.unique(np.asarray(ids, dtype=np.int64)) for ids in (outs, intos))
    single = len(out_ids) == 1 or len(into_ids) == 1
    cuts: list[MatchCut] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for score, out_id, into_id in _ranked(archive, shots, out_ids, into_ids, k=k, within_films=within_films):
        if len(cuts) == k:
            break
        if not single and (out_id in taken[0] or into_id in taken[1]):
            continue
        out, into = shots.end(out_id), shots.beginning(into_id)
        if out.shot.matter == into.shot.matter == "picture":
            taken[0].add(out_id)
            taken[1].add(into_id)
            cuts.append(MatchCut(out, into, score, _reasons(archive, out_id, into_id)))
    return cuts


def evidence(cosines: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float64]]:
    """Return what the ends of ``n`` shots have in common with the beginnings of ``m``, from the cosines of their
    blocks: ``shape``, ``movement``, ``face`` and ``color``, each ``[n, m]``, 0..1; all 0 where both show the same
    picture."""
    known = {name: np.nan_to_num(values, nan=-1.0).astype(np.float64) for name, values in cosines.items()}
    same = (known["light"] >= _SAME_LIGHT) & (known["lines"] >= _SAME_LINES) & (known["color"] >= _SAME_COLORS)
    found = {
        "shape": np.maximum(ramp(known["light"], *SHAPE_BY_CHANCE), ramp(known["lines"], *LINES)),
        "movement": same_movement(known["direction"], speed_ratio(known["speed"])),
        "face": ramp(known["face"], *FACE),
        "color": ramp(known["color"], *FEW_COLORS),
    }
    return {name: np.where(same, 0.0, values) for name, values in found.items()}


def _ranked(
    archive: Archive,
    shots: _Shots,
    outs: NDArray[np.int64],
    intos: NDArray[np.int64],
    *,
    k: int,
    within_films: bool,
) -> list[tuple[float, int, int]]:
    """Pairs by how sure they match, best first: (score, end, beginning)."""
    tails = archive.vectors_of(TAIL.name, "shot", outs, model=TAIL.model)
    if not tails.shape[1]:
        raise ArchiveError(f"{archive.path}: no film has ends of shots to match (ingest its films again)")
    if not len(intos):
        return []
    wanted = _SPARE * k if len(outs) == 1 else _OF_EACH
    pairs: list[tuple[float, int, int]] = []

    def heads_of(ids: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
        return HEAD.split(archive.vectors_of(HEAD.name, "shot", ids, model=HEAD.model))

    many = len(intos) > _MOST_HEADS
    others, heads = intos, {} if many else heads_of(intos)
    step = 1 if many else max(_AT_ONCE // len(intos), 1)
    for first in range(0, len(outs), step):
        here, rows = outs[first : first + step], tails[first : first + step]
        if many:
            if np.isnan(rows[0]).any():
                continue
            near = archive.nearest_in(HEAD.name, "shot", rows[0], k=_NEAREST, allowed=intos, model=HEAD.model)
            others = np.array([id for id, _ in near], dtype=np.int64)
            heads = heads_of(others)
        found = evidence(products(TAIL.split(rows), heads))
        scores = sum(match_cut_similarity(**found).values(), np.zeros((len(here), len(others))))
        scores[shots.barred(here, others, within_films=within_films)] = 0.0
        for row, out in zip(scores, here.tolist(), strict=True):
            best = np.argsort(-row, kind="stable")[:wanted]
            pairs += [(float(row[at]), out, int(others[at])) for at in best.tolist() if row[at] >= LEAST_SCORE]
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


def _reasons(archive: Archive, out_id: int, into_id: int) -> tuple[Reason, ...]:
    """The terms of a match's score, the largest first."""
    tail = archive.vectors_of(TAIL.name, "shot", [out_id], model=TAIL.model)
    head = archive.vectors_of(HEAD.name, "shot", [into_id], model=HEAD.model)
    between = TAIL.cosines(tail, head)
    found = {name: float(values[0, 0]) for name, values in evidence(between).items()}
    cosines = {name: float(values[0, 0]) for name, values in between.items()}
    told = {
        "shape": f"light and dark {cosines['light']:+.2f}, lines {cosines['lines']:+.2f}",
        "movement": f"direction {cosines['direction']:+.2f}, speeds as 1 to {_ratio(cosines['speed']):.2f}",
        "face": f"place and size {cosines['face']:+.2f}",
        "color": f"overlap {cosines['color']:.2f}",
    }
    reasons = [
        Reason(name, found[name], float(term), f"{name}: {told[name]}")
        for name, term in match_cut_similarity(**found).items()
        if term > 0
    ]
    return tuple(sorted(reasons, key=lambda reason: -reason.contribution))


def _ratio(cosine: float) -> float:
    return float(speed_ratio(np.array(cosine)))


class _Shots:
    """Shots of the archive by id, their films' descriptions read once."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._places = {
            id: (film.content_id, index)
            for film in archive.films()
            for index, (id, _, _) in enumerate(archive.spans("shot", film.content_id))
        }
        self._analyses: dict[str, Analysis] = {}

    def barred(self, outs: NDArray[np.int64], intos: NDArray[np.int64], *, within_films: bool) -> NDArray[np.bool_]:
        """Which pairs ``[n, m]`` are none to tell: of one film; within films, of one shot or cut so already."""
        sides = [[self._places[id] for id in ids.tolist()] for ids in (outs, intos)]
        numbers = {film: number for number, film in enumerate({film for side in sides for film, _ in side})}
        films = [np.array([numbers[film] for film, _ in side]) for side in sides]
        same = films[0][:, None] == films[1][None]
        if not within_films:
            return np.asarray(same)
        indexes = [np.array([index for _, index in side]) for side in sides]
        after = indexes[1][None] - indexes[0][:, None]
        return np.asarray(same & ((after == 0) | (after == 1)))

    def end(self, id: int) -> CutSide:
        """The out-point of a shot: where its clean frames end."""
        analysis, index = self._read(id)
        return self._side(analysis, analysis.shots[index], clean_spans(analysis.shots)[index].end)

    def beginning(self, id: int) -> CutSide:
        """The in-point of a shot: where its clean frames begin."""
        analysis, index = self._read(id)
        return self._side(analysis, analysis.shots[index], clean_spans(analysis.shots)[index].first)

    def _side(self, analysis: Analysis, shot: Shot, frame: int) -> CutSide:
        if frame == shot.start_frame:
            seconds = shot.start_seconds
        elif frame == shot.end_frame:
            seconds = shot.end_seconds
        else:
            seconds = float(self._archive.tracks(analysis.film.content_id)["luma_mean"].seconds[frame])
        return CutSide(analysis.film, shot, frame, seconds)

    def _read(self, id: int) -> tuple[Analysis, int]:
        content_id, index = self._places[id]
        if content_id not in self._analyses:
            self._analyses[content_id] = self._archive.analysis(content_id)
        return self._analyses[content_id], index
