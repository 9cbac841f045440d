#include "kuleshov/color_histogram.h"

#include <algorithm>

#include "operators.h"

namespace kuleshov::cpu {

// One histogram for each pixel of a 2x2 block: neighbours mostly fall into the same bin, and an increment would wait
// for the one before it. 4 x 8 KiB stay in the first-level cache.
void color_histogram(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                     int32_t* histograms) {
  int32_t parts[4][COLOR_BINS];
  for (int64_t n = 0; n < count; ++n) {
    std::fill_n(parts[0], 4 * COLOR_BINS, 0);
    for (int64_t y = 0; y < height; y += 2, luma += 2 * width, chroma += width) {
      const uint8_t *upper = luma, *lower = luma + width;
      for (int64_t x = 0; x < width; x += 2) {
        const int color = chroma_bins(chroma[x], chroma[x + 1]);
        ++parts[0][luma_bins(upper[x]) | color];
        ++parts[1][luma_bins(upper[x + 1]) | color];
        ++parts[2][luma_bins(lower[x]) | color];
        ++parts[3][luma_bins(lower[x + 1]) | color];
      }
    }
    for (int bin = 0; bin < COLOR_BINS; ++bin)
      *histograms++ = parts[0][bin] + parts[1][bin] + parts[2][bin] + parts[3][bin];
  }
}

}  // namespace kuleshov::cpu
