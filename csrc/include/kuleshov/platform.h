// What lets one source be CPU and CUDA code, and run at the best SIMD level of the processor it meets.
#pragma once

#include <cstddef>
#include <cstdint>

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
