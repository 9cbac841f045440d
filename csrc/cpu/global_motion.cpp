#include "kuleshov/global_motion.h"

#include <algorithm>
#include <vector>

#include "operators.h"

namespace kuleshov::cpu {
namespace {

// Adds 32 partial sums as a warp does by its butterfly: halves onto halves.
template <typename Partial, typename Add>
void fold(std::vector<Partial>& partial, Add add) {
  for (int distance = motion::LANES / 2; distance > 0; distance /= 2)
    for (int lane = 0; lane < distance; ++lane) add(partial[lane], partial[lane + distance]);
}

void add_sums(motion::Sums& to, const motion::Sums& from) {
  for (int k = 0; k < motion::SUMS; ++k) to.of[k] += from.of[k];
}

}  // namespace

void global_motion(const float* vectors, const float* textures, const float* matches, int64_t count, int height,
                   int width, float least_texture, float least_match, float* out) {
  using namespace motion;
  const int patches = static_cast<int>(flow_grid(height, width).rows * flow_grid(height, width).columns);
  const bool any = flow::level_count(height, width) > 0;
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
    out[SUPPORT] = static_cast<float>(static_cast<double>(valid) / patches);
    if (valid < LEAST_PATCHES) continue;
    Affine fit = {0, 0, 0, 0, 0, 0};
    for (int round = 0; round < ROUNDS; ++round) {
      std::vector<Sums> partial(LANES, Sums{});
      for (int i = 0; i < patches; ++i)
        if (samples[i].valid) add(partial[i % LANES], samples[i], weight(residual_squared(fit, samples[i]), round));
      fold(partial, add_sums);
      fit = solve(partial[0]);
    }
    std::vector<double> weights(LANES, 0.0), squares(LANES, 0.0);
    int inliers = 0;
    for (int i = 0; i < patches; ++i) {
      if (!samples[i].valid) continue;
      const double r2 = residual_squared(fit, samples[i]), w = weight(r2, ROUNDS);
      weights[i % LANES] += w;
      squares[i % LANES] += w * r2;
      inliers += r2 <= INLIER * INLIER;
    }
    const auto plus = [](double& a, double b) { a += b; };
    fold(weights, plus);
    fold(squares, plus);
    const double results[] = {fit.tx, fit.ty, fit.axx, fit.axy, fit.ayx, fit.ayy, std::sqrt(squares[0] / weights[0])};
    for (int k = 0; k < INLIERS; ++k) out[k] = static_cast<float>(results[k]);
    out[INLIERS] = static_cast<float>(static_cast<double>(inliers) / patches);
  }
}

}  // namespace kuleshov::cpu
