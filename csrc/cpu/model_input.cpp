#include "kuleshov/model_input.h"

#include "operators.h"

namespace kuleshov::cpu {

void model_input(const uint8_t* luma, const uint8_t* chroma, int64_t height, int64_t width, const int32_t* boxes,
                 int64_t crops, int64_t out_height, int64_t out_width, const Coding& coding,
                 const Normalisation& normalisation, float* out) {
  for (int64_t n = 0; n < crops; ++n, boxes += 5, out += 3 * out_height * out_width) {
    const uint8_t* luma_frame = luma + boxes[0] * height * width;
    const uint8_t* chroma_frame = chroma + boxes[0] * (height / 2) * width;
    for (int64_t i = 0; i < out_height; ++i)
      for (int64_t j = 0; j < out_width; ++j)
        model_pixel(luma_frame, chroma_frame, width, {boxes[1], boxes[2], boxes[3], boxes[4]}, static_cast<uint32_t>(i),
                    static_cast<uint32_t>(j), static_cast<uint32_t>(out_height), static_cast<uint32_t>(out_width),
                    coding, normalisation, out);
  }
}

}  // namespace kuleshov::cpu
