// Every kernel for WebAssembly with SIMD; compiled with -mrelaxed-simd for hosts that have a fused
// multiply-add, and without for all others.
#include <cstddef>
#include <cstdint>

#include "../kernels/arguments.h"
#include "../scratch.h"
#include "../simd/inline.h"

namespace mm::wasm {
#if defined(__wasm_relaxed_simd__)
constexpr const char* kIsa = "wasm-relaxed";
#else
constexpr const char* kIsa = "wasm-exact";
#endif
// 2 x 4 vectors of sums, 4 of B and 2 broadcasts of A: 14 of the 15 registers that V8 has on x64.
constexpr int kGemmRows = 2;
constexpr int kGemmVectors = 1;
#include "../simd/lanes_vector.h"

#include "../kernels/all.inl"

// out[i] = fma(a[i], b[i], c[i]), for whoever wants to know whether the host rounds once; n is a
// multiple of 16.
extern "C" __attribute__((export_name("fmaLanes"))) void fmaLanes(int32_t n, const float* a,
                                                                  const float* b, const float* c,
                                                                  float* out) {
  for (int32_t i = 0; i < n; i += 16) store(out + i, fma(load(a + i), load(b + i), load(c + i)));
}
}  // namespace mm::wasm
