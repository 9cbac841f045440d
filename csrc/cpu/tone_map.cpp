#include "kuleshov/color_cube.h"
#include "operators.h"

namespace kuleshov::cpu {

void tone_map(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
              const int16_t* cube, uint8_t* luma_out, uint8_t* chroma_out) {
  const int16_t *to_y = cube, *to_cb = cube + CUBE_NODES, *to_cr = cube + 2 * CUBE_NODES;
  for (int64_t row = 0; row < count * height / 2; ++row) {
    const uint8_t *above = luma + 2 * row * width, *below = above + width, *pairs = chroma + row * width;
    uint8_t *above_out = luma_out + 2 * row * width, *below_out = above_out + width, *out = chroma_out + row * width;
    for (int64_t x = 0; x < width; x += 2) {
      const int cb = pairs[x], cr = pairs[x + 1];
      above_out[x] = cube_value(to_y, above[x], cb, cr);
      above_out[x + 1] = cube_value(to_y, above[x + 1], cb, cr);
      below_out[x] = cube_value(to_y, below[x], cb, cr);
      below_out[x + 1] = cube_value(to_y, below[x + 1], cb, cr);
      const int mean = (above[x] + above[x + 1] + below[x] + below[x + 1] + 2) >> 2;
      out[x] = cube_value(to_cb, mean, cb, cr);
      out[x + 1] = cube_value(to_cr, mean, cb, cr);
    }
  }
}

}  // namespace kuleshov::cpu
