// Converts frames by a colour table: HDR and wide-gamut pictures become what an SDR display would show.
//
// A thread maps one chroma sample and the four luma samples that it colours, so a frame is read and written once. The
// table (1.6 MB in three planes) stays in L2; neighbouring pixels share their nodes in L1.
#include "device.cuh"
#include "kuleshov/color_cube.h"

// Grid: strips of chroma samples, frames. `cube` is [3, CUBE_SIDE, CUBE_SIDE, CUBE_SIDE].
KERNEL(256)
tone_map(const uint8_t* luma, const uint8_t* chroma, int32_t height, int32_t width, const int16_t* cube,
         uint8_t* luma_out, uint8_t* chroma_out) {
  using namespace kuleshov;
  const int16_t *to_y = cube, *to_cb = cube + CUBE_NODES, *to_cr = cube + 2 * CUBE_NODES;
  const int64_t frame = blockIdx.y;
  const int32_t columns = width / 2, samples = height / 2 * columns;
  const int32_t step = static_cast<int32_t>(gridDim.x * blockDim.x);
  for (int32_t i = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); i < samples; i += step) {
    const int32_t y = i / columns, x = i % columns;
    const int64_t above = frame * height * width + static_cast<int64_t>(2 * y) * width + 2 * x, below = above + width;
    const int64_t pair = frame * (height / 2) * width + static_cast<int64_t>(y) * width + 2 * x;
    const int cb = chroma[pair], cr = chroma[pair + 1];
    luma_out[above] = cube_value(to_y, luma[above], cb, cr);
    luma_out[above + 1] = cube_value(to_y, luma[above + 1], cb, cr);
    luma_out[below] = cube_value(to_y, luma[below], cb, cr);
    luma_out[below + 1] = cube_value(to_y, luma[below + 1], cb, cr);
    const int mean = (luma[above] + luma[above + 1] + luma[below] + luma[below + 1] + 2) >> 2;
    chroma_out[pair] = cube_value(to_cb, mean, cb, cr);
    chroma_out[pair + 1] = cube_value(to_cr, mean, cb, cr);
  }
}
