// What lets one source be CPU and CUDA code, and run at the best SIMD level of the processor it meets.
#pragma once

#ifdef __CUDACC_RTC__
// NVRTC has no standard headers. These are the types that 64-bit Linux gives the names.
using int8_t = signed char;
using uint8_t = unsigned char;
using int16_t = short;
using uint16_t = unsigned short;
using int32_t = int;
using uint32_t = unsigned int;
using int64_t = long;
using uint64_t = unsigned long;
using ptrdiff_t = long;
#else
#include <cmath>
#include <cstddef>
#include <cstdint>
#endif

// Marks the arithmetic that both twins share.
#ifdef __CUDACC__
#define KULESHOV_HD __host__ __device__
#else
#define KULESHOV_HD
#endif

// Marks a CPU function that is built once per SIMD level; the loader picks one. Everything hot is inlined into such
// functions, so that nothing inside a loop is dispatched.
#ifdef KULESHOV_TARGET_CLONES
#define KULESHOV_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KULESHOV_CLONES
#endif

namespace kuleshov {

// IEEE square roots, rounded to nearest: the same bits on every backend. (nvcc and NVRTC round so unless told
// otherwise.)
KULESHOV_HD inline float square_root(float value) {
#ifdef __CUDA_ARCH__
  return sqrtf(value);
#else
  return std::sqrt(value);
#endif
}

}  // namespace kuleshov
