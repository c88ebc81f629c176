// out[i...] = op(a[i...]) and op(a[i...], b[i...]) over strided operands: an odometer over the
// outer dimensions, sixteen lanes over the last.

struct Neg {
  static MM_INLINE F32x16 of(F32x16 a) { return negative(a); }
};
struct Exp {
  static MM_INLINE F32x16 of(F32x16 a) { return exp(a); }
};
struct Log {
  static MM_INLINE F32x16 of(F32x16 a) { return log(a); }
};
struct Tanh {
  static MM_INLINE F32x16 of(F32x16 a) { return tanh(a); }
};
struct Sqrt {
  static MM_INLINE F32x16 of(F32x16 a) { return sqrt(a); }
};
struct ToFloat {
  static MM_INLINE F32x16 of(F32x16 a) { return toFloat(bits(a)); }
};

struct Abs {
  static MM_INLINE F32x16 of(F32x16 a) { return magnitude(a); }
};
struct Sign {
  static MM_INLINE F32x16 of(F32x16 a) {
    return select(a < zero(), broadcast(-1.0f), select(zero() < a, broadcast(1.0f), zero()));
  }
};
struct Relu {
  static MM_INLINE F32x16 of(F32x16 a) { return select(a < zero(), zero(), a); }
};
struct Sigmoid {
  static MM_INLINE F32x16 of(F32x16 a) { return sigmoid(a); }
};
struct Gelu {
  static MM_INLINE F32x16 of(F32x16 a) { return gelu(a); }
};
struct GeluTanh {
  static MM_INLINE F32x16 of(F32x16 a) { return geluTanh(a); }
};

struct Add {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return a + b; }
};
struct Sub {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return a - b; }
};
struct Mul {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return a * b; }
};
struct Div {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return a / b; }
};
struct Minimum {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return select((a < b) | isNaN(a), a, b); }
};
struct TanhBackward {
  static MM_INLINE F32x16 of(F32x16 g, F32x16 y) {
    return g * fma(negative(y), y, broadcast(1.0f));
  }
};

struct Maximum {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return select((b < a) | isNaN(a), a, b); }
};
struct ReluBackward {
  static MM_INLINE F32x16 of(F32x16 g, F32x16 y) {
    return select((y < zero()) | (y == zero()), zero(), g);
  }
};
struct SigmoidBackward {
  static MM_INLINE F32x16 of(F32x16 g, F32x16 y) { return (g * (broadcast(1.0f) - y)) * y; }
};
struct GeluBackward {
  static MM_INLINE F32x16 of(F32x16 g, F32x16 x) { return geluBackward(g, x); }
};
struct GeluTanhBackward {
  static MM_INLINE F32x16 of(F32x16 g, F32x16 x) { return geluTanhBackward(g, x); }
};
struct Pow {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return power(a, b); }
};
struct ShareOfLarger {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) {
    return select(a < b, zero(), select(a == b, broadcast(0.5f), broadcast(1.0f)));
  }
};
struct Gate {
  static MM_INLINE F32x16 of(F32x16 g, F32x16 w) { return select(w == zero(), zero(), g * w); }
};
// A mask of a comparison: the whole numbers 1 and 0.
MM_INLINE F32x16 oneWhere(M16 holds) { return select(holds, value(broadcastInt(1)), zero()); }

struct Equal {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return oneWhere(a == b); }
};
struct NotEqual {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) {
    return value(bits(oneWhere(a == b)) ^ broadcastInt(1));
  }
};
struct Less {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return oneWhere(a < b); }
};
struct LessEqual {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return oneWhere((a < b) | (a == b)); }
};

// Whole numbers, which wrap. The lanes of a comparison are 1 or 0.
MM_INLINE I32x16 signOf(I32x16 a) { return shiftRight<31>(a) & broadcastInt(1); }
MM_INLINE I32x16 differs(I32x16 a, I32x16 b) {
  const I32x16 d = a ^ b;
  return signOf(d | (broadcastInt(0) - d));
}
// The sign of a - b, but where the signs of a and b differ that of a: the difference may wrap.
MM_INLINE I32x16 isLess(I32x16 a, I32x16 b) {
  const I32x16 d = a - b;
  return signOf(d ^ ((a ^ b) & (d ^ a)));
}

struct IntAdd {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return value(bits(a) + bits(b)); }
};
struct IntSub {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return value(bits(a) - bits(b)); }
};
struct IntMul {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return value(bits(a) * bits(b)); }
};
struct IntEqual {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) {
    return value(differs(bits(a), bits(b)) ^ broadcastInt(1));
  }
};
struct IntNotEqual {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return value(differs(bits(a), bits(b))); }
};
struct IntLess {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return value(isLess(bits(a), bits(b))); }
};
struct IntLessEqual {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) {
    return value(isLess(bits(b), bits(a)) ^ broadcastInt(1));
  }
};
struct Keep {
  static MM_INLINE F32x16 of(F32x16 m, F32x16 a) {
    return value((broadcastInt(0) - bits(m)) & bits(a));
  }
};
struct Drop {
  static MM_INLINE F32x16 of(F32x16 m, F32x16 a) {
    return value((bits(m) - broadcastInt(1)) & bits(a));
  }
};
struct Or {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 b) { return value(bits(a) | bits(b)); }
};
struct FromEnd {
  static MM_INLINE F32x16 of(F32x16 a, F32x16 n) {
    return value(bits(a) + (shiftRight<31>(bits(a)) & bits(n)));
  }
};

// `count` <= 16 words from p, p + stride, ...
MM_INLINE F32x16 loadStrided(const float* p, int64_t stride, int64_t count) {
  if (stride == 0) return broadcast(*p);
  if (stride == 1) return count == 16 ? load(p) : loadTail(p, tailOf(count));
  float words[16] = {};
  for (int64_t i = 0; i < count; ++i) words[i] = p[i * stride];
  return load(words);
}

MM_INLINE void storeStrided(float* p, int64_t stride, int64_t count, F32x16 x) {
  if (stride == 1) {
    if (count == 16) {
      store(p, x);
    } else {
      storeTail(p, x, tailOf(count));
    }
    return;
  }
  float words[16];
  store(words, x);
  for (int64_t i = 0; i < count; ++i) p[i * stride] = words[i];
}

template <class Op>
void unaryRow(int64_t n, const float* a, int64_t aStride, float* out, int64_t outStride) {
  int64_t i = 0;
  if (aStride == 1 && outStride == 1) {
    for (; i + 16 <= n; i += 16) store(out + i, Op::of(load(a + i)));
  }
  for (; i < n; i += 16) {
    const int64_t count = n - i < 16 ? n - i : 16;
    storeStrided(out + i * outStride, outStride, count,
                 Op::of(loadStrided(a + i * aStride, aStride, count)));
  }
}

template <class Op>
void binaryRow(int64_t n, const float* a, int64_t aStride, const float* b, int64_t bStride,
               float* out, int64_t outStride) {
  int64_t i = 0;
  if (aStride == 1 && bStride == 1 && outStride == 1) {
    for (; i + 16 <= n; i += 16) store(out + i, Op::of(load(a + i), load(b + i)));
  }
  for (; i < n; i += 16) {
    const int64_t count = n - i < 16 ? n - i : 16;
    const F32x16 x = loadStrided(a + i * aStride, aStride, count);
    const F32x16 y = loadStrided(b + i * bStride, bStride, count);
    storeStrided(out + i * outStride, outStride, count, Op::of(x, y));
  }
}

// Steps the operands of `s` through the first `outer` dimensions. False at the end.
struct Odometer {
  int64_t index[kMaxRank] = {};

  MM_INLINE bool next(Strided& s, int outer) {
    for (int d = outer - 1; d >= 0; --d) {
      s.a += s.aStride[d];
      s.b += s.bStride[d];
      s.out += s.outStride[d];
      if (++index[d] < s.shape[d]) return true;
      s.a -= s.aStride[d] * s.shape[d];
      s.b -= s.bStride[d] * s.shape[d];
      s.out -= s.outStride[d] * s.shape[d];
      index[d] = 0;
    }
    return false;
  }
};

template <class Op>
void unary(const Strided& given) {
  if (given.rank == 1)
    return unaryRow<Op>(given.shape[0], given.a, given.aStride[0], given.out, given.outStride[0]);
  Strided s = given;
  Odometer odometer;
  const int last = s.rank - 1;
  do {
    unaryRow<Op>(s.shape[last], s.a, s.aStride[last], s.out, s.outStride[last]);
  } while (odometer.next(s, last));
}

template <class Op>
void binary(const Strided& given) {
  if (given.rank == 1) {
    return binaryRow<Op>(given.shape[0], given.a, given.aStride[0], given.b, given.bStride[0],
                         given.out, given.outStride[0]);
  }
  Strided s = given;
  Odometer odometer;
  const int last = s.rank - 1;
  do {
    binaryRow<Op>(s.shape[last], s.a, s.aStride[last], s.b, s.bStride[last], s.out,
                  s.outStride[last]);
  } while (odometer.next(s, last));
}
