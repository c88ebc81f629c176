// exp, tanh and log of sixteen lanes: the polynomials of lib/backend/reference/math/float32.ts,
// operation by operation.

constexpr float kLn2Hi = 0.693359375f;
constexpr float kLn2Lo = 2.1219444170128554e-4f;
constexpr float kLog2E = 1.4426950216293335f;
// 1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits of the sum.
constexpr float kRound = 12582912.0f;

// x = n * ln(2) + r, |r| <= ln(2)/2.
struct ExpArgument {
  F32x16 r;
  F32x16 n;     // whole
  I32x16 word;  // the same as an integer
};

MM_INLINE ExpArgument expArgument(F32x16 x) {
  const F32x16 t = fma(x, broadcast(kLog2E), broadcast(kRound));
  const F32x16 n = t - broadcast(kRound);
  F32x16 r = fma(n, broadcast(-kLn2Hi), x);
  r = fma(n, broadcast(kLn2Lo), r);
  return {r, n, bits(t) - bits(broadcast(kRound))};
}

// exp(x) = 2^n * (1 + p).
struct ExpParts {
  F32x16 p;
  F32x16 n;
  I32x16 word;
};

MM_INLINE ExpParts expParts(const ExpArgument& x) {
  const F32x16 r = x.r;
  F32x16 q = broadcast(0.0013814459089189768f);
  q = fma(q, r, broadcast(0.00836878176778555f));
  q = fma(q, r, broadcast(0.04166839271783829f));
  q = fma(q, r, broadcast(0.1666651964187622f));
  q = fma(q, r, broadcast(0.4999999403953552f));
  return {fma(q, r * r, r), x.n, x.word};
}

MM_INLINE F32x16 powerOfTwo(I32x16 n) { return value(shiftLeft<23>(n + broadcastInt(127))); }

// y * 2^n, rounded once.
MM_INLINE F32x16 timesPowerOfTwo(F32x16 y, const ExpParts& e) {
#if defined(MM_SCALE)
  return MM_SCALE(y, e.n);
#else
  // 2^n alone is not a normal number for n = 128 or n < -126; two halves are, and the first product
  // is exact.
  const I32x16 half = shiftRight<1>(e.word);
  return (y * powerOfTwo(half)) * powerOfTwo(e.word - half);
#endif
}

MM_INLINE F32x16 exp(F32x16 x) {
  const F32x16 clamped = atMost(atLeast(x, broadcast(-104.0f)), broadcast(89.0f));
  const ExpParts e = expParts(expArgument(clamped));
  return timesPowerOfTwo(e.p + broadcast(1.0f), e);
}

MM_INLINE float expOf(float x) {
  float lane[16];
  store(lane, exp(broadcast(x)));
  return lane[0];
}

MM_INLINE F32x16 tanh(F32x16 x) {
  const I32x16 sign = bits(x) & broadcastInt(INT32_MIN);
  const F32x16 a = atMost(value(bits(x) ^ sign), broadcast(10.0f));
  const ExpParts e = expParts(expArgument(a + a));
  const F32x16 s = powerOfTwo(e.word);
  const F32x16 expm1 = fma(e.p, s, s - broadcast(1.0f));
  return value(bits(expm1 / (expm1 + broadcast(2.0f))) | sign);
}

// x = (1 + f) * 2^e, with 1 + f from sqrt(0.5) to sqrt(2), for x > 0.
struct LogParts {
  F32x16 f;
  F32x16 e;  // whole
};

MM_INLINE LogParts logParts(F32x16 x) {
  const M16 subnormal = x < broadcast(1.17549435e-38f);
  const F32x16 scaled = select(subnormal, x * broadcast(8388608.0f), x);
  const I32x16 word = bits(scaled);
  // x = m * 2^e with m in [0.5, 1): the exponent field less 126.
  F32x16 e = toFloat((shiftRight<23>(word) & broadcastInt(255)) - broadcastInt(126));
  e = e - select(subnormal, broadcast(23.0f), zero());
  const F32x16 m = value((word & broadcastInt(0x007fffff)) | bits(broadcast(0.5f)));
  const M16 small = m < broadcast(0.70710677f);
  e = e - select(small, broadcast(1.0f), zero());
  return {select(small, m + m, m) - broadcast(1.0f), e};
}

MM_INLINE F32x16 log(F32x16 x) {
  const LogParts parts = logParts(x);
  const F32x16 f = parts.f, e = parts.e;
  const F32x16 z = f * f;
  F32x16 p = broadcast(0.06746508926153183f);
  p = fma(p, f, broadcast(-0.11675648391246796f));
  p = fma(p, f, broadcast(0.11888221651315689f));
  p = fma(p, f, broadcast(-0.12405593693256378f));
  p = fma(p, f, broadcast(0.1421954482793808f));
  p = fma(p, f, broadcast(-0.16667994856834412f));
  p = fma(p, f, broadcast(0.2000211924314499f));
  p = fma(p, f, broadcast(-0.25000008940696716f));
  p = fma(p, f, broadcast(0.3333331346511841f));
  p = (p * f) * z;
  p = fma(e, broadcast(-kLn2Lo), p);
  p = fma(z, broadcast(-0.5f), p);
  p = p + f;
  F32x16 y = fma(e, broadcast(kLn2Hi), p);
  const F32x16 infinity = broadcast(__builtin_inff());
  y = select(x == infinity, x, y);
  y = select(x == zero(), broadcast(-__builtin_inff()), y);
  y = select(x < zero(), broadcast(__builtin_nanf("")), y);
  return select(isNaN(x), x, y);
}
