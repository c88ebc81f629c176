#include "pages.h"

#if defined(__linux__)
#include <sys/mman.h>

#include <cstdint>
#endif

namespace mm {

#if defined(__linux__) && defined(MADV_HUGEPAGE)

constexpr uintptr_t kLargePage = uintptr_t{2} << 20;

void wantLargePages(void* data, size_t bytes) {
  const uintptr_t from = (reinterpret_cast<uintptr_t>(data) + kLargePage - 1) & ~(kLargePage - 1);
  const uintptr_t to = (reinterpret_cast<uintptr_t>(data) + bytes) & ~(kLargePage - 1);
  if (from < to) (void)madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
}

#else

void wantLargePages(void*, size_t) {}

#endif

}  // namespace mm
