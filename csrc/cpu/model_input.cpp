#include "kuleshov/model_input.h"

#include "operators.h"

namespace kuleshov::cpu {

template <typename Sample, typename Number>
void model_input(const Sample* luma, const Sample* chroma, int bit_depth, int64_t height, int64_t width,
                 const int32_t* boxes, int64_t crops, int64_t out_height, int64_t out_width, const Coding& coding,
                 const Normalisation& normalisation, Number* out) {
  for (int64_t n = 0; n < crops; ++n, boxes += 5, out += 3 * out_height * out_width) {
    const Picture<Sample> picture = {luma + boxes[0] * height * width, chroma + boxes[0] * (height / 2) * width, width,
                                     width, bit_depth};
    for (int64_t i = 0; i < out_height; ++i)
      for (int64_t j = 0; j < out_width; ++j)
        model_pixel(picture, {boxes[1], boxes[2], boxes[3], boxes[4]}, static_cast<uint32_t>(i),
                    static_cast<uint32_t>(j), static_cast<uint32_t>(out_height), static_cast<uint32_t>(out_width),
                    coding, normalisation, out);
  }
}

#define KULESHOV_MODEL_INPUT(Sample, Number)                                                                     \
  template void model_input<Sample, Number>(const Sample*, const Sample*, int, int64_t, int64_t, const int32_t*, \
                                            int64_t, int64_t, int64_t, const Coding&, const Normalisation&, Number*);
KULESHOV_MODEL_INPUT(uint8_t, float)
KULESHOV_MODEL_INPUT(uint8_t, half_t)
KULESHOV_MODEL_INPUT(uint16_t, float)
KULESHOV_MODEL_INPUT(uint16_t, half_t)

}  // namespace kuleshov::cpu
