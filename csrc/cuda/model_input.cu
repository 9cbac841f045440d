// A batch of a model's input from crops of NV12 frames, in one pass: crop, resize, convert, normalise.
//
// A thread makes one pixel of the three output planes; neighbouring threads read neighbouring source samples, through
// the L1 cache, and write side by side. A crop is read once from memory.
#include "device.cuh"
#include "kuleshov/model_input.h"

// Grid: strips of output pixels, crops. `boxes` is [crops, 5]: frame, x, y, width, height. Frames are `frame_stride`
// bytes of luma apart, half as many of chroma; rows of both are `pitch` bytes apart. `out` is [crops, 3, height,
// width].
KERNEL(128)
model_input(const uint8_t* luma, const uint8_t* chroma, int64_t pitch, int64_t frame_stride, const int32_t* boxes,
            int32_t height, int32_t width, float black, float luma_steps, float chroma_steps, float red_weight,
            float blue_weight, float red_scale, float blue_scale, float green_scale, float mean_red, float mean_green,
            float mean_blue, float deviation_red, float deviation_green, float deviation_blue, float* out) {
  using namespace kuleshov;
  const Coding coding = {black, luma_steps, chroma_steps, red_weight, blue_weight, red_scale, blue_scale, green_scale};
  const Normalisation normalisation = {{mean_red, mean_green, mean_blue},
                                       {deviation_red, deviation_green, deviation_blue}};
  const int32_t* row = boxes + static_cast<int64_t>(blockIdx.y) * 5;
  const Box box = {row[1], row[2], row[3], row[4]};
  const int64_t start = row[0] * frame_stride;
  const int32_t pixels = height * width, step = static_cast<int32_t>(gridDim.x * blockDim.x);
  for (int32_t k = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); k < pixels; k += step)
    model_pixel(luma + start, chroma + start / 2, pitch, box, static_cast<uint32_t>(k / width),
                static_cast<uint32_t>(k % width), static_cast<uint32_t>(height), static_cast<uint32_t>(width), coding,
                normalisation, out + static_cast<int64_t>(blockIdx.y) * 3 * pixels);
}
