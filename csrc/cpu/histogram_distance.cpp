#include <algorithm>

#include "kuleshov/color_histogram.h"
#include "operators.h"

namespace kuleshov::cpu {
namespace {

KULESHOV_CLONES int64_t distance(const int32_t* a, const int32_t* b) {
  uint32_t sum = 0;  // two histograms differ by twice their pixels at most, below 2^32
  for (int bin = 0; bin < COLOR_BINS; ++bin)
    sum += static_cast<uint32_t>(a[bin] < b[bin] ? b[bin] - a[bin] : a[bin] - b[bin]);
  return sum;
}

}  // namespace

void histogram_distance(const int32_t* histograms, int64_t count, const int32_t* previous, int64_t previous_count,
                        const int32_t* lags, int64_t lag_count, int64_t* distances) {
  for (int64_t n = 0; n < count; ++n)
    for (int64_t k = 0; k < lag_count; ++k) {
      const int64_t other = n - lags[k];
      const int32_t* before = other >= 0                 ? histograms + other * COLOR_BINS
                              : other >= -previous_count ? previous + (previous_count + other) * COLOR_BINS
                                                         : nullptr;
      *distances++ = before ? distance(histograms + n * COLOR_BINS, before) : 0;
    }
}

}  // namespace kuleshov::cpu
