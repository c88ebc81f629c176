#include "dispatch.h"

#include <cstring>

namespace mm {

namespace baseline {
extern const KernelTable kKernels;
}
namespace avx2 {
extern const KernelTable kKernels;
}
namespace avx512 {
extern const KernelTable kKernels;
}
namespace neon {
extern const KernelTable kKernels;
}

namespace {

struct Supported {
  const KernelTable* list[4] = {};  // at most three and the null

  Supported() {
    int n = 0;
#if defined(__x86_64__)
    // These also ask the operating system (XCR0): it may not save the wide registers.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        list[n++] = &avx512::kKernels;
      }
      list[n++] = &avx2::kKernels;
    }
#elif defined(__aarch64__)
    list[n++] = &neon::kKernels;
#endif
    list[n] = &baseline::kKernels;
  }
};

}  // namespace

const KernelTable* const* supportedKernels() {
  static const Supported supported;
  return supported.list;
}

const KernelTable* findKernels(const char* isa) {
  for (const KernelTable* const* k = supportedKernels(); *k != nullptr; ++k) {
    if (isa == nullptr || std::strcmp(isa, (*k)->isa) == 0) return *k;
  }
  return nullptr;
}

}  // namespace mm
