// Every kernel for AVX-512 (F, DQ, BW, VL). The order of headers and target region is as in
// avx2.cc.
#if defined(__x86_64__)
#if !defined(__clang__)
// GCC's own header initialises "undefined" registers by themselves, and GCC up to 12 warns about it
// wherever they are inlined.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "../kernels/arguments.h"
#include "../scratch.h"
#include "inline.h"

#if defined(__clang__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#endif

namespace mm::avx512 {
#include "lanes_avx512.h"

#include "../kernels/all.inl"
}  // namespace mm::avx512

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
