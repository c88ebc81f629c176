// Every kernel for any CPU.
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>

#include "../kernels/arguments.h"
#include "../scratch.h"
#include "inline.h"

namespace mm::baseline {
constexpr const char* kIsa = "baseline";
constexpr int kGemmRows = 4;  // the fma needs the registers: 4 x 1 already spills
constexpr int kGemmVectors = 1;
#include "lanes_vector.h"

#include "../kernels/all.inl"
}  // namespace mm::baseline
