// The parts of CUDA that the kernels use, on a CPU: included by cuda/device.cuh where there is no CUDA compiler.
//
// The threads of a block are fibers on one thread of the system; blocks run one after another. Kernels are compiled
// with the sanitizer of the build, the scheduler (emulation.cpp) is not: here only its state is read.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define KULESHOV_EMULATED_KERNEL extern "C"

namespace kuleshov {
struct half_t;
}

namespace kuleshov::emulation {

struct Extent {
  unsigned x, y, z;
};

struct Place {
  Extent thread, block, block_extent, grid_extent;
};

extern Place* place;  // of the thread that runs

unsigned lane();
void synchronize_block(const char* file, int line);
void synchronize_warp(unsigned mask, const char* file, int line);
// Every lane of the mask hands in a value and gets those of all 32 once all have come.
const uint64_t* exchange(unsigned mask, uint64_t value, const char* file, int line);
// The block's array of this key: made and filled with 0xFF by the first thread that asks.
void* shared_array(const void* key, size_t bytes);

template <typename T>
uint64_t bits_of(T value) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

template <typename T>
T value_of(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T>
T shuffle(unsigned mask, T value, unsigned source, const char* file, int line) {
  const uint64_t* values = exchange(mask, bits_of(value), file, line);
  return source > 31 || !(mask >> source & 1) ? value : value_of<T>(values[source]);
}

inline unsigned ballot(unsigned mask, bool vote, const char* file, int line) {
  const uint64_t* votes = exchange(mask, vote, file, line);
  unsigned result = 0;
  for (unsigned i = 0; i < 32; ++i)
    if (mask >> i & 1 && votes[i]) result |= 1u << i;
  return result;
}

template <typename T>
unsigned match_any(unsigned mask, T value, const char* file, int line) {
  const uint64_t* values = exchange(mask, bits_of(value), file, line);
  unsigned result = 0;
  for (unsigned i = 0; i < 32; ++i)
    if (mask >> i & 1 && values[i] == bits_of(value)) result |= 1u << i;
  return result;
}

// A kernel by its name, as cuLaunchKernel finds it, with the types of its parameters.
using Launcher = void (*)(void* const* arguments);
struct Registration {
  Registration(const char* name, Launcher launcher, const char* types);
};

template <typename T>
constexpr char type_code() {
  using Plain = std::remove_const_t<std::remove_pointer_t<T>>;
  if (std::is_same_v<Plain, uint8_t>) return 'B';
  if (std::is_same_v<Plain, int16_t>) return 'h';
  if (std::is_same_v<Plain, uint16_t>) return 'H';
  if (std::is_same_v<Plain, int32_t>) return 'i';
  if (std::is_same_v<Plain, uint32_t>) return 'I';
  if (std::is_same_v<Plain, int64_t>) return 'q';
  if (std::is_same_v<Plain, uint64_t>) return 'Q';
  if (std::is_same_v<Plain, half_t>) return 'e';
  if (std::is_same_v<Plain, float>) return 'f';
  if (std::is_same_v<Plain, double>) return 'd';
  return '?';
}

template <auto kernel, typename... Parameters>
struct Kernel {
  // For each parameter: `*` for a pointer, `k` for one to constants, and the code of the type (NumPy's characters).
  static const char* types() {
    static char codes[3 * sizeof...(Parameters) + 1];
    char* next = codes;
    ((*next++ = std::is_pointer_v<Parameters> ? '*' : ' ',
      *next++ = std::is_const_v<std::remove_pointer_t<Parameters>> ? 'k' : ' ', *next++ = type_code<Parameters>()),
     ...);
    return codes;
  }
  static void launch(void* const* arguments) { launch(arguments, std::index_sequence_for<Parameters...>()); }
  template <size_t... at>
  static void launch(void* const* arguments, std::index_sequence<at...>) {
    kernel(*static_cast<Parameters*>(arguments[at])...);
  }
};

template <auto kernel, typename... Parameters>
Registration registration(const char* name, void (*)(Parameters...)) {
  using Known = Kernel<kernel, Parameters...>;
  return Registration(name, &Known::launch, Known::types());
}

}  // namespace kuleshov::emulation

// Makes a kernel known by its name.
#define KULESHOV_EMULATED(name)                                        \
  static const kuleshov::emulation::Registration name##_registration = \
      kuleshov::emulation::registration<&name>(#name, &name);

#define KULESHOV_EMULATED_SHARED(type, name, extents) \
  using name##_array = type extents;                  \
  static char name##_key;                             \
  name##_array& name = *static_cast<name##_array*>(kuleshov::emulation::shared_array(&name##_key, sizeof(name##_array)))

#define threadIdx (kuleshov::emulation::place->thread)
#define blockIdx (kuleshov::emulation::place->block)
#define blockDim (kuleshov::emulation::place->block_extent)
#define gridDim (kuleshov::emulation::place->grid_extent)
#define __syncthreads() kuleshov::emulation::synchronize_block(__FILE__, __LINE__)
#define __syncwarp(mask) kuleshov::emulation::synchronize_warp(mask, __FILE__, __LINE__)
#define __shfl_sync(mask, value, source) \
  kuleshov::emulation::shuffle(mask, value, static_cast<unsigned>(source), __FILE__, __LINE__)
#define __shfl_xor_sync(mask, value, distance)                                                                       \
  kuleshov::emulation::shuffle(mask, value, kuleshov::emulation::lane() ^ static_cast<unsigned>(distance), __FILE__, \
                               __LINE__)
#define __shfl_down_sync(mask, value, distance)                                                                      \
  kuleshov::emulation::shuffle(mask, value, kuleshov::emulation::lane() + static_cast<unsigned>(distance), __FILE__, \
                               __LINE__)
#define __ballot_sync(mask, vote) kuleshov::emulation::ballot(mask, vote, __FILE__, __LINE__)
#define __match_any_sync(mask, value) kuleshov::emulation::match_any(mask, value, __FILE__, __LINE__)

inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
inline int __ffs(int bits) { return __builtin_ffs(bits); }

template <typename T>
T atomicAdd(T* target, std::common_type_t<T> value) {
  if constexpr (std::is_integral_v<T>) {
    return __atomic_fetch_add(target, value, __ATOMIC_RELAXED);
  } else {
    T before, after;
    __atomic_load(target, &before, __ATOMIC_RELAXED);
    do after = before + value;
    while (!__atomic_compare_exchange(target, &before, &after, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return before;
  }
}

template <typename T>
T min(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
T max(T a, T b) {
  return a < b ? b : a;
}
