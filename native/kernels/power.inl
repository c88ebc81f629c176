// a to the power of b: lib/backend/reference/math/power.ts, operation by operation.

// The natural logarithm of x > 0 as a sum of two floats, the second far smaller than the first.
struct TwoFloats {
  F32x16 high;
  F32x16 low;
};

MM_INLINE TwoFloats preciseLog(F32x16 x) {
  const LogParts parts = logParts(x);
  const F32x16 f = parts.f, e = parts.e;
  // log(1 + f) = 2 (s + s^3/3 + s^5/5 + ...), s = f / (2 + f) = s + rest / d
  const F32x16 d = broadcast(2.0f) + f;
  const F32x16 dRest = f - (d - broadcast(2.0f));
  const F32x16 s = f / d;
  const F32x16 rest = fma(negative(s), dRest, fma(negative(s), d, f)) / d;
  const F32x16 z = s * s;
  F32x16 p = broadcast(0.18181818723678589f);
  p = fma(p, z, broadcast(0.2222222238779068f));
  p = fma(p, z, broadcast(0.2857142984867096f));
  p = fma(p, z, broadcast(0.4000000059604645f));
  p = fma(p, z, broadcast(0.6666666865348816f));
  const F32x16 tail = fma(s, z * p, rest + rest);
  const F32x16 first = e * broadcast(kLn2Hi);  // exact
  const F32x16 second = s + s;
  const F32x16 sum = first + second;
  const F32x16 error = second - (sum - first);  // exact: |first| > |second| or first is 0
  const F32x16 lower = error + fma(e, broadcast(-kLn2Lo), tail);
  const F32x16 high = sum + lower;
  return {high, lower - (high - sum)};
}

// exp(high + low) for |low| far below 1.
MM_INLINE F32x16 expOfSum(F32x16 high, F32x16 low) {
  const F32x16 x = atMost(atLeast(high, broadcast(-104.0f)), broadcast(89.0f));
  ExpArgument argument = expArgument(x);
  argument.r = argument.r + select(x == high, low, zero());
  const ExpParts e = expParts(argument);
  return timesPowerOfTwo(e.p + broadcast(1.0f), e);
}

MM_INLINE M16 isWhole(F32x16 x) {
  const F32x16 a = magnitude(x);
  const F32x16 rounder = broadcast(8388608.0f);  // 2^23, from where on all floats are whole
  const F32x16 rounded = (a + rounder) - rounder;
  return select(a < rounder, rounded, a) == a;
}

MM_INLINE F32x16 power(F32x16 a, F32x16 b) {
  const F32x16 one = broadcast(1.0f);
  const F32x16 infinity = broadcast(__builtin_inff());
  const F32x16 nan = broadcast(__builtin_nanf(""));
  const F32x16 x = magnitude(a);
  const TwoFloats l = preciseLog(x);
  const F32x16 high = b * l.high;
  const F32x16 low = fma(b, l.high, negative(high)) + b * l.low;
  F32x16 y = expOfSum(high, low);
  // Of 0 and infinity the logarithm is infinite; of 1 it is 0, whose product with infinity is not.
  y = select(x == zero(), select(b < zero(), infinity, zero()), y);
  y = select(x == infinity, select(b < zero(), zero(), infinity), y);
  y = select(x == one, one, y);
  y = select(isNaN(a) | isNaN(b), nan, y);
  // Below 0 only whole exponents have a power, odd ones a negative one; -0 has odd powers below 0.
  const M16 whole = isWhole(b);
  const F32x16 odd = select(isWhole(b * broadcast(0.5f)), zero(), select(whole, one, zero()));
  const M16 minus = value((bits(a) & broadcastInt(INT32_MIN)) | bits(one)) < zero();
  const F32x16 signedY = select(odd == one, negative(y), y);
  const F32x16 below = select(whole, signedY, select((x == zero()) | (x == infinity), y, nan));
  y = select(minus, below, y);
  return select((b == zero()) | (a == one), one, y);
}
