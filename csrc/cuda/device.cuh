// Included by every kernel: CUDA's own definitions under nvcc and NVRTC, their emulation on the CPU elsewhere.
//
// Rules of the kernels, so that the same source runs in both: C++17 and no standard header; KERNEL declares one (see
// engine/kuleshov/cuda/signature.py), its shared arrays are SHARED; warp collectives with whole warps and the full
// mask; no return before a barrier; no implicit warp synchrony; 64-bit offsets. Floats are compiled without contraction
// (-fmad=false), so that they agree with the CPU twins to the bit where the order of operations is the same.
#pragma once

#if defined(__CUDACC__)
#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads)
#define SHARED(type, name, extents) __shared__ type name extents
#else
#include "emulation.h"
#define KERNEL(threads) KULESHOV_EMULATED_KERNEL void
#define SHARED(type, name, extents) KULESHOV_EMULATED_SHARED(type, name, extents)
#endif

#include "kuleshov/platform.h"

namespace kuleshov::device {

constexpr uint32_t FULL_MASK = 0xffffffffu;
constexpr int WARP = 32;

// Adds to a sum that many threads add to. CUDA has the 64-bit sum for unsigned numbers only; the bits are the same.
__device__ inline void add(int64_t* sum, int64_t value) {
  atomicAdd(reinterpret_cast<unsigned long long*>(sum), static_cast<unsigned long long>(value));
}

// The sum over a warp, in lane 0. The whole warp calls it.
template <typename Number>
__device__ Number warp_sum(Number value) {
  for (int distance = WARP / 2; distance > 0; distance /= 2) value += __shfl_down_sync(FULL_MASK, value, distance);
  return value;
}

// The sum over a warp, in every lane: halves onto halves. The whole warp calls it.
template <typename Number>
__device__ Number warp_total(Number value) {
  for (int distance = WARP / 2; distance > 0; distance /= 2) value += __shfl_xor_sync(FULL_MASK, value, distance);
  return value;
}

}  // namespace kuleshov::device
