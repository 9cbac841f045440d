#include <vector>

#include "binding.h"
#include "kuleshov/rgb.h"
#include "plane.h"

namespace kuleshov::cpu {
namespace {

// rgb: uint8 [count, small_height, small_width, 3], full range
void rgb_frames(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
                int64_t small_height, int64_t small_width, const Coding& coding, uint8_t* rgb) {
  const int64_t samples = small_height * small_width;
  std::vector<uint8_t> small(static_cast<size_t>(3 * samples));
  for (int64_t n = 0; n < count; ++n, luma += height * width, chroma += height / 2 * width) {
    shrink(luma, chroma, 1, height, width, small_height, small_width, small.data());
    const uint8_t *y = small.data(), *cb = y + samples, *cr = cb + samples;
    for (int64_t i = 0; i < samples; ++i, rgb += 3) {
      const Rgb color = rgb_from_ycbcr(y[i], cb[i], cr[i], coding);
      rgb[0] = code_value(color.red);
      rgb[1] = code_value(color.green);
      rgb[2] = code_value(color.blue);
    }
  }
}

Array<uint8_t> bind(const Bytes& luma, const Bytes& chroma, py::ssize_t width, py::ssize_t height,
                    const std::array<float, 8>& coding) {
  const Batch batch(luma, chroma);
  require_sides(width, height);
  Array<uint8_t> rgb({batch.count, height, width, py::ssize_t{3}});
  uint8_t* out = rgb.mutable_data();
  const Coding numbers = coding_of(coding);
  const py::gil_scoped_release unlocked;
  rgb_frames(luma.data(), chroma.data(), batch.count, batch.height, batch.width, height, width, numbers, out);
  return rgb;
}

}  // namespace

KULESHOV_OPERATOR(module) {
  module.def("rgb_frames", &bind, array_arg("luma"), array_arg("chroma"), py::arg("width"), py::arg("height"),
             py::arg("coding"));
}

}  // namespace kuleshov::cpu
