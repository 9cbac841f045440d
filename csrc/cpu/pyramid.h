// The levels of one luma frame that patch flow aligns.
#pragma once

#include <vector>

#include "kuleshov/platform.h"

namespace kuleshov::cpu {

// One level: smoothed luma as floats, with BORDER pixels repeated outside each edge.
class Level {
 public:
  static constexpr int BORDER = 8;

  Level(int height, int width);

  int height() const { return height_; }
  int width() const { return width_; }
  int stride() const { return width_ + 2 * BORDER; }
  const float* at(int y, int x) const { return pixels_.data() + offset(y, x); }
  float* at(int y, int x) { return pixels_.data() + offset(y, x); }

 private:
  ptrdiff_t offset(int y, int x) const { return static_cast<ptrdiff_t>(y + BORDER) * stride() + x + BORDER; }

  int height_, width_;
  std::vector<float> pixels_;
};

// All levels of a frame. Each is the 2 x 2 box mean (rounded to 8 bits) of the previous one; each is then
// smoothed by the binomial 1 2 1 in both directions, which makes it linear enough between pixels for subpixel steps.
class Pyramid {
 public:
  Pyramid(int height, int width, int levels);

  // Replaces the levels by those of `luma`, contiguous rows.
  void build(const uint8_t* luma);

  const Level& operator[](int level) const { return levels_[static_cast<size_t>(level)]; }
  int size() const { return static_cast<int>(levels_.size()); }

 private:
  std::vector<Level> levels_;
  std::vector<std::vector<uint8_t>> halves_;  // of levels 1, 2, ..., not smoothed
  std::vector<uint16_t> column_;              // one row, smoothed vertically, with a pixel more on either side
};

}  // namespace kuleshov::cpu
