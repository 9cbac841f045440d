// Area averaging in exact integers: which source samples an output sample covers, with what weight, and the rounding.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov {

// The source samples first..last (inclusive) that one output sample covers along one axis. Weights are in units of
// 1/target of a source sample and add up to `source`; all samples between first and last have weight `target`.
template <typename Integer>
struct CoverageOf {
  Integer first, last;
  Integer first_weight, last_weight;  // last_weight is 0 where first == last
};
using Coverage = CoverageOf<int64_t>;

// Output sample i of `target` samples over `source` samples covers [i * source / target, (i + 1) * source / target).
// `source` and `target` may both have been divided by a common factor. For sides up to 65535, uint32_t is enough:
// the largest intermediate number is target * source.
template <typename Integer>
KULESHOV_HD inline CoverageOf<Integer> coverage(Integer i, Integer source, Integer target) {
  const Integer begin = i * source, end = begin + source;
  const Integer first = begin / target, last = (end - 1) / target;
  if (first == last) return {first, last, source, 0};
  return {first, last, (first + 1) * target - begin, end - last * target};
}

// Weighted sum -> 8-bit value: round half up of sum / (weight * 2^(bit_depth - 8)), at most 255 (full-range samples of
// more than 8 bits reach 255.75 and more). `divisor` is 2 * weight * 2^(bit_depth - 8).
//
// The quotient in double is exact after truncation: it is correctly rounded from exact operands (both below 2^53), and
// a true quotient below an integer k <= 257 lies at least 1 / divisor >= 2^-41 below it, while doubles there are 2^-44
// apart or closer, so rounding can't reach k.
KULESHOV_HD inline uint8_t rounded_mean(uint64_t sum, uint64_t divisor) {
  const double quotient = static_cast<double>(2 * sum + divisor / 2) / static_cast<double>(divisor);
  const int32_t value = static_cast<int32_t>(quotient);
  return static_cast<uint8_t>(value < 255 ? value : 255);
}

// The type of a row's weighted sum, which is at most the greatest sample times source_x.
template <typename Sample>
struct RowSum;
template <>
struct RowSum<uint8_t> {
  using type = uint32_t;
};
template <>
struct RowSum<uint16_t> {
  using type = uint64_t;
};

// The mean of one output sample (i, j) of a small frame, in 8 bits: samples of `bit_depth` at `step`, rows `pitch`
// samples apart. Sides up to 65535.
template <typename Sample>
KULESHOV_HD inline uint8_t area_mean(const Sample* samples, int64_t pitch, int64_t step, uint32_t source_y,
                                     uint32_t source_x, uint32_t i, uint32_t j, uint32_t target_y, uint32_t target_x,
                                     int bit_depth = 8) {
  using Sum = typename RowSum<Sample>::type;
  const CoverageOf<uint32_t> rows = coverage(i, source_y, target_y), columns = coverage(j, source_x, target_x);
  uint64_t total = 0;
  for (uint32_t y = rows.first; y <= rows.last; ++y) {
    const Sample* row = samples + y * pitch;
    Sum sum = static_cast<Sum>(row[columns.first * step]) * columns.first_weight +
              static_cast<Sum>(row[columns.last * step]) * columns.last_weight;
    for (uint32_t x = columns.first + 1; x < columns.last; ++x) sum += static_cast<Sum>(row[x * step]) * target_x;
    const uint32_t weight = y == rows.first ? rows.first_weight : y == rows.last ? rows.last_weight : target_y;
    total += static_cast<uint64_t>(sum) * weight;
  }
  return rounded_mean(total, (2 * static_cast<uint64_t>(source_y) * source_x) << (bit_depth - 8));
}

}  // namespace kuleshov
