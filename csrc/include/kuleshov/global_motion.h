// The camera's part of a frame's movement: the movement that a turning and zooming camera gives the picture, fitted to
// the vectors of its patches robustly against objects; and the residual.
//
// d = t + z p + r Jp + (q . p) p: pan and tilt, zoom, roll, and the perspective of turning a wide lens (Longuet-Higgins
// & Prazdny, "The interpretation of a moving retinal image", 1980: rotation and change of focal length, to the second
// order of p). A travelling camera moves near things further than far ones: that is not in the fit and stays as a
// residual along the fitted movement (parallax). Moving objects leave residuals in any direction, where they are.
//
// Iteratively reweighted least squares with the Geman-McClure weight (s^2 / (s^2 + r^2))^2, its scale s lowered round
// by round, so that the fit begins convex and ends robust to outliers (Black & Anandan, "The robust estimation of
// multiple motions", 1996). The scales are fixed, so nothing is ranked and both twins do the same steps. It is
// done twice: from all patches with equal weight, and, because large objects distort that, from the vector of the
// candidate patch (or no movement) that most others agree with. The fit that is closer to more patches is taken.
#pragma once

#include "kuleshov/patch_flow.h"

namespace kuleshov::motion {

// The numbers of a frame, in this order; lengths are pixels, shares are of the valid patches. Residuals along or across
// the fitted movement count where that movement is at least LEAST_SPEED, and are limited to its length.
enum Motion {
  TX,  // movement of the frame's centre
  TY,
  ZOOM,  // growth per pixel
  ROLL,  // rotation in radians, + = clockwise
  QX,    // perspective: movement at the side edge that grows with the square of the distance
  QY,
  RESIDUAL,  // weighted RMS distance of the patches from the fit
  SPEED,     // mean length of the fitted movement over the patches
  ALONG,     // mean residual along the fitted movement, of patches that are not STILL
  ACROSS,    // and across it
  LEAD,      // outward residual with its sign: + where parts grow faster than the fit, or shrink faster
  RADIAL,    // as ALONG minus ACROSS, but outward from the centre, of all patches: parallax of a dolly
  OUTLYING,  // share of patches that deviate from the fit
  EXTENT,    // their spread relative to that of all patches: small for one object, about 1 for a layer
  ASTRAY,    // sum of the residuals of the outlying patches, divided by all patches
  STILL,     // share that deviates because it does not move in the frame
  MOTION
};

constexpr int UNKNOWNS = QY + 1;
constexpr int ROUNDS = 6;
constexpr double FIRST_SCALE = 16;                // pixels; the scale is halved each round, down to half a pixel
constexpr int VOTED_ROUND = 3, VOTED_ROUNDS = 4;  // from a vector that was voted for: its first round, done twice
constexpr int CANDIDATES = 16;
constexpr double VOTE_SCALE = 2;  // pixels
constexpr int LEAST_PATCHES = 8;  // each gives two numbers
constexpr int LANES = 32;         // partial sums: as many as a warp has lanes
// Ridges, as shares of the weight, for fits that can't separate growth from movement because texture is in one spot.
// While the scale is wide, perspective is held, because it would follow objects.
constexpr double RIDGE = 1e-3, HOLD = 1, HELD_ROUNDS = 3;
constexpr double OUTLYING_LEAST = 0.75, OUTLYING_SHARE = 0.1;  // outlying: by more than pixels + share of speed
constexpr double LEAST_SPEED = 0.05, STILL_SHARE = 0.3;

// One patch: its position and its vector, in pixels from the middle of the frame; all 0 where it is not valid.
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
  if (!(texture >= least_texture && match >= least_match && inside)) return {0, 0, 0, 0, false};
  return {x, y, dx, dy, true};
}

// The six numbers of a movement, each as pixels at the side edge; positions are in half-widths.
struct Fit {
  double of[UNKNOWNS];
};

struct Step {
  double x, y;
};

KULESHOV_HD inline Step step_at(const Fit& fit, double x, double y) {
  const double grown = fit.of[ZOOM] + fit.of[QX] * x + fit.of[QY] * y;
  return {fit.of[TX] + grown * x - fit.of[ROLL] * y, fit.of[TY] + grown * y + fit.of[ROLL] * x};
}

// The sums of a weighted least-squares fit: R is the square of the distance from the middle, PD is p . d, JD is Jp . d.
enum Sum { W, X, Y, XX, XY, YY, XR, YR, XXR, XYR, YYR, DX, DY, PD, JD, X_PD, Y_PD, SUMS };
struct Sums {
  double of[SUMS];
};

KULESHOV_HD inline void add(Sums& sums, double x, double y, double dx, double dy, double weight) {
  const double wx = weight * x, wy = weight * y, r = x * x + y * y, along = x * dx + y * dy, wp = weight * along;
  const double wxx = wx * x, wxy = wx * y, wyy = wy * y;
  sums.of[W] += weight;
  sums.of[X] += wx;
  sums.of[Y] += wy;
  sums.of[XX] += wxx;
  sums.of[XY] += wxy;
  sums.of[YY] += wyy;
  sums.of[XR] += wx * r;
  sums.of[YR] += wy * r;
  sums.of[XXR] += wxx * r;
  sums.of[XYR] += wxy * r;
  sums.of[YYR] += wyy * r;
  sums.of[DX] += weight * dx;
  sums.of[DY] += weight * dy;
  sums.of[PD] += wp;
  sums.of[JD] += wx * dy - wy * dx;
  sums.of[X_PD] += wp * x;
  sums.of[Y_PD] += wp * y;
}

// Solves for the movement by a Cholesky factorisation without roots; `hold` is the ridge of perspective.
KULESHOV_HD inline Fit solve(const Sums& sums, double hold) {
  const double* s = sums.of;
  Fit fit = {};
  if (!(s[W] > 1e-9)) return fit;
  const double ridge = RIDGE * s[W], r = s[XX] + s[YY] + ridge;
  double m[UNKNOWNS][UNKNOWNS] = {
      {s[W], 0, 0, 0, 0, 0},     {0, s[W], 0, 0, 0, 0},          {s[X], s[Y], r, 0, 0, 0},
      {-s[Y], s[X], 0, r, 0, 0}, {s[XX], s[XY], s[XR], 0, 0, 0}, {s[XY], s[YY], s[YR], 0, s[XYR], 0},
  };
  m[QX][QX] = s[XXR] + hold * s[W];
  m[QY][QY] = s[YYR] + hold * s[W];
  double v[UNKNOWNS] = {s[DX], s[DY], s[PD], s[JD], s[X_PD], s[Y_PD]};
  for (int j = 0; j < UNKNOWNS; ++j)
    for (int i = j + 1; i < UNKNOWNS; ++i) {
      const double factor = m[i][j] / m[j][j];
      for (int k = i; k < UNKNOWNS; ++k) m[k][i] -= factor * m[k][j];
      v[i] -= factor * v[j];
    }
  for (int j = UNKNOWNS - 1; j >= 0; --j) {
    double sum = v[j];
    for (int i = j + 1; i < UNKNOWNS; ++i) sum -= m[i][j] * fit.of[i];
    fit.of[j] = sum / m[j][j];
  }
  return fit;
}

KULESHOV_HD inline double hold_of(int round) { return round < HELD_ROUNDS ? HOLD : RIDGE; }

// The weight of a residual at a round; in round 0 all are equal.
KULESHOV_HD inline double weight(double residual_squared, int round) {
  if (round == 0) return 1;
  const double scale = FIRST_SCALE / (1 << (round - 1)), s2 = scale * scale, share = s2 / (s2 + residual_squared);
  return share * share;
}

// How much a patch supports a candidate, the vector (x, y).
KULESHOV_HD inline double vote(const Sample& s, double x, double y) {
  const double left_x = s.dx - x, left_y = s.dy - y, s2 = VOTE_SCALE * VOTE_SCALE;
  const double share = s2 / (s2 + left_x * left_x + left_y * left_y);
  return s.valid ? share * share : 0;
}

// The patch whose vector is the candidate of that number.
KULESHOV_HD inline int candidate(int number, int patches) { return (2 * number + 1) * patches / (2 * CANDIDATES); }

KULESHOV_HD inline int voted_round(int k) { return k == 0 ? VOTED_ROUND : VOTED_ROUND + k - 1; }

// How close a patch is to a fit, 0..1.
KULESHOV_HD inline double closeness(const Fit& fit, const Sample& s, double unit) {
  const Step step = step_at(fit, s.x * unit, s.y * unit);
  const double left_x = s.dx - step.x, left_y = s.dy - step.y;
  return s.valid ? weight(left_x * left_x + left_y * left_y, ROUNDS) : 0;
}

KULESHOV_HD inline void refine(Sums& sums, const Fit& fit, const Sample& s, double unit, int round) {
  const double x = s.x * unit, y = s.y * unit;
  const Step step = step_at(fit, x, y);
  const double left_x = s.dx - step.x, left_y = s.dy - step.y;
  add(sums, x, y, s.dx, s.dy, s.valid ? weight(left_x * left_x + left_y * left_y, round) : 0);
}

// The sums of a fit's residuals; positions are in half-widths.
enum Rest {
  WEIGHTS,
  SQUARES,
  SPEEDS,
  ALONGS,
  ACROSSES,
  LEADS,
  RADIALS,
  ALL_X,
  ALL_Y,
  ALL_R,
  OUT_X,
  OUT_Y,
  OUT_R,
  OUT_LENGTH,
  OUT,
  STAYING,
  RESTS
};
struct Rests {
  double of[RESTS];
};

KULESHOV_HD inline double least(double a, double b) { return a < b ? a : b; }
KULESHOV_HD inline double size(double value) { return value < 0 ? -value : value; }

KULESHOV_HD inline void leave(Rests& rests, const Fit& fit, const Sample& s, double unit) {
  if (!s.valid) return;
  const double x = s.x * unit, y = s.y * unit, r = x * x + y * y;
  const Step step = step_at(fit, x, y);
  const double left_x = s.dx - step.x, left_y = s.dy - step.y, squared = left_x * left_x + left_y * left_y;
  const double speed = square_root(step.x * step.x + step.y * step.y), w = weight(squared, ROUNDS);
  rests.of[WEIGHTS] += w;
  rests.of[SQUARES] += w * squared;
  rests.of[SPEEDS] += speed;
  rests.of[ALL_X] += x;
  rests.of[ALL_Y] += y;
  rests.of[ALL_R] += r;
  const double allowed = OUTLYING_LEAST + OUTLYING_SHARE * speed, still = STILL_SHARE * speed;
  const bool outlies = squared > allowed * allowed;
  const bool stays = outlies && s.dx * s.dx + s.dy * s.dy <= still * still;
  if (speed >= LEAST_SPEED && !stays) {
    rests.of[ALONGS] += least(size(left_x * step.x + left_y * step.y) / speed, speed);
    rests.of[ACROSSES] += least(size(left_x * step.y - left_y * step.x) / speed, speed);
  }
  if (speed >= LEAST_SPEED && r > 0) {
    const double outward = (left_x * x + left_y * y) / square_root(r), counted = least(size(outward), speed);
    rests.of[RADIALS] += counted - least(size(left_x * y - left_y * x) / square_root(r), speed);
    rests.of[LEADS] += (outward < 0) == (fit.of[ZOOM] < 0) ? counted : -counted;
  }
  if (!outlies) return;
  rests.of[OUT_X] += x;
  rests.of[OUT_Y] += y;
  rests.of[OUT_R] += r;
  rests.of[OUT_LENGTH] += square_root(squared);
  rests.of[OUT] += 1;
  rests.of[STAYING] += stays;
}

// The spread of positions: their mean squared distance from their mean.
KULESHOV_HD inline double spread(double x, double y, double r, double count) {
  const double apart = r / count - (x / count) * (x / count) - (y / count) * (y / count);
  return apart > 0 ? apart : 0;
}

KULESHOV_HD inline void state(float* out, const Fit& fit, const Rests& rests, double unit, int valid) {
  const double* s = rests.of;
  const double apart = spread(s[ALL_X], s[ALL_Y], s[ALL_R], valid);
  const double out_apart = s[OUT] > 0 ? spread(s[OUT_X], s[OUT_Y], s[OUT_R], s[OUT]) : 0;
  out[TX] = static_cast<float>(fit.of[TX]);
  out[TY] = static_cast<float>(fit.of[TY]);
  out[ZOOM] = static_cast<float>(fit.of[ZOOM] * unit);
  out[ROLL] = static_cast<float>(fit.of[ROLL] * unit);
  out[QX] = static_cast<float>(fit.of[QX]);
  out[QY] = static_cast<float>(fit.of[QY]);
  out[RESIDUAL] = static_cast<float>(square_root(s[SQUARES] / s[WEIGHTS]));
  out[SPEED] = static_cast<float>(s[SPEEDS] / valid);
  out[ALONG] = static_cast<float>(s[ALONGS] / valid);
  out[ACROSS] = static_cast<float>(s[ACROSSES] / valid);
  out[LEAD] = static_cast<float>(s[LEADS] / valid);
  out[RADIAL] = static_cast<float>(s[RADIALS] / valid);
  out[OUTLYING] = static_cast<float>(s[OUT] / valid);
  out[EXTENT] = static_cast<float>(apart > 0 ? square_root(out_apart / apart) : 0);
  out[ASTRAY] = static_cast<float>(s[OUT_LENGTH] / valid);
  out[STILL] = static_cast<float>(s[STAYING] / valid);
}

}  // namespace kuleshov::motion
