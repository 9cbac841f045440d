#include <algorithm>

#include "binding.h"
#include "kuleshov/color_histogram.h"

namespace kuleshov::cpu {
namespace {

KULESHOV_CLONES int64_t distance(const int32_t* a, const int32_t* b) {
  uint32_t sum = 0;  // two histograms differ by twice their pixels at most, below 2^32
  for (int bin = 0; bin < COLOR_BINS; ++bin)
    sum += static_cast<uint32_t>(a[bin] < b[bin] ? b[bin] - a[bin] : a[bin] - b[bin]);
  return sum;
}

// distances: int64 [count, lag_count]: L1 distance of each histogram to the one `lag` frames before it. Those before
// the first are the end of `previous`; 0 where there is none.
void histogram_distance(const int32_t* histograms, int64_t count, const int32_t* previous, int64_t previous_count,
                        const int32_t* lags, int64_t lag_count, int64_t* distances) {
  for (int64_t n = 0; n < count; ++n)
    for (int64_t k = 0; k < lag_count; ++k) {
      const int64_t other = n - lags[k];
      const int32_t* before = other >= 0                 ? histograms + other * COLOR_BINS
                              : other >= -previous_count ? previous + (previous_count + other) * COLOR_BINS
                                                         : nullptr;
      *distances++ = before ? distance(histograms + n * COLOR_BINS, before) : 0;
    }
}

Array<int64_t> bind(const Array<int32_t>& histograms, const Array<int32_t>& previous,
                    const std::vector<int32_t>& lags) {
  for (const Array<int32_t>* array : {&histograms, &previous})
    require(array->ndim() == 2 && array->shape(1) == COLOR_BINS, "histograms and previous must be [N, 2048]");
  for (const int32_t lag : lags) require(lag >= 1, "lags must be 1 or more");
  const py::ssize_t count = histograms.shape(0), lag_count = static_cast<py::ssize_t>(lags.size());
  Array<int64_t> distances({count, lag_count});
  int64_t* out = distances.mutable_data();
  const py::gil_scoped_release unlocked;
  histogram_distance(histograms.data(), count, previous.data(), previous.shape(0), lags.data(), lag_count, out);
  return distances;
}

}  // namespace

KULESHOV_OPERATOR(module) {
  module.def("histogram_distance", &bind, array_arg("histograms"), array_arg("previous"), py::arg("lags"));
}

}  // namespace kuleshov::cpu
