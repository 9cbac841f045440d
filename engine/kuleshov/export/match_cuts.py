"""Match cuts as a listing: for each, the end of the first shot and the beginning of the second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive import Archive
from kuleshov.export.listing import Clip, Listing
from kuleshov.query.by_example.match_cuts import CutSide, MatchCut
from kuleshov.records import Transition


def matches_listing(archive: Archive, matches: Sequence[MatchCut], *, seconds: float) -> Listing:
    """Return up to ``seconds`` before and after each cut, one pair after the other, best first."""
    times: dict[str, NDArray[np.float64]] = {}
    clips = []
    for number, match in enumerate(matches, start=1):
        for side, before in ((match.out, True), (match.into, False)):
            content_id = side.film.content_id
            if content_id not in times:
                times[content_id] = archive.tracks(content_id)["luma_mean"].seconds
            clips.append(_clip(side, times[content_id], match, number, seconds=seconds, before=before))
    return Listing("match cuts", "shot", tuple(clips), continuous=False)


def _clip(
    side: CutSide, frame_seconds: NDArray[np.float64], match: MatchCut, number: int, *, seconds: float, before: bool
) -> Clip:
    """The frames of a shot before its out-point, or from its in-point on."""
    if before:
        start = int(np.searchsorted(frame_seconds, side.seconds - seconds - 1e-6))
        start, end = min(max(start, side.shot.start_frame), side.frame - 1), side.frame
    else:
        end = int(np.searchsorted(frame_seconds, side.seconds + seconds - 1e-6))
        start, end = side.frame, max(min(end, side.shot.end_frame), side.frame + 1)
    ends = float(frame_seconds[end]) if end < len(frame_seconds) else side.film.duration_seconds
    word = "out of" if before else "into"
    return Clip(
        film=side.film,
        unit="shot",
        segment=side.shot,
        transition_in=Transition("cut", max(start - 1, 0), start, 1.0),
        start_frame=start,
        end_frame=end,
        start_seconds=float(frame_seconds[start]),
        end_seconds=ends,
        score=match.score,
        reasons=(f"match {number}: {word} this shot", *(reason.text for reason in match.reasons)),
    )
