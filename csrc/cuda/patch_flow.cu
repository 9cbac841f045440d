// One level of patch flow; the algorithm is in csrc/cpu/patch_flow.cpp, its constants in kuleshov/patch_flow.h.
//
// Eight threads align a patch, one for each of its columns: a thread keeps its eight rows (pixels, deviations,
// gradients) in registers and sums over them in order; three butterfly steps add the columns. That is the order in
// which the CPU twin adds its eight lanes, without contraction, so both give the same bits. Threads share data only
// through shuffles: no barrier, no shared memory. A level of 256x144 floats (147 KB a frame) stays in the L2 cache, and
// the part that a patch reads, some 10x10 pixels for each of its steps, mostly in L1; so the limit is arithmetic and
// its latency, not memory.
#include "device.cuh"
#include "kuleshov/patch_flow.h"

namespace kuleshov::device::patch_flow {

using flow::PATCH;

// A level of one frame; reads beyond its edges find the nearest pixel.
struct Image {
  const float* pixels;
  int32_t height, width;

  __device__ float at(int32_t y, int32_t x) const {
    return pixels[static_cast<int64_t>(flow::clamp(y, 0, height - 1)) * width + flow::clamp(x, 0, width - 1)];
  }
};

// A column of a patch.
struct Column {
  float pixels[PATCH], deviation[PATCH], gradient_x[PATCH], gradient_y[PATCH];
};

struct Comparison {
  float correlation, slope_x, slope_y;
};

// The sum over the patch's eight columns, in each of them. (a + b and b + a are the same bits.)
__device__ inline float total(float value) {
  value += __shfl_xor_sync(FULL_MASK, value, 4);
  value += __shfl_xor_sync(FULL_MASK, value, 2);
  value += __shfl_xor_sync(FULL_MASK, value, 1);
  return value;
}

// Fills `patch` with the column at x of the patch whose top is at y; returns its tensor, and the contrast.
__device__ inline flow::Tensor prepare(const Image& image, int32_t y, int32_t x, Column& patch, float& contrast) {
  float pixels = 0, gradients_x = 0, gradients_y = 0;
  for (int row = 0; row < PATCH; ++row) {
    patch.pixels[row] = image.at(y + row, x);
    patch.gradient_x[row] = 0.5f * (image.at(y + row, x + 1) - image.at(y + row, x - 1));
    patch.gradient_y[row] = 0.5f * (image.at(y + row + 1, x) - image.at(y + row - 1, x));
    pixels += patch.pixels[row];
    gradients_x += patch.gradient_x[row];
    gradients_y += patch.gradient_y[row];
  }
  const float mean = total(pixels) / flow::AREA;
  const float mean_x = total(gradients_x) / flow::AREA, mean_y = total(gradients_y) / flow::AREA;
  float tt = 0, tx = 0, ty = 0;
  for (int row = 0; row < PATCH; ++row) {
    patch.deviation[row] = patch.pixels[row] - mean;
    patch.gradient_x[row] -= mean_x;
    patch.gradient_y[row] -= mean_y;
    tt += patch.deviation[row] * patch.deviation[row];
    tx += patch.deviation[row] * patch.gradient_x[row];
    ty += patch.deviation[row] * patch.gradient_y[row];
  }
  contrast = total(tt);
  const float share = 1.0f / (contrast + flow::CONTRAST_RIDGE);
  const float share_x = total(tx) * share, share_y = total(ty) * share;
  float xx = 0, xy = 0, yy = 0;
  for (int row = 0; row < PATCH; ++row) {
    patch.gradient_x[row] -= share_x * patch.deviation[row];
    patch.gradient_y[row] -= share_y * patch.deviation[row];
    xx += patch.gradient_x[row] * patch.gradient_x[row];
    xy += patch.gradient_x[row] * patch.gradient_y[row];
    yy += patch.gradient_y[row] * patch.gradient_y[row];
  }
  return {total(xx), total(xy), total(yy)};
}

// Compares the patch with the window whose corner is at (y, x), bilinearly between pixels.
__device__ inline Comparison compare(const Column& patch, float contrast, const Image& image, float y, float x,
                                     int32_t column) {
  constexpr int32_t BORDER = 8;  // any whole number that makes the sums positive
  const int32_t top = static_cast<int32_t>(y + BORDER) - BORDER, left = static_cast<int32_t>(x + BORDER) - BORDER;
  const float b = y - static_cast<float>(top), a = x - static_cast<float>(left);
  const float w00 = (1 - a) * (1 - b), w01 = a * (1 - b), w10 = (1 - a) * b, w11 = a * b;
  float sum = 0, squares = 0, with_template = 0, slope_x = 0, slope_y = 0;
  float upper_left = image.at(top, left + column), upper_right = image.at(top, left + column + 1);
  for (int row = 0; row < PATCH; ++row) {
    const float lower_left = image.at(top + row + 1, left + column);
    const float lower_right = image.at(top + row + 1, left + column + 1);
    const float difference =
        w00 * upper_left + w01 * upper_right + w10 * lower_left + w11 * lower_right - patch.pixels[row];
    sum += difference;
    squares += difference * difference;
    with_template += difference * patch.deviation[row];
    slope_x += difference * patch.gradient_x[row];
    slope_y += difference * patch.gradient_y[row];
    upper_left = lower_left;
    upper_right = lower_right;
  }
  const float all = total(sum), all_squares = total(squares), all_with_template = total(with_template);
  return {flow::correlation(all, all_squares, all_with_template, contrast), total(slope_x), total(slope_y)};
}

// Twice the median of one component over the 3x3 coarser patches around (j, i); at an edge patches count again.
__device__ inline float start_from(const float* coarse, flow::Axis rows, flow::Axis columns, int j, int i) {
  float values[9];
  for (int k = 0; k < 9; ++k)
    values[k] = coarse[2 * (flow::clamp(j + k / 3 - 1, 0, rows.count - 1) * columns.count +
                            flow::clamp(i + k % 3 - 1, 0, columns.count - 1))];
  return 2 * flow::median_of_nine(values);
}

}  // namespace kuleshov::device::patch_flow

// Grid: groups of 32 patches, pairs of frames. `smooth` is [pairs + 1, height, width]: pair p aligns frame p to frame
// p + 1. `coarse` is the field [pairs, patches of half the size, 2] or null on the coarsest level. `vectors` is [pairs,
// patches, 2]; `textures` and `matches`, [pairs, patches], may be null.
KERNEL(256)
flow_align(const float* smooth, int32_t height, int32_t width, const float* coarse, float* vectors, float* textures,
           float* matches) {
  using namespace kuleshov;
  using namespace kuleshov::device::patch_flow;
  const flow::Axis rows = flow::axis(height), columns = flow::axis(width);
  const int32_t patches = rows.count * columns.count;
  const int32_t column = static_cast<int32_t>(threadIdx.x % PATCH);
  const int32_t index = static_cast<int32_t>((blockIdx.x * blockDim.x + threadIdx.x) / PATCH);
  // Threads beyond the last patch align it once more: shuffles need whole warps.
  const int32_t patch_index = index < patches ? index : patches - 1;
  const int32_t j = patch_index / columns.count, i = patch_index % columns.count;
  const int64_t pair = blockIdx.y;
  const Image before = {smooth + pair * height * width, height, width};
  const Image now = {before.pixels + static_cast<int64_t>(height) * width, height, width};

  Column patch;
  float contrast;
  const flow::Tensor tensor = prepare(before, rows.position(j), columns.position(i) + column, patch, contrast);

  constexpr float lowest = -flow::OVERHANG;
  const float highest_y = static_cast<float>(height - PATCH + flow::OVERHANG);
  const float highest_x = static_cast<float>(width - PATCH + flow::OVERHANG);
  const float y = static_cast<float>(rows.position(j)), x = static_cast<float>(columns.position(i));
  flow::Vector start = {0, 0};
  if (coarse) {
    const flow::Axis coarse_rows = flow::axis(height / 2), coarse_columns = flow::axis(width / 2);
    const float* field = coarse + pair * coarse_rows.count * coarse_columns.count * 2;
    const int above = flow::parent(j, rows, coarse_rows), beside = flow::parent(i, columns, coarse_columns);
    start = {flow::clamp(start_from(field, coarse_rows, coarse_columns, above, beside), lowest - x, highest_x - x),
             flow::clamp(start_from(field + 1, coarse_rows, coarse_columns, above, beside), lowest - y, highest_y - y)};
  }
  Comparison found = compare(patch, contrast, now, y + start.y, x + start.x, column);
  flow::Vector vector = start, best = start;
  float match = found.correlation;
  for (int step = 0; step < flow::ITERATIONS; ++step) {
    const flow::Vector change = flow::solve(tensor, found.slope_x, found.slope_y);
    vector.x = flow::clamp(vector.x - change.x, start.x - flow::MAX_STEP, start.x + flow::MAX_STEP);
    vector.y = flow::clamp(vector.y - change.y, start.y - flow::MAX_STEP, start.y + flow::MAX_STEP);
    vector.x = flow::clamp(vector.x, lowest - x, highest_x - x);
    vector.y = flow::clamp(vector.y, lowest - y, highest_y - y);
    found = compare(patch, contrast, now, y + vector.y, x + vector.x, column);
    if (found.correlation > match) {
      match = found.correlation;
      best = vector;
    }
  }
  found = compare(patch, contrast, now, y, x, column);
  if (found.correlation >= match) {
    match = found.correlation;
    best = {0, 0};
  }
  if (column == 0 && index < patches) {
    const int64_t at = pair * patches + index;
    vectors[2 * at] = best.x;
    vectors[2 * at + 1] = best.y;
    if (textures) textures[at] = flow::texture(tensor);
    if (matches) matches[at] = match;
  }
}
