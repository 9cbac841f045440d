#include "binding.h"
#include "plane.h"

namespace kuleshov::cpu {

void shrink(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
            int64_t small_height, int64_t small_width, uint8_t* small) {
  const int64_t samples = small_height * small_width;
  for (int64_t n = 0; n < count; ++n, luma += height * width, chroma += height / 2 * width) {
    const Plane<const uint8_t> planes[3] = {
        {luma, height, width, width, 1},
        {chroma, height / 2, width / 2, width, 2},
        {chroma + 1, height / 2, width / 2, width, 2},
    };
    for (const auto& plane : planes) {
      area_average(plane, /*sample_bytes=*/1, /*bit_depth=*/8, {small, small_height, small_width, small_width, 1});
      small += samples;
    }
  }
}

namespace {

Array<uint8_t> bind(const Bytes& luma, const Bytes& chroma, py::ssize_t width, py::ssize_t height) {
  const Batch batch(luma, chroma);
  require_sides(width, height);
  Array<uint8_t> small({batch.count, py::ssize_t{3}, height, width});
  uint8_t* out = small.mutable_data();
  const py::gil_scoped_release unlocked;
  shrink(luma.data(), chroma.data(), batch.count, batch.height, batch.width, height, width, out);
  return small;
}

}  // namespace

KULESHOV_OPERATOR(module) {
  module.def("shrink", &bind, array_arg("luma"), array_arg("chroma"), py::arg("width"), py::arg("height"));
}

}  // namespace kuleshov::cpu
