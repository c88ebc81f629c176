// Every kernel for any CPU.
#include <cstddef>
#include <cstdint>

#include "../kernels/arguments.h"
#include "inline.h"

namespace mm::baseline {
#include "lanes_baseline.h"

#include "../kernels/all.inl"
}  // namespace mm::baseline
