// The logistic function, GELU and their gradients: the formulas of lib/backend/reference/
// math/activations.ts, operation by operation.

MM_INLINE F32x16 negative(F32x16 x) { return value(bits(x) ^ broadcastInt(INT32_MIN)); }
MM_INLINE F32x16 magnitude(F32x16 x) { return value(bits(x) & broadcastInt(INT32_MAX)); }

MM_INLINE F32x16 sigmoid(F32x16 x) {
  const F32x16 one = broadcast(1.0f);
  return one / (one + exp(negative(x)));
}

// exp(-x * x / 2): the square's rounding error is multiplied in.
MM_INLINE F32x16 bell(F32x16 x) {
  const F32x16 square = x * x;
  const F32x16 rest = fma(x, x, negative(square));
  const F32x16 e = exp(square * broadcast(-0.5f));
  return fma(e, rest * broadcast(-0.5f), e);
}

// The share of the normal distribution below x, from |x| (at most 15) and bell(|x|).
MM_INLINE F32x16 normalBelow(F32x16 x, F32x16 a, F32x16 bellOfA) {
  const F32x16 one = broadcast(1.0f);
  const F32x16 t = one / fma(a, broadcast(0.24f), one);
  F32x16 q = broadcast(0.025518052279949188f);
  q = fma(q, t, broadcast(-0.12459004670381546f));
  q = fma(q, t, broadcast(0.20535892248153687f));
  q = fma(q, t, broadcast(-0.14409378170967102f));
  q = fma(q, t, broadcast(0.1412888467311859f));
  q = fma(q, t, broadcast(0.028251532465219498f));
  q = fma(q, t, broadcast(0.08772511780261993f));
  q = fma(q, t, broadcast(0.08894307911396027f));
  q = fma(q, t, broadcast(0.09585613757371902f));
  q = fma(q, t, broadcast(0.0957421287894249f));
  const F32x16 tail = (q * t) * bellOfA;
  return select(x < zero(), tail, one - tail);
}

MM_INLINE F32x16 gelu(F32x16 x) {
  const F32x16 a = atMost(magnitude(x), broadcast(15.0f));
  return x * normalBelow(x, a, bell(a));
}

MM_INLINE F32x16 geluBackward(F32x16 g, F32x16 x) {
  const F32x16 a = atMost(magnitude(x), broadcast(15.0f));
  const F32x16 b = bell(a);
  return g * fma(x, b * broadcast(0.3989422917366028f), normalBelow(x, a, b));
}

// 0.5 * (1 + tanh(u)) is the logistic function of 2u, here from -2u.
MM_INLINE F32x16 geluTanhShare(F32x16 x) {
  const F32x16 one = broadcast(1.0f);
  const F32x16 minus2u =
      x * fma(x * x, broadcast(-0.07135481387376785f), broadcast(-1.5957691669464111f));
  return one / (one + exp(minus2u));
}

MM_INLINE F32x16 geluTanh(F32x16 x) { return x * geluTanhShare(x); }

MM_INLINE F32x16 geluTanhBackward(F32x16 g, F32x16 x) {
  const F32x16 c = atMost(atLeast(x, broadcast(-20.0f)), broadcast(20.0f));
  const F32x16 s = geluTanhShare(c);
  const F32x16 slope = fma(c * c, broadcast(0.21406444907188416f), broadcast(1.5957691669464111f));
  return g * fma(x, (s * (broadcast(1.0f) - s)) * slope, s);
}
