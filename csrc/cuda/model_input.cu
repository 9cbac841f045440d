// The input of image networks from crops of NV12 or P016 frames, in one pass: crop, resize, convert, normalise.
//
// A thread makes one pixel of the three output planes; neighbouring threads read neighbouring source samples, through
// the L1 cache, and write neighbouring pixels. A crop is read once from memory.
#include "device.cuh"
#include "kuleshov/model_input.h"

namespace kuleshov::device {

template <typename Sample, typename Number>
__device__ void make_model_input(const Picture<Sample>& planes, int64_t luma_stride, int64_t chroma_stride,
                                 const int32_t* boxes, int32_t height, int32_t width, const Coding& coding,
                                 const Normalisation& normalisation, Number* out) {
  const int32_t* row = boxes + static_cast<int64_t>(blockIdx.y) * 5;
  const Box box = {row[1], row[2], row[3], row[4]};
  const Picture<Sample> picture = {planes.luma + row[0] * luma_stride, planes.chroma + row[0] * chroma_stride,
                                   planes.luma_pitch, planes.chroma_pitch, planes.bit_depth};
  const int32_t pixels = height * width, step = static_cast<int32_t>(gridDim.x * blockDim.x);
  for (int32_t k = static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); k < pixels; k += step)
    model_pixel(picture, box, static_cast<uint32_t>(k / width), static_cast<uint32_t>(k % width),
                static_cast<uint32_t>(height), static_cast<uint32_t>(width), coding, normalisation,
                out + static_cast<int64_t>(blockIdx.y) * 3 * pixels);
}

}  // namespace kuleshov::device

// Grid: strips of output pixels, crops. `boxes` is [crops, 5]: frame, x, y, width, height. Frames are `luma_stride` and
// `chroma_stride` samples apart, rows of a plane its pitch. One of `floats` and `halves` [crops, 3, height, width] is
// null.
using kuleshov::half_t;

KERNEL(128)
model_input_8(const uint8_t* luma, const uint8_t* chroma, int32_t bit_depth, int64_t luma_pitch, int64_t chroma_pitch,
              int64_t luma_stride, int64_t chroma_stride, const int32_t* boxes, int32_t height, int32_t width,
              float black, float luma_steps, float chroma_steps, float red_weight, float blue_weight, float red_scale,
              float blue_scale, float green_scale, float mean_red, float mean_green, float mean_blue,
              float deviation_red, float deviation_green, float deviation_blue, float* floats, half_t* halves) {
  using namespace kuleshov;
  const Coding coding = {black, luma_steps, chroma_steps, red_weight, blue_weight, red_scale, blue_scale, green_scale};
  const Normalisation normalisation = {{mean_red, mean_green, mean_blue},
                                       {deviation_red, deviation_green, deviation_blue}};
  const Picture<uint8_t> planes = {luma, chroma, luma_pitch, chroma_pitch, bit_depth};
  if (floats)
    device::make_model_input(planes, luma_stride, chroma_stride, boxes, height, width, coding, normalisation, floats);
  else
    device::make_model_input(planes, luma_stride, chroma_stride, boxes, height, width, coding, normalisation, halves);
}

// The same of samples of 9 to 16 bits.
KERNEL(128)
model_input_16(const uint16_t* luma, const uint16_t* chroma, int32_t bit_depth, int64_t luma_pitch,
               int64_t chroma_pitch, int64_t luma_stride, int64_t chroma_stride, const int32_t* boxes, int32_t height,
               int32_t width, float black, float luma_steps, float chroma_steps, float red_weight, float blue_weight,
               float red_scale, float blue_scale, float green_scale, float mean_red, float mean_green, float mean_blue,
               float deviation_red, float deviation_green, float deviation_blue, float* floats, half_t* halves) {
  using namespace kuleshov;
  const Coding coding = {black, luma_steps, chroma_steps, red_weight, blue_weight, red_scale, blue_scale, green_scale};
  const Normalisation normalisation = {{mean_red, mean_green, mean_blue},
                                       {deviation_red, deviation_green, deviation_blue}};
  const Picture<uint16_t> planes = {luma, chroma, luma_pitch, chroma_pitch, bit_depth};
  if (floats)
    device::make_model_input(planes, luma_stride, chroma_stride, boxes, height, width, coding, normalisation, floats);
  else
    device::make_model_input(planes, luma_stride, chroma_stride, boxes, height, width, coding, normalisation, halves);
}
