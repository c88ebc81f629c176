#include "fault.h"

#include <limits>
#include <memory>

#include "harness.h"

namespace mm::test {

int fault(const char* name) {
  const KernelTable& k = *findKernels(std::getenv("MM_ISA"));
  constexpr int64_t n = 40;
  const auto is = [name](const char* other) { return std::strcmp(name, other) == 0; };
  if (is("overrun")) {
    Words out(n);
    k.fill({n + 1, 1.0f, out.data()});
    return 0;
  }
  if (is("overflow")) {
    volatile int most = std::numeric_limits<int>::max();
    most = most + 1;
    return 0;
  }
  if (is("leak")) {
    k.fill({n, 1.0f, new float[n]});
    return 0;
  }
  if (is("uninitialised")) {
    const std::unique_ptr<float[]> words(new float[n]);
    k.fill({n - 1, 1.0f, words.get()});
    if (words[n - 1] > 1.0f) std::printf("large\n");
    return 0;
  }
  std::fprintf(stderr, "fault: no such fault: %s\n", name);
  return 1;
}

}  // namespace mm::test
