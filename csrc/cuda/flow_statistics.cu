// Statistics of each frame's flow: one warp a frame, so that no barrier is needed and a batch fills the processors.
//
// A lane takes every 32nd patch (18 of 576). For each quantile it writes the keys of its own patches to `keys`, 4.6 KB
// a frame, which no other lane reads, and which stay in the L1 cache. The key of a rank is then found bit by bit from
// the highest down: the warp counts how many keys have a 0 next, which decides the next bit of the key. 64 counts a
// quantile for any numbers: about 20 us of latency a batch, all frames in parallel.
#include "device.cuh"
#include "kuleshov/flow_statistics.h"

namespace kuleshov::device::flow_statistics {

// The keys of a frame's numbers, as this lane sees them. Entries without a number are NONE.
struct Keys {
  uint64_t* keys;
  int patches, lane;

  // The key of that rank, which must be less than the count of numbers.
  __device__ uint64_t of_rank(int rank) const {
    uint64_t found = 0;
#pragma unroll 1
    for (int bit = 63; bit >= 0; --bit) {
      int zeros = 0;
      for (int i = lane; i < patches; i += WARP) zeros += keys[i] >> bit == found >> bit;
      zeros = warp_total(zeros);
      if (rank < zeros) continue;
      rank -= zeros;
      found |= uint64_t{1} << bit;
    }
    return found;
  }

  // The key of the rank after that of `below`.
  __device__ uint64_t after(uint64_t below, int rank) const {
    int not_greater = 0;
    uint64_t least = statistics::NONE;
    for (int i = lane; i < patches; i += WARP) {
      not_greater += keys[i] <= below;
      if (keys[i] > below) least = min(least, keys[i]);
    }
    for (int distance = WARP / 2; distance > 0; distance /= 2)
      least = min(least, __shfl_xor_sync(FULL_MASK, least, distance));
    return warp_total(not_greater) > rank + 1 ? below : least;
  }

  // The q-quantile of `count` numbers, 0 of none.
  __device__ double quantile(int count, double q) const {
    if (count == 0) return 0;
    const statistics::Rank rank = statistics::rank_of(count, q);
    const uint64_t below = of_rank(rank.below), above = rank.below + 1 < count ? after(below, rank.below) : below;
    return statistics::between(statistics::number_of(below), statistics::number_of(above), rank.share);
  }
};

}  // namespace kuleshov::device::flow_statistics

// Grid: 1, frames. `vectors` [N, patches, 2], `textures` and `matches` [N, patches] are those of patch flow for frames
// of `height` x `width`, which hold a patch; `keys` [N, patches] is memory to work in, `out` is [N, STATISTICS],
// `valid` [N, patches].
KERNEL(32)
flow_statistics(const float* vectors, const float* textures, const float* matches, int32_t height, int32_t width,
                float least_texture, float least_match, uint64_t* keys, double* out, uint8_t* valid) {
  using namespace kuleshov;
  using namespace kuleshov::statistics;
  using kuleshov::device::warp_total;
  using motion::Sample;
  const int patches = flow::axis(height).count * flow::axis(width).count, lane = static_cast<int>(threadIdx.x);
  const int64_t frame = blockIdx.y, start = frame * patches;
  const device::flow_statistics::Keys own = {keys + start, patches, lane};
  const auto patch = [=](int i) {
    const int64_t at = start + i;
    return motion::sample(vectors + 2 * at, textures[at], matches[at], i, height, width, least_texture, least_match);
  };

  int count = 0;
  for (int i = lane; i < patches; i += device::WARP) {
    const bool counts = patch(i).valid;
    valid[start + i] = counts;
    count += counts;
  }
  count = warp_total(count);

  int64_t steps = 0;
  for (int i = lane; i < patches; i += device::WARP) {
    const Sample s = patch(i);
    const double moved = speed(s);
    own.keys[i] = s.valid ? key_of(moved) : NONE;
    steps += s.valid ? speed_steps(moved) : 0;
  }
  steps = warp_total(steps);
  const double median = own.quantile(count, 0.5), p90 = own.quantile(count, 0.9);
  double* numbers = out + frame * STATISTICS;
  if (lane == 0) state_speeds(numbers, steps, median, p90, count, patches);

  const int rows = flow::axis(height).count, columns = flow::axis(width).count;
#pragma unroll 1
  for (int cell = 0; cell < CELLS; ++cell) {
    int64_t sum = 0;
    int held = 0;
    for (int i = lane; i < patches; i += device::WARP) {
      const bool inside = cell_of(i, rows, columns) == cell;
      sum += inside ? sharpness_steps(textures[start + i]) : 0;
      held += inside;
    }
    sum = warp_total(sum);
    held = warp_total(held);
    if (lane == 0) numbers[SHARPNESS + cell] = sharpness(sum, held);
  }
}
