// Counting and adding up on the device, by whole warps of one-dimensional blocks.
//
// Neighbouring pixels mostly fall into the same bin, and atomics on one address wait for each other: a flat picture
// would take 32 turns where noise takes one. So a warp first finds which of its lanes have the same bin, and one lane
// of each such group adds for all of them: the lanes of a warp never compete for an address, however flat the picture.
#pragma once

#include "device.cuh"

namespace kuleshov::device {

// Adds 1 to bins[bin] for every lane, in shared or global memory; a lane with a negative bin adds nothing.
__device__ inline void count(int32_t* bins, int32_t bin) {
  const uint32_t peers = __match_any_sync(FULL_MASK, bin);
  const int lane = static_cast<int>(threadIdx.x % WARP);
  if (bin >= 0 && lane == __ffs(static_cast<int>(peers)) - 1) atomicAdd(&bins[bin], __popc(peers));
}

// Adds the values of a warp's lanes to a frame's sum.
__device__ inline void add_warp(int64_t* frame_sum, int64_t value) {
  const int64_t sum = warp_sum(value);
  if (threadIdx.x % WARP == 0 && sum != 0) add(frame_sum, sum);
}

// Zeroes a block's bins in shared memory. The caller's barrier comes after it.
__device__ inline void clear(int32_t* bins, int length) {
  for (int bin = static_cast<int>(threadIdx.x); bin < length; bin += static_cast<int>(blockDim.x)) bins[bin] = 0;
}

// Adds a block's bins in shared memory to the frame's. The caller's barrier comes before it.
__device__ inline void flush(const int32_t* bins, int length, int32_t* frame_bins) {
  for (int bin = static_cast<int>(threadIdx.x); bin < length; bin += static_cast<int>(blockDim.x))
    if (bins[bin] != 0) atomicAdd(&frame_bins[bin], bins[bin]);
}

// A chroma sample of an analysis frame and the 2 x 2 pixels that share it.
struct Block2x2 {
  int32_t luma[4], cb, cr;
};

// Block `index` of a contiguous frame, row by row: luma [height, width], chroma [height / 2, width / 2, 2].
__device__ inline Block2x2 read_block(const uint8_t* luma, const uint8_t* chroma, int32_t index, int32_t width) {
  const int32_t y = index / (width / 2), x = index % (width / 2);
  const uint8_t* upper = luma + static_cast<int64_t>(2 * y) * width + 2 * x;
  const uint8_t* lower = upper + width;
  const uint8_t* pair = chroma + 2 * static_cast<int64_t>(index);
  return {{upper[0], upper[1], lower[0], lower[1]}, pair[0], pair[1]};
}

}  // namespace kuleshov::device
