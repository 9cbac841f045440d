#include <algorithm>

#include "binding.h"

namespace kuleshov::cpu {
namespace {

KULESHOV_CLONES uint32_t row_difference(const uint8_t* a, const uint8_t* b, int64_t length) {
  uint32_t sum = 0;
  for (int64_t i = 0; i < length; ++i) sum += static_cast<uint32_t>(a[i] < b[i] ? b[i] - a[i] : a[i] - b[i]);
  return sum;
}

// sums: int64 [count] of |luma - luma of the frame before|, 0 where there is none
void absolute_difference(const uint8_t* luma, const uint8_t* previous, int64_t count, int64_t pixels, int64_t* sums) {
  constexpr int64_t CHUNK = 1 << 16;  // 2^16 differences of up to 255 fit into 32 bits
  for (int64_t n = 0; n < count; previous = luma, luma += pixels, ++n) {
    sums[n] = 0;
    if (!previous) continue;
    for (int64_t i = 0; i < pixels; i += CHUNK)
      sums[n] += row_difference(luma + i, previous + i, std::min(CHUNK, pixels - i));
  }
}

Array<int64_t> bind(const Bytes& luma, const MaybeBytes& previous) {
  const Batch batch(luma, previous);
  Array<int64_t> sums(batch.count);
  int64_t* out = sums.mutable_data();
  const py::gil_scoped_release unlocked;
  absolute_difference(luma.data(), data_or_null(previous), batch.count, batch.height * batch.width, out);
  return sums;
}

}  // namespace

KULESHOV_OPERATOR(module) { module.def("absolute_difference", &bind, array_arg("luma"), array_arg("previous")); }

}  // namespace kuleshov::cpu
