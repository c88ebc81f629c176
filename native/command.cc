#include "command.h"

#include "run.h"

namespace mm {

int64_t execute(const KernelTable& k, const Command& c, int threads) {
  switch (c.kernel) {
#define MM_KERNEL(Arguments, name) \
  case Kernel::k##Arguments:       \
    return run(k, c.name, threads);
#include "kernels.def"
    case Kernel::kCount:
      break;
  }
  return -1;
}

}  // namespace mm
