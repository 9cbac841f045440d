// The CPU twins as plain C++ over pointers. They trust their arguments: module.cpp checks buffers, Python checks
// meaning.
//
// Batches are contiguous: luma uint8 [count, height, width], chroma uint8 [count, height / 2, width / 2, 2], height and
// width even. `previous` is the luma [height, width] of the frame before the first one, or null.
#pragma once

#include "kuleshov/model_input.h"
#include "kuleshov/platform.h"

namespace kuleshov::cpu {

// A plane of samples somewhere in memory; strides may be negative. `samples` points to the sample [0, 0].
template <typename Byte>
struct Plane {
  Byte* samples;
  int64_t height, width;
  ptrdiff_t row_stride_bytes, column_stride_bytes;
};

// Averages `plane` (samples of 1 or 2 bytes) over the rectangles of `out`. Sides are 1..65535.
void area_average(const Plane<const uint8_t>& plane, int sample_bytes, int bit_depth, const Plane<uint8_t>& out);

// histograms: int32 [count, COLOR_BINS]
void color_histogram(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                     int32_t* histograms);

// histograms: int32 [count, LUMA_VALUES] of luma; sums: int64 [count, FRAME_SUMS]
void frame_sums(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                int32_t* histograms, int64_t* sums);

// small: uint8 [count, 3, small_height, small_width]: luma, Cb and Cr, area-averaged
void shrink(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
            int64_t small_height, int64_t small_width, uint8_t* small);

// luma_out and chroma_out: as luma and chroma, each colour looked up in cube: int16 [3, 65, 65, 65], see color_cube.h
void tone_map(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
              const int16_t* cube, uint8_t* luma_out, uint8_t* chroma_out);

// rgb: uint8 [count, small_height, small_width, 3], full range
void rgb_frames(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                int64_t small_height, int64_t small_width, const Coding& coding, uint8_t* rgb);

// out: float or half [crops, 3, out_height, out_width]; boxes: int32 [crops, 5]: frame, x, y, width, height. Samples
// are uint8, or uint16 of 9 to 16 bits.
template <typename Sample, typename Number>
void model_input(const Sample* luma, const Sample* chroma, int bit_depth, int64_t height, int64_t width,
                 const int32_t* boxes, int64_t crops, int64_t out_height, int64_t out_width, const Coding& coding,
                 const Normalisation& normalisation, Number* out);

// distances: int64 [count, lag_count]: L1 distance of each histogram to the one `lag` frames before it. Those before
// the first are the end of `previous`; 0 where there is none.
void histogram_distance(const int32_t* histograms, int64_t count, const int32_t* previous, int64_t previous_count,
                        const int32_t* lags, int64_t lag_count, int64_t* distances);

// sums: int64 [count] of |luma - luma of the frame before|, 0 where there is none
void absolute_difference(const uint8_t* luma, const uint8_t* previous, int64_t count, int64_t pixels, int64_t* sums);

struct FlowGrid {
  int64_t rows, columns;
};
FlowGrid flow_grid(int64_t height, int64_t width);

// vectors: float [count, rows, columns, 2], x then y, pixels per frame; textures and matches: float [count, rows,
// columns], the smaller eigenvalue of each patch's structure tensor and its correlation with what it was matched to.
// All are 0 for a frame without a frame before it, and for frames smaller than a patch.
void patch_flow(const uint8_t* luma, const uint8_t* previous, int64_t count, int64_t height, int64_t width,
                float* vectors, float* textures, float* matches);

// out: float [count, motion::MOTION]; the first three as patch_flow gives them for frames of height x width
void global_motion(const float* vectors, const float* textures, const float* matches, int64_t count, int height,
                   int width, float least_texture, float least_match, float* out);

// out: double [count, statistics::STATISTICS]; valid: uint8 [count, rows, columns], which patches count; the first
// three as patch_flow gives them for frames of height x width
void flow_statistics(const float* vectors, const float* textures, const float* matches, int64_t count, int height,
                     int width, float least_texture, float least_match, double* out, uint8_t* valid);

}  // namespace kuleshov::cpu
