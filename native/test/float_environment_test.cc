// Kernels compute in the default floating-point environment, whatever the caller's is, on every
// thread.
#include "../float_environment.h"

#include <cfenv>

#include "../parallel.h"
#include "harness.h"
#include "meet.h"

namespace mm::test {

namespace {

// What the control register of this thread does: how it rounds, and what it makes of small numbers.
struct Arithmetic {
  float third, small;

  [[gnu::noinline]] static Arithmetic now() {  // inline, its operations could move elsewhere
    const volatile float one = 1.0f, three = 3.0f, least = 1.17549435e-38f, half = 0.5f;
    return {one / three, least * half};
  }

  bool operator==(const Arithmetic& o) const {
    return third == o.third && word(small) == word(o.small);
  }
};

void leaveOddEnvironment() {
  std::fesetround(FE_DOWNWARD);
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // subnormal numbers are 0
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | 1 << 24));
#endif
}

struct OnEach : Meeting {
  static constexpr int kMost = 6;
  Arithmetic got[kMost];

  using Meeting::Meeting;
  static void task(void* context, int i) {
    auto& each = *static_cast<OnEach*>(context);
    each.meet();
    each.got[i] = Arithmetic::now();
  }
};

}  // namespace

void testFloatEnvironment() {
  const Arithmetic usual = Arithmetic::now();
  leaveOddEnvironment();
  const Arithmetic odd = Arithmetic::now();
  // A thread inherits the environment of the one that made it: these must not.
  const int threads = makeThreads(OnEach::kMost);
  OnEach each(threads);
  Arithmetic alone;
  {
    const DefaultFloatEnvironment floats;
    alone = Arithmetic::now();
    parallel(threads, OnEach::task, &each);
  }
  const Arithmetic after = Arithmetic::now();
  std::fesetenv(FE_DFL_ENV);
  if (odd == usual) {
    std::printf("skipped: floating-point environment: this CPU is emulated without one\n");
    return;
  }
  check(alone == usual, "default floating-point environment", "any");
  check(after == odd, "the caller's floating-point environment comes back", "any");
  for (int i = 0; i < threads; ++i) {
    check(each.got[i] == usual, "default floating-point environment of helpers", "any");
  }
  {
    const DefaultFloatEnvironment floats;
  }
  check(Arithmetic::now() == usual, "the default environment stays", "any");
}

}  // namespace mm::test
