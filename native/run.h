// Runs one kernel call on up to `threads` threads. The split is over outputs, or over the groups of
// a product's sums, which are then added in order: it changes no bit.
#pragma once

#include "kernels/arguments.h"

namespace mm {

// -1, or the first position whose index or target is out of range; then nothing has been written.
// Layers of an embedding, losses of a linear layer and scatterAddRows also return kNoMemory, for
// their scratch.
constexpr int64_t kNoMemory = -2;
#define MM_KERNEL(Arguments, name) int64_t run(const KernelTable&, const Arguments&, int threads);
#include "kernels.def"

int64_t firstOutside(const int32_t* index, int64_t n, int64_t low, int64_t high);

}  // namespace mm
