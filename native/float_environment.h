// The floating-point environment that kernels compute in, whatever the caller's is.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

namespace mm {

// While it lives, this thread rounds to nearest, keeps subnormal numbers and raises no signal; then
// it has the environment that it had before. Another addon or library may have left any other.
class DefaultFloatEnvironment {
 public:
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;

#if defined(__x86_64__) || defined(__aarch64__)
  // Writing the register takes longer than reading it: only where it differs.
  DefaultFloatEnvironment() : saved_(read()), differs_((saved_ & ~kFlags) != kDefault) {
    if (differs_) write(kDefault);
  }
  ~DefaultFloatEnvironment() {
    if (differs_) write(saved_);
  }

 private:
#if defined(__x86_64__)
  using Register = uint32_t;                    // MXCSR
  static constexpr Register kDefault = 0x1f80;  // every exception is masked
  static constexpr Register kFlags = 0x3f;      // which exceptions have been: no setting
  static Register read() { return _mm_getcsr(); }
  static void write(Register value) { _mm_setcsr(value); }
#else
  using Register = uint64_t;  // FPCR
  static constexpr Register kDefault = 0;
  static constexpr Register kFlags = 0;
  static Register read() {
    Register value;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(Register value) { __asm__ volatile("msr fpcr, %0" : : "r"(value)); }
#endif
  const Register saved_;
  const bool differs_;
#else
  DefaultFloatEnvironment() {
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloatEnvironment() { std::fesetenv(&saved_); }

 private:
  std::fenv_t saved_;
#endif
};

}  // namespace mm
