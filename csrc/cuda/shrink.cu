// Area average of analysis frames to a few pixels: luma, Cb and Cr of every frame.
//
// Memory: a thread makes one output sample from some dozen source samples; neighbouring threads read neighbouring ones,
// and the samples between come from the L1 cache. Exact in integers, see kuleshov/area_average.h.
#include "device.cuh"
#include "kuleshov/area_average.h"

// Grid: strips of output samples, planes (luma, Cb, Cr), frames. `small` is [N, 3, small_height, small_width].
KERNEL(256)
shrink(const uint8_t* luma, const uint8_t* chroma, int32_t height, int32_t width, int32_t small_height,
       int32_t small_width, uint8_t* small) {
  using namespace kuleshov;
  const int64_t frame = blockIdx.z, plane = blockIdx.y;
  const int64_t pixels = static_cast<int64_t>(height) * width;
  const int step = plane == 0 ? 1 : 2;  // chroma has half the rows and columns, and Cb and Cr side by side
  const uint8_t* samples = plane == 0 ? luma + frame * pixels : chroma + frame * (pixels / 2) + (plane - 1);
  const int64_t count = static_cast<int64_t>(small_height) * small_width;
  uint8_t* out = small + (frame * 3 + plane) * count;
  const int64_t stride = static_cast<int64_t>(gridDim.x) * blockDim.x;
  for (int64_t k = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; k < count; k += stride)
    out[k] = area_mean(samples, width, step, height / step, width / step, static_cast<uint32_t>(k / small_width),
                       static_cast<uint32_t>(k % small_width), small_height, small_width);
}
