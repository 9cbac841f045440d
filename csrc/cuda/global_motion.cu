// The affine movement of each frame's patches: one warp a frame, twelve sums a round.
//
// A lane takes every 32nd patch (18 of 576) and reads its vector, texture and match again in every round: 9 KB a frame,
// in the L1 cache after the first. Sums go through the butterfly, in the order in which the CPU twin folds its 32
// partial sums; in double, so that both twins give the same bits and a near-singular fit does no harm.
#include "device.cuh"
#include "kuleshov/global_motion.h"

// Grid: 1, frames. `vectors` [N, patches, 2], `textures` and `matches` [N, patches] are those of patch flow for frames
// of `height` x `width`, which hold a patch; `out` is [N, MOTION].
KERNEL(32)
global_motion(const float* vectors, const float* textures, const float* matches, int32_t height, int32_t width,
              float least_texture, float least_match, float* out) {
  using namespace kuleshov;
  using namespace kuleshov::motion;
  using kuleshov::device::warp_total;
  const int patches = flow::axis(height).count * flow::axis(width).count, lane = static_cast<int>(threadIdx.x);
  const int64_t frame = blockIdx.y, start = frame * patches;
  const auto patch = [=](int i) {
    const int64_t at = start + i;
    return sample(vectors + 2 * at, textures[at], matches[at], i, height, width, least_texture, least_match);
  };

  int valid = 0;
  for (int i = lane; i < patches; i += LANES) valid += patch(i).valid;
  valid = warp_total(valid);
  Affine fit = {0, 0, 0, 0, 0, 0};
  double weights = 0, squares = 0;
  int inliers = 0;
  if (valid >= LEAST_PATCHES) {  // the same for the whole warp
#pragma unroll 1
    for (int round = 0; round < ROUNDS; ++round) {
      Sums sums = {};
#pragma unroll 1
      for (int i = lane; i < patches; i += LANES) {
        const Sample found = patch(i);
        if (found.valid) add(sums, found, weight(residual_squared(fit, found), round));
      }
#pragma unroll
      for (double& sum : sums.of) sum = warp_total(sum);
      fit = solve(sums);
    }
    for (int i = lane; i < patches; i += LANES) {
      const Sample found = patch(i);
      if (!found.valid) continue;
      const double r2 = residual_squared(fit, found), w = weight(r2, ROUNDS);
      weights += w;
      squares += w * r2;
      inliers += r2 <= INLIER * INLIER;
    }
    weights = warp_total(weights);
    squares = warp_total(squares);
    inliers = warp_total(inliers);
  }
  if (lane == 0) {
    float* result = out + frame * MOTION;
    result[TX] = static_cast<float>(fit.tx);
    result[TY] = static_cast<float>(fit.ty);
    result[AXX] = static_cast<float>(fit.axx);
    result[AXY] = static_cast<float>(fit.axy);
    result[AYX] = static_cast<float>(fit.ayx);
    result[AYY] = static_cast<float>(fit.ayy);
    result[RESIDUAL] = valid >= LEAST_PATCHES ? static_cast<float>(sqrt(squares / weights)) : 0.0f;
    result[INLIERS] = static_cast<float>(static_cast<double>(inliers) / patches);
    result[SUPPORT] = static_cast<float>(static_cast<double>(valid) / patches);
  }
}
