// Statistics of a frame's flow besides the camera's movement: how fast its patches move, and how sharp it is.
//
// Quantiles are order statistics: found by comparing integers, so they do not depend on the order of work, then
// interpolated in double between two neighbours. Means are sums of integers. So both twins give the same bits.
#pragma once

#include "kuleshov/global_motion.h"

namespace kuleshov::statistics {

// Sharpness is given for each cell of this grid: 0 for a cell without patches.
constexpr int CELL_ROWS = 3, CELL_COLUMNS = 4, CELLS = CELL_ROWS * CELL_COLUMNS;

// The numbers of a frame, in this order: speeds in pixels over the valid patches (as in global_motion.h), 0 where
// there is none; the share of the patches that are valid; sharpness, row by row: the mean of log2(1 + texture) over all
// patches of a cell, valid or not.
enum Statistic { MEAN, MEDIAN, P90, SUPPORT, SHARPNESS, STATISTICS = SHARPNESS + CELLS };

constexpr double SPEED_STEPS = 1 << 20;  // a pixel, for the mean: its sum stays below 2^63 in frames of 2^31 pixels
constexpr double LOG_STEPS = 1 << 23;    // a doubling

// Numbers as integers in the same order; NONE is greater than all of them.
constexpr uint64_t NONE = ~uint64_t{0}, SIGN = uint64_t{1} << 63;
KULESHOV_HD inline uint64_t key_of(double number) {
  const uint64_t bits = bits_of(number);
  return bits & SIGN ? ~bits : bits | SIGN;
}
KULESHOV_HD inline double number_of(uint64_t key) { return double_of(key & SIGN ? key ^ SIGN : ~key); }

// The q-quantile of `count` numbers lies between the one of this rank and the next, at this share of the way.
struct Rank {
  int below;
  double share;
};
KULESHOV_HD inline Rank rank_of(int count, double q) {
  const double position = (count - 1) * q;
  const int below = static_cast<int>(position);
  return {below, position - below};
}
KULESHOV_HD inline double between(double low, double high, double share) { return low + share * (high - low); }

KULESHOV_HD inline double speed(const motion::Sample& s) { return square_root(s.dx * s.dx + s.dy * s.dy); }
KULESHOV_HD inline int64_t speed_steps(double speed) { return static_cast<int64_t>(speed * SPEED_STEPS + 0.5); }

// log2(1 + texture) in LOG_STEPS, linear between powers of two: the bits of a float, read as an integer.
KULESHOV_HD inline int64_t sharpness_steps(float texture) {
  return static_cast<int64_t>(bits_of(1.0f + texture)) - static_cast<int64_t>(bits_of(1.0f));
}

// The cell of a patch.
KULESHOV_HD inline int cell_of(int patch, int rows, int columns) {
  return patch / columns * CELL_ROWS / rows * CELL_COLUMNS + patch % columns * CELL_COLUMNS / columns;
}

KULESHOV_HD inline double sharpness(int64_t steps, int patches) {
  return patches ? static_cast<double>(steps) / LOG_STEPS / patches : 0;
}

KULESHOV_HD inline void state_speeds(double* out, int64_t steps, double median, double p90, int valid, int patches) {
  out[MEAN] = valid ? static_cast<double>(steps) / SPEED_STEPS / valid : 0;
  out[MEDIAN] = median;
  out[P90] = p90;
  out[SUPPORT] = static_cast<double>(valid) / patches;
}

}  // namespace kuleshov::statistics
