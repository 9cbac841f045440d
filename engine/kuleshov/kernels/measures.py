"""All measurements of a batch at once, in two steps: launched on its device, derived on the host.

Between the two steps the device works while the host does something else. Only the counts and sums named in ``launch``
are copied from the device to the host: about 11 KB a frame, and no pixels except the thumbnails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.devices import marked
from kuleshov.cuda.runtime import Fetch
from kuleshov.decode.frames import FrameBatch, FrameCounts
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.frame_difference import FrameDifference, difference_from_counts
from kuleshov.kernels.frame_stats import FrameStats, stats_from_counts
from kuleshov.kernels.global_motion import GlobalMotion, motion_from_numbers
from kuleshov.kernels.native import fetch, native
from kuleshov.kernels.optical_flow import MIN_MATCH, MIN_TEXTURE, FlowStatistics, statistics_from_numbers, steps_seconds


@dataclass(frozen=True)
class Measures:
    """The measurements of a batch, on the host.

    ``histograms``: int32 ``[N, 2048]``; ``thumbnails``: uint8 ``[N, 3, h, w]`` of the requested size.
    """

    stats: FrameStats
    difference: FrameDifference
    flow: FlowStatistics
    motion: GlobalMotion
    histograms: NDArray[np.int32]
    thumbnails: NDArray[np.uint8]


@dataclass(frozen=True)
class Launched:
    """Measurements in progress. ``counts`` are on the batch's device, for the differences of the next batch."""

    batch: FrameBatch
    counts: FrameCounts
    steps_seconds: NDArray[np.float64]
    fetch: Fetch

    def derive(self) -> Measures:
        """Wait for the device and return the measurements."""
        counted = self.fetch.result()
        batch = self.batch
        return Measures(
            stats=stats_from_counts(counted["luma_histogram"], counted["chroma_sums"], batch.color),
            difference=difference_from_counts(
                counted["absolute_difference"],
                counted["histogram_distance"][:, 0],
                pixels=batch.height * batch.width,
                color=batch.color,
            ),
            flow=statistics_from_numbers(
                counted["flow_statistics"], width=batch.width, steps_seconds=self.steps_seconds
            ),
            motion=motion_from_numbers(counted["global_motion"], width=batch.width, steps_seconds=self.steps_seconds),
            histograms=counted["color_histogram"],
            thumbnails=counted["thumbnails"],
        )


def launch(batch: FrameBatch, *, previous: Launched | None, thumbnail: tuple[int, int]) -> Launched:
    """Start to measure a batch; ``previous`` is the launch of the batch before, ``None`` at the film's start.

    ``thumbnail`` is the width and height of the thumbnails. On a GPU the call returns at once; on a CPU everything is
    done on return. Raises ``ValueError`` on batches that native code can't read or that do not follow one another.
    """
    check_batch("measures", batch)
    before = check_previous("measures", batch, previous.batch if previous else None)
    steps = steps_seconds(batch, before)
    on = native(batch.device)
    luma_before = before.luma if before else None
    width, height = thumbnail
    with marked(batch.device, "count"):
        counts = batch.counts or FrameCounts(
            on.color_histogram(batch.luma, batch.chroma), *on.frame_sums(batch.luma, batch.chroma)
        )
    histogram_before = previous.counts.color_histogram[-1:] if previous else counts.color_histogram[:0]
    with marked(batch.device, "differences"):
        arrays = {
            "color_histogram": counts.color_histogram,
            "luma_histogram": counts.luma_histogram,
            "chroma_sums": counts.chroma_sums,
            "absolute_difference": on.absolute_difference(batch.luma, luma_before),
            "histogram_distance": on.histogram_distance(counts.color_histogram, histogram_before, (1,)),
            "thumbnails": on.shrink(batch.luma, batch.chroma, width, height),
        }
    with marked(batch.device, "flow"):
        patches = on.patch_flow(batch.luma, luma_before)
        arguments = (*patches, batch.height, batch.width, MIN_TEXTURE, MIN_MATCH)
        arrays["flow_statistics"], _ = on.flow_statistics(*arguments)
        arrays["global_motion"] = on.global_motion(*arguments)
    return Launched(batch, counts, steps, fetch(batch.device, arrays))
