// One sample of a model's input: a crop of NV12 planes, area-averaged, converted to R'G'B', normalised.
#pragma once

#include "kuleshov/area_average.h"
#include "kuleshov/rgb.h"

namespace kuleshov {

// A crop of a frame in luma samples, all even, inside the frame.
struct Box {
  int32_t x, y, width, height;
};

// What a network was trained with: (value - mean) / deviation of each of R, G, B in 0..1.
struct Normalisation {
  float mean[3], deviation[3];
};

KULESHOV_HD inline float unit(float share) { return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share; }

// Pixel (i, j) of `height` x `width`, written to three planes of `out` that lie `height * width` apart. Rows of both
// planes are `pitch` bytes apart.
KULESHOV_HD inline void model_pixel(const uint8_t* luma, const uint8_t* chroma, int64_t pitch, const Box& box,
                                    uint32_t i, uint32_t j, uint32_t height, uint32_t width, const Coding& coding,
                                    const Normalisation& normalisation, float* out) {
  const uint8_t* y = luma + box.y * pitch + box.x;
  const uint8_t* pairs = chroma + box.y / 2 * pitch + box.x;
  const auto rows = static_cast<uint32_t>(box.height), columns = static_cast<uint32_t>(box.width);
  const Rgb color = rgb_from_ycbcr(area_mean(y, pitch, 1, rows, columns, i, j, height, width),
                                   area_mean(pairs, pitch, 2, rows / 2, columns / 2, i, j, height, width),
                                   area_mean(pairs + 1, pitch, 2, rows / 2, columns / 2, i, j, height, width), coding);
  const int64_t plane = static_cast<int64_t>(height) * width, at = static_cast<int64_t>(i) * width + j;
  out[at] = (unit(color.red) - normalisation.mean[0]) / normalisation.deviation[0];
  out[plane + at] = (unit(color.green) - normalisation.mean[1]) / normalisation.deviation[1];
  out[2 * plane + at] = (unit(color.blue) - normalisation.mean[2]) / normalisation.deviation[2];
}

}  // namespace kuleshov
