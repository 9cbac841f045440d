// Joint colour histogram of analysis frames.
//
// A frame is read once, neighbouring threads taking neighbouring 2x2 blocks. A thread block counts its strip of the
// frame in shared memory (8 KiB, so that eight blocks fit a multiprocessor) and adds the bins that it filled to the
// frame's histogram. One histogram a block is enough, flat pictures included: a warp adds up equal bins before it
// counts (counting.cuh). Copies for each warp would not shorten that, and would have to be cleared and flushed.
#include "counting.cuh"
#include "kuleshov/color_histogram.h"

// Grid: strips, frames. Height and width are even; `histograms` [N, COLOR_BINS] are zeroed.
KERNEL(256)
color_histogram(const uint8_t* luma, const uint8_t* chroma, int32_t height, int32_t width, int32_t* histograms) {
  using namespace kuleshov;
  using namespace kuleshov::device;
  SHARED(int32_t, bins, [COLOR_BINS]);
  clear(bins, COLOR_BINS);
  __syncthreads();

  const int64_t frame = blockIdx.y;
  const int32_t blocks = height / 2 * (width / 2);
  const uint8_t* luma_frame = luma + frame * height * width;
  const uint8_t* chroma_frame = chroma + frame * blocks * 2;
  const int32_t step = static_cast<int32_t>(gridDim.x * blockDim.x);
  for (int32_t start = static_cast<int32_t>(blockIdx.x * blockDim.x); start < blocks; start += step) {
    const int32_t index = start + static_cast<int32_t>(threadIdx.x);
    const bool inside = index < blocks;
    const Block2x2 block = inside ? read_block(luma_frame, chroma_frame, index, width) : Block2x2{};
    const int color = chroma_bins(block.cb, block.cr);
    for (const int32_t value : block.luma) count(bins, inside ? luma_bins(value) | color : -1);
  }
  __syncthreads();
  flush(bins, COLOR_BINS, histograms + frame * COLOR_BINS);
}
