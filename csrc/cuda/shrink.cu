// Area average of analysis frames to a few pixels: luma, Cb and Cr of every frame.
//
// Memory: a thread makes one output sample from some dozen source samples; neighbouring threads read neighbouring ones,
// through the L1 cache. Exact in integers, as kuleshov/area_average.h tells.
#include "device.cuh"

#include "kuleshov/area_average.h"

// Grid: strips of output samples, planes (luma, Cb, Cr), frames. `out` is [N, 3, out_height, out_width].
KERNEL(256)
shrink(const uint8_t* luma, const uint8_t* chroma, int32_t height, int32_t width, int32_t out_height, int32_t out_width,
       uint8_t* out) {
  using namespace kuleshov;
  const int64_t frame = blockIdx.z;
  const int plane = blockIdx.y;
  const int part = plane ? 2 : 1;  // chroma has half the rows and columns, and two samples beside each other
  const int64_t source_y = height / part, source_x = width / part;
  const uint8_t* samples = plane ? chroma + frame * height * width / 2 + (plane - 1) : luma + frame * height * width;
  uint8_t* target = out + (frame * 3 + plane) * out_height * out_width;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < out_height * out_width; i += gridDim.x * blockDim.x)
    target[i] = area_mean(samples, source_x * part, part, source_y, source_x, i / out_width, i % out_width, out_height,
                          out_width);
}
