// Every kernel for AVX2 + FMA. All headers come before the target region: code of theirs that runs
// anywhere must not be compiled in it. The region lasts to the end of the file, because templates
// are instantiated there.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "../kernels/arguments.h"
#include "../scratch.h"
#include "inline.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

namespace mm::avx2 {
#include "lanes_avx2.h"

#include "../kernels/all.inl"
}  // namespace mm::avx2

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
