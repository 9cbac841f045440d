#include "kuleshov/frame_sums.h"

#include <algorithm>

#include "binding.h"

namespace kuleshov::cpu {
namespace {

// Adds one row of chroma pairs to `sums`. Within a row 32 bits hold every sum: 65535 samples of up to 2896.
KULESHOV_CLONES void add_chroma_row(const uint8_t* chroma, int64_t pairs, int64_t* sums) {
  int32_t cb_sum = 0, cr_sum = 0, magnitude_sum = 0;
  for (int64_t x = 0; x < pairs; ++x) {
    const int32_t cb = chroma[2 * x], cr = chroma[2 * x + 1];
    cb_sum += cb;
    cr_sum += cr;
    magnitude_sum += chroma_magnitude(cb, cr);
  }
  sums[CB_SUM] += cb_sum;
  sums[CR_SUM] += cr_sum;
  sums[CHROMA_MAGNITUDE_SUM] += magnitude_sum;
}

// histograms: int32 [count, LUMA_VALUES] of luma; sums: int64 [count, FRAME_SUMS] of chroma samples
void frame_sums(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                int32_t* histograms, int64_t* sums) {
  std::fill_n(sums, count * FRAME_SUMS, int64_t{0});
  const int64_t pixels = height * width;
  int32_t parts[4][LUMA_VALUES];  // four, so that equal neighbours do not wait for each other
  for (int64_t n = 0; n < count; ++n, luma += pixels, sums += FRAME_SUMS) {
    std::fill_n(parts[0], 4 * LUMA_VALUES, 0);
    for (int64_t i = 0; i < pixels; i += 4)  // height and width are even
      for (int k = 0; k < 4; ++k) ++parts[k][luma[i + k]];
    for (int value = 0; value < LUMA_VALUES; ++value)
      *histograms++ = parts[0][value] + parts[1][value] + parts[2][value] + parts[3][value];
    for (int64_t y = 0; y < height / 2; ++y, chroma += width) add_chroma_row(chroma, width / 2, sums);
  }
}

py::tuple bind(const Bytes& luma, const Bytes& chroma) {
  const Batch batch(luma, chroma);
  Array<int32_t> histograms({batch.count, py::ssize_t{LUMA_VALUES}});
  Array<int64_t> sums({batch.count, py::ssize_t{FRAME_SUMS}});
  int32_t* histograms_out = histograms.mutable_data();
  int64_t* sums_out = sums.mutable_data();
  {
    const py::gil_scoped_release unlocked;
    frame_sums(luma.data(), chroma.data(), batch.count, batch.height, batch.width, histograms_out, sums_out);
  }
  return py::make_tuple(histograms, sums);
}

}  // namespace

KULESHOV_OPERATOR(module) { module.def("frame_sums", &bind, array_arg("luma"), array_arg("chroma")); }

}  // namespace kuleshov::cpu
