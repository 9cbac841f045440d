// Sparse flow by aligning 8x8 patches, coarse to fine: translation only, inverse-compositional Gauss-Newton (Baker &
// Matthews, "Lucas-Kanade 20 years on", 2004), as in the inverse search of DIS (Kroeger et al., "Fast optical flow
// using dense inverse search", 2016) but without its dense and variational stages. Per patch and level:
//
// 1. Template t: the patch of the previous frame, its mean removed; gradients by central differences, made orthogonal
//    to 1 and to t. Steps along them ignore changes of brightness or contrast (flicker, fades). Their products
//    give the Hessian once and for all steps.
// 2. Start: twice the componentwise median over the 3x3 coarser patches around the parent; 0 on the coarsest level.
// 3. ITERATIONS steps; of all positions visited and of "did not move", the one that correlates best wins.
//
// A GPU block does the same for one patch with 64 threads: the 8x8 template and gradients stay in registers, the five
// sums of `compare` are the only reductions.
#include "kuleshov/patch_flow.h"

#include <algorithm>
#include <vector>

#include "binding.h"
#include "lanes.h"
#include "patches.h"
#include "pyramid.h"

namespace kuleshov::cpu {
namespace {

using flow::Axis;
using flow::PATCH;
using flow::Tensor;
using flow::Vector;

struct Patch {
  Lanes pixels[PATCH], deviation[PATCH], gradient_x[PATCH], gradient_y[PATCH];
  Tensor tensor;
  float contrast;  // sum of deviation^2
};

// The patch against one window of the current frame: how similar they are, and the direction in which similarity grows.
struct Comparison {
  float correlation, slope_x, slope_y;
};

KULESHOV_INLINE void prepare(const Level& level, int y, int x, Patch& patch) {
  Lanes pixels = {}, gradients_x = {}, gradients_y = {};
  for (int row = 0; row < PATCH; ++row) {
    const float* centre = level.at(y + row, x);
    Lanes left, right, above, below;
    load(centre, patch.pixels[row]);
    load(centre - 1, left);
    load(centre + 1, right);
    load(centre - level.stride(), above);
    load(centre + level.stride(), below);
    patch.gradient_x[row] = 0.5f * (right - left);
    patch.gradient_y[row] = 0.5f * (below - above);
    pixels += patch.pixels[row];
    gradients_x += patch.gradient_x[row];
    gradients_y += patch.gradient_y[row];
  }
  const float mean = total(pixels) / flow::AREA;
  const float mean_x = total(gradients_x) / flow::AREA, mean_y = total(gradients_y) / flow::AREA;
  Lanes tt = {}, tx = {}, ty = {};
  for (int row = 0; row < PATCH; ++row) {
    patch.deviation[row] = patch.pixels[row] - mean;
    patch.gradient_x[row] -= mean_x;
    patch.gradient_y[row] -= mean_y;
    tt += patch.deviation[row] * patch.deviation[row];
    tx += patch.deviation[row] * patch.gradient_x[row];
    ty += patch.deviation[row] * patch.gradient_y[row];
  }
  patch.contrast = total(tt);
  const float share = 1.0f / (patch.contrast + flow::CONTRAST_RIDGE);
  const float share_x = total(tx) * share, share_y = total(ty) * share;
  Lanes xx = {}, xy = {}, yy = {};
  for (int row = 0; row < PATCH; ++row) {
    patch.gradient_x[row] -= share_x * patch.deviation[row];
    patch.gradient_y[row] -= share_y * patch.deviation[row];
    xx += patch.gradient_x[row] * patch.gradient_x[row];
    xy += patch.gradient_x[row] * patch.gradient_y[row];
    yy += patch.gradient_y[row] * patch.gradient_y[row];
  }
  patch.tensor = {total(xx), total(xy), total(yy)};
}

// Compares the patch with the window of `level` whose corner is at (y, x), bilinearly between pixels.
KULESHOV_INLINE void compare(const Patch& patch, const Level& level, float y, float x, Comparison& found) {
  const int top = static_cast<int>(y + Level::BORDER) - Level::BORDER;  // floor, as y > -BORDER
  const int left = static_cast<int>(x + Level::BORDER) - Level::BORDER;
  const float b = y - static_cast<float>(top), a = x - static_cast<float>(left);
  const float w00 = (1 - a) * (1 - b), w01 = a * (1 - b), w10 = (1 - a) * b, w11 = a * b;
  const float* row_below = level.at(top, left);
  Lanes sum = {}, squares = {}, with_template = {}, slope_x = {}, slope_y = {};
  Lanes upper_left, upper_right, lower_left, lower_right;
  load(row_below, upper_left);
  load(row_below + 1, upper_right);
  for (int row = 0; row < PATCH; ++row) {
    row_below += level.stride();
    load(row_below, lower_left);
    load(row_below + 1, lower_right);
    const Lanes difference =
        w00 * upper_left + w01 * upper_right + w10 * lower_left + w11 * lower_right - patch.pixels[row];
    sum += difference;
    squares += difference * difference;
    with_template += difference * patch.deviation[row];
    slope_x += difference * patch.gradient_x[row];
    slope_y += difference * patch.gradient_y[row];
    upper_left = lower_left;
    upper_right = lower_right;
  }
  found.correlation = flow::correlation(total(sum), total(squares), total(with_template), patch.contrast);
  found.slope_x = total(slope_x);
  found.slope_y = total(slope_y);
}

// The vectors of one level, and its grid.
struct Field {
  Axis rows, columns;
  std::vector<Vector> vectors;

  const Vector& at(int j, int i) const { return vectors[static_cast<size_t>(j) * columns.count + i]; }
};

// Twice the componentwise median over the 3x3 patches around (j, i); at an edge patches count again.
KULESHOV_INLINE Vector start_from(const Field& coarse, int j, int i) {
  float x[9], y[9];
  for (int k = 0; k < 9; ++k) {
    const Vector& vector = coarse.at(flow::clamp(j + k / 3 - 1, 0, coarse.rows.count - 1),
                                     flow::clamp(i + k % 3 - 1, 0, coarse.columns.count - 1));
    x[k] = vector.x;
    y[k] = vector.y;
  }
  return {2 * flow::median_of_nine(x), 2 * flow::median_of_nine(y)};
}

// `textures` and `matches` are filled unless null.
KULESHOV_CLONES void align_level(const Level& previous, const Level& current, const Field* coarse, Field& field,
                                 float* textures, float* matches) {
  const float highest_y = static_cast<float>(current.height() - PATCH + flow::OVERHANG);
  const float highest_x = static_cast<float>(current.width() - PATCH + flow::OVERHANG);
  constexpr float lowest = -flow::OVERHANG;
  Patch patch;
  Comparison found;
  for (int j = 0; j < field.rows.count; ++j) {
    for (int i = 0; i < field.columns.count; ++i) {
      const float y = static_cast<float>(field.rows.position(j)), x = static_cast<float>(field.columns.position(i));
      prepare(previous, field.rows.position(j), field.columns.position(i), patch);
      Vector start = {0, 0};
      if (coarse) {
        start = start_from(*coarse, flow::parent(j, field.rows, coarse->rows),
                           flow::parent(i, field.columns, coarse->columns));
        start = {flow::clamp(start.x, lowest - x, highest_x - x), flow::clamp(start.y, lowest - y, highest_y - y)};
      }
      compare(patch, current, y + start.y, x + start.x, found);
      Vector vector = start, best = start;
      float match = found.correlation;
      for (int step = 0; step < flow::ITERATIONS; ++step) {
        const Vector change = flow::solve(patch.tensor, found.slope_x, found.slope_y);
        vector.x = flow::clamp(vector.x - change.x, start.x - flow::MAX_STEP, start.x + flow::MAX_STEP);
        vector.y = flow::clamp(vector.y - change.y, start.y - flow::MAX_STEP, start.y + flow::MAX_STEP);
        vector.x = flow::clamp(vector.x, lowest - x, highest_x - x);
        vector.y = flow::clamp(vector.y, lowest - y, highest_y - y);
        compare(patch, current, y + vector.y, x + vector.x, found);
        if (found.correlation > match) {
          match = found.correlation;
          best = vector;
        }
      }
      compare(patch, current, y, x, found);
      if (found.correlation >= match) {
        match = found.correlation;
        best = {0, 0};
      }
      field.vectors[static_cast<size_t>(j) * field.columns.count + i] = best;
      if (textures) *textures++ = flow::texture(patch.tensor);
      if (matches) *matches++ = match;
    }
  }
}

// vectors: float [count, rows, columns, 2], x then y, pixels per frame; textures and matches: float [count, rows,
// columns], the smaller eigenvalue of each patch's structure tensor and its correlation with what it was matched to.
// All are 0 for a frame without a frame before it, and for frames smaller than a patch.
void patch_flow(const uint8_t* luma, const uint8_t* previous, int64_t count, int64_t height, int64_t width,
                float* vectors, float* textures, float* matches) {
  const FlowGrid grid = flow_grid(height, width);
  const int64_t patches = grid.rows * grid.columns;
  std::fill_n(vectors, count * patches * 2, 0.0f);
  std::fill_n(textures, count * patches, 0.0f);
  std::fill_n(matches, count * patches, 0.0f);
  const int levels = flow::level_count(static_cast<int>(height), static_cast<int>(width));
  if (levels == 0 || count == 0) return;

  Pyramid before(static_cast<int>(height), static_cast<int>(width), levels), now = before;
  std::vector<Field> fields;
  for (int k = 0; k < levels; ++k) {
    const Axis rows = flow::axis(before[k].height()), columns = flow::axis(before[k].width());
    fields.push_back({rows, columns, std::vector<Vector>(static_cast<size_t>(rows.count) * columns.count)});
  }
  if (previous) before.build(previous);
  for (int64_t n = 0; n < count; ++n, std::swap(before, now)) {
    now.build(luma + n * height * width);
    if (n == 0 && !previous) continue;
    for (int k = levels - 1; k >= 0; --k)
      align_level(before[k], now[k], k + 1 < levels ? &fields[static_cast<size_t>(k) + 1] : nullptr,
                  fields[static_cast<size_t>(k)], k == 0 ? textures + n * patches : nullptr,
                  k == 0 ? matches + n * patches : nullptr);
    float* vector = vectors + n * patches * 2;
    for (const Vector& found : fields[0].vectors) {
      *vector++ = found.x;
      *vector++ = found.y;
    }
  }
}

py::tuple bind(const Bytes& luma, const MaybeBytes& previous) {
  const Batch batch(luma, previous);
  const FlowGrid grid = flow_grid(batch.height, batch.width);
  Array<float> vectors({batch.count, py::ssize_t(grid.rows), py::ssize_t(grid.columns), py::ssize_t{2}});
  Array<float> textures({batch.count, py::ssize_t(grid.rows), py::ssize_t(grid.columns)});
  Array<float> matches({batch.count, py::ssize_t(grid.rows), py::ssize_t(grid.columns)});
  float* vectors_out = vectors.mutable_data();
  float* textures_out = textures.mutable_data();
  float* matches_out = matches.mutable_data();
  {
    const py::gil_scoped_release unlocked;
    patch_flow(luma.data(), data_or_null(previous), batch.count, batch.height, batch.width, vectors_out, textures_out,
               matches_out);
  }
  return py::make_tuple(vectors, textures, matches);
}

}  // namespace

KULESHOV_OPERATOR(module) { module.def("patch_flow", &bind, array_arg("luma"), array_arg("previous")); }

}  // namespace kuleshov::cpu
