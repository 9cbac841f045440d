// The patches of a frame that patch_flow aligns, as input of other operators.
#pragma once

#include <algorithm>

#include "binding.h"
#include "kuleshov/patch_flow.h"

namespace kuleshov::cpu {

struct FlowGrid {
  int64_t rows, columns;
};

inline FlowGrid flow_grid(int64_t height, int64_t width) {
  return {std::max<int64_t>(1, height / flow::PATCH), std::max<int64_t>(1, width / flow::PATCH)};
}

// Checks the patches of frames of height x width. Returns the number of frames.
inline py::ssize_t require_patches(const Array<float>& vectors, const Array<float>& textures,
                                   const Array<float>& matches, int height, int width) {
  require(height >= 2 && width >= 2 && height <= MAX_SIDE && width <= MAX_SIDE, "H and W must be 2 to 65535");
  const FlowGrid grid = flow_grid(height, width);
  const py::ssize_t count = vectors.ndim() ? vectors.shape(0) : 0;
  const auto fits = [&](const Array<float>& array, py::ssize_t dimensions) {
    return array.ndim() == dimensions && array.shape(0) == count && array.shape(1) == grid.rows &&
           array.shape(2) == grid.columns;
  };
  require(fits(vectors, 4) && vectors.shape(3) == 2 && fits(textures, 3) && fits(matches, 3),
          "vectors, textures and matches must be those of patch_flow");
  return count;
}

}  // namespace kuleshov::cpu
