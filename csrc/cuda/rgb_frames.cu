// Small RGB pictures of analysis frames: the input of networks that need few pixels (TransNetV2: 48x27).
//
// A thread makes one pixel: three area averages, exact in integers, then the conversion of kuleshov/rgb.h. A frame is
// read once, through the L1 cache; 3.9 KB a frame are written.
#include "device.cuh"
#include "kuleshov/area_average.h"
#include "kuleshov/rgb.h"

// Grid: strips of output pixels, frames. `rgb` is [frames, small_height, small_width, 3].
KERNEL(128)
rgb_frames(const uint8_t* luma, const uint8_t* chroma, int32_t height, int32_t width, int32_t small_height,
           int32_t small_width, float black, float luma_steps, float chroma_steps, float red_weight, float blue_weight,
           float red_scale, float blue_scale, float green_scale, uint8_t* rgb) {
  using namespace kuleshov;
  const Coding coding = {black, luma_steps, chroma_steps, red_weight, blue_weight, red_scale, blue_scale, green_scale};
  const int64_t frame = blockIdx.y;
  const uint8_t* luma_frame = luma + frame * height * width;
  const uint8_t* chroma_frame = chroma + frame * (height / 2) * width;
  const int32_t pixels = small_height * small_width, step = static_cast<int32_t>(gridDim.x * blockDim.x);
  for (int32_t i = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); i < pixels; i += step) {
    const int32_t y = i / small_width, x = i % small_width;
    const int luma_mean = area_mean(luma_frame, width, 1, height, width, y, x, small_height, small_width);
    const int cb = area_mean(chroma_frame, width, 2, height / 2, width / 2, y, x, small_height, small_width);
    const int cr = area_mean(chroma_frame + 1, width, 2, height / 2, width / 2, y, x, small_height, small_width);
    const Rgb color = rgb_from_ycbcr(luma_mean, cb, cr, coding);
    uint8_t* out = rgb + (frame * pixels + i) * 3;
    out[0] = code_value(color.red);
    out[1] = code_value(color.green);
    out[2] = code_value(color.blue);
  }
}
