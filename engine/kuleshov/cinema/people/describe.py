"""The people of a shot or scene, from the sightings of its faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.people.expressions import bursts, valence_and_arousal
from kuleshov.cinema.people.framing import CLOSE_HEIGHT, grouping_of, scale_of
from kuleshov.cinema.people.sightings import Sightings, joined
from kuleshov.cinema.people.tracking import follow
from kuleshov.cinema.span import slope_of
from kuleshov.records import EXPRESSIONS, FaceTrack, Framing, People

# Design values.
_PROFILE_YAW = 45.0  # degrees: less than half of the face is visible
_BOWED_PITCH = -15.0
_LOWERED_LIDS = 0.16  # eye opening; 0.29 is the median of CK+'s faces, 0.2 a usual bound for a blink
_COUNT_PERCENTILE = 90  # a count that a tenth of the frames with faces reach


def describe_people(sightings: Sightings, *, shots: Sequence[tuple[float, float]], whole_tracks: bool) -> People | None:
    """Return the people in ``shots`` (start and end in seconds); ``None`` if no frame was searched for faces.

    Faces are followed within each shot. ``whole_tracks`` lists them one by one.
    """
    parts = [sightings.between(*shot) for shot in shots]
    looks = sum(len(part.searched) for part in parts)
    if not looks:
        return None
    followed = [(part, follow(part)) for part in parts]
    everyone = joined([part.select([row for rows in tracks for row in rows]) for part, tracks in followed])
    with_faces = everyone.counts[everyone.counts > 0]
    count = int(np.percentile(with_faces, _COUNT_PERCENTILE)) if len(with_faces) else 0
    likely = _mean_likelihoods(everyone)
    valence, arousal = (None, None) if likely is None else map(float, valence_and_arousal(likely))
    shown = dict.fromkeys(EXPRESSIONS) if likely is None else dict(zip(EXPRESSIONS, likely.tolist(), strict=True))
    return People(
        looks=looks,
        face_share=len(with_faces) / looks,
        close_share=len(np.unique(everyone.seconds[everyone.column("height") >= CLOSE_HEIGHT])) / looks,
        count=count,
        grouping=grouping_of(count),
        framing=_framing(everyone),
        smile=shown["happy"],
        sad=shown["sad"],
        angry=shown["angry"],
        fearful=shown["fearful"],
        disgusted=shown["disgusted"],
        surprised=shown["surprised"],
        neutral=shown["neutral"],
        valence_derived=valence,
        arousal_derived=arousal,
        turned_away_share=_share(np.abs(everyone.column("yaw")) > _PROFILE_YAW, everyone),
        gaze_down_share=_share(
            (everyone.column("pitch") < _BOWED_PITCH) | (everyone.column("eye_opening") < _LOWERED_LIDS), everyone
        ),
        faces=[_track(part, rows) for part, tracks in followed for rows in tracks] if whole_tracks else [],
    )


def _framing(faces: Sightings) -> Framing | None:
    """By the largest face of each frame that has one."""
    if not len(faces.seconds):
        return None
    heights = faces.column("height").astype(np.float64)
    order = np.lexsort((-heights, faces.seconds))
    largest = order[np.unique(faces.seconds[order], return_index=True)[1]]
    height = heights[largest]
    return Framing(
        scale=scale_of(height),
        face_height=float(np.median(height)),
        face_height_slope=slope_of(faces.seconds[largest], height),
        face_x=float(np.median(faces.column("x")[largest])),
        face_y=float(np.median(faces.column("y")[largest])),
    )


def _mean_likelihoods(faces: Sightings) -> NDArray[np.float64] | None:
    """Of all faces with expressions, weighted by height: viewers look at large faces."""
    read = ~np.isnan(faces.expressions[:, 0])
    if not read.any():
        return None
    likely = np.average(faces.expressions[read].astype(np.float64), axis=0, weights=faces.column("height")[read])
    return np.asarray(likely / likely.sum())


def _share(mask: NDArray[np.bool_], faces: Sightings) -> float | None:
    """The share of the faces in ``mask``, among those with a pose."""
    posed = ~np.isnan(faces.column("yaw"))
    return float(mask[posed].mean()) if posed.any() else None


def _track(faces: Sightings, rows: list[int]) -> FaceTrack:
    read = [row for row in rows if not np.isnan(faces.expressions[row, 0])]
    likelihoods = faces.expressions[read].astype(np.float64)
    mean = likelihoods.mean(axis=0) if read else None
    valence, arousal = (None, None) if mean is None else map(float, valence_and_arousal(mean))
    return FaceTrack(
        seconds=faces.seconds[rows].tolist(),
        x=_rounded(faces.column("x")[rows]),
        y=_rounded(faces.column("y")[rows]),
        height=_rounded(faces.column("height")[rows]),
        expressions=None if mean is None else dict(zip(EXPRESSIONS, mean.tolist(), strict=True)),
        valence_derived=valence,
        arousal_derived=arousal,
        yaw_degrees=_median(faces.column("yaw")[rows]),
        pitch_degrees=_median(faces.column("pitch")[rows]),
        roll_degrees=_median(faces.column("roll")[rows]),
        bursts=bursts(faces.seconds[read], likelihoods),
    )


def _rounded(values: NDArray[np.float32]) -> list[float]:
    """Positions to a thousandth of the picture: finer digits are noise."""
    return [round(value, 3) for value in values.tolist()]


def _median(values: NDArray[np.float32]) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else None
