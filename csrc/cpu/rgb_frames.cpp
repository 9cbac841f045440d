#include <vector>

#include "kuleshov/rgb.h"
#include "operators.h"

namespace kuleshov::cpu {

void rgb_frames(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                int64_t small_height, int64_t small_width, const Coding& coding, uint8_t* rgb) {
  const int64_t samples = small_height * small_width;
  std::vector<uint8_t> small(static_cast<size_t>(3 * samples));
  for (int64_t n = 0; n < count; ++n, luma += height * width, chroma += height / 2 * width) {
    shrink(luma, chroma, 1, height, width, small_height, small_width, small.data());
    const uint8_t *y = small.data(), *cb = y + samples, *cr = cb + samples;
    for (int64_t i = 0; i < samples; ++i, rgb += 3) {
      const Rgb color = rgb_from_ycbcr(y[i], cb[i], cr[i], coding);
      rgb[0] = code_value(color.red);
      rgb[1] = code_value(color.green);
      rgb[2] = code_value(color.blue);
    }
  }
}

}  // namespace kuleshov::cpu
