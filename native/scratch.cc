#include "scratch.h"

#include <cstdlib>

namespace mm {

Scratch::Scratch(int64_t count)
    : words(static_cast<float*>(
          std::aligned_alloc(64, static_cast<size_t>((count + 15) / 16) * 64))) {}

Scratch::~Scratch() { std::free(words); }

}  // namespace mm
