// Memory for one call. Out of line, so that files of different instruction sets can use it.
#pragma once

#include <cstdint>

namespace mm {

// 64-byte aligned words, freed with the object; null where there is no memory.
struct Scratch {
  explicit Scratch(int64_t count);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  float* const words;
};

}  // namespace mm
