// Area average of one plane: rows are summed first, over whole contiguous rows, then each row of sums is cut into
// output samples. The full-size plane is read once, in order; everything after the first pass is small.
#include "kuleshov/area_average.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "binding.h"
#include "plane.h"

namespace kuleshov::cpu {
namespace {

// Rows of 8-bit samples are summed in 16 bits, which hold 257 of them; 16-bit samples in 32 bits.
template <typename Sample>
struct Sum;
template <>
struct Sum<uint8_t> {
  using Type = uint16_t;
  static constexpr int64_t max_rows = 257;
};
template <>
struct Sum<uint16_t> {
  using Type = uint32_t;
  static constexpr int64_t max_rows = 65536;
};

// sums[x] = sum of `rows` rows. Four rows at a time, so that a sum is loaded and stored once per four samples.
template <typename Sample>
inline __attribute__((always_inline)) void sum_rows_body(const Sample* __restrict rows, ptrdiff_t stride, int64_t count,
                                                         int64_t length, typename Sum<Sample>::Type* __restrict sums) {
  using Total = typename Sum<Sample>::Type;
  std::memset(sums, 0, sizeof(Total) * static_cast<size_t>(length));
  int64_t y = 0;
  for (; y + 4 <= count; y += 4) {
    const Sample *r0 = rows + y * stride, *r1 = r0 + stride, *r2 = r1 + stride, *r3 = r2 + stride;
    for (int64_t x = 0; x < length; ++x)
      sums[x] = static_cast<Total>(sums[x] + static_cast<Total>(r0[x] + r1[x]) + static_cast<Total>(r2[x] + r3[x]));
  }
  for (; y < count; ++y) {
    const Sample* row = rows + y * stride;
    for (int64_t x = 0; x < length; ++x) sums[x] = static_cast<Total>(sums[x] + row[x]);
  }
}

// column[x] = first[x] * first_weight + last[x] * last_weight: the rows that are covered in part.
template <typename Sample>
inline __attribute__((always_inline)) void edge_rows_body(const Sample* __restrict first, uint32_t first_weight,
                                                          const Sample* __restrict last, uint32_t last_weight,
                                                          int64_t length, uint32_t* __restrict column) {
  for (int64_t x = 0; x < length; ++x) column[x] = first[x] * first_weight + last[x] * last_weight;
}

// column[x] += sums[x] * weight
template <typename Total>
inline __attribute__((always_inline)) void add_sums_body(const Total* __restrict sums, uint32_t weight, int64_t length,
                                                         uint32_t* __restrict column) {
  for (int64_t x = 0; x < length; ++x) column[x] += sums[x] * weight;
}

KULESHOV_CLONES void sum_rows(const uint8_t* rows, ptrdiff_t stride, int64_t count, int64_t length, uint16_t* sums) {
  sum_rows_body(rows, stride, count, length, sums);
}
KULESHOV_CLONES void sum_rows(const uint16_t* rows, ptrdiff_t stride, int64_t count, int64_t length, uint32_t* sums) {
  sum_rows_body(rows, stride, count, length, sums);
}
KULESHOV_CLONES void edge_rows(const uint8_t* first, uint32_t first_weight, const uint8_t* last, uint32_t last_weight,
                               int64_t length, uint32_t* column) {
  edge_rows_body(first, first_weight, last, last_weight, length, column);
}
KULESHOV_CLONES void edge_rows(const uint16_t* first, uint32_t first_weight, const uint16_t* last, uint32_t last_weight,
                               int64_t length, uint32_t* column) {
  edge_rows_body(first, first_weight, last, last_weight, length, column);
}
KULESHOV_CLONES void add_sums(const uint16_t* sums, uint32_t weight, int64_t length, uint32_t* column) {
  add_sums_body(sums, weight, length, column);
}
KULESHOV_CLONES void add_sums(const uint32_t* sums, uint32_t weight, int64_t length, uint32_t* column) {
  add_sums_body(sums, weight, length, column);
}

KULESHOV_CLONES void round_means(const uint64_t* sums, uint64_t divisor, int64_t length, uint8_t* values) {
  for (int64_t x = 0; x < length; ++x) values[x] = rounded_mean(sums[x], divisor);
}

// The plane as rows of samples at `step` (1, or 2 for one channel of interleaved chroma). `stride` counts samples.
template <typename Sample>
struct Rows {
  const Sample* samples;
  int64_t height, width;
  ptrdiff_t stride, step;
};

template <typename Sample>
void average(const Rows<Sample>& rows, int bit_depth, const Plane<uint8_t>& out) {
  using Total = typename Sum<Sample>::Type;
  // Dividing out common factors keeps the weights small; `column` holds at most 65535 * 65535 < 2^32.
  const int64_t common_y = std::gcd(rows.height, out.height), common_x = std::gcd(rows.width, out.width);
  const int64_t source_y = rows.height / common_y, target_y = out.height / common_y;
  const int64_t source_x = rows.width / common_x, target_x = out.width / common_x;
  const uint64_t divisor = 2 * static_cast<uint64_t>(source_y * source_x) << (bit_depth - 8);
  // With step 2 the samples between ours are summed along and ignored: cheaper than parting them in the big plane.
  const int64_t length = (rows.width - 1) * rows.step + 1;

  std::vector<Coverage> columns(static_cast<size_t>(out.width));
  for (int64_t j = 0; j < out.width; ++j) columns[static_cast<size_t>(j)] = coverage(j, source_x, target_x);
  std::vector<Total> sums(static_cast<size_t>(length));
  std::vector<uint32_t> column(static_cast<size_t>(length));
  std::vector<uint64_t> totals(static_cast<size_t>(out.width));
  std::vector<uint8_t> values(static_cast<size_t>(out.width));

  for (int64_t i = 0; i < out.height; ++i) {
    const Coverage vertical = coverage(i, source_y, target_y);
    edge_rows(rows.samples + vertical.first * rows.stride, static_cast<uint32_t>(vertical.first_weight),
              rows.samples + vertical.last * rows.stride, static_cast<uint32_t>(vertical.last_weight), length,
              column.data());
    for (int64_t y = vertical.first + 1; y < vertical.last; y += Sum<Sample>::max_rows) {
      const int64_t count = std::min(vertical.last - y, Sum<Sample>::max_rows);
      sum_rows(rows.samples + y * rows.stride, rows.stride, count, length, sums.data());
      add_sums(sums.data(), static_cast<uint32_t>(target_y), length, column.data());
    }
    for (int64_t j = 0; j < out.width; ++j) {
      const Coverage& covered = columns[static_cast<size_t>(j)];
      const uint32_t* sample = column.data() + covered.first * rows.step;
      uint64_t between = 0;
      for (int64_t x = covered.first + 1; x < covered.last; ++x) between += *(sample += rows.step);
      totals[static_cast<size_t>(j)] =
          column[static_cast<size_t>(covered.first * rows.step)] * uint64_t(covered.first_weight) +
          column[static_cast<size_t>(covered.last * rows.step)] * uint64_t(covered.last_weight) +
          between * uint64_t(target_x);
    }
    round_means(totals.data(), divisor, out.width, values.data());
    uint8_t* row = out.samples + i * out.row_stride_bytes;
    for (int64_t j = 0; j < out.width; ++j) row[j * out.column_stride_bytes] = values[static_cast<size_t>(j)];
  }
}

// Rows that the fast path reads in place; any other layout is copied into contiguous rows first.
template <typename Sample>
void average_any_layout(const Plane<const uint8_t>& plane, int bit_depth, const Plane<uint8_t>& out) {
  constexpr ptrdiff_t size = sizeof(Sample);
  const bool aligned = reinterpret_cast<uintptr_t>(plane.samples) % size == 0 && plane.row_stride_bytes % size == 0;
  const bool direct = plane.column_stride_bytes == size || plane.column_stride_bytes == 2 * size || plane.width == 1;
  if (aligned && direct) {
    average<Sample>({reinterpret_cast<const Sample*>(plane.samples), plane.height, plane.width,
                     plane.row_stride_bytes / size, plane.width == 1 ? 1 : plane.column_stride_bytes / size},
                    bit_depth, out);
    return;
  }
  std::vector<Sample> copy(static_cast<size_t>(plane.height * plane.width));
  Sample* target = copy.data();
  for (int64_t y = 0; y < plane.height; ++y) {
    const uint8_t* source = plane.samples + y * plane.row_stride_bytes;
    for (int64_t x = 0; x < plane.width; ++x) std::memcpy(target++, source + x * plane.column_stride_bytes, size);
  }
  average<Sample>({copy.data(), plane.height, plane.width, plane.width, 1}, bit_depth, out);
}

}  // namespace

void area_average(const Plane<const uint8_t>& plane, int sample_bytes, int bit_depth, const Plane<uint8_t>& out) {
  if (sample_bytes == 1)
    average_any_layout<uint8_t>(plane, bit_depth, out);
  else
    average_any_layout<uint16_t>(plane, bit_depth, out);
}

namespace {

template <typename Byte>
Plane<Byte> plane_of(const py::buffer_info& buffer) {
  return {static_cast<Byte*>(buffer.ptr), buffer.shape[0], buffer.shape[1], buffer.strides[0], buffer.strides[1]};
}

void require_plane(const py::buffer_info& buffer) {
  require(buffer.ndim == 2, "plane and out must have two dimensions");
  require_sides(buffer.shape[1], buffer.shape[0]);
}

void bind(const py::buffer& plane, const py::buffer& out, int bit_depth) {
  const py::buffer_info source = plane.request(), target = out.request(/*writable=*/true);
  require_plane(source);
  require_plane(target);
  require(target.format == "B", "out must be uint8");
  require(source.format == "B" || source.format == "H", "plane must be uint8 or uint16");
  const int sample_bytes = source.format == "B" ? 1 : 2;
  require(bit_depth >= 8 && bit_depth <= 8 * sample_bytes, "bit_depth must be 8 to the bits of a sample");
  const py::gil_scoped_release unlocked;
  area_average(plane_of<const uint8_t>(source), sample_bytes, bit_depth, plane_of<uint8_t>(target));
}

}  // namespace

KULESHOV_OPERATOR(module) {
  module.def("area_average", &bind, py::arg("plane"), py::arg("out"), py::kw_only(), py::arg("bit_depth"));
}

}  // namespace kuleshov::cpu
