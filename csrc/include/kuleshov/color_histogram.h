// The bins of the joint colour histogram, by shifts alone: exact on every backend, and no colour conversion.
#pragma once

#include "kuleshov/platform.h"

namespace kuleshov {

constexpr int COLOR_BINS = 8 * 16 * 16;

// 16 bins of chroma, shifted by half a bin so that neutral (128) lies in the middle of bin 8.
KULESHOV_HD inline int chroma_bin(int chroma) {
  const int bin = (chroma + 8) >> 4;
  return bin < 15 ? bin : 15;
}

// The bin of a colour without its luma part, which is `luma_bins(Y)`; the two are or-ed.
KULESHOV_HD inline int chroma_bins(int cb, int cr) { return chroma_bin(cb) << 4 | chroma_bin(cr); }
KULESHOV_HD inline int luma_bins(int luma) { return luma >> 5 << 8; }

}  // namespace kuleshov
