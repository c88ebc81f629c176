// Which instruction set this process uses.
#pragma once

#include "../kernels/arguments.h"

namespace mm {

// The sets compiled into this binary that the CPU and the operating system support, best first;
// null-terminated.
const KernelTable* const* supportedKernels();

// Of those, the one named `isa`, or the best one if `isa` is null. Null: not supported here.
const KernelTable* findKernels(const char* isa);

}  // namespace mm
