// The levels of luma frames that patch flow aligns: halved again and again, each level smoothed to floats.
//
// Memory: every sample is read through the L1 cache by the few neighbours that need it; the whole pyramid of a frame of
// 256x144 is 196 KB, written once and read once. Integers until the last step, so the same bits as
// csrc/cpu/pyramid.cpp.
#include "device.cuh"
#include "kuleshov/patch_flow.h"

// Grid: strips of the half, frames. `half` is [frames, height / 2, width / 2], rounded down.
KERNEL(256) flow_halve(const uint8_t* luma, int32_t height, int32_t width, uint8_t* half) {
  using namespace kuleshov;
  const int32_t half_height = height / 2, half_width = width / 2, step = static_cast<int32_t>(gridDim.x * blockDim.x);
  const int64_t frame = blockIdx.y;
  const uint8_t* source = luma + frame * height * width;
  uint8_t* target = half + frame * half_height * half_width;
  for (int32_t i = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); i < half_height * half_width;
       i += step) {
    const uint8_t* upper = source + static_cast<int64_t>(i / half_width) * 2 * width + i % half_width * 2;
    const uint8_t* lower = upper + width;
    target[i] = flow::box_mean(upper[0], upper[1], lower[0], lower[1]);
  }
}

// Binomial 1 2 1 in both directions, edges repeated. Grid: strips, frames. `smooth` is [frames, height, width].
KERNEL(256) flow_smooth(const uint8_t* luma, int32_t height, int32_t width, float* smooth) {
  using namespace kuleshov;
  const int32_t pixels = height * width, step = static_cast<int32_t>(gridDim.x * blockDim.x);
  const int64_t frame = blockIdx.y;
  const uint8_t* source = luma + frame * pixels;
  float* target = smooth + frame * pixels;
  for (int32_t i = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); i < pixels; i += step) {
    const int32_t y = i / width, x = i % width;
    const int32_t left = flow::clamp(x - 1, 0, width - 1), right = flow::clamp(x + 1, 0, width - 1);
    int32_t sum = 0;
    for (int32_t k = -1; k <= 1; ++k) {
      const uint8_t* row = source + static_cast<int64_t>(flow::clamp(y + k, 0, height - 1)) * width;
      sum += (2 - k * k) * (row[left] + 2 * row[x] + row[right]);
    }
    target[i] = static_cast<float>(sum) * (1.0f / 16.0f);
  }
}
