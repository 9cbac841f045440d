// Sum of |luma - luma of the frame before| of each frame.
//
// Memory: every frame is read twice, as itself and as the one before the next; the second time it comes from the L2
// cache (37 KB a frame of 256x144). Frames start at any even address, so bytes are read singly; the reads of a warp
// join in one transaction. One atomic addition a warp.
#include "device.cuh"

// Grid: strips of a frame, frames. `previous` is the frame before the first, or null; `sums` are zeroed.
KERNEL(256) absolute_difference(const uint8_t* luma, const uint8_t* previous, int64_t pixels, int64_t* sums) {
  using namespace kuleshov::device;
  const int64_t frame = blockIdx.y;
  const uint8_t* now = luma + frame * pixels;
  const uint8_t* before = frame > 0 ? now - pixels : previous;
  int64_t sum = 0;
  if (before) {
    const int64_t step = static_cast<int64_t>(gridDim.x) * blockDim.x;
    for (int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < pixels; i += step) {
      const int difference = static_cast<int>(now[i]) - static_cast<int>(before[i]);
      sum += difference < 0 ? -difference : difference;
    }
  }
  sum = warp_sum(sum);
  if (threadIdx.x % WARP == 0 && sum) add(&sums[frame], sum);
}
