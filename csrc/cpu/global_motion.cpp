#include "kuleshov/global_motion.h"

#include <algorithm>
#include <array>
#include <vector>

#include "operators.h"

namespace kuleshov::cpu {
namespace {

// Adds 32 partial sums as a warp does by its butterfly, halves onto halves; returns all of it.
template <typename Partial>
Partial fold(std::array<Partial, motion::LANES>& partial) {
  for (int distance = motion::LANES / 2; distance > 0; distance /= 2)
    for (int lane = 0; lane < distance; ++lane)
      for (size_t k = 0; k < std::size(partial[0].of); ++k) partial[lane].of[k] += partial[lane + distance].of[k];
  return partial[0];
}

KULESHOV_CLONES motion::Fit fit_of(const std::vector<motion::Sample>& samples, double unit) {
  motion::Fit fit = {};
  for (int round = 0; round < motion::ROUNDS; ++round) {
    std::array<motion::Sums, motion::LANES> partial = {};
    for (size_t i = 0; i < samples.size(); ++i)
      motion::refine(partial[i % motion::LANES], fit, samples[i], unit, round);
    fit = motion::solve(fold(partial), motion::hold_of(round));
  }
  return fit;
}

}  // namespace

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
    std::array<Rests, LANES> partial = {};
    for (int i = 0; i < patches; ++i) leave(partial[i % LANES], fit, samples[i], unit);
    state(out, fit, fold(partial), unit, valid);
  }
}

}  // namespace kuleshov::cpu
