// Patch flow: the positions of patches, and the arithmetic of aligning one of them. The algorithm: cpu/patch_flow.cpp.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov::flow {

constexpr int PATCH = 8;             // side of a patch in pixels, at every level; patches tile the frame
constexpr int AREA = PATCH * PATCH;  // its pixels
constexpr int MAX_LEVELS = 5;        // 1, 1/2, 1/4, 1/8, 1/16 of the frame
constexpr int ITERATIONS = 4;        // steps per patch and level
constexpr int OVERHANG = 4;          // a matched window may exceed the edge of the frame by this many pixels
constexpr float MAX_STEP = PATCH;    // the most a level may move a patch from the start given by the level above
// Ridges that keep flat patches finite: a gradient of half a grey level, and a deviation of one, per pixel.
constexpr float GRADIENT_RIDGE = 0.25f * AREA;
constexpr float CONTRAST_RIDGE = 1.0f * AREA;

// The patches along one axis of a level: `count` adjacent ones, the first at pixel `offset`.
struct Axis {
  int count, offset;
  KULESHOV_HD int position(int i) const { return offset + i * PATCH; }
};

KULESHOV_HD inline Axis axis(int length) { return {length / PATCH, length % PATCH / 2}; }

// Levels whose shorter side holds a patch; 0 for a frame that holds none.
KULESHOV_HD inline int level_count(int height, int width) {
  const int side = height < width ? height : width;
  int count = 0;
  while (count < MAX_LEVELS && side >> count >= PATCH) ++count;
  return count;
}

KULESHOV_HD inline int clamp(int value, int low, int high) { return value < low ? low : value > high ? high : value; }
KULESHOV_HD inline float clamp(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

// The patch of the next coarser level whose window holds the centre of patch i.
KULESHOV_HD inline int parent(int i, Axis fine, Axis coarse) {
  const int centre = (fine.position(i) + PATCH / 2) / 2 - coarse.offset;
  return clamp(centre < 0 ? 0 : centre / PATCH, 0, coarse.count - 1);
}

// Mean of 2 x 2 pixels, half up.
KULESHOV_HD inline uint8_t box_mean(int a, int b, int c, int d) {
  return static_cast<uint8_t>((a + b + c + d + 2) >> 2);
}

KULESHOV_HD inline float median_of_nine(float (&values)[9]) {
  for (int i = 0; i < 5; ++i)  // selection sort up to the middle
    for (int k = i + 1; k < 9; ++k) {
      const float low = values[i] < values[k] ? values[i] : values[k];
      values[k] = values[i] < values[k] ? values[k] : values[i];
      values[i] = low;
    }
  return values[4];
}

struct Vector {
  float x, y;
};

// Sums of the products of a patch's gradients: the Gauss-Newton Hessian of its alignment.
struct Tensor {
  float xx, xy, yy;
};

// Its smaller eigenvalue per pixel: how well the patch determines the motion in its weakest direction.
KULESHOV_HD inline float texture(const Tensor& tensor) {
  const float middle = 0.5f * (tensor.xx + tensor.yy), half = 0.5f * (tensor.xx - tensor.yy);
  const float smaller = middle - square_root(half * half + tensor.xy * tensor.xy);
  return smaller > 0 ? smaller / AREA : 0;
}

// The step that solves (tensor + ridge) * step = slope.
KULESHOV_HD inline Vector solve(const Tensor& tensor, float slope_x, float slope_y) {
  const float xx = tensor.xx + GRADIENT_RIDGE, yy = tensor.yy + GRADIENT_RIDGE;
  const float determinant = xx * yy - tensor.xy * tensor.xy;
  return {(yy * slope_x - tensor.xy * slope_y) / determinant, (xx * slope_y - tensor.xy * slope_x) / determinant};
}

// Correlation of a patch with a window, -1..1, independent of brightness and contrast: from the sums of r, r^2 and r *
// t over the patch, where r is window less patch, t the patch less its mean, and `contrast` the sum of t^2.
KULESHOV_HD inline float correlation(float sum, float squares, float with_template, float contrast) {
  const float window = squares - sum * sum / AREA + 2 * with_template + contrast;  // sum of (window less its mean)^2
  return (with_template + contrast) /
         square_root((contrast + CONTRAST_RIDGE) * ((window > 0 ? window : 0) + CONTRAST_RIDGE));
}

}  // namespace kuleshov::flow
