// The scheduler: one block after another, its threads as fibers. Compiled without the thread sanitizer, to which it
// reports what is ordered: barriers order memory accesses, shuffles and neighbouring blocks do not.
#include "emulation.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#ifdef KULESHOV_THREAD_SANITIZER
extern "C" {
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* object);
void __tsan_release(void* object);
}
#endif
#ifdef KULESHOV_ADDRESS_SANITIZER
extern "C" {
void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom, size_t size);
void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom, size_t* size);
}
#endif

namespace kuleshov::emulation {

Place* place;

namespace {

constexpr size_t STACK_BYTES = 256 << 10;
constexpr size_t MOST_SHARED_BYTES = 48 << 10;
constexpr unsigned MOST_THREADS = 1024, MOST_BLOCKS = 65535;

// Reports to the sanitizer: a thread that acquires an object sees everything done before its release.
void acquire([[maybe_unused]] void* object) {
#ifdef KULESHOV_THREAD_SANITIZER
  __tsan_acquire(object);
#endif
}
void release([[maybe_unused]] void* object) {
#ifdef KULESHOV_THREAD_SANITIZER
  __tsan_release(object);
#endif
}

// A stack on which a thread of a block runs, and its identity for the sanitizers.
struct Fiber {
  ucontext_t context;
  char* stack;
  void* sanitized = nullptr;   // the thread sanitizer's fiber
  void* fake_stack = nullptr;  // the address sanitizer's
};

enum class State { ready, at_barrier, at_warp, done };

struct Thread {
  Place place;
  State state = State::done;
  const char* file = "";
  int line = 0;
  unsigned mask = 0;
  int exchanges = 0;  // how many it took part in
  Fiber* fiber = nullptr;
};

// Two sets of slots, so that lanes may begin the next exchange while others still read this one.
struct Warp {
  uint64_t values[2][32] = {};
  unsigned arrived[2] = {};
};

struct KernelEntry {
  Launcher launcher;
  const char* types;
};

std::map<std::string, KernelEntry>& kernels() {
  static auto& known = *new std::map<std::string, KernelEntry>;
  return known;
}

class Scheduler {
 public:
  void run(const char* name, Launcher launcher, void* const* arguments, Extent grid, Extent block);

  unsigned current_lane() const { return current_ % 32; }
  void wait_at_barrier(const char* file, int line);
  const uint64_t* exchange(unsigned mask, uint64_t value, const char* file, int line);
  void wait_at_warp(unsigned mask, const char* file, int line);
  void* shared_array(const void* key, size_t bytes);

 private:
  struct Failure {};

  static void fiber_main();
  void to_host();
  void to_fiber(unsigned index);
  std::unique_ptr<Fiber> make_fiber();
  void run_block(Extent block_index);
  bool release_warps();
  bool release_barrier();
  void fail(const std::string& text) {
    if (failure_.empty()) failure_ = name_ + ": " + text;
  }
  std::string where(const Thread& thread) const { return std::string(thread.file) + ":" + std::to_string(thread.line); }
  void forget_block();

  std::string name_, failure_;
  Launcher launcher_ = nullptr;
  void* const* arguments_ = nullptr;
  Extent grid_ = {}, block_ = {};
  std::vector<std::unique_ptr<Fiber>> fibers_[2];  // neighbouring blocks take turns: nothing orders them
  std::vector<Thread> threads_;
  std::vector<Warp> warps_;
  unsigned pool_ = 0, current_ = 0, alive_ = 0, waiting_ = 0, barriers_ = 0;
  std::map<const void*, std::pair<void*, size_t>> shared_;
  size_t shared_bytes_ = 0;
  // Freed after the launch: two blocks at one address would look like a race.
  std::vector<void*> old_shared_;
  ucontext_t host_;
#ifdef KULESHOV_THREAD_SANITIZER
  void* host_fiber_ = nullptr;
#endif
#ifdef KULESHOV_ADDRESS_SANITIZER
  void* host_fake_stack_ = nullptr;
  const void* host_stack_ = nullptr;
  size_t host_stack_bytes_ = 0;
#endif
  // Their addresses are the sanitizer's objects. A barrier's object alternates, or a missing second barrier would hide.
  char launched_ = 0, finished_ = 0, allocated_ = 0, barrier_[2][2] = {}, warp_[2][32][2] = {};
};

Scheduler& scheduler() {
  static auto& only = *new Scheduler;
  return only;
}

void Scheduler::fiber_main() {
  Scheduler& self = scheduler();
#ifdef KULESHOV_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(nullptr, &self.host_stack_, &self.host_stack_bytes_);
#endif
  for (;;) {
    acquire(&self.launched_);
    self.launcher_(self.arguments_);
    self.threads_[self.current_].state = State::done;
    release(&self.finished_);
    self.to_host();
  }
}

void Scheduler::to_host() {
  Fiber& fiber = *threads_[current_].fiber;
#ifdef KULESHOV_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&fiber.fake_stack, host_stack_, host_stack_bytes_);
#endif
#ifdef KULESHOV_THREAD_SANITIZER
  __tsan_switch_to_fiber(host_fiber_, 1);
#endif
  swapcontext(&fiber.context, &host_);
#ifdef KULESHOV_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(fiber.fake_stack, &host_stack_, &host_stack_bytes_);
#endif
}

void Scheduler::to_fiber(unsigned index) {
  current_ = index;
  Fiber& fiber = *threads_[index].fiber;
  place = &threads_[index].place;
#ifdef KULESHOV_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(&host_fake_stack_, fiber.stack, STACK_BYTES);
#endif
#ifdef KULESHOV_THREAD_SANITIZER
  __tsan_switch_to_fiber(fiber.sanitized, 1);
#endif
  swapcontext(&host_, &fiber.context);
#ifdef KULESHOV_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(host_fake_stack_, nullptr, nullptr);
#endif
}

std::unique_ptr<Fiber> Scheduler::make_fiber() {
  auto fiber = std::make_unique<Fiber>();
  void* stack = mmap(nullptr, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) throw std::runtime_error("no memory for the stacks of a block");
  fiber->stack = static_cast<char*>(stack);
#ifdef KULESHOV_THREAD_SANITIZER
  fiber->sanitized = __tsan_create_fiber(0);
#endif
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = STACK_BYTES;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, &Scheduler::fiber_main, 0);
  return fiber;
}

void Scheduler::wait_at_barrier(const char* file, int line) {
  Thread& thread = threads_[current_];
  thread.state = State::at_barrier, thread.file = file, thread.line = line;
  char* object = &barrier_[pool_][barriers_ & 1];
  release(object);
  ++waiting_;
  to_host();
  acquire(object);
}

const uint64_t* Scheduler::exchange(unsigned mask, uint64_t value, const char* file, int line) {
  const unsigned lane = current_lane();
  Thread& thread = threads_[current_];
  Warp& warp = warps_[current_ / 32];
  const int set = thread.exchanges++ & 1;
  thread.file = file, thread.line = line;
  if (!(mask >> lane & 1)) fail("a lane is not in its own mask, " + where(thread));
  warp.values[set][lane] = value;
  warp.arrived[set] |= 1u << lane;
  thread.state = State::at_warp, thread.mask = mask;
  to_host();
  return warp.values[set];
}

void Scheduler::wait_at_warp(unsigned mask, const char* file, int line) {
  char* object = &warp_[pool_][current_ / 32][threads_[current_].exchanges & 1];
  release(object);
  exchange(mask, 0, file, line);
  acquire(object);
}

void* Scheduler::shared_array(const void* key, size_t bytes) {
  auto found = shared_.find(key);
  if (found == shared_.end()) {
#ifdef KULESHOV_THREAD_SANITIZER
    __tsan_switch_to_fiber(host_fiber_, 1);
#endif
    void* memory = std::malloc(bytes);
    std::memset(memory, 0xFF, bytes);  // not a number, or -1: makes reads of unwritten memory visible
    found = shared_.emplace(key, std::make_pair(memory, bytes)).first;
    shared_bytes_ += bytes;
    release(&allocated_);
#ifdef KULESHOV_THREAD_SANITIZER
    __tsan_switch_to_fiber(threads_[current_].fiber->sanitized, 1);
#endif
    if (shared_bytes_ > MOST_SHARED_BYTES)
      fail("static shared memory of " + std::to_string(shared_bytes_) + " bytes; at most 49152");
  }
  acquire(&allocated_);
  return found->second.first;
}

// Resumes the warps whose exchange is complete; true if there was one.
bool Scheduler::release_warps() {
  bool released = false;
  for (size_t w = 0; w < warps_.size(); ++w) {
    for (unsigned lane = 0; lane < 32 && w * 32 + lane < threads_.size(); ++lane) {
      const Thread& thread = threads_[w * 32 + lane];
      if (thread.state != State::at_warp) continue;
      const int set = (thread.exchanges - 1) & 1;
      if ((warps_[w].arrived[set] & thread.mask) != thread.mask) continue;
      const unsigned mask = thread.mask;
      const int line = thread.line;
      for (unsigned other = 0; other < 32; ++other) {
        if (!(mask >> other & 1)) continue;
        Thread& partner = threads_[w * 32 + other];
        if (partner.mask != mask || partner.line != line) {
          fail("lanes of a warp at different collectives: " + where(thread) + " and " + where(partner));
          return true;
        }
        partner.state = State::ready;
      }
      warps_[w].arrived[set] &= ~mask;
      released = true;
    }
  }
  return released;
}

// Resumes the block if all its threads are at the barrier; true if so.
bool Scheduler::release_barrier() {
  if (!waiting_ || waiting_ != alive_) return false;
  const Thread* first = nullptr;
  for (const Thread& thread : threads_) {
    if (thread.state == State::done) continue;
    if (!first) first = &thread;
    if (thread.line != first->line) {
      fail("threads of a block at different __syncthreads: " + where(*first) + " and " + where(thread));
      return true;
    }
  }
  if (alive_ != threads_.size()) {
    fail("__syncthreads after some threads returned, " + where(*first));
    return true;
  }
  ++barriers_;
  waiting_ = 0;
  for (Thread& thread : threads_) thread.state = State::ready;
  return true;
}

void Scheduler::forget_block() {
  for (const auto& array : shared_) old_shared_.push_back(array.second.first);
  shared_.clear();
  shared_bytes_ = 0;
}

void Scheduler::run_block(Extent block_index) {
  pool_ ^= 1;
  warps_.assign((threads_.size() + 31) / 32, Warp{});
  alive_ = static_cast<unsigned>(threads_.size());
  waiting_ = barriers_ = 0;
  for (unsigned i = 0; i < threads_.size(); ++i) {
    const Extent thread = {i % block_.x, i / block_.x % block_.y, i / (block_.x * block_.y)};
    threads_[i] = Thread{};
    threads_[i].place = {thread, block_index, block_, grid_};
    threads_[i].state = State::ready;
    threads_[i].fiber = fibers_[pool_][i].get();
  }
  while (alive_ && failure_.empty()) {
    bool went_on = false;
    for (unsigned i = 0; i < threads_.size() && failure_.empty(); ++i) {
      if (threads_[i].state != State::ready) continue;
      to_fiber(i);
      went_on = true;
      if (threads_[i].state == State::done) --alive_;
    }
    if (!failure_.empty()) return;
    if (release_warps()) went_on = true;
    if (failure_.empty() && release_barrier()) went_on = true;
    if (!went_on) {
      for (const Thread& thread : threads_)
        if (thread.state != State::done) {
          fail("deadlock: a thread waits at " + where(thread));
          break;
        }
    }
  }
}

void Scheduler::run(const char* name, Launcher launcher, void* const* arguments, Extent grid, Extent block) {
  const uint64_t count = uint64_t{block.x} * block.y * block.z;
  if (count < 1 || count > MOST_THREADS) throw std::runtime_error("a block has 1 to 1024 threads");
  if (!grid.x || !grid.y || !grid.z || grid.y > MOST_BLOCKS || grid.z > MOST_BLOCKS)
    throw std::runtime_error("a grid has 1 to 2^31-1, 1 to 65535, 1 to 65535 blocks");
  name_ = name, launcher_ = launcher, arguments_ = arguments, grid_ = grid, block_ = block;
  failure_.clear();
#ifdef KULESHOV_THREAD_SANITIZER
  host_fiber_ = __tsan_get_current_fiber();
#endif
  for (auto& pool : fibers_)
    while (pool.size() < count) pool.push_back(make_fiber());
  threads_.assign(count, Thread{});
  warps_.reserve((count + 31) / 32);  // memory that was taken after the release would look like a race
  release(&launched_);
  for (unsigned z = 0; z < grid.z && failure_.empty(); ++z)
    for (unsigned y = 0; y < grid.y && failure_.empty(); ++y)
      for (unsigned x = 0; x < grid.x && failure_.empty(); ++x) {
        run_block({x, y, z});
        forget_block();
      }
  acquire(&finished_);
  place = nullptr;
  for (void* memory : old_shared_) std::free(memory);
  old_shared_.clear();
  if (failure_.empty()) return;
  // Threads that are stuck in the middle of the kernel keep their stacks; later launches take new ones.
  for (auto& pool : fibers_) {
    for (auto& fiber : pool) fiber.release();
    pool.clear();
  }
  throw std::runtime_error(failure_);
}

}  // namespace

unsigned lane() { return scheduler().current_lane(); }
void synchronize_block(const char* file, int line) { scheduler().wait_at_barrier(file, line); }
void synchronize_warp(unsigned mask, const char* file, int line) { scheduler().wait_at_warp(mask, file, line); }
const uint64_t* exchange(unsigned mask, uint64_t value, const char* file, int line) {
  return scheduler().exchange(mask, value, file, line);
}
void* shared_array(const void* key, size_t bytes) { return scheduler().shared_array(key, bytes); }

Registration::Registration(const char* name, Launcher launcher, const char* types) {
  kernels()[name] = {launcher, types};
}

}  // namespace kuleshov::emulation

// The types of a kernel's parameters as in Kernel::types, or null for a name that is none.
extern "C" const char* kuleshov_emulated_types(const char* name) {
  const auto& known = kuleshov::emulation::kernels();
  const auto found = known.find(name);
  return found == known.end() ? nullptr : found->second.types;
}

// Runs a kernel as cuLaunchKernel would; returns 0, or 1 with a message in `error`.
extern "C" int kuleshov_emulated_launch(const char* name, const unsigned* grid, const unsigned* block,
                                        void* const* arguments, char* error, size_t error_bytes) {
  const auto& known = kuleshov::emulation::kernels();
  const auto found = known.find(name);
  try {
    if (found == known.end()) throw std::runtime_error("no such kernel");
    kuleshov::emulation::scheduler().run(name, found->second.launcher, arguments, {grid[0], grid[1], grid[2]},
                                         {block[0], block[1], block[2]});
    return 0;
  } catch (const std::exception& problem) {
    std::snprintf(error, error_bytes, "%s", problem.what());
    return 1;
  }
}
