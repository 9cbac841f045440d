#include "kuleshov/flow_statistics.h"

#include <algorithm>
#include <vector>

#include "binding.h"
#include "patches.h"

namespace kuleshov::cpu {
namespace {

using motion::Sample;

// Quantiles of numbers; keeps its memory between frames.
class Quantiles {
 public:
  template <typename Number>
  void take(const std::vector<Sample>& samples, Number number) {
    keys_.clear();
    for (const Sample& s : samples) keys_.push_back(statistics::key_of(number(s)));
  }

  double at(double q) {
    if (keys_.empty()) return 0;
    const statistics::Rank rank = statistics::rank_of(static_cast<int>(keys_.size()), q);
    const auto below = keys_.begin() + rank.below, next = below + 1;
    std::nth_element(keys_.begin(), below, keys_.end());
    const uint64_t above = next == keys_.end() ? *below : *std::min_element(next, keys_.end());
    return statistics::between(statistics::number_of(*below), statistics::number_of(above), rank.share);
  }

 private:
  std::vector<uint64_t> keys_;
};

// out: double [count, statistics::STATISTICS]; valid: uint8 [count, rows, columns], which patches count; the first
// three as patch_flow gives them for frames of height x width
void flow_statistics(const float* vectors, const float* textures, const float* matches, int64_t count, int height,
                     int width, float least_texture, float least_match, double* out, uint8_t* valid) {
  using namespace statistics;
  const FlowGrid grid = flow_grid(height, width);
  const int patches = static_cast<int>(grid.rows * grid.columns);
  const bool any = flow::level_count(height, width) > 0;
  std::vector<Sample> samples;
  Quantiles quantiles;
  for (int64_t n = 0; n < count; ++n, out += STATISTICS, valid += patches) {
    samples.clear();
    int64_t sharpness_sums[CELLS] = {};
    int cell_patches[CELLS] = {};
    for (int i = 0; i < patches; ++i) {
      const int64_t at = n * patches + i;
      const Sample s = any ? motion::sample(vectors + 2 * at, textures[at], matches[at], i, height, width,
                                            least_texture, least_match)
                           : Sample{};
      valid[i] = s.valid;
      if (s.valid) samples.push_back(s);
      const int cell = cell_of(i, static_cast<int>(grid.rows), static_cast<int>(grid.columns));
      sharpness_sums[cell] += any ? sharpness_steps(textures[at]) : 0;
      ++cell_patches[cell];
    }
    int64_t steps = 0;
    quantiles.take(samples, [&](const Sample& s) {
      const double moved = speed(s);
      steps += speed_steps(moved);
      return moved;
    });
    const double median = quantiles.at(0.5), p90 = quantiles.at(0.9);
    state_speeds(out, steps, median, p90, static_cast<int>(samples.size()), patches);
    for (int cell = 0; cell < CELLS; ++cell)
      out[SHARPNESS + cell] = sharpness(sharpness_sums[cell], cell_patches[cell]);
  }
}

py::tuple bind(const Array<float>& vectors, const Array<float>& textures, const Array<float>& matches, int height,
               int width, float least_texture, float least_match) {
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

}  // namespace

KULESHOV_OPERATOR(module) {
  module.def("flow_statistics", &bind, array_arg("vectors"), array_arg("textures"), array_arg("matches"),
             py::arg("height"), py::arg("width"), py::arg("least_texture"), py::arg("least_match"));
}

}  // namespace kuleshov::cpu
