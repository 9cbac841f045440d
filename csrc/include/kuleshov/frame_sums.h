// The integers from which the statistics of a frame are derived.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov {

constexpr int LUMA_VALUES = 256;
enum FrameSum { CB_SUM, CR_SUM, CHROMA_MAGNITUDE_SUM, FRAME_SUMS };

// floor(16 * sqrt(u^2 + v^2)) of a chroma sample, u = Cb - 128 and v = Cr - 128: 0..2896.
//
// Exact on every backend with an IEEE square root: 256 (u^2 + v^2) <= 2^23 is exact in float. If the true root were
// below an integer k <= 2897 and rounded up to it, it would be within half a step (2^-13) of k; but it is at most
// sqrt(k^2 - 1) < k - 1 / (2k), and 1 / (2k) > 2^-13.
KULESHOV_HD inline int32_t chroma_magnitude(int32_t cb, int32_t cr) {
  const int32_t u = cb - 128, v = cr - 128;
  return static_cast<int32_t>(square_root(static_cast<float>(256 * (u * u + v * v))));
}

}  // namespace kuleshov
