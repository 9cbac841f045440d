// The camera's movement in each frame: one warp a frame, seventeen sums a round.
//
// A lane takes every 32nd patch (18 of 576) and reads its vector, texture and match again in every round: 9 KB a frame,
// in the L1 cache after the first. Sums go through the butterfly, in the order in which the CPU twin folds its 32
// partial sums; in double, so that both twins give the same bits and a near-singular fit is harmless. Every lane solves
// the normal equations (6x6) itself, in registers.
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

  const double unit = 2.0 / width;
  int valid = 0;
  for (int i = lane; i < patches; i += LANES) valid += patch(i).valid;
  valid = warp_total(valid);
  float* result = out + frame * MOTION;
  if (valid < LEAST_PATCHES) {  // the same for the whole warp
    for (int k = lane; k < MOTION; k += LANES) result[k] = 0;
    return;
  }
  const auto refit = [=](Fit& fit, int round) {
    Sums sums = {};
#pragma unroll 1
    for (int i = lane; i < patches; i += LANES) refine(sums, fit, patch(i), unit, round);
#pragma unroll
    for (double& sum : sums.of) sum = warp_total(sum);
    fit = solve(sums, hold_of(round));
  };
  const auto votes = [=](double x, double y) {
    double sum = 0;
    for (int i = lane; i < patches; i += LANES) sum += vote(patch(i), x, y);
    return warp_total(sum);
  };
  const auto close = [=](const Fit& fit) {
    double sum = 0;
    for (int i = lane; i < patches; i += LANES) sum += closeness(fit, patch(i), unit);
    return warp_total(sum);
  };

  // The fit from all patches is kept in shared memory, a copy for each lane, so that no register is spilled.
  SHARED(double, kept, [UNKNOWNS * LANES]);
  Fit fit = {};
#pragma unroll 1
  for (int round = 0; round < ROUNDS; ++round) refit(fit, round);
  const double closest = close(fit);
  for (int k = 0; k < UNKNOWNS; ++k) {
    kept[k * LANES + lane] = fit.of[k];
    fit.of[k] = 0;
  }
  double most = votes(0, 0);
#pragma unroll 1
  for (int number = 0; number < CANDIDATES; ++number) {
    const Sample one = patch(candidate(number, patches));  // the same for the whole warp
    const double found = votes(one.dx, one.dy);
    if (!one.valid || found <= most) continue;
    most = found;
    fit.of[TX] = one.dx;
    fit.of[TY] = one.dy;
  }
#pragma unroll 1
  for (int k = 0; k < VOTED_ROUNDS; ++k) refit(fit, voted_round(k));
  if (!(close(fit) > closest))
    for (int k = 0; k < UNKNOWNS; ++k) fit.of[k] = kept[k * LANES + lane];
  Rests rests = {};
#pragma unroll 1
  for (int i = lane; i < patches; i += LANES) leave(rests, fit, patch(i), unit);
#pragma unroll
  for (double& sum : rests.of) sum = warp_total(sum);
  if (lane == 0) state(result, fit, rests, unit, valid);
}
