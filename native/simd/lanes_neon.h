// Sixteen lanes as four 128-bit vectors of AArch64. Included inside mm::neon.

constexpr const char* kIsa = "neon";
// 6 rows x 4 vectors of accumulators + 4 of B + 1 broadcast = 29 of 32 registers; 24 chains cover 4
// FMA pipes x 4 cycles.
constexpr int kGemmRows = 6;
constexpr int kGemmVectors = 1;
constexpr bool kMaskedLoads = false;

struct F32x16 {
  float32x4_t v[4];
};
struct I32x16 {
  int32x4_t v[4];
};
struct M16 {
  uint32x4_t v[4];
};
struct F64x16 {
  float64x2_t v[8];
};
struct Tail {
  int64_t count;
};

MM_INLINE Tail tailOf(int64_t count) { return {count}; }

#define MM_LANEWISE(expression)                                          \
  {                                                                      \
    {                                                                    \
      (expression(0)), (expression(1)), (expression(2)), (expression(3)) \
    }                                                                    \
  }
#define MM_LOAD(i) vld1q_f32(p + 4 * i)
#define MM_ADD(i) vaddq_f32(a.v[i], b.v[i])
#define MM_SUB(i) vsubq_f32(a.v[i], b.v[i])
#define MM_MUL(i) vmulq_f32(a.v[i], b.v[i])
#define MM_DIV(i) vdivq_f32(a.v[i], b.v[i])
#define MM_FMA(i) vfmaq_f32(c.v[i], a.v[i], b.v[i])
#define MM_SQRT(i) vsqrtq_f32(a.v[i])
#define MM_LESS(i) vcltq_f32(a.v[i], b.v[i])
#define MM_EQUAL(i) vceqq_f32(a.v[i], b.v[i])
#define MM_UNORDERED(i) vmvnq_u32(vceqq_f32(a.v[i], a.v[i]))
#define MM_MASK_AND(i) vandq_u32(a.v[i], b.v[i])
#define MM_MASK_OR(i) vorrq_u32(a.v[i], b.v[i])
#define MM_SELECT(i) vbslq_f32(m.v[i], a.v[i], b.v[i])
#define MM_BITS(i) vreinterpretq_s32_f32(a.v[i])
#define MM_VALUE(i) vreinterpretq_f32_s32(a.v[i])
#define MM_INT_ADD(i) vaddq_s32(a.v[i], b.v[i])
#define MM_INT_SUB(i) vsubq_s32(a.v[i], b.v[i])
#define MM_INT_MUL(i) vmulq_s32(a.v[i], b.v[i])
#define MM_INT_AND(i) vandq_s32(a.v[i], b.v[i])
#define MM_INT_OR(i) vorrq_s32(a.v[i], b.v[i])
#define MM_INT_XOR(i) veorq_s32(a.v[i], b.v[i])
#define MM_SHL(i) vshlq_n_s32(a.v[i], kBits)
#define MM_SHR(i) vshrq_n_s32(a.v[i], kBits)
#define MM_CONVERT(i) vcvtq_f32_s32(a.v[i])

MM_INLINE F32x16 load(const float* p) { return MM_LANEWISE(MM_LOAD); }
MM_INLINE void store(float* p, F32x16 x) {
  for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, x.v[i]);
}
MM_INLINE F32x16 broadcast(float x) {
  const float32x4_t v = vdupq_n_f32(x);
  return {{v, v, v, v}};
}
MM_INLINE F32x16 zero() { return broadcast(0.0f); }
MM_INLINE F32x16 loadTail(const float* p, Tail t) {
  F32x16 r = zero();
  __builtin_memcpy(&r, p, static_cast<size_t>(t.count) * sizeof(float));
  return r;
}
MM_INLINE void storeTail(float* p, F32x16 x, Tail t) {
  __builtin_memcpy(p, &x, static_cast<size_t>(t.count) * sizeof(float));
}

MM_INLINE F32x16 operator+(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_ADD); }
MM_INLINE F32x16 operator-(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_SUB); }
MM_INLINE F32x16 operator*(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_MUL); }
MM_INLINE F32x16 operator/(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_DIV); }
MM_INLINE F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return MM_LANEWISE(MM_FMA); }
MM_INLINE F32x16 sqrt(F32x16 a) { return MM_LANEWISE(MM_SQRT); }

MM_INLINE M16 operator<(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_LESS); }
MM_INLINE M16 operator==(F32x16 a, F32x16 b) { return MM_LANEWISE(MM_EQUAL); }
MM_INLINE M16 isNaN(F32x16 a) { return MM_LANEWISE(MM_UNORDERED); }
MM_INLINE M16 operator&(M16 a, M16 b) { return MM_LANEWISE(MM_MASK_AND); }
MM_INLINE M16 operator|(M16 a, M16 b) { return MM_LANEWISE(MM_MASK_OR); }
MM_INLINE F32x16 select(M16 m, F32x16 a, F32x16 b) { return MM_LANEWISE(MM_SELECT); }
MM_INLINE bool any(M16 m) {
  return vmaxvq_u32(vorrq_u32(vorrq_u32(m.v[0], m.v[1]), vorrq_u32(m.v[2], m.v[3]))) != 0;
}
MM_INLINE F32x16 atLeast(F32x16 x, F32x16 bound) { return select(x < bound, bound, x); }
MM_INLINE F32x16 atMost(F32x16 x, F32x16 bound) { return select(bound < x, bound, x); }
MM_INLINE F32x16 firstLanes(F32x16 x, Tail t, F32x16 other) {
  __builtin_memcpy(&other, &x, static_cast<size_t>(t.count) * sizeof(float));
  return other;
}

// The largest lane; what it is when one is NaN is left open.
MM_INLINE float largest(F32x16 x) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.v[0], x.v[1]), vmaxq_f32(x.v[2], x.v[3])));
}

MM_INLINE I32x16 bits(F32x16 a) { return MM_LANEWISE(MM_BITS); }
MM_INLINE F32x16 value(I32x16 a) { return MM_LANEWISE(MM_VALUE); }
MM_INLINE I32x16 broadcastInt(int32_t x) {
  const int32x4_t v = vdupq_n_s32(x);
  return {{v, v, v, v}};
}
MM_INLINE I32x16 operator+(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_ADD); }
MM_INLINE I32x16 operator-(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_SUB); }
MM_INLINE I32x16 operator*(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_MUL); }
MM_INLINE I32x16 operator&(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_AND); }
MM_INLINE I32x16 operator|(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_OR); }
MM_INLINE I32x16 operator^(I32x16 a, I32x16 b) { return MM_LANEWISE(MM_INT_XOR); }
template <int kBits>
MM_INLINE I32x16 shiftLeft(I32x16 a) {
  return MM_LANEWISE(MM_SHL);
}
template <int kBits>
MM_INLINE I32x16 shiftRight(I32x16 a) {
  return MM_LANEWISE(MM_SHR);
}
MM_INLINE F32x16 toFloat(I32x16 a) { return MM_LANEWISE(MM_CONVERT); }

MM_INLINE F64x16 zeroSums() {
  const float64x2_t z = vdupq_n_f64(0.0);
  return {{z, z, z, z, z, z, z, z}};
}
MM_INLINE F64x16 add(F64x16 s, F32x16 x) {
  for (int i = 0; i < 4; ++i) {
    s.v[2 * i] = vaddq_f64(s.v[2 * i], vcvt_f64_f32(vget_low_f32(x.v[i])));
    s.v[2 * i + 1] = vaddq_f64(s.v[2 * i + 1], vcvt_high_f64_f32(x.v[i]));
  }
  return s;
}
#define MM_NARROW(i) vcvt_high_f32_f64(vcvt_f32_f64(s.v[2 * i]), s.v[2 * i + 1])
MM_INLINE F32x16 rounded(F64x16 s) { return MM_LANEWISE(MM_NARROW); }
MM_INLINE float total(F64x16 s) {
  for (int width = 4; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) s.v[i] = vaddq_f64(s.v[i], s.v[i + width]);
  }
  return static_cast<float>(vpaddd_f64(s.v[0]));
}

constexpr int kTransposeBlock = 4;
// to[c * toRow + r] = from[r * fromRow + c] for r, c < kTransposeBlock
MM_INLINE void transposeBlock(const float* from, int64_t fromRow, float* to, int64_t toRow) {
  const float32x4x2_t top = vtrnq_f32(vld1q_f32(from), vld1q_f32(from + fromRow));
  const float32x4x2_t low = vtrnq_f32(vld1q_f32(from + 2 * fromRow), vld1q_f32(from + 3 * fromRow));
  for (int i = 0; i < 2; ++i) {
    vst1q_f32(to + i * toRow, vcombine_f32(vget_low_f32(top.val[i]), vget_low_f32(low.val[i])));
    vst1q_f32(to + (i + 2) * toRow,
              vcombine_f32(vget_high_f32(top.val[i]), vget_high_f32(low.val[i])));
  }
}
