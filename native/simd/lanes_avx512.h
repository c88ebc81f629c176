// Sixteen lanes as one 512-bit vector. Included inside mm::avx512, within its target region.

constexpr const char* kIsa = "avx512";
// 8 x 3 accumulators + 3 of B + 1 broadcast = 28 of 32 registers; 24 independent chains cover 2 FMA
// ports x 4 cycles of latency.
constexpr int kGemmRows = 8;
constexpr int kGemmVectors = 3;
constexpr bool kMaskedLoads = true;

struct F32x16 {
  __m512 v;
};
struct I32x16 {
  __m512i v;
};
struct M16 {
  __mmask16 v;
};
struct F64x16 {
  __m512d v[2];
};
struct Tail {
  __mmask16 mask;
};

MM_INLINE Tail tailOf(int64_t count) { return {static_cast<__mmask16>((1u << count) - 1)}; }

MM_INLINE F32x16 load(const float* p) { return {_mm512_loadu_ps(p)}; }
MM_INLINE void store(float* p, F32x16 x) { _mm512_storeu_ps(p, x.v); }
#if defined(__SANITIZE_ADDRESS__)
// GCC's AddressSanitizer does not look at masked accesses by itself: it is told of each lane.
extern "C" void __asan_load4(void*);
extern "C" void __asan_store4(void*);
MM_INLINE void willLoad(const float* p, Tail t) {
  for (int i = 0; t.mask >> i != 0; ++i) __asan_load4(const_cast<float*>(p + i));
}
MM_INLINE void willStore(float* p, Tail t) {
  for (int i = 0; t.mask >> i != 0; ++i) __asan_store4(p + i);
}
#else
MM_INLINE void willLoad(const float*, Tail) {}
MM_INLINE void willStore(float*, Tail) {}
#endif

MM_INLINE F32x16 loadTail(const float* p, Tail t) {
  willLoad(p, t);
  return {_mm512_maskz_loadu_ps(t.mask, p)};
}
MM_INLINE void storeTail(float* p, F32x16 x, Tail t) {
  willStore(p, t);
  _mm512_mask_storeu_ps(p, t.mask, x.v);
}
MM_INLINE F32x16 broadcast(float x) { return {_mm512_set1_ps(x)}; }
MM_INLINE F32x16 zero() { return {_mm512_setzero_ps()}; }

MM_INLINE F32x16 operator+(F32x16 a, F32x16 b) { return {_mm512_add_ps(a.v, b.v)}; }
MM_INLINE F32x16 operator-(F32x16 a, F32x16 b) { return {_mm512_sub_ps(a.v, b.v)}; }
MM_INLINE F32x16 operator*(F32x16 a, F32x16 b) { return {_mm512_mul_ps(a.v, b.v)}; }
MM_INLINE F32x16 operator/(F32x16 a, F32x16 b) { return {_mm512_div_ps(a.v, b.v)}; }
MM_INLINE F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
MM_INLINE F32x16 sqrt(F32x16 x) { return {_mm512_sqrt_ps(x.v)}; }
// max and min return their second operand when either is NaN: NaN in x stays.
MM_INLINE F32x16 atLeast(F32x16 x, F32x16 bound) { return {_mm512_max_ps(bound.v, x.v)}; }
MM_INLINE F32x16 atMost(F32x16 x, F32x16 bound) { return {_mm512_min_ps(bound.v, x.v)}; }

// The largest lane; what it is when one is NaN is left open.
MM_INLINE float largest(F32x16 x) { return _mm512_reduce_max_ps(x.v); }

MM_INLINE M16 operator<(F32x16 a, F32x16 b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_LT_OQ)}; }
MM_INLINE M16 operator==(F32x16 a, F32x16 b) { return {_mm512_cmp_ps_mask(a.v, b.v, _CMP_EQ_OQ)}; }
MM_INLINE M16 isNaN(F32x16 a) { return {_mm512_cmp_ps_mask(a.v, a.v, _CMP_UNORD_Q)}; }
MM_INLINE M16 operator&(M16 a, M16 b) { return {static_cast<__mmask16>(a.v & b.v)}; }
MM_INLINE M16 operator|(M16 a, M16 b) { return {static_cast<__mmask16>(a.v | b.v)}; }
MM_INLINE bool any(M16 m) { return m.v != 0; }
MM_INLINE F32x16 select(M16 m, F32x16 a, F32x16 b) { return {_mm512_mask_blend_ps(m.v, b.v, a.v)}; }
MM_INLINE F32x16 firstLanes(F32x16 x, Tail t, F32x16 other) {
  return {_mm512_mask_blend_ps(t.mask, other.v, x.v)};
}

// x * 2^n for whole n, rounded once. Only this set has it: math.inl asks for MM_SCALE.
MM_INLINE F32x16 scale(F32x16 x, F32x16 n) { return {_mm512_scalef_ps(x.v, n.v)}; }
#define MM_SCALE scale

MM_INLINE I32x16 bits(F32x16 a) { return {_mm512_castps_si512(a.v)}; }
MM_INLINE F32x16 value(I32x16 a) { return {_mm512_castsi512_ps(a.v)}; }
MM_INLINE I32x16 broadcastInt(int32_t x) { return {_mm512_set1_epi32(x)}; }
MM_INLINE I32x16 operator+(I32x16 a, I32x16 b) { return {_mm512_add_epi32(a.v, b.v)}; }
MM_INLINE I32x16 operator-(I32x16 a, I32x16 b) { return {_mm512_sub_epi32(a.v, b.v)}; }
MM_INLINE I32x16 operator*(I32x16 a, I32x16 b) { return {_mm512_mullo_epi32(a.v, b.v)}; }
MM_INLINE I32x16 operator&(I32x16 a, I32x16 b) { return {_mm512_and_si512(a.v, b.v)}; }
MM_INLINE I32x16 operator|(I32x16 a, I32x16 b) { return {_mm512_or_si512(a.v, b.v)}; }
MM_INLINE I32x16 operator^(I32x16 a, I32x16 b) { return {_mm512_xor_si512(a.v, b.v)}; }
template <int kBits>
MM_INLINE I32x16 shiftLeft(I32x16 a) {
  return {_mm512_slli_epi32(a.v, kBits)};
}
template <int kBits>
MM_INLINE I32x16 shiftRight(I32x16 a) {
  return {_mm512_srai_epi32(a.v, kBits)};
}
MM_INLINE F32x16 toFloat(I32x16 a) { return {_mm512_cvtepi32_ps(a.v)}; }

MM_INLINE F64x16 zeroSums() { return {{_mm512_setzero_pd(), _mm512_setzero_pd()}}; }
MM_INLINE F64x16 add(F64x16 s, F32x16 x) {
  s.v[0] = _mm512_add_pd(s.v[0], _mm512_cvtps_pd(_mm512_castps512_ps256(x.v)));
  s.v[1] = _mm512_add_pd(s.v[1], _mm512_cvtps_pd(_mm512_extractf32x8_ps(x.v, 1)));
  return s;
}
MM_INLINE F32x16 rounded(F64x16 s) {
  return {_mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(s.v[0])),
                             _mm512_cvtpd_ps(s.v[1]), 1)};
}
MM_INLINE float total(F64x16 s) {
  const __m512d eight = _mm512_add_pd(s.v[0], s.v[1]);
  const __m256d four =
      _mm256_add_pd(_mm512_castpd512_pd256(eight), _mm512_extractf64x4_pd(eight, 1));
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  const __m128d one = _mm_add_sd(two, _mm_unpackhi_pd(two, two));
  return static_cast<float>(_mm_cvtsd_f64(one));
}

#include "transpose_avx.h"
