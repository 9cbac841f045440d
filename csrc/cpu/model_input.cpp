#include "kuleshov/model_input.h"

#include "binding.h"

namespace kuleshov::cpu {
namespace {

// out: float or half [crops, 3, out_height, out_width]; boxes: int32 [crops, 5]: frame, x, y, width, height. Samples
// are uint8, or uint16 of 9 to 16 bits.
template <typename Sample, typename Number>
void model_input(const Sample* luma, const Sample* chroma, int bit_depth, int64_t height, int64_t width,
                 const int32_t* boxes, int64_t crops, int64_t out_height, int64_t out_width, const Coding& coding,
                 const Normalisation& normalisation, Number* out) {
  for (int64_t n = 0; n < crops; ++n, boxes += 5, out += 3 * out_height * out_width) {
    const Picture<Sample> picture = {luma + boxes[0] * height * width, chroma + boxes[0] * (height / 2) * width, width,
                                     width, bit_depth};
    for (int64_t i = 0; i < out_height; ++i)
      for (int64_t j = 0; j < out_width; ++j)
        model_pixel(picture, {boxes[1], boxes[2], boxes[3], boxes[4]}, static_cast<uint32_t>(i),
                    static_cast<uint32_t>(j), static_cast<uint32_t>(out_height), static_cast<uint32_t>(out_width),
                    coding, normalisation, out);
  }
}

template <typename Sample>
py::array bind(const Array<Sample>& luma, const Array<Sample>& chroma, const Array<int32_t>& boxes, py::ssize_t width,
               py::ssize_t height, const std::array<float, 8>& coding, const std::array<float, 6>& normalisation,
               int bit_depth, bool half) {
  const Batch batch(luma, chroma);
  require(sizeof(Sample) == 1 ? bit_depth == 8 : bit_depth >= 9 && bit_depth <= 16,
          "bit_depth must be 8 for uint8 and 9 to 16 for uint16");
  require_sides(width, height);
  require(boxes.ndim() == 2 && boxes.shape(1) == 5, "boxes must be [B, 5]");
  const py::ssize_t crops = boxes.shape(0);
  for (py::ssize_t n = 0; n < crops; ++n) {
    const int32_t* box = boxes.data(n, 0);
    require(box[0] >= 0 && box[0] < batch.count && box[1] >= 0 && box[2] >= 0 && box[3] >= 2 && box[4] >= 2 &&
                box[3] <= batch.width - box[1] && box[4] <= batch.height - box[2],
            "boxes must lie in the frames");
  }
  py::array input(py::dtype(half ? "float16" : "float32"), {crops, py::ssize_t{3}, height, width});
  void* out = input.mutable_data();
  const auto& n = normalisation;
  const Coding numbers = coding_of(coding);
  const Normalisation normal = {{n[0], n[1], n[2]}, {n[3], n[4], n[5]}};
  const py::gil_scoped_release unlocked;
  if (half)
    model_input(luma.data(), chroma.data(), bit_depth, batch.height, batch.width, boxes.data(), crops, height, width,
                numbers, normal, static_cast<half_t*>(out));
  else
    model_input(luma.data(), chroma.data(), bit_depth, batch.height, batch.width, boxes.data(), crops, height, width,
                numbers, normal, static_cast<float*>(out));
  return input;
}

template <typename Sample>
void define_for(py::module_& module) {
  module.def("model_input", &bind<Sample>, array_arg("luma"), array_arg("chroma"), array_arg("boxes"), py::arg("width"),
             py::arg("height"), py::arg("coding"), py::arg("normalisation"), py::arg("bit_depth") = 8,
             py::arg("half") = false);
}

}  // namespace

KULESHOV_OPERATOR(module) {
  define_for<uint8_t>(module);
  define_for<uint16_t>(module);
}

}  // namespace kuleshov::cpu
