#include "operators.h"

namespace kuleshov::cpu {

void shrink(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
            int64_t small_height, int64_t small_width, uint8_t* small) {
  const int64_t samples = small_height * small_width;
  for (int64_t n = 0; n < count; ++n, luma += height * width, chroma += height / 2 * width) {
    const Plane<const uint8_t> planes[3] = {
        {luma, height, width, width, 1},
        {chroma, height / 2, width / 2, width, 2},
        {chroma + 1, height / 2, width / 2, width, 2},
    };
    for (const auto& plane : planes) {
      area_average(plane, /*sample_bytes=*/1, /*bit_depth=*/8, {small, small_height, small_width, small_width, 1});
      small += samples;
    }
  }
}

}  // namespace kuleshov::cpu
