// One sample of a model's input: a crop of NV12 or P016 planes, area-averaged to 8 bits, converted to R'G'B',
// normalised.
#pragma once

#include "kuleshov/area_average.h"
#include "kuleshov/rgb.h"

namespace kuleshov {

// A crop of a frame in luma samples, all even, inside the frame.
struct Box {
  int32_t x, y, width, height;
};

// The normalisation a network was trained with: (value - mean) / deviation of each of R, G, B in 0..1.
struct Normalisation {
  float mean[3], deviation[3];
};

KULESHOV_HD inline float unit(float share) { return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share; }

// A frame's planes in memory; pitches are samples from row to row.
template <typename Sample>
struct Picture {
  const Sample *luma, *chroma;
  int64_t luma_pitch, chroma_pitch;
  int bit_depth;
};

KULESHOV_HD inline void store(float value, float* out) { *out = value; }
KULESHOV_HD inline void store(float value, half_t* out) { *out = half_of(value); }

// Pixel (i, j) of `height` x `width`, written to three planes of `out` (floats or halves) that lie `height * width`
// apart.
template <typename Sample, typename Number>
KULESHOV_HD inline void model_pixel(const Picture<Sample>& picture, const Box& box, uint32_t i, uint32_t j,
                                    uint32_t height, uint32_t width, const Coding& coding,
                                    const Normalisation& normalisation, Number* out) {
  const Sample* y = picture.luma + box.y * picture.luma_pitch + box.x;
  const Sample* pairs = picture.chroma + box.y / 2 * picture.chroma_pitch + box.x;
  const int64_t pitch = picture.chroma_pitch;
  const int bits = picture.bit_depth;
  const auto rows = static_cast<uint32_t>(box.height), columns = static_cast<uint32_t>(box.width);
  const Rgb color =
      rgb_from_ycbcr(area_mean(y, picture.luma_pitch, 1, rows, columns, i, j, height, width, bits),
                     area_mean(pairs, pitch, 2, rows / 2, columns / 2, i, j, height, width, bits),
                     area_mean(pairs + 1, pitch, 2, rows / 2, columns / 2, i, j, height, width, bits), coding);
  const int64_t plane = static_cast<int64_t>(height) * width, at = static_cast<int64_t>(i) * width + j;
  store((unit(color.red) - normalisation.mean[0]) / normalisation.deviation[0], out + at);
  store((unit(color.green) - normalisation.mean[1]) / normalisation.deviation[1], out + plane + at);
  store((unit(color.blue) - normalisation.mean[2]) / normalisation.deviation[2], out + 2 * plane + at);
}

}  // namespace kuleshov
