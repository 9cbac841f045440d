#include "binding.h"
#include "kuleshov/color_cube.h"

namespace kuleshov::cpu {
namespace {

// luma_out and chroma_out: as luma and chroma, each colour looked up in cube: int16 [3, 65, 65, 65], see color_cube.h
void tone_map(const uint8_t* luma, const uint8_t* chroma, int64_t count, int64_t height, int64_t width,
              const int16_t* cube, uint8_t* luma_out, uint8_t* chroma_out) {
  const int16_t *to_y = cube, *to_cb = cube + CUBE_NODES, *to_cr = cube + 2 * CUBE_NODES;
  for (int64_t row = 0; row < count * height / 2; ++row) {
    const uint8_t *above = luma + 2 * row * width, *below = above + width, *pairs = chroma + row * width;
    uint8_t *above_out = luma_out + 2 * row * width, *below_out = above_out + width, *out = chroma_out + row * width;
    for (int64_t x = 0; x < width; x += 2) {
      const int cb = pairs[x], cr = pairs[x + 1];
      above_out[x] = cube_value(to_y, above[x], cb, cr);
      above_out[x + 1] = cube_value(to_y, above[x + 1], cb, cr);
      below_out[x] = cube_value(to_y, below[x], cb, cr);
      below_out[x + 1] = cube_value(to_y, below[x + 1], cb, cr);
      const int mean = (above[x] + above[x + 1] + below[x] + below[x + 1] + 2) >> 2;
      out[x] = cube_value(to_cb, mean, cb, cr);
      out[x + 1] = cube_value(to_cr, mean, cb, cr);
    }
  }
}

py::tuple bind(const Bytes& luma, const Bytes& chroma, const Array<int16_t>& cube) {
  const Batch batch(luma, chroma);
  require(cube.ndim() == 4 && cube.shape(0) == 3 && cube.shape(1) == CUBE_SIDE && cube.shape(2) == CUBE_SIDE &&
              cube.shape(3) == CUBE_SIDE,
          "cube must be [3, 65, 65, 65]");
  Bytes luma_out({batch.count, batch.height, batch.width});
  Bytes chroma_out({batch.count, batch.height / 2, batch.width / 2, py::ssize_t{2}});
  uint8_t *to_luma = luma_out.mutable_data(), *to_chroma = chroma_out.mutable_data();
  {
    const py::gil_scoped_release unlocked;
    tone_map(luma.data(), chroma.data(), batch.count, batch.height, batch.width, cube.data(), to_luma, to_chroma);
  }
  return py::make_tuple(luma_out, chroma_out);
}

}  // namespace

KULESHOV_OPERATOR(module) { module.def("tone_map", &bind, array_arg("luma"), array_arg("chroma"), array_arg("cube")); }

}  // namespace kuleshov::cpu
