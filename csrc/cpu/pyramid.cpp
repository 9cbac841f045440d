#include "pyramid.h"

#include <algorithm>

#include "kuleshov/patch_flow.h"

namespace kuleshov::cpu {
namespace {

KULESHOV_CLONES void halve_row(const uint8_t* upper, const uint8_t* lower, int width, uint8_t* half) {
  for (int x = 0; x < width; ++x)
    half[x] = flow::box_mean(upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1]);
}

KULESHOV_CLONES void smooth_vertically(const uint8_t* above, const uint8_t* row, const uint8_t* below, int width,
                                       uint16_t* column) {
  for (int x = 0; x < width; ++x) column[x] = static_cast<uint16_t>(above[x] + 2 * row[x] + below[x]);
}

// `column` starts one pixel left of the row. The sums are integers of 12 bits, so a sixteenth of them is exact.
KULESHOV_CLONES void smooth_horizontally(const uint16_t* column, int width, float* smooth) {
  for (int x = 0; x < width; ++x)
    smooth[x] = static_cast<float>(column[x] + 2 * column[x + 1] + column[x + 2]) * (1.0f / 16.0f);
}

}  // namespace

Level::Level(int height, int width)
    : height_(height),
      width_(width),
      pixels_(static_cast<size_t>(height + 2 * BORDER) * static_cast<size_t>(stride())) {}

Pyramid::Pyramid(int height, int width, int levels) : column_(static_cast<size_t>(width) + 2) {
  for (int k = 0; k < levels; ++k) {
    levels_.emplace_back(height >> k, width >> k);
    if (k > 0) halves_.emplace_back(static_cast<size_t>(height >> k) * static_cast<size_t>(width >> k));
  }
}

void Pyramid::build(const uint8_t* luma) {
  const uint8_t* source = luma;
  for (int k = 0; k < size(); ++k) {
    Level& level = levels_[static_cast<size_t>(k)];
    const int height = level.height(), width = level.width();
    if (k > 0) {
      const ptrdiff_t stride = levels_[static_cast<size_t>(k) - 1].width();
      uint8_t* half = halves_[static_cast<size_t>(k) - 1].data();
      for (int y = 0; y < height; ++y)
        halve_row(source + 2 * y * stride, source + (2 * y + 1) * stride, width,
                  half + static_cast<ptrdiff_t>(y) * width);
      source = half;
    }
    for (int y = 0; y < height; ++y) {
      const uint8_t* row = source + static_cast<ptrdiff_t>(y) * width;
      smooth_vertically(y > 0 ? row - width : row, row, y + 1 < height ? row + width : row, width, column_.data() + 1);
      column_[0] = column_[1];
      column_[static_cast<size_t>(width) + 1] = column_[static_cast<size_t>(width)];
      float* smooth = level.at(y, 0);
      smooth_horizontally(column_.data(), width, smooth);
      std::fill(smooth - Level::BORDER, smooth, smooth[0]);
      std::fill(smooth + width, smooth + width + Level::BORDER, smooth[width - 1]);
    }
    for (int beyond = 1; beyond <= Level::BORDER; ++beyond) {
      std::copy_n(level.at(0, -Level::BORDER), level.stride(), level.at(-beyond, -Level::BORDER));
      std::copy_n(level.at(height - 1, -Level::BORDER), level.stride(), level.at(height - 1 + beyond, -Level::BORDER));
    }
  }
}

}  // namespace kuleshov::cpu
