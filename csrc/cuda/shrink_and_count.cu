// Turns a decoded surface into an analysis frame and counts it, in one launch: the main cost of every frame of a film.
//
// The memory picture, for a surface of 1920x1080 and a frame of 256x144. A block makes one row of 64 chroma samples and
// the two rows of 128 luma samples around it, so the grid is 2 x 72 blocks: about one for each multiprocessor of a
// large GPU. Its threads are three rows of 128: luma above, luma below, chroma (CbCrCbCr..., as in memory). All three
// do the same work: 7.5 source rows of 960 samples become 128 output samples, in two steps for each chunk of 1024
// source columns:
//
//   1. columns: a thread adds up, over the source rows with their weights, four neighbouring columns at once. A warp
//      reads 128 (8-bit) or 256 (16-bit) contiguous bytes; the sums go to shared memory (3 x 1024 x 4 bytes).
//   2. cut: a thread adds up the column sums that its output sample covers, with their weights.
//
// So a source sample is read from memory once. A row that two output rows share (7.5 rows: the one in the middle) is
// read by both, at about the same time, the second time from a cache: 8 rows instead of 7.5 pass through the caches.
//
// The frame's sample never leaves its thread before it is counted. A block has 256 pixels, fewer than the histogram has
// bins, so it counts straight into global memory, a warp's equal bins added up first (counting.cuh); a histogram in
// shared memory would cost more to clear and to flush than it saves.
//
// Limits: sides of surface and frame up to 65535. 32 bits hold a column sum, 65535 * 65535 at most (area_average.cpp).
#include "counting.cuh"
#include "kuleshov/area_average.h"
#include "kuleshov/color_histogram.h"
#include "kuleshov/frame_sums.h"

namespace kuleshov::device::shrink_and_count {

constexpr int ROWS = 3;      // of threads: luma above, luma below, chroma
constexpr int LANES = 128;   // threads of a row, and the output samples that they make
constexpr int CHUNK = 1024;  // source samples of a row that are summed at a time
constexpr int CHROMA = 2;    // the row of threads that makes chroma

// The part of one plane of the surface that is the picture.
template <typename Sample>
struct Part {
  const Sample* plane;
  int64_t pitch;                     // samples from row to row
  int32_t top, left, height, width;  // in chroma pairs where step is 2
  int32_t step;                      // samples from column to column: 1, or 2 for CbCr pairs

  __device__ const Sample* row(int32_t y) const { return plane + static_cast<int64_t>(top + y) * pitch; }
  __device__ int32_t end() const { return (left + width) * step; }
  // Whether four samples of a row can be read at once, from columns that are multiples of four.
  __device__ bool aligned() const {
    return reinterpret_cast<uint64_t>(plane) % (4 * sizeof(Sample)) == 0 && pitch % 4 == 0;
  }
};

// Where the analysis frame is written. `turns` clockwise quarter turns make the source upright.
struct Target {
  uint8_t *luma, *chroma;
  int32_t height, width, turns;
};

struct Counts {
  int32_t *color_histogram, *luma_histogram;
  int64_t* chroma_sums;
};

// Samples begin..end - 1 of the surface's rows are those that a tile needs.
struct Span {
  int32_t begin, end;
};

// The span of output columns first..last - 1 of `columns`, begun at a multiple of four samples.
template <typename Sample>
__device__ inline Span span(const Part<Sample>& part, uint32_t first, uint32_t last, uint32_t columns) {
  const uint32_t source = static_cast<uint32_t>(part.width);
  const uint32_t begin = first * source / columns;
  const uint32_t end = last < columns ? (last * source + columns - 1) / columns : source;
  return {(part.left + static_cast<int32_t>(begin)) * part.step / 4 * 4,
          (part.left + static_cast<int32_t>(end)) * part.step};
}

using Covered = CoverageOf<uint32_t>;

__device__ inline Covered covered(int32_t i, int32_t source, int32_t target) {
  return coverage(static_cast<uint32_t>(i), static_cast<uint32_t>(source), static_cast<uint32_t>(target));
}

// Four samples that are read at once.
template <typename Sample>
struct alignas(4 * sizeof(Sample)) Quad {
  Sample of[4];
};

// Sums of four neighbouring columns, which are stored at once.
struct alignas(16) Sums {
  uint32_t of[4];
};

__device__ inline uint32_t column(const Sums* sums, int32_t k) {
  return sums[static_cast<uint32_t>(k) / 4].of[static_cast<uint32_t>(k) % 4];
}

// The source rows that an output sample covers.
template <typename Sample>
struct Rows {
  const Sample* first;
  int64_t pitch;
  int32_t between;  // rows between the first and the last
  uint32_t first_weight, last_weight, weight;
};

// The rows' samples x..x + 3, added up with their weights; their addresses allow to read them at once.
template <typename Sample>
__device__ inline Sums sum_quads(const Rows<Sample>& rows, int32_t x) {
  const Sample* row = rows.first + x;
  Quad<Sample> quad = *reinterpret_cast<const Quad<Sample>*>(row);
  Sums sums;
  for (int k = 0; k < 4; ++k) sums.of[k] = quad.of[k] * rows.first_weight;
#pragma unroll 3  // loads that are under way at a time; with 4, some architectures spill registers
  for (int32_t y = 0; y < rows.between; ++y) {
    row += rows.pitch;
    quad = *reinterpret_cast<const Quad<Sample>*>(row);
    for (int k = 0; k < 4; ++k) sums.of[k] += quad.of[k] * rows.weight;
  }
  if (rows.last_weight != 0) {
    quad = *reinterpret_cast<const Quad<Sample>*>(row + rows.pitch);
    for (int k = 0; k < 4; ++k) sums.of[k] += quad.of[k] * rows.last_weight;
  }
  return sums;
}

// The rows' samples x, added up with their weights: for the end of a row, and rows that lie at any address.
template <typename Sample>
__device__ inline uint32_t sum_samples(const Rows<Sample>& rows, int32_t x) {
  const Sample* row = rows.first + x;
  uint32_t sum = *row * rows.first_weight;
#pragma unroll 1  // rare: fewer registers matter more
  for (int32_t y = 0; y < rows.between; ++y) sum += *(row += rows.pitch) * rows.weight;
  return rows.last_weight != 0 ? sum + row[rows.pitch] * rows.last_weight : sum;
}

// The position of sample [i, j] of the decoded picture in an upright plane [height, width]: as numpy.rot90.
__device__ inline int64_t upright(int64_t i, int64_t j, int64_t height, int64_t width, int32_t turns) {
  if (turns == 1) return j * width + (width - 1 - i);
  if (turns == 2) return (height - 1 - i) * width + (width - 1 - j);
  if (turns == 3) return (height - 1 - j) * width + i;
  return i * width + j;
}

// Counts the block's output: every thread passes its sample, or that it has none. Contains a barrier.
__device__ inline void count_samples(int row, int lane, uint8_t value, bool inside, const Counts& counts) {
  SHARED(uint8_t, pairs, [LANES]);
  if (row == CHROMA) pairs[lane] = value;
  __syncthreads();
  if (row == CHROMA) {
    const int32_t cb = pairs[lane / 2 * 2], cr = pairs[lane / 2 * 2 + 1];
    const bool first = inside && lane % 2 == 0;  // of the two threads that see this pair
    add_warp(&counts.chroma_sums[CB_SUM], first ? cb : 0);
    add_warp(&counts.chroma_sums[CR_SUM], first ? cr : 0);
    add_warp(&counts.chroma_sums[CHROMA_MAGNITUDE_SUM], first ? chroma_magnitude(cb, cr) : 0);
  } else {
    // The chroma of luma columns 2k and 2k + 1 is pair k, Cb and Cr side by side.
    const int color = chroma_bins(pairs[lane / 2 * 2], pairs[lane / 2 * 2 + 1]);
    count(counts.color_histogram, inside ? luma_bins(value) | color : -1);
    count(counts.luma_histogram, inside ? value : -1);
  }
}

template <typename Sample>
__device__ inline void shrink_and_count(const Part<Sample>& luma, const Part<Sample>& chroma, int32_t bit_depth,
                                        const Target& target, const Counts& counts) {
  SHARED(Sums, columns, [ROWS][CHUNK / 4]);
  const int row = static_cast<int>(threadIdx.x) / LANES, lane = static_cast<int>(threadIdx.x) % LANES;
  const Part<Sample> part = row == CHROMA ? chroma : luma;
  const bool lying = target.turns % 2 != 0;
  const int32_t luma_rows = lying ? target.width : target.height, luma_columns = lying ? target.height : target.width;
  const int32_t out_rows = luma_rows / part.step, out_columns = luma_columns / part.step;

  // The thread's output sample [i, j], and the part of the surface that it covers.
  const int32_t block_row = static_cast<int32_t>(blockIdx.y), tile = static_cast<int32_t>(blockIdx.x) * LANES;
  const int32_t i = row == CHROMA ? block_row : 2 * block_row + row;
  const int32_t j = (tile + lane) / part.step, channel = lane % part.step;
  const bool inside = j < out_columns;
  const Covered vertical = covered(i, part.height, out_rows);
  const Covered horizontal = covered(inside ? j : out_columns - 1, part.width, out_columns);
  const int32_t first = (part.left + static_cast<int32_t>(horizontal.first)) * part.step + channel;
  const int32_t last = (part.left + static_cast<int32_t>(horizontal.last)) * part.step + channel;

  // The block walks over its columns chunk by chunk; both planes take the same number of steps.
  const Span luma_span = span(luma, tile, tile + LANES, luma_columns);
  const Span chroma_span = span(chroma, tile / 2, (tile + LANES) / 2, luma_columns / 2);
  const Span own = row == CHROMA ? chroma_span : luma_span;
  const int32_t luma_length = luma_span.end - luma_span.begin, chroma_length = chroma_span.end - chroma_span.begin;
  const int32_t length = luma_length > chroma_length ? luma_length : chroma_length;

  const Rows<Sample> rows = {part.row(static_cast<int32_t>(vertical.first)),
                             part.pitch,
                             static_cast<int32_t>(vertical.last - vertical.first) - 1,
                             vertical.first_weight,
                             vertical.last_weight,
                             static_cast<uint32_t>(out_rows)};
  const int32_t end = part.end(), quads_end = part.aligned() ? end : 0;

  const uint64_t divisor = 2 * static_cast<uint64_t>(part.height) * static_cast<uint64_t>(part.width)
                           << (bit_depth - 8);
  uint8_t* out = (row == CHROMA ? target.chroma : target.luma) + channel +
                 part.step * upright(i, j, target.height / part.step, target.width / part.step, target.turns);

  uint64_t total = 0;
  for (int32_t start = own.begin; start < own.begin + length; start += CHUNK) {
    for (int32_t x = start + 4 * lane; x < start + CHUNK && x < own.end; x += 4 * LANES) {
      Sums& sums = columns[row][(x - start) / 4];
      if (x + 4 <= quads_end) {
        sums = sum_quads(rows, x);
      } else {
#pragma unroll 1
        for (int k = 0; k < 4 && x + k < end; ++k) sums.of[k] = sum_samples(rows, x + k);
      }
    }
    __syncthreads();
    if (inside) {
      const Sums* sums = columns[row];
      const int32_t stop = start + CHUNK;
      uint64_t between = 0;
      int32_t x = first + part.step;
      for (x = x < start ? start + channel : x; x < last && x < stop; x += part.step)
        between += column(sums, x - start);
      total += between * static_cast<uint64_t>(out_columns);
      if (first >= start && first < stop)
        total += column(sums, first - start) * static_cast<uint64_t>(horizontal.first_weight);
      if (last >= start && last < stop)
        total += column(sums, last - start) * static_cast<uint64_t>(horizontal.last_weight);
    }
    __syncthreads();
  }

  const uint8_t value = rounded_mean(total, divisor);
  if (inside) *out = value;
  count_samples(row, lane, value, inside, counts);
}

// Frame `slot` of a batch.
__device__ inline Target frame_at(int64_t slot, uint8_t* luma, uint8_t* chroma, int32_t height, int32_t width,
                                  int32_t turns) {
  const int64_t pixels = static_cast<int64_t>(height) * width;
  return {luma + slot * pixels, chroma + slot * (pixels / 2), height, width, turns};
}

__device__ inline Counts counts_at(int64_t slot, int32_t* color_histogram, int32_t* luma_histogram,
                                   int64_t* chroma_sums) {
  return {color_histogram + slot * COLOR_BINS, luma_histogram + slot * LUMA_VALUES, chroma_sums + slot * FRAME_SUMS};
}

}  // namespace kuleshov::device::shrink_and_count

// One frame. luma: uint8 [frames, height, width], chroma: uint8 [frames, height / 2, width / 2, 2], and the counts of
// each frame, zeroed: int32 [frames, COLOR_BINS], int32 [frames, LUMA_VALUES], int64 [frames, FRAME_SUMS]; this is
// frame `slot`. A part is the position of the picture in a plane of the surface, in samples, in the chroma plane
// in pairs; pitches are in samples.
KERNEL(384)
shrink_and_count_8(const uint8_t* __restrict__ luma_plane, int64_t luma_pitch, int32_t luma_top, int32_t luma_left,
                   int32_t luma_height, int32_t luma_width, const uint8_t* __restrict__ chroma_plane,
                   int64_t chroma_pitch, int32_t chroma_top, int32_t chroma_left, int32_t chroma_height,
                   int32_t chroma_width, int32_t bit_depth, int32_t turns, int32_t height, int32_t width, int64_t slot,
                   uint8_t* __restrict__ luma, uint8_t* __restrict__ chroma, int32_t* __restrict__ color_histogram,
                   int32_t* __restrict__ luma_histogram, int64_t* __restrict__ chroma_sums) {
  using namespace kuleshov::device::shrink_and_count;
  shrink_and_count<uint8_t>({luma_plane, luma_pitch, luma_top, luma_left, luma_height, luma_width, 1},
                            {chroma_plane, chroma_pitch, chroma_top, chroma_left, chroma_height, chroma_width, 2},
                            bit_depth, frame_at(slot, luma, chroma, height, width, turns),
                            counts_at(slot, color_histogram, luma_histogram, chroma_sums));
}

// The same for samples of 16 bits.
KERNEL(384)
shrink_and_count_16(const uint16_t* __restrict__ luma_plane, int64_t luma_pitch, int32_t luma_top, int32_t luma_left,
                    int32_t luma_height, int32_t luma_width, const uint16_t* __restrict__ chroma_plane,
                    int64_t chroma_pitch, int32_t chroma_top, int32_t chroma_left, int32_t chroma_height,
                    int32_t chroma_width, int32_t bit_depth, int32_t turns, int32_t height, int32_t width, int64_t slot,
                    uint8_t* __restrict__ luma, uint8_t* __restrict__ chroma, int32_t* __restrict__ color_histogram,
                    int32_t* __restrict__ luma_histogram, int64_t* __restrict__ chroma_sums) {
  using namespace kuleshov::device::shrink_and_count;
  shrink_and_count<uint16_t>({luma_plane, luma_pitch, luma_top, luma_left, luma_height, luma_width, 1},
                             {chroma_plane, chroma_pitch, chroma_top, chroma_left, chroma_height, chroma_width, 2},
                             bit_depth, frame_at(slot, luma, chroma, height, width, turns),
                             counts_at(slot, color_histogram, luma_histogram, chroma_sums));
}
