// The movement of the picture as a whole: an affine fit to the vectors of its patches that objects do not sway.
//
// d = t + A p, both in pixels, p from the middle of the frame. Iteratively reweighted least squares with the
// Geman-McClure weight (s^2 / (s^2 + r^2))^2, its scale s lowered round by round, so that the fit begins convex and
// ends deaf to outliers (Black & Anandan, "The robust estimation of multiple motions", 1996). The scales are fixed:
// nothing has to be ranked, and both twins do the same steps.
#pragma once

#include "kuleshov/patch_flow.h"

namespace kuleshov::motion {

// What is returned of a frame, in this order: t in pixels, A, the weighted RMS residual in pixels, the share of the
// patches that lie within one INLIER of the fit, and the share that could be followed at all.
enum Motion { TX, TY, AXX, AXY, AYX, AYY, RESIDUAL, INLIERS, SUPPORT, MOTION };

constexpr int ROUNDS = 6;
constexpr double FIRST_SCALE = 16, INLIER = 1;  // pixels; the scale is halved each round, down to half a pixel
constexpr int LEAST_PATCHES = 6;                // twice what the three unknowns of a row need
constexpr int LANES = 32;                       // partial sums: as many as a warp has lanes

struct Affine {
  double tx, ty, axx, axy, ayx, ayy;
};

// One patch: its place and its vector, in pixels from the middle of the frame.
struct Sample {
  double x, y, dx, dy;
  bool valid;
};

// Which patches count: as kernels/optical_flow.py. The whole window that the vector points to lies inside the frame.
KULESHOV_HD inline Sample sample(const float* vector, float texture, float match, int index, int height, int width,
                                 float least_texture, float least_match) {
  const flow::Axis rows = flow::axis(height), columns = flow::axis(width);
  const double half = flow::PATCH / 2.0;
  const double x = columns.position(index % columns.count) + half - width / 2.0;
  const double y = rows.position(index / columns.count) + half - height / 2.0;
  const double dx = vector[0], dy = vector[1], ahead_x = x + dx, ahead_y = y + dy;
  const bool inside = (ahead_x < 0 ? -ahead_x : ahead_x) <= width / 2.0 - half &&
                      (ahead_y < 0 ? -ahead_y : ahead_y) <= height / 2.0 - half;
  return {x, y, dx, dy, texture >= least_texture && match >= least_match && inside};
}

KULESHOV_HD inline double residual_squared(const Affine& fit, const Sample& s) {
  const double x = fit.tx + fit.axx * s.x + fit.axy * s.y - s.dx, y = fit.ty + fit.ayx * s.x + fit.ayy * s.y - s.dy;
  return x * x + y * y;
}

// The sums of a weighted least-squares fit; both rows of the affine share the left side.
enum Sum { W, X, Y, XX, XY, YY, DX, DY, X_DX, Y_DX, X_DY, Y_DY, SUMS };
struct Sums {
  double of[SUMS];
};

KULESHOV_HD inline void add(Sums& sums, const Sample& s, double weight) {
  const double wx = weight * s.x, wy = weight * s.y;
  sums.of[W] += weight;
  sums.of[X] += wx;
  sums.of[Y] += wy;
  sums.of[XX] += wx * s.x;
  sums.of[XY] += wx * s.y;
  sums.of[YY] += wy * s.y;
  sums.of[DX] += weight * s.dx;
  sums.of[DY] += weight * s.dy;
  sums.of[X_DX] += wx * s.dx;
  sums.of[Y_DX] += wy * s.dx;
  sums.of[X_DY] += wx * s.dy;
  sums.of[Y_DY] += wy * s.dy;
}

// Solves for the affine by Cramer's rule on centred sums; without enough spread of places A stays 0.
KULESHOV_HD inline Affine solve(const Sums& sums) {
  const double* s = sums.of;
  if (!(s[W] > 1e-9)) return {0, 0, 0, 0, 0, 0};
  const double mx = s[X] / s[W], my = s[Y] / s[W], mdx = s[DX] / s[W], mdy = s[DY] / s[W];
  const double xx = s[XX] - s[X] * mx, xy = s[XY] - s[X] * my, yy = s[YY] - s[Y] * my;
  const double x_dx = s[X_DX] - s[X] * mdx, y_dx = s[Y_DX] - s[Y] * mdx;
  const double x_dy = s[X_DY] - s[X] * mdy, y_dy = s[Y_DY] - s[Y] * mdy;
  const double determinant = xx * yy - xy * xy;
  Affine fit = {0, 0, 0, 0, 0, 0};
  if (determinant > 1e-6 * s[W] * s[W]) {
    fit.axx = (x_dx * yy - y_dx * xy) / determinant;
    fit.axy = (y_dx * xx - x_dx * xy) / determinant;
    fit.ayx = (x_dy * yy - y_dy * xy) / determinant;
    fit.ayy = (y_dy * xx - x_dy * xy) / determinant;
  }
  fit.tx = mdx - fit.axx * mx - fit.axy * my;
  fit.ty = mdy - fit.ayx * mx - fit.ayy * my;
  return fit;
}

// The weight of a residual at a round; in round 0 all count alike.
KULESHOV_HD inline double weight(double residual_squared, int round) {
  if (round == 0) return 1;
  const double scale = FIRST_SCALE / (1 << (round - 1)), s2 = scale * scale, share = s2 / (s2 + residual_squared);
  return share * share;
}

}  // namespace kuleshov::motion
