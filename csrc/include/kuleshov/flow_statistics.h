// What is published of a frame's flow: speeds, pan, tilt and growth, from the vectors of its patches.
//
// Quantiles are order statistics: found by comparing integers, so that no order of work shows in them, then
// interpolated in double between two neighbours. The mean is a sum of integers. So both twins give the same bits.
#pragma once

#include "kuleshov/global_motion.h"

namespace kuleshov::statistics {

// What is returned of a frame, in this order: speeds, pan and tilt in pixels; growth is relative, 0 for none; support
// is the share of the patches that are valid (as in global_motion.h). All are over the valid patches, 0 where there is
// none.
enum Statistic { MEAN, MEDIAN, P90, PAN, TILT, GROWTH, SUPPORT, STATISTICS };

// Patches nearer to the middle than this share of the width say little about growth, as noise is divided by the
// distance; and it is stated where at least so many patches tell of it.
constexpr double GROWTH_RADIUS = 1.0 / 8;
constexpr int GROWTH_PATCHES = 8;
constexpr double SPEED_STEPS = 1 << 20;  // a pixel, for the mean: its sum stays below 2^63 in frames of 2^31 pixels

// Numbers as integers that are ordered as they are; NONE is greater than all of them.
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

// The medians of the valid patches' places (from the middle of the frame) and vectors, in pixels.
struct Middle {
  double x, y, dx, dy;
};

KULESHOV_HD inline double distance_squared(const motion::Sample& s, const Middle& middle) {
  const double x = s.x - middle.x, y = s.y - middle.y;
  return x * x + y * y;
}

// Whether a valid patch tells of growth, and what: d . p / |p|^2, both less their medians. Exact for translation with
// growth, blind to rotation.
KULESHOV_HD inline bool tells(const motion::Sample& s, const Middle& middle, int width) {
  const double radius = GROWTH_RADIUS * width;
  return s.valid && distance_squared(s, middle) >= radius * radius;
}
KULESHOV_HD inline double growth(const motion::Sample& s, const Middle& middle) {
  const double radial = (s.dx - middle.dx) * (s.x - middle.x) + (s.dy - middle.dy) * (s.y - middle.y);
  return radial / distance_squared(s, middle);
}

// The numbers of a frame. The median vector is carried along the growth to the middle of the frame, so that a zoom on a
// picture with texture on one side only is no pan.
KULESHOV_HD inline void state(double* out, const Middle& middle, double growth, int64_t steps, double median,
                              double p90, int valid, int patches) {
  out[MEAN] = valid ? static_cast<double>(steps) / SPEED_STEPS / valid : 0;
  out[MEDIAN] = median;
  out[P90] = p90;
  out[PAN] = middle.dx - growth * middle.x;
  out[TILT] = middle.dy - growth * middle.y;
  out[GROWTH] = growth;
  out[SUPPORT] = static_cast<double>(valid) / patches;
}

}  // namespace kuleshov::statistics
