// Distance between the colour histograms of frames a few frames apart: the evidence for shot transitions.
//
// A block compares two histograms of 8 KiB, which come from the L2 cache: they were written just before, and each is
// read twice for every lag. Eight bins a thread, sums by shuffles, one atomic addition a warp.
#include "device.cuh"
#include "kuleshov/color_histogram.h"

// Grid: 1, frames. `previous` [previous_count, COLOR_BINS] ends with the frame before the first. `distances` [frames,
// columns] are zeroed; column `column` is filled; it stays 0 where no frame is `lag` back.
KERNEL(256)
histogram_distance(const int32_t* histograms, const int32_t* previous, int32_t previous_count, int32_t lag,
                   int32_t column, int32_t columns, int64_t* distances) {
  using namespace kuleshov;
  using namespace kuleshov::device;
  const int64_t frame = blockIdx.y, other = frame - lag;
  const int32_t* before = other >= 0                 ? histograms + other * COLOR_BINS
                          : other >= -previous_count ? previous + (previous_count + other) * COLOR_BINS
                                                     : nullptr;
  const int32_t* now = histograms + frame * COLOR_BINS;
  int64_t sum = 0;
  if (before)
    for (int bin = static_cast<int>(threadIdx.x); bin < COLOR_BINS; bin += static_cast<int>(blockDim.x)) {
      const int32_t difference = now[bin] - before[bin];
      sum += difference < 0 ? -difference : difference;
    }
  sum = warp_sum(sum);
  if (threadIdx.x % WARP == 0 && sum) add(&distances[frame * columns + column], sum);
}
