"""How near emotion scores come to what people say: over all, and by film, language, decade, country, state of the copy.

CCC is the concordance correlation (Lin, Biometrics 45, 1989): 1 only where the numbers themselves agree, not only their
ups and downs as Pearson's r. A mood is predicted where its score reaches the grammar's threshold of a strong one, and
people say it where their mean is 0.5 or more.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.errors import AnnotationError
from kuleshov.records import DIMENSIONS, Analysis, Segment

#: People say that a mood is there from this mean on.
SAID = 0.5
#: A gap is a bias from this size on, beyond twice its standard error, with so many segments on both sides.
_GAP, _ENOUGH = 0.1, 10
_SMALL_LINES = 500
_YEAR = re.compile(r"\((18[89]\d|19\d\d|20\d\d)\)")


def pearson(said: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """Return Pearson's r; NaN for fewer than three pairs or where one side never changes."""
    if len(true) < 3 or said.std() == 0 or true.std() == 0:
        return float("nan")
    return float(np.corrcoef(said, true)[0, 1])


def concordance(said: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """Return Lin's concordance correlation; NaN where neither side changes and both are the same."""
    if len(true) < 3:
        return float("nan")
    covariance = ((said - said.mean()) * (true - true.mean())).mean()
    size = said.var() + true.var() + (said.mean() - true.mean()) ** 2
    return float(2 * covariance / size) if size > 0 else float("nan")


def f1(told: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Return ``2 TP / (2 TP + FP + FN)``; NaN where there is nothing to find and nothing was told."""
    total = int(told.sum() + true.sum())
    return 2 * int((told & true).sum()) / total if total else float("nan")


def judge(score: str, said: NDArray[np.float64], true: NDArray[np.float64], *, threshold: float) -> dict[str, float]:
    """Return the figures of one score: r and CCC, for a mood F1 too; how much it errs on the whole."""
    figures = {"segments": float(len(true)), "r": pearson(said, true), "ccc": concordance(said, true)}
    if score not in DIMENSIONS:
        figures["f1"] = f1(said >= threshold, true >= SAID)
        figures["said"] = float((true >= SAID).sum())
    figures["mean_error"] = float((said - true).mean()) if len(true) else float("nan")
    return figures


def by_group(
    said: NDArray[np.float64], true: NDArray[np.float64], groups: Sequence[Mapping[str, str]]
) -> list[dict[str, Any]]:
    """Return r, mean error and gap of every group that the segments fall into, kind by kind.

    The gap is the group's mean error less that of all other segments: how much higher it is scored than they are, by
    the measure of what people say. ``bias`` tells that it is too large for chance and to be taken seriously.
    """
    errors = said - true
    found = []
    for kind in dict.fromkeys(kind for each in groups for kind in each):
        names = np.array([each.get(kind, "") for each in groups])
        for name in sorted(set(names.tolist()) - {""}):
            own, others = errors[names == name], errors[(names != name) & (names != "")]
            entry: dict[str, Any] = {
                "kind": kind,
                "group": name,
                "segments": len(own),
                "r": pearson(said[names == name], true[names == name]),
                "mean_error": float(own.mean()),
                "gap": None,
                "bias": False,
            }
            if len(own) >= _ENOUGH and len(others) >= _ENOUGH:
                gap = float(own.mean() - others.mean())
                error = float(np.sqrt(own.var(ddof=1) / len(own) + others.var(ddof=1) / len(others)))
                entry |= {"gap": gap, "bias": bool(abs(gap) >= _GAP and abs(gap) > 2 * error)}
            found.append(entry)
    return found


def groups_of(film: Analysis, segment: Segment, facts: Mapping[str, str]) -> dict[str, str]:
    """Return the groups that a segment falls into: what the records tell, and the user's ``facts`` on its film."""
    about = film.film
    titled = match.group(1) if (match := _YEAR.search(about.title)) else ""
    year = facts.get("year") or (str(about.year) if about.year else titled)
    spoken = segment.dialogue.language if segment.dialogue is not None else None
    language = (
        spoken or about.language or next((track.language for track in about.audio_tracks if track.language), None)
    )
    channels = about.audio_tracks[0].channels if about.audio_tracks else 0
    known = {
        "film": about.title,
        "decade": f"{year[:3]}0s" if year[:4].isdigit() else "",
        "country": about.country or "",
        "language": language or "",
        "colour": "black and white" if segment.color.monochrome else "colour",
        "picture": f"under {_SMALL_LINES} lines" if about.height < _SMALL_LINES else "larger",
        "scan": "interlaced" if about.interlaced else "progressive",
        "sound": "none" if not channels else "mono" if channels == 1 else "stereo or more",
    }
    return {key: value for key, value in (known | {k: v for k, v in facts.items() if k != "year"}).items() if value}


def read_facts(path: Path | None) -> dict[str, dict[str, str]]:
    """Return what a CSV says of films, by the content of its column ``film`` in lower case: country, year, ..."""
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AnnotationError(f"{path}: can't be read as CSV: {error}") from error
    if not rows or "film" not in rows[0]:
        raise AnnotationError(
            f"{path}: has no column 'film' (title or content id; further columns: year, country, ...)"
        )
    return {
        row["film"].strip().casefold(): {
            key: (value or "").strip() for key, value in row.items() if key and key != "film"
        }
        for row in rows
    }
