// Luma histogram and chroma sums of analysis frames.
//
// A frame is read once, neighbouring threads taking neighbouring 2x2 blocks. A thread block counts its strip of the
// frame in shared memory (1 KiB) and adds the bins that it filled to the frame's histogram. Sums stay in registers
// until the end of the strip; then three atomic additions a warp.
#include "counting.cuh"
#include "kuleshov/frame_sums.h"

// Grid: strips, frames. Height and width are even; `histograms` [N, LUMA_VALUES] and `sums` [N, FRAME_SUMS] are zeroed.
KERNEL(256)
frame_sums(const uint8_t* luma, const uint8_t* chroma, int32_t height, int32_t width, int32_t* histograms,
           int64_t* sums) {
  using namespace kuleshov;
  using namespace kuleshov::device;
  SHARED(int32_t, bins, [LUMA_VALUES]);
  clear(bins, LUMA_VALUES);
  __syncthreads();

  const int64_t frame = blockIdx.y;
  const int32_t blocks = height / 2 * (width / 2);
  const uint8_t* luma_frame = luma + frame * height * width;
  const uint8_t* chroma_frame = chroma + frame * blocks * 2;
  const int32_t step = static_cast<int32_t>(gridDim.x * blockDim.x);
  int64_t cb_sum = 0, cr_sum = 0, magnitude_sum = 0;
  for (int32_t start = static_cast<int32_t>(blockIdx.x * blockDim.x); start < blocks; start += step) {
    const int32_t index = start + static_cast<int32_t>(threadIdx.x);
    const bool inside = index < blocks;
    const Block2x2 block = inside ? read_block(luma_frame, chroma_frame, index, width) : Block2x2{};
    for (const int32_t value : block.luma) count(bins, inside ? value : -1);
    cb_sum += block.cb;
    cr_sum += block.cr;
    magnitude_sum += inside ? chroma_magnitude(block.cb, block.cr) : 0;
  }
  int64_t* frame_sums = sums + frame * FRAME_SUMS;
  add_warp(frame_sums + CB_SUM, cb_sum);
  add_warp(frame_sums + CR_SUM, cr_sum);
  add_warp(frame_sums + CHROMA_MAGNITUDE_SUM, magnitude_sum);
  __syncthreads();
  flush(bins, LUMA_VALUES, histograms + frame * LUMA_VALUES);
}
