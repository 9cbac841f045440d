// Eight floats as one value: two, one or half a register, whatever the processor has. Sums keep one partial sum a lane
// and add the lanes in a fixed order, so results do not depend on the SIMD level.
#pragma once

#include <cstring>

#include "kuleshov/platform.h"

namespace kuleshov::cpu {

#define KULESHOV_INLINE inline __attribute__((always_inline))

using Lanes = float __attribute__((vector_size(8 * sizeof(float))));

KULESHOV_INLINE void load(const float* source, Lanes& lanes) { std::memcpy(&lanes, source, sizeof lanes); }

KULESHOV_INLINE float total(const Lanes& lanes) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace kuleshov::cpu
