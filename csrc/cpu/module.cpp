// The Python module kuleshov._cpu: the operators of all files of this folder (see binding.h).
#include <map>
#include <string>

#include "binding.h"

namespace kuleshov::cpu {

std::vector<Define>& operators() {
  static std::vector<Define> all;
  return all;
}

namespace {

// The level that the loader picked for the functions marked KULESHOV_CLONES, by the same question to the processor.
const char* simd_level() {
#ifdef KULESHOV_TARGET_CLONES
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
  return "x86-64";
#else
  return "baseline";
#endif
}

#ifdef __clang__
constexpr const char* COMPILER = __VERSION__;
#else
constexpr const char* COMPILER = "GCC " __VERSION__;
#endif

std::map<std::string, std::string> build_info() { return {{"compiler", COMPILER}, {"simd", simd_level()}}; }

}  // namespace
}  // namespace kuleshov::cpu

PYBIND11_MODULE(_cpu, module) {
  module.doc() = "The native CPU twins of kuleshov.kernels.";
  for (const kuleshov::cpu::Define define : kuleshov::cpu::operators()) define(module);
  module.def("build_info", &kuleshov::cpu::build_info);
}
