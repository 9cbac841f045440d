// Lets one source compile as CPU and CUDA code, and run at the best SIMD level of the processor.
#pragma once

#ifdef __CUDACC_RTC__
// NVRTC has no standard headers. These are the types of these names on 64-bit Linux.
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
#include <cstring>
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
KULESHOV_HD inline double square_root(double value) {
#ifdef __CUDA_ARCH__
  return sqrt(value);
#else
  return std::sqrt(value);
#endif
}

// IEEE binary16 as its bits: NVRTC has no header for it, and both twins round the same way.
struct half_t {
  uint16_t bits;
};

KULESHOV_HD inline uint32_t bits_of(float value) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(value);
#else
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
#endif
}

// The nearest half, ties to even, as CUDA and NumPy round.
KULESHOV_HD inline half_t half_of(float value) {
  const uint32_t bits = bits_of(value), magnitude = bits & 0x7fffffffu;
  const uint32_t sign = bits >> 16 & 0x8000u;
  uint32_t half;
  if (magnitude > 0x7f800000u) {
    half = 0x7e00u;  // not a number
  } else if (magnitude >= 0x477ff000u) {
    half = 0x7c00u;  // from 65520 on: infinity
  } else if (magnitude < 0x38800000u) {
    // Below 2^-14 halves are 2^-24 apart. Adding 2^23 rounds to a whole number.
    const float steps = (value < 0 ? -value : value) * 16777216.0f;
    half = static_cast<uint32_t>((steps + 8388608.0f) - 8388608.0f);
  } else {
    half = (magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u) >> 13;
  }
  return {static_cast<uint16_t>(sign | half)};
}

// A double's bits, and back.
KULESHOV_HD inline uint64_t bits_of(double value) {
#ifdef __CUDA_ARCH__
  return static_cast<uint64_t>(__double_as_longlong(value));
#else
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
#endif
}
KULESHOV_HD inline double double_of(uint64_t bits) {
#ifdef __CUDA_ARCH__
  return __longlong_as_double(static_cast<long long>(bits));
#else
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
#endif
}

}  // namespace kuleshov
