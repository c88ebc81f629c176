// A kernel call as data: what the border has checked, and what a plan keeps to run again.
#pragma once

#include "kernels/arguments.h"

namespace mm {

enum class Kernel : int32_t {
#define MM_KERNEL(Arguments, name) k##Arguments,
#include "kernels.def"
  kCount,
  kNothing = kCount  // in a plan: a call with nothing to compute
};

// Left uninitialised by intent: clearing 300 bytes would cost as much as a small call.
struct Command {
  Kernel kernel;
  union {
#define MM_KERNEL(Arguments, name) Arguments name;
#include "kernels.def"
  };
};

// Runs it; -1, the first position whose index or target is out of range, or kNoMemory (run.h).
int64_t execute(const KernelTable&, const Command&, int threads);

}  // namespace mm
