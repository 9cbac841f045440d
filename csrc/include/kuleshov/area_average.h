// Area averaging in exact integers: which source samples an output sample covers, with what weight, and the rounding.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov {

// The source samples first..last (inclusive) that one output sample covers along one axis. Weights are in units of
// 1/target of a source sample and add up to `source`; all samples between first and last have weight `target`.
struct Coverage {
  int64_t first, last;
  int64_t first_weight, last_weight;  // last_weight is 0 where first == last
};

// Output sample i of `target` samples over `source` samples covers [i * source / target, (i + 1) * source / target).
// `source` and `target` may both have been divided by a common factor.
KULESHOV_HD inline Coverage coverage(int64_t i, int64_t source, int64_t target) {
  const int64_t begin = i * source, end = begin + source;
  const int64_t first = begin / target, last = (end - 1) / target;
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

}  // namespace kuleshov
