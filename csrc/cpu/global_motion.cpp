#include "kuleshov/global_motion.h"

#include <algorithm>
#include <array>
#include <vector>

#include "binding.h"
#include "patches.h"

namespace kuleshov::cpu {
namespace {

// Partial sums, a lane each.
template <typename Partial>
using Partials = std::array<Partial, motion::LANES>;

// Adds 32 partial sums as a warp does by its butterfly, halves onto halves; returns all of it.
template <typename Partial>
Partial fold(Partials<Partial>& partial) {
  for (int distance = motion::LANES / 2; distance > 0; distance /= 2)
    for (int lane = 0; lane < distance; ++lane)
      for (size_t k = 0; k < std::size(partial[0].of); ++k) partial[lane].of[k] += partial[lane + distance].of[k];
  return partial[0];
}

struct One {
  double of[1];
};

// The sum of `number` over the samples.
template <typename Number>
double sum_of(const std::vector<motion::Sample>& samples, Number number) {
  Partials<One> partial = {};
  for (size_t i = 0; i < samples.size(); ++i) partial[i % motion::LANES].of[0] += number(samples[i]);
  return fold(partial).of[0];
}

motion::Fit refit(const std::vector<motion::Sample>& samples, const motion::Fit& fit, double unit, int round) {
  Partials<motion::Sums> partial = {};
  for (size_t i = 0; i < samples.size(); ++i) motion::refine(partial[i % motion::LANES], fit, samples[i], unit, round);
  return motion::solve(fold(partial), motion::hold_of(round));
}

// The vector that most patches agree with, of some and of none.
KULESHOV_CLONES motion::Fit voted(const std::vector<motion::Sample>& samples) {
  motion::Fit fit = {};
  double most = sum_of(samples, [](const motion::Sample& s) { return motion::vote(s, 0, 0); });
  for (int number = 0; number < motion::CANDIDATES; ++number) {
    const motion::Sample& one = samples[motion::candidate(number, static_cast<int>(samples.size()))];
    const double votes = sum_of(samples, [&](const motion::Sample& s) { return motion::vote(s, one.dx, one.dy); });
    if (!one.valid || votes <= most) continue;
    most = votes;
    fit.of[motion::TX] = one.dx;
    fit.of[motion::TY] = one.dy;
  }
  return fit;
}

KULESHOV_CLONES motion::Fit fit_of(const std::vector<motion::Sample>& samples, double unit) {
  motion::Fit all = {}, some = voted(samples);
  for (int round = 0; round < motion::ROUNDS; ++round) all = refit(samples, all, unit, round);
  for (int k = 0; k < motion::VOTED_ROUNDS; ++k) some = refit(samples, some, unit, motion::voted_round(k));
  const auto close = [&](const motion::Fit& fit) {
    return sum_of(samples, [&](const motion::Sample& s) { return motion::closeness(fit, s, unit); });
  };
  return close(some) > close(all) ? some : all;
}

// out: float [count, motion::MOTION]; the first three as patch_flow gives them for frames of height x width
void global_motion(const float* vectors, const float* textures, const float* matches, int64_t count, int height,
                   int width, float least_texture, float least_match, float* out) {
  using namespace motion;
  const int patches = static_cast<int>(flow_grid(height, width).rows * flow_grid(height, width).columns);
  const bool any = flow::level_count(height, width) > 0;
  const double unit = 2.0 / width;
  std::vector<Sample> samples(static_cast<size_t>(patches));
  for (int64_t n = 0; n < count; ++n, out += MOTION) {
    std::fill_n(out, MOTION, 0.0f);
    if (!any) continue;
    int valid = 0;
    for (int i = 0; i < patches; ++i) {
      const int64_t at = n * patches + i;
      samples[i] = sample(vectors + 2 * at, textures[at], matches[at], i, height, width, least_texture, least_match);
      valid += samples[i].valid;
    }
    if (valid < LEAST_PATCHES) continue;
    const Fit fit = fit_of(samples, unit);
    Partials<Rests> partial = {};
    for (int i = 0; i < patches; ++i) leave(partial[i % LANES], fit, samples[i], unit);
    state(out, fit, fold(partial), unit, valid);
  }
}

Array<float> bind(const Array<float>& vectors, const Array<float>& textures, const Array<float>& matches, int height,
                  int width, float least_texture, float least_match) {
  const py::ssize_t count = require_patches(vectors, textures, matches, height, width);
  Array<float> numbers({count, py::ssize_t{motion::MOTION}});
  float* out = numbers.mutable_data();
  const py::gil_scoped_release unlocked;
  global_motion(vectors.data(), textures.data(), matches.data(), count, height, width, least_texture, least_match, out);
  return numbers;
}

}  // namespace

KULESHOV_OPERATOR(module) {
  module.def("global_motion", &bind, array_arg("vectors"), array_arg("textures"), array_arg("matches"),
             py::arg("height"), py::arg("width"), py::arg("least_texture"), py::arg("least_match"));
}

}  // namespace kuleshov::cpu
