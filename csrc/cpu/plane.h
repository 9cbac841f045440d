// Planes of samples, and how they are averaged to smaller ones.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov::cpu {

// A plane of samples in memory; strides may be negative. `samples` points to the sample [0, 0].
template <typename Byte>
struct Plane {
  Byte* samples;
  int64_t height, width;
  ptrdiff_t row_stride_bytes, column_stride_bytes;
};

// Averages `plane` (samples of 1 or 2 bytes) over the rectangles of `out`. Sides are 1..65535.
void area_average(const Plane<const uint8_t>& plane, int sample_bytes, int bit_depth, const Plane<uint8_t>& out);

// small: uint8 [count, 3, small_height, small_width]: luma, Cb and Cr, area-averaged
void shrink(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
            int64_t small_height, int64_t small_width, uint8_t* small);

}  // namespace kuleshov::cpu
