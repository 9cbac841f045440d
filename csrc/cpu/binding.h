// How an operator becomes a function of the Python module kuleshov._cpu. Its file ends with
//
//   KULESHOV_OPERATOR(module) { module.def("name", &bind, ...); }
//
// and is all that has to be added: CMake compiles every file of this folder. Python has checked what the arrays mean;
// bindings refuse only what would crash.
//
// Batches are contiguous: luma uint8 [count, height, width], chroma uint8 [count, height / 2, width / 2, 2], height and
// width even. `previous` is the luma [height, width] of the frame before the first one, or null.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <optional>
#include <vector>

#include "kuleshov/rgb.h"

namespace kuleshov::cpu {

namespace py = pybind11;

using Define = void (*)(py::module_&);

// The operators of all files, in no particular order.
std::vector<Define>& operators();

struct Registration {
  explicit Registration(Define define) { operators().push_back(define); }
};

#define KULESHOV_OPERATOR(module)                  \
  static void define(pybind11::module_& module);   \
  static const Registration registration(&define); \
  static void define([[maybe_unused]] pybind11::module_& module)

constexpr py::ssize_t MAX_SIDE = 65535;

template <typename T>
using Array = py::array_t<T, py::array::c_style>;
using Bytes = Array<uint8_t>;
using MaybeBytes = std::optional<Bytes>;

inline void require(bool fulfilled, const char* rule) {
  if (!fulfilled) throw py::value_error(rule);
}

inline void require_sides(py::ssize_t width, py::ssize_t height) {
  require(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE, "sides must be 1 to 65535");
}

// The arrays of a batch, checked against each other. Holds the shape only.
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

inline const uint8_t* data_or_null(const MaybeBytes& array) { return array ? array->data() : nullptr; }

inline Coding coding_of(const std::array<float, 8>& n) { return {n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]}; }

// An array parameter that accepts its own dtype only.
inline py::arg array_arg(const char* name) { return py::arg(name).noconvert(); }

}  // namespace kuleshov::cpu
