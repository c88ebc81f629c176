// Every kernel for AArch64, where NEON with a fused multiply-add is always there.
#if defined(__aarch64__)
#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "../kernels/arguments.h"
#include "../scratch.h"
#include "inline.h"

namespace mm::neon {
#include "lanes_neon.h"

#include "../kernels/all.inl"
}  // namespace mm::neon
#endif
