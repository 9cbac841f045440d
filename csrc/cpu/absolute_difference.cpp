#include <algorithm>

#include "operators.h"

namespace kuleshov::cpu {
namespace {

KULESHOV_CLONES uint32_t row_difference(const uint8_t* a, const uint8_t* b, int64_t length) {
  uint32_t sum = 0;
  for (int64_t i = 0; i < length; ++i) sum += static_cast<uint32_t>(a[i] < b[i] ? b[i] - a[i] : a[i] - b[i]);
  return sum;
}

}  // namespace

void absolute_difference(const uint8_t* luma, const uint8_t* previous, int64_t count, int64_t pixels, int64_t* sums) {
  constexpr int64_t CHUNK = 1 << 16;  // 2^16 differences of up to 255 fit into 32 bits
  for (int64_t n = 0; n < count; previous = luma, luma += pixels, ++n) {
    sums[n] = 0;
    if (!previous) continue;
    for (int64_t i = 0; i < pixels; i += CHUNK)
      sums[n] += row_difference(luma + i, previous + i, std::min(CHUNK, pixels - i));
  }
}

}  // namespace kuleshov::cpu
