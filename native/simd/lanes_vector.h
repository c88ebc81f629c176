// Sixteen lanes as four 128-bit vectors of the compiler's own vector types: any CPU (baseline.cc),
// and WebAssembly (wasm/kernels.cc). Included inside the namespace of either, which says how large
// the tile of a product is.
//
// All sets must give the same bits, so `fma` rounds once, also where no instruction does. The
// product of two floats is exact in double, and the sum is rounded to double, then to float: twice.
// That differs from once only where the double lies half-way between two floats, or the float is
// subnormal. Then, once in 2^29 ordinary sums, all sixteen are computed again with the sum rounded
// to odd, which makes the second rounding the only one that counts.

using Float4 = float __attribute__((vector_size(16)));
using Int4 = int32_t __attribute__((vector_size(16)));
using Unsigned4 = uint32_t __attribute__((vector_size(16)));
using Long2 = int64_t __attribute__((vector_size(16)));
using Double2 = double __attribute__((vector_size(16)));
using Unsigned2 = uint64_t __attribute__((vector_size(16)));

constexpr bool kMaskedLoads = false;

struct F32x16 {
  Float4 v[4];
};
struct I32x16 {
  Int4 v[4];
};
struct M16 {
  Int4 v[4];
};
struct F64x16 {
  Double2 v[8];
};
struct Tail {
  int64_t count;
};

MM_INLINE Tail tailOf(int64_t count) { return {count}; }

// By vectors and by words: in WebAssembly a copy of more is a call.
MM_INLINE F32x16 load(const float* p) {
  F32x16 r;
  for (int i = 0; i < 4; ++i) __builtin_memcpy(&r.v[i], p + 4 * i, sizeof r.v[i]);
  return r;
}
MM_INLINE void store(float* p, F32x16 x) {
  for (int i = 0; i < 4; ++i) __builtin_memcpy(p + 4 * i, &x.v[i], sizeof x.v[i]);
}
MM_INLINE F32x16 broadcast(float x) {
  const Float4 v = {x, x, x, x};
  return {{v, v, v, v}};
}
MM_INLINE F32x16 zero() { return broadcast(0.0f); }
MM_INLINE F32x16 loadTail(const float* p, Tail t) {
  alignas(16) float lane[16] = {};
  for (int64_t i = 0; i < t.count; ++i) lane[i] = p[i];
  return load(lane);
}
MM_INLINE void storeTail(float* p, F32x16 x, Tail t) {
  alignas(16) float lane[16];
  store(lane, x);
  for (int64_t i = 0; i < t.count; ++i) p[i] = lane[i];
}

#define MM_LANEWISE(expression)                                          \
  {                                                                      \
    {                                                                    \
      (expression(0)), (expression(1)), (expression(2)), (expression(3)) \
    }                                                                    \
  }
#define MM_ADD(i) a.v[i] + b.v[i]
#define MM_SUB(i) a.v[i] - b.v[i]
#define MM_MUL(i) a.v[i] * b.v[i]
#define MM_DIV(i) a.v[i] / b.v[i]
#define MM_BITS(i) (Int4) a.v[i]
#define MM_VALUE(i) (Float4) a.v[i]
#define MM_LESS(i) (Int4)(a.v[i] < b.v[i])
#define MM_EQUAL(i) (Int4)(a.v[i] == b.v[i])
#define MM_UNORDERED(i) (Int4)(a.v[i] != a.v[i])
#if defined(__wasm_simd128__)
#define MM_SELECT(i) (Float4) __builtin_wasm_bitselect((Int4)a.v[i], (Int4)b.v[i], m.v[i])
#define MM_SQRT(i) __builtin_wasm_sqrt_f32x4(x.v[i])
// pmax(x, bound) is x < bound ? bound : x.
#define MM_AT_LEAST(i) __builtin_wasm_pmax_f32x4(x.v[i], bound.v[i])
#define MM_AT_MOST(i) __builtin_wasm_pmin_f32x4(x.v[i], bound.v[i])
#else
#define MM_SELECT(i) (Float4)((m.v[i] & (Int4)a.v[i]) | (~m.v[i] & (Int4)b.v[i]))
#define MM_SQRT(i) squareRoots(x.v[i])
#define MM_AT_LEAST(i) x.v[i] < bound.v[i] ? bound.v[i] : x.v[i]
#define MM_AT_MOST(i) bound.v[i] < x.v[i] ? bound.v[i] : x.v[i]
#endif
// Whole numbers wrap, which only unsigned ones do in C++.
#define MM_INT_ADD(i) (Int4)((Unsigned4)a.v[i] + (Unsigned4)b.v[i])
#define MM_INT_SUB(i) (Int4)((Unsigned4)a.v[i] - (Unsigned4)b.v[i])
#define MM_INT_MUL(i) (Int4)((Unsigned4)a.v[i] * (Unsigned4)b.v[i])
#define MM_AND(i) a.v[i] & b.v[i]
#define MM_OR(i) a.v[i] | b.v[i]
#define MM_XOR(i) a.v[i] ^ b.v[i]
#define MM_SHL(i) a.v[i] << kBits
#define MM_SHR(i) a.v[i] >> kBits
#define MM_CONVERT(i) __builtin_convertvector(a.v[i], Float4)

MM_INLINE F32x16 operator+(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_ADD); }
MM_INLINE F32x16 operator-(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_SUB); }
MM_INLINE F32x16 operator*(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_MUL); }
MM_INLINE F32x16 operator/(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_DIV); }
MM_INLINE M16 operator<(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_LESS); }
MM_INLINE M16 operator==(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_EQUAL); }
MM_INLINE M16 isNaN(F32x16 a) { return MM_LANEWISE(MM_UNORDERED); }
MM_INLINE M16 operator&(M16 a, M16 b) { return MM_LANEWISE(MM_AND); }
MM_INLINE M16 operator|(M16 a, M16 b) { return MM_LANEWISE(MM_OR); }
MM_INLINE F32x16 select(M16 m, F32x16 a, F32x16 b) { return MM_LANEWISE(MM_SELECT); }
MM_INLINE I32x16 bits(F32x16 a) { return MM_LANEWISE(MM_BITS); }
MM_INLINE F32x16 value(I32x16 a) { return MM_LANEWISE(MM_VALUE); }
MM_INLINE I32x16 operator+(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_ADD); }
MM_INLINE I32x16 operator-(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_SUB); }
MM_INLINE I32x16 operator*(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_MUL); }
MM_INLINE I32x16 operator&(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_AND); }
MM_INLINE I32x16 operator|(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_OR); }
MM_INLINE I32x16 operator^(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_XOR); }
template <int kBits>
MM_INLINE I32x16 shiftLeft(I32x16 a) {
  return MM_LANEWISE(MM_SHL);
}
template <int kBits>
MM_INLINE I32x16 shiftRight(I32x16 a) {
  return MM_LANEWISE(MM_SHR);
}
MM_INLINE F32x16 toFloat(I32x16 a) { return MM_LANEWISE(MM_CONVERT); }

MM_INLINE I32x16 broadcastInt(int32_t x) {
  const Int4 v = {x, x, x, x};
  return {{v, v, v, v}};
}
MM_INLINE bool any(M16 m) {
  const Long2 v = (Long2)(m.v[0] | m.v[1] | m.v[2] | m.v[3]);
  return (v[0] | v[1]) != 0;
}
MM_INLINE F32x16 atLeast(F32x16 x, F32x16 bound) { return MM_LANEWISE(MM_AT_LEAST); }
MM_INLINE F32x16 atMost(F32x16 x, F32x16 bound) { return MM_LANEWISE(MM_AT_MOST); }
// The largest lane; what it is when one is NaN is left open.
MM_INLINE float largest(F32x16 x) {
  float lane[16];
  store(lane, x);
  for (int width = 8; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lane[l] = lane[l + width] > lane[l] ? lane[l + width] : lane[l];
  }
  return lane[0];
}
MM_INLINE Float4 squareRoots(Float4 x) {
  for (int l = 0; l < 4; ++l) x[l] = __builtin_sqrtf(x[l]);
  return x;
}
MM_INLINE F32x16 sqrt(F32x16 x) { return MM_LANEWISE(MM_SQRT); }
MM_INLINE F32x16 firstLanes(F32x16 x, Tail t, F32x16 other) {
  alignas(16) float lane[16];
  store(lane, other);
  storeTail(lane, x, t);
  return load(lane);
}

// Conversions by instruction. Written out by element, GCC 12's SLP vectoriser got them wrong (one
// tanh in 70 was 1 ulp off); it is also off in sources.gypi, since it makes everything here slower.
#if defined(__SSE2__)
MM_INLINE Double2 lower(Float4 x) { return _mm_cvtps_pd(x); }
MM_INLINE Double2 upper(Float4 x) { return _mm_cvtps_pd(_mm_movehl_ps(x, x)); }
MM_INLINE Float4 narrow(Double2 lo, Double2 hi) {
  return _mm_movelh_ps(_mm_cvtpd_ps(lo), _mm_cvtpd_ps(hi));
}
#elif defined(__wasm_simd128__)
using Float2 = float __attribute__((vector_size(8)));
MM_INLINE Double2 lower(Float4 x) {
  return __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1), Double2);
}
MM_INLINE Double2 upper(Float4 x) {
  return __builtin_convertvector(__builtin_shufflevector(x, x, 2, 3), Double2);
}
// Zeros above, as the instruction leaves them.
MM_INLINE Float4 half(Double2 x) {
  return __builtin_shufflevector(__builtin_convertvector(x, Float2), Float2{}, 0, 1, 2, 3);
}
MM_INLINE Float4 narrow(Double2 lo, Double2 hi) {
  return __builtin_shufflevector(half(lo), half(hi), 0, 1, 4, 5);
}
#else
using Float2 = float __attribute__((vector_size(8)));
MM_INLINE Double2 lower(Float4 x) {
  Float2 half;
  __builtin_memcpy(&half, &x, sizeof half);
  return __builtin_convertvector(half, Double2);
}
MM_INLINE Double2 upper(Float4 x) {
  Float2 half;
  __builtin_memcpy(&half, reinterpret_cast<const char*>(&x) + sizeof half, sizeof half);
  return __builtin_convertvector(half, Double2);
}
MM_INLINE Float4 narrow(Double2 lo, Double2 hi) {
  const Float2 halves[2] = {__builtin_convertvector(lo, Float2),
                            __builtin_convertvector(hi, Float2)};
  Float4 r;
  __builtin_memcpy(&r, halves, sizeof r);
  return r;
}
#endif

#if defined(__wasm_relaxed_simd__)
// Only for hosts that compute it with one rounding (lib/backend/wasm/modules.ts finds out).
#define MM_FMA(i) __builtin_wasm_relaxed_madd_f32x4(a.v[i], b.v[i], c.v[i])
MM_INLINE F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return MM_LANEWISE(MM_FMA); }
#else
// a * b + c rounded to odd, for a, b, c that are floats.
MM_INLINE Double2 fmaToOdd(Double2 a, Double2 b, Double2 c) {
  const Double2 p = a * b;
  const Double2 s = p + c;
  const Double2 t = s - p;
  const Double2 e =
      (p - (s - t)) + (c - t);  // TwoSum: s + e is the exact sum; NaN when s is infinite
  const Unsigned2 inexact = (Unsigned2)(e < 0) | (Unsigned2)(e > 0);
  const Unsigned2 step = inexact & ~(Unsigned2)s & 1;
  const Unsigned2 towardsZero = ((Unsigned2)s ^ (Unsigned2)e) >> 63;
  return (Double2)((Unsigned2)s + step - ((step & towardsZero) << 1));
}
#define MM_FMA_TO_ODD(i)                                        \
  narrow(fmaToOdd(lower(a.v[i]), lower(b.v[i]), lower(c.v[i])), \
         fmaToOdd(upper(a.v[i]), upper(b.v[i]), upper(c.v[i])))
__attribute__((noinline, cold)) F32x16 fmaByOdd(const F32x16& a, const F32x16& b, const F32x16& c) {
  return MM_LANEWISE(MM_FMA_TO_ODD);
}

// A call costs less than what inlining it everywhere does to the instruction cache.
__attribute__((noinline)) F32x16 fma(const F32x16& a, const F32x16& b, const F32x16& c) {
  F32x16 r;
  Int4 doubtful = {};
  for (int i = 0; i < 4; ++i) {
    const Double2 lo = lower(a.v[i]) * lower(b.v[i]) + lower(c.v[i]);
    const Double2 hi = upper(a.v[i]) * upper(b.v[i]) + upper(c.v[i]);
    r.v[i] = narrow(lo, hi);
    // Half-way: of the 29 bits that a float lacks only the first one is set.
    const Unsigned4 lost = (Unsigned4)__builtin_shufflevector((Int4)lo, (Int4)hi, 0, 2, 4, 6) << 3;
    // A subnormal float other than 0; padded lanes give 0, which is right.
    const Unsigned4 magnitude = (Unsigned4)r.v[i] & 0x7fffffffu;
    doubtful |= (Int4)(lost == 0x80000000u) | (Int4)(magnitude - 1u < 0x007fffffu);
  }
  const Long2 found = (Long2)doubtful;
  return __builtin_expect((found[0] | found[1]) != 0, false) ? fmaByOdd(a, b, c) : r;
}
#endif

MM_INLINE F64x16 zeroSums() { return F64x16{}; }
MM_INLINE F64x16 add(F64x16 s, F32x16 x) {
  for (int i = 0; i < 4; ++i) {
    s.v[2 * i] += lower(x.v[i]);
    s.v[2 * i + 1] += upper(x.v[i]);
  }
  return s;
}
#define MM_ROUNDED(i) narrow(s.v[2 * i], s.v[2 * i + 1])
MM_INLINE F32x16 rounded(F64x16 s) { return MM_LANEWISE(MM_ROUNDED); }
MM_INLINE float total(F64x16 s) {
  for (int width = 4; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) s.v[i] += s.v[i + width];
  }
  return static_cast<float>(s.v[0][0] + s.v[0][1]);
}

constexpr int kTransposeBlock = 4;
// to[c * toRow + r] = from[r * fromRow + c] for r, c < kTransposeBlock
MM_INLINE void transposeBlock(const float* from, int64_t fromRow, float* to, int64_t toRow) {
  Float4 r[4];
  for (int i = 0; i < 4; ++i) __builtin_memcpy(&r[i], from + i * fromRow, sizeof r[i]);
  const Float4 a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
  const Float4 b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
  const Float4 c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
  const Float4 d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
  const Float4 columns[4] = {
      __builtin_shufflevector(a, c, 0, 1, 4, 5), __builtin_shufflevector(a, c, 2, 3, 6, 7),
      __builtin_shufflevector(b, d, 0, 1, 4, 5), __builtin_shufflevector(b, d, 2, 3, 6, 7)};
  for (int i = 0; i < 4; ++i) __builtin_memcpy(to + i * toRow, &columns[i], sizeof columns[i]);
}
