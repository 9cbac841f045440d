// The Python module kuleshov._cpu. Python has checked what the arrays mean; here only what would crash is refused.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kuleshov/color_cube.h"
#include "kuleshov/color_histogram.h"
#include "kuleshov/flow_statistics.h"
#include "kuleshov/frame_sums.h"
#include "kuleshov/global_motion.h"
#include "operators.h"

namespace py = pybind11;

namespace kuleshov::cpu {
namespace {

constexpr py::ssize_t MAX_SIDE = 65535;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;
using Bytes = Array<uint8_t>;
using MaybeBytes = std::optional<Bytes>;

void require(bool fulfilled, const char* rule) {
  if (!fulfilled) throw py::value_error(rule);
}

template <typename Byte>
Plane<Byte> plane_of(const py::buffer_info& buffer) {
  return {static_cast<Byte*>(buffer.ptr), buffer.shape[0], buffer.shape[1], buffer.strides[0], buffer.strides[1]};
}

void require_plane(const py::buffer_info& buffer) {
  require(buffer.ndim == 2, "plane and out must have two dimensions");
  for (const py::ssize_t side : buffer.shape) require(side >= 1 && side <= MAX_SIDE, "sides must be 1 to 65535");
}

void bind_area_average(const py::buffer& plane, const py::buffer& out, int bit_depth) {
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

// What the batch operators are handed, checked against each other. Holds the shape only.
struct Batch {
  py::ssize_t count, height, width;

  template <typename Sample>
  explicit Batch(const Array<Sample>& luma) {
    require(luma.ndim() == 3, "luma must be [N, H, W]");
    count = luma.shape(0), height = luma.shape(1), width = luma.shape(2);
    require(height >= 2 && width >= 2 && height <= MAX_SIDE && width <= MAX_SIDE, "H and W must be 2 to 65535");
    require(height % 2 == 0 && width % 2 == 0, "H and W must be even");
    require(height * width <= INT32_MAX, "H * W must be below 2^31");
  }
  template <typename Sample>
  Batch(const Array<Sample>& luma, const Array<Sample>& chroma) : Batch(luma) {
    require(chroma.ndim() == 4 && chroma.shape(0) == count && chroma.shape(1) == height / 2 &&
                chroma.shape(2) == width / 2 && chroma.shape(3) == 2,
            "chroma must be [N, H/2, W/2, 2]");
  }
  Batch(const Bytes& luma, const MaybeBytes& previous) : Batch(luma) {
    require(!previous || (previous->ndim() == 3 && previous->shape(0) == 1 && previous->shape(1) == height &&
                          previous->shape(2) == width),
            "previous must be [1, H, W]");
  }
};

const uint8_t* data_or_null(const MaybeBytes& array) { return array ? array->data() : nullptr; }

Array<int32_t> bind_color_histogram(const Bytes& luma, const Bytes& chroma) {
  const Batch batch(luma, chroma);
  Array<int32_t> histograms({batch.count, py::ssize_t{COLOR_BINS}});
  int32_t* out = histograms.mutable_data();
  const py::gil_scoped_release unlocked;
  color_histogram(luma.data(), chroma.data(), batch.count, batch.height, batch.width, out);
  return histograms;
}

py::tuple bind_frame_sums(const Bytes& luma, const Bytes& chroma) {
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

Array<int64_t> bind_absolute_difference(const Bytes& luma, const MaybeBytes& previous) {
  const Batch batch(luma, previous);
  Array<int64_t> sums(batch.count);
  int64_t* out = sums.mutable_data();
  const py::gil_scoped_release unlocked;
  absolute_difference(luma.data(), data_or_null(previous), batch.count, batch.height * batch.width, out);
  return sums;
}

py::tuple bind_patch_flow(const Bytes& luma, const MaybeBytes& previous) {
  const Batch batch(luma, previous);
  const FlowGrid grid = flow_grid(batch.height, batch.width);
  Array<float> vectors({batch.count, py::ssize_t(grid.rows), py::ssize_t(grid.columns), py::ssize_t{2}});
  Array<float> textures({batch.count, py::ssize_t(grid.rows), py::ssize_t(grid.columns)});
  Array<float> matches({batch.count, py::ssize_t(grid.rows), py::ssize_t(grid.columns)});
  float* vectors_out = vectors.mutable_data();
  float* textures_out = textures.mutable_data();
  float* matches_out = matches.mutable_data();
  {
    const py::gil_scoped_release unlocked;
    patch_flow(luma.data(), data_or_null(previous), batch.count, batch.height, batch.width, vectors_out, textures_out,
               matches_out);
  }
  return py::make_tuple(vectors, textures, matches);
}

Array<uint8_t> bind_shrink(const Bytes& luma, const Bytes& chroma, py::ssize_t width, py::ssize_t height) {
  const Batch batch(luma, chroma);
  require(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE, "sides must be 1 to 65535");
  Array<uint8_t> small({batch.count, py::ssize_t{3}, height, width});
  uint8_t* out = small.mutable_data();
  const py::gil_scoped_release unlocked;
  shrink(luma.data(), chroma.data(), batch.count, batch.height, batch.width, height, width, out);
  return small;
}

py::tuple bind_tone_map(const Bytes& luma, const Bytes& chroma, const Array<int16_t>& cube) {
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

Coding coding_of(const std::array<float, 8>& n) { return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]}; }

Array<uint8_t> bind_rgb_frames(const Bytes& luma, const Bytes& chroma, py::ssize_t width, py::ssize_t height,
                               const std::array<float, 8>& coding) {
  const Batch batch(luma, chroma);
  require(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE, "sides must be 1 to 65535");
  Array<uint8_t> rgb({batch.count, height, width, py::ssize_t{3}});
  uint8_t* out = rgb.mutable_data();
  const Coding numbers = coding_of(coding);
  const py::gil_scoped_release unlocked;
  rgb_frames(luma.data(), chroma.data(), batch.count, batch.height, batch.width, height, width, numbers, out);
  return rgb;
}

template <typename Sample>
py::array bind_model_input(const Array<Sample>& luma, const Array<Sample>& chroma, const Array<int32_t>& boxes,
                           py::ssize_t width, py::ssize_t height, const std::array<float, 8>& coding,
                           const std::array<float, 6>& normalisation, int bit_depth, bool half) {
  const Batch batch(luma, chroma);
  require(sizeof(Sample) == 1 ? bit_depth == 8 : bit_depth >= 9 && bit_depth <= 16,
          "bit_depth must be 8 for uint8 and 9 to 16 for uint16");
  require(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE, "sides must be 1 to 65535");
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

Array<int64_t> bind_histogram_distance(const Array<int32_t>& histograms, const Array<int32_t>& previous,
                                       const std::vector<int32_t>& lags) {
  for (const Array<int32_t>* array : {&histograms, &previous})
    require(array->ndim() == 2 && array->shape(1) == COLOR_BINS, "histograms and previous must be [N, 2048]");
  for (const int32_t lag : lags) require(lag >= 1, "lags must be 1 or more");
  const py::ssize_t count = histograms.shape(0), lag_count = static_cast<py::ssize_t>(lags.size());
  Array<int64_t> distances({count, lag_count});
  int64_t* out = distances.mutable_data();
  const py::gil_scoped_release unlocked;
  histogram_distance(histograms.data(), count, previous.data(), previous.shape(0), lags.data(), lag_count, out);
  return distances;
}

// The patches of frames of height x width, as patch_flow gives them. Returns the number of frames.
py::ssize_t require_patches(const Array<float>& vectors, const Array<float>& textures, const Array<float>& matches,
                            int height, int width) {
  require(height >= 2 && width >= 2 && height <= MAX_SIDE && width <= MAX_SIDE, "H and W must be 2 to 65535");
  const FlowGrid grid = flow_grid(height, width);
  const py::ssize_t count = vectors.ndim() ? vectors.shape(0) : 0;
  const auto fits = [&](const Array<float>& array, py::ssize_t dimensions) {
    return array.ndim() == dimensions && array.shape(0) == count && array.shape(1) == grid.rows &&
           array.shape(2) == grid.columns;
  };
  require(fits(vectors, 4) && vectors.shape(3) == 2 && fits(textures, 3) && fits(matches, 3),
          "vectors, textures and matches must be those of patch_flow");
  return count;
}

Array<float> bind_global_motion(const Array<float>& vectors, const Array<float>& textures, const Array<float>& matches,
                                int height, int width, float least_texture, float least_match) {
  const py::ssize_t count = require_patches(vectors, textures, matches, height, width);
  Array<float> numbers({count, py::ssize_t{motion::MOTION}});
  float* out = numbers.mutable_data();
  const py::gil_scoped_release unlocked;
  global_motion(vectors.data(), textures.data(), matches.data(), count, height, width, least_texture, least_match, out);
  return numbers;
}

py::tuple bind_flow_statistics(const Array<float>& vectors, const Array<float>& textures, const Array<float>& matches,
                               int height, int width, float least_texture, float least_match) {
  const py::ssize_t count = require_patches(vectors, textures, matches, height, width);
  Array<double> numbers({count, py::ssize_t{statistics::STATISTICS}});
  Bytes valid({count, textures.shape(1), textures.shape(2)});
  double* numbers_out = numbers.mutable_data();
  uint8_t* valid_out = valid.mutable_data();
  {
    const py::gil_scoped_release unlocked;
    flow_statistics(vectors.data(), textures.data(), matches.data(), count, height, width, least_texture, least_match,
                    numbers_out, valid_out);
  }
  return py::make_tuple(numbers, valid);
}

// The level that the loader picked for the functions marked KULESHOV_CLONES, by the same question to the processor.
const char* simd_level() {
#ifdef KULESHOV_TARGET_CLONES
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  return "x86-64";
#else
  return "baseline";
#endif
}

#ifdef __clang__
constexpr const char* COMPILER = __VERSION__;
#else
constexpr const char* COMPILER = "GCC " __VERSION__;
#endif

std::map<std::string, std::string> build_info() { return {{"compiler", COMPILER}, {"simd", simd_level()}}; }

}  // namespace
}  // namespace kuleshov::cpu

PYBIND11_MODULE(_cpu, module) {
  namespace cpu = kuleshov::cpu;
  const auto luma = py::arg("luma").noconvert();
  const auto chroma = py::arg("chroma").noconvert();
  const auto previous = py::arg("previous").noconvert();
  module.doc() = "The native CPU twins of kuleshov.kernels.";
  module.def("area_average", &cpu::bind_area_average, py::arg("plane"), py::arg("out"), py::kw_only(),
             py::arg("bit_depth"));
  module.def("color_histogram", &cpu::bind_color_histogram, luma, chroma);
  module.def("frame_sums", &cpu::bind_frame_sums, luma, chroma);
  module.def("absolute_difference", &cpu::bind_absolute_difference, luma, previous);
  module.def("shrink", &cpu::bind_shrink, luma, chroma, py::arg("width"), py::arg("height"));
  module.def("tone_map", &cpu::bind_tone_map, luma, chroma, py::arg("cube").noconvert());
  module.def("rgb_frames", &cpu::bind_rgb_frames, luma, chroma, py::arg("width"), py::arg("height"), py::arg("coding"));
  const auto define_model_input = [&](auto function) {
    module.def("model_input", function, luma, chroma, py::arg("boxes").noconvert(), py::arg("width"), py::arg("height"),
               py::arg("coding"), py::arg("normalisation"), py::arg("bit_depth") = 8, py::arg("half") = false);
  };
  define_model_input(&cpu::bind_model_input<uint8_t>);
  define_model_input(&cpu::bind_model_input<uint16_t>);
  module.def("global_motion", &cpu::bind_global_motion, py::arg("vectors").noconvert(), py::arg("textures").noconvert(),
             py::arg("matches").noconvert(), py::arg("height"), py::arg("width"), py::arg("least_texture"),
             py::arg("least_match"));
  module.def("flow_statistics", &cpu::bind_flow_statistics, py::arg("vectors").noconvert(),
             py::arg("textures").noconvert(), py::arg("matches").noconvert(), py::arg("height"), py::arg("width"),
             py::arg("least_texture"), py::arg("least_match"));
  module.def("histogram_distance", &cpu::bind_histogram_distance, py::arg("histograms").noconvert(),
             py::arg("previous").noconvert(), py::arg("lags"));
  module.def("patch_flow", &cpu::bind_patch_flow, luma, previous);
  module.def("build_info", &cpu::build_info);
}
