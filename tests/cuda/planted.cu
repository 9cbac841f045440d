// Kernels with errors that the emulation must find, and one without.
#include "device.cuh"

KERNEL(64) reverse(const int32_t* in, int32_t* out) {
  SHARED(int32_t, held, [64]);
  held[threadIdx.x] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = held[63 - threadIdx.x];
}

KERNEL(64) missing_barrier(const int32_t* in, int32_t* out) {
  SHARED(int32_t, held, [64]);
  held[threadIdx.x] = in[threadIdx.x];
  out[threadIdx.x] = held[63 - threadIdx.x];
}

KERNEL(64) missing_second_barrier(const int32_t* in, int32_t* out) {
  SHARED(int32_t, held, [64]);
  for (int round = 0; round < 2; ++round) {
    held[threadIdx.x] = in[threadIdx.x] + round;
    __syncthreads();
    out[threadIdx.x] = held[63 - threadIdx.x];
  }
}

KERNEL(64) divergent_barrier(const int32_t* in, int32_t* out) {
  if (threadIdx.x < 32) {
    out[threadIdx.x] = in[threadIdx.x];
    __syncthreads();
  } else {
    __syncthreads();
    out[threadIdx.x] = in[threadIdx.x];
  }
}

KERNEL(64) early_return(const int32_t* in, int32_t* out) {
  out[threadIdx.x] = in[threadIdx.x];
  if (threadIdx.x == 5) return;
  __syncthreads();
}

KERNEL(64) half_a_warp(const int32_t* in, int32_t* out) {
  if (threadIdx.x % 32 < 16) out[threadIdx.x] = __shfl_xor_sync(kuleshov::device::FULL_MASK, in[threadIdx.x], 1);
}

KERNEL(64) too_much_shared(const int32_t* in, int32_t* out) {
  SHARED(int32_t, held, [12289]);
  held[threadIdx.x] = in[threadIdx.x];
  out[threadIdx.x] = held[threadIdx.x];
}

KERNEL(64) shared_past_its_end(const int32_t* in, int32_t* out) {
  SHARED(int32_t, held, [64]);
  held[threadIdx.x + 1] = in[threadIdx.x];
  __syncthreads();
  out[threadIdx.x] = held[threadIdx.x];
}

KERNEL(64) global_past_its_end(const int32_t* in, int32_t* out) { out[threadIdx.x + 1] = in[threadIdx.x]; }

KERNEL(64) sum_without_atomic(const int32_t* in, int32_t* out) {
  if (threadIdx.x == 0) out[0] += in[blockIdx.x];
}

KERNEL(64) unwritten(const int32_t* in, int32_t* out) {
  if (threadIdx.x != 7) out[threadIdx.x] = in[threadIdx.x];
}

KERNEL(64) reads_before_it_writes(const int32_t* in, int32_t* out) {
  SHARED(int32_t, held, [64]);
  out[threadIdx.x] = held[threadIdx.x];
  held[threadIdx.x] = in[threadIdx.x];
}
