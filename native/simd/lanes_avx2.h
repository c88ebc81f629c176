// Sixteen lanes as two 256-bit vectors. Included inside mm::avx2, within its target region.

constexpr const char* kIsa = "avx2";
// 6 rows x 2 vectors of accumulators + 2 of B + 1 broadcast = 15 of 16 registers; 12 chains cover 2
// FMA ports x 4-5 cycles.
constexpr int kGemmRows = 6;
constexpr int kGemmVectors = 1;
constexpr bool kMaskedLoads = true;

struct F32x16 {
  __m256 lo, hi;
};
struct I32x16 {
  __m256i lo, hi;
};
struct M16 {
  __m256 lo, hi;
};
struct F64x16 {
  __m256d v[4];
};
struct Tail {
  __m256i lo, hi;
  int count;
};

MM_INLINE Tail tailOf(int64_t count) {
  const __m256i n = _mm256_set1_epi32(static_cast<int>(count));
  return {_mm256_cmpgt_epi32(n, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
          _mm256_cmpgt_epi32(n, _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15)),
          static_cast<int>(count)};
}

MM_INLINE F32x16 load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
MM_INLINE void store(float* p, F32x16 x) {
  _mm256_storeu_ps(p, x.lo);
  _mm256_storeu_ps(p + 8, x.hi);
}
MM_INLINE F32x16 loadTail(const float* p, Tail t) {
  return {_mm256_maskload_ps(p, t.lo), _mm256_maskload_ps(p + 8, t.hi)};
}
// By halves: a masked store takes 20 cycles and more on AMD's cores.
MM_INLINE void storeTail(float* p, F32x16 x, Tail t) {
  __m256 eight = x.lo;
  if (t.count & 8) {
    _mm256_storeu_ps(p, eight);
    eight = x.hi;
    p += 8;
  }
  __m128 four = _mm256_castps256_ps128(eight);
  if (t.count & 4) {
    _mm_storeu_ps(p, four);
    four = _mm256_extractf128_ps(eight, 1);
    p += 4;
  }
  if (t.count & 2) {
    _mm_storel_pi(reinterpret_cast<__m64*>(p), four);
    four = _mm_movehl_ps(four, four);
    p += 2;
  }
  if (t.count & 1) _mm_store_ss(p, four);
}
MM_INLINE F32x16 broadcast(float x) {
  const __m256 v = _mm256_set1_ps(x);
  return {v, v};
}
MM_INLINE F32x16 zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }

MM_INLINE F32x16 operator+(F32x16 a, F32x16 b) {
  return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
}
MM_INLINE F32x16 operator-(F32x16 a, F32x16 b) {
  return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
}
MM_INLINE F32x16 operator*(F32x16 a, F32x16 b) {
  return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
}
MM_INLINE F32x16 operator/(F32x16 a, F32x16 b) {
  return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
}
MM_INLINE F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}
MM_INLINE F32x16 sqrt(F32x16 x) { return {_mm256_sqrt_ps(x.lo), _mm256_sqrt_ps(x.hi)}; }
// max and min return their second operand when either is NaN: NaN in x stays.
MM_INLINE F32x16 atLeast(F32x16 x, F32x16 bound) {
  return {_mm256_max_ps(bound.lo, x.lo), _mm256_max_ps(bound.hi, x.hi)};
}
MM_INLINE F32x16 atMost(F32x16 x, F32x16 bound) {
  return {_mm256_min_ps(bound.lo, x.lo), _mm256_min_ps(bound.hi, x.hi)};
}

// The largest lane; what it is when one is NaN is left open.
MM_INLINE float largest(F32x16 x) {
  const __m256 eight = _mm256_max_ps(x.lo, x.hi);
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}

MM_INLINE M16 operator<(F32x16 a, F32x16 b) {
  return {_mm256_cmp_ps(a.lo, b.lo, _CMP_LT_OQ), _mm256_cmp_ps(a.hi, b.hi, _CMP_LT_OQ)};
}
MM_INLINE M16 operator==(F32x16 a, F32x16 b) {
  return {_mm256_cmp_ps(a.lo, b.lo, _CMP_EQ_OQ), _mm256_cmp_ps(a.hi, b.hi, _CMP_EQ_OQ)};
}
MM_INLINE M16 isNaN(F32x16 a) {
  return {_mm256_cmp_ps(a.lo, a.lo, _CMP_UNORD_Q), _mm256_cmp_ps(a.hi, a.hi, _CMP_UNORD_Q)};
}
MM_INLINE M16 operator&(M16 a, M16 b) {
  return {_mm256_and_ps(a.lo, b.lo), _mm256_and_ps(a.hi, b.hi)};
}
MM_INLINE M16 operator|(M16 a, M16 b) {
  return {_mm256_or_ps(a.lo, b.lo), _mm256_or_ps(a.hi, b.hi)};
}
MM_INLINE bool any(M16 m) { return _mm256_movemask_ps(_mm256_or_ps(m.lo, m.hi)) != 0; }
MM_INLINE F32x16 select(M16 m, F32x16 a, F32x16 b) {
  return {_mm256_blendv_ps(b.lo, a.lo, m.lo), _mm256_blendv_ps(b.hi, a.hi, m.hi)};
}
MM_INLINE F32x16 firstLanes(F32x16 x, Tail t, F32x16 other) {
  return {_mm256_blendv_ps(other.lo, x.lo, _mm256_castsi256_ps(t.lo)),
          _mm256_blendv_ps(other.hi, x.hi, _mm256_castsi256_ps(t.hi))};
}

MM_INLINE I32x16 bits(F32x16 a) { return {_mm256_castps_si256(a.lo), _mm256_castps_si256(a.hi)}; }
MM_INLINE F32x16 value(I32x16 a) { return {_mm256_castsi256_ps(a.lo), _mm256_castsi256_ps(a.hi)}; }
MM_INLINE I32x16 broadcastInt(int32_t x) { return {_mm256_set1_epi32(x), _mm256_set1_epi32(x)}; }
MM_INLINE I32x16 operator+(I32x16 a, I32x16 b) {
  return {_mm256_add_epi32(a.lo, b.lo), _mm256_add_epi32(a.hi, b.hi)};
}
MM_INLINE I32x16 operator-(I32x16 a, I32x16 b) {
  return {_mm256_sub_epi32(a.lo, b.lo), _mm256_sub_epi32(a.hi, b.hi)};
}
MM_INLINE I32x16 operator*(I32x16 a, I32x16 b) {
  return {_mm256_mullo_epi32(a.lo, b.lo), _mm256_mullo_epi32(a.hi, b.hi)};
}
MM_INLINE I32x16 operator&(I32x16 a, I32x16 b) {
  return {_mm256_and_si256(a.lo, b.lo), _mm256_and_si256(a.hi, b.hi)};
}
MM_INLINE I32x16 operator|(I32x16 a, I32x16 b) {
  return {_mm256_or_si256(a.lo, b.lo), _mm256_or_si256(a.hi, b.hi)};
}
MM_INLINE I32x16 operator^(I32x16 a, I32x16 b) {
  return {_mm256_xor_si256(a.lo, b.lo), _mm256_xor_si256(a.hi, b.hi)};
}
template <int kBits>
MM_INLINE I32x16 shiftLeft(I32x16 a) {
  return {_mm256_slli_epi32(a.lo, kBits), _mm256_slli_epi32(a.hi, kBits)};
}
template <int kBits>
MM_INLINE I32x16 shiftRight(I32x16 a) {
  return {_mm256_srai_epi32(a.lo, kBits), _mm256_srai_epi32(a.hi, kBits)};
}
MM_INLINE F32x16 toFloat(I32x16 a) { return {_mm256_cvtepi32_ps(a.lo), _mm256_cvtepi32_ps(a.hi)}; }

MM_INLINE F64x16 zeroSums() {
  const __m256d z = _mm256_setzero_pd();
  return {{z, z, z, z}};
}
MM_INLINE F64x16 add(F64x16 s, F32x16 x) {
  s.v[0] = _mm256_add_pd(s.v[0], _mm256_cvtps_pd(_mm256_castps256_ps128(x.lo)));
  s.v[1] = _mm256_add_pd(s.v[1], _mm256_cvtps_pd(_mm256_extractf128_ps(x.lo, 1)));
  s.v[2] = _mm256_add_pd(s.v[2], _mm256_cvtps_pd(_mm256_castps256_ps128(x.hi)));
  s.v[3] = _mm256_add_pd(s.v[3], _mm256_cvtps_pd(_mm256_extractf128_ps(x.hi, 1)));
  return s;
}
MM_INLINE F32x16 rounded(F64x16 s) {
  return {_mm256_set_m128(_mm256_cvtpd_ps(s.v[1]), _mm256_cvtpd_ps(s.v[0])),
          _mm256_set_m128(_mm256_cvtpd_ps(s.v[3]), _mm256_cvtpd_ps(s.v[2]))};
}
MM_INLINE float total(F64x16 s) {
  const __m256d four = _mm256_add_pd(_mm256_add_pd(s.v[0], s.v[2]), _mm256_add_pd(s.v[1], s.v[3]));
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  const __m128d one = _mm_add_sd(two, _mm_unpackhi_pd(two, two));
  return static_cast<float>(_mm_cvtsd_f64(one));
}

#include "transpose_avx.h"
