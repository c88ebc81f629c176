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
#include "lanes_baseline.h"

#include "../kernels/all.inl"
}  // namespace mm::baseline
