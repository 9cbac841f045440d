// A colour table over Y, Cb and Cr with interpolation between nodes: a 3D LUT.
//
// Nodes are at every fourth code value, 0 to 256, and hold code values in 64ths, also values outside 0 to 255: only the
// result is clipped, because clipped nodes would distort colours near the limits. The interpolation is trilinear in
// integers: the weights of the eight surrounding nodes add up to 64, so that every backend agrees exactly.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov {

constexpr int CUBE_SIDE = 65;
constexpr int CUBE_NODES = CUBE_SIDE * CUBE_SIDE * CUBE_SIDE;

// A channel's nodes are int16 [CUBE_SIDE (Y), CUBE_SIDE (Cb), CUBE_SIDE (Cr)].
KULESHOV_HD inline uint8_t cube_value(const int16_t* nodes, int y, int cb, int cr) {
  constexpr int row = CUBE_SIDE, plane = CUBE_SIDE * CUBE_SIDE;
  const int16_t* at = nodes + (y >> 2) * plane + (cb >> 2) * row + (cr >> 2);
  const int fy = y & 3, fu = cb & 3, fv = cr & 3;
  const auto along = [&](const int16_t* pair) { return pair[0] * (4 - fv) + pair[1] * fv; };
  const auto across = [&](const int16_t* four) { return along(four) * (4 - fu) + along(four + row) * fu; };
  const int sum = across(at) * (4 - fy) + across(at + plane) * fy;
  const int value = (sum + (1 << 11)) >> 12;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

}  // namespace kuleshov
