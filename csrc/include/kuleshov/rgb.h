// R'G'B' from Y'CbCr by numbers alone: matrix and range are coefficients, so that no backend needs a branch.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov {

// Luma weights and derived coefficients (ITU-R BT.601, 709, 2020), and the range of the code values.
struct Coding {
  float black, luma_steps, chroma_steps;
  float red_weight, blue_weight;             // of luma
  float red_scale, blue_scale, green_scale;  // 2 - 2 red_weight, 2 - 2 blue_weight, 1 - red_weight - blue_weight
};

struct Rgb {
  float red, green, blue;
};

// Black 0, white 1; codes outside the legal range give values outside 0..1.
KULESHOV_HD inline Rgb rgb_from_ycbcr(int y, int cb, int cr, const Coding& coding) {
  const float luma = (static_cast<float>(y) - coding.black) / coding.luma_steps;
  const float blue_difference = (static_cast<float>(cb) - 128.0f) / coding.chroma_steps;
  const float red_difference = (static_cast<float>(cr) - 128.0f) / coding.chroma_steps;
  const float red = luma + red_difference * coding.red_scale;
  const float blue = luma + blue_difference * coding.blue_scale;
  const float green = (luma - red * coding.red_weight - blue * coding.blue_weight) / coding.green_scale;
  return {red, green, blue};
}

// 0..1 to 0..255, half to even, clipped. Adding and taking away 1.5 * 2^23 rounds a float below 2^22 to a whole number.
KULESHOV_HD inline uint8_t code_value(float share) {
  const float scaled = 255.0f * share;
  const float clipped = scaled < 0.0f ? 0.0f : scaled > 255.0f ? 255.0f : scaled;
  constexpr float magic = 12582912.0f;
  return static_cast<uint8_t>((clipped + magic) - magic);
}

}  // namespace kuleshov
