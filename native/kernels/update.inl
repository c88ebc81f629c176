// Optimizer updates. Each is one operation on sixteen lanes of every operand; a tail is loaded,
// changed and stored by the same code.

struct Whole {
  MM_INLINE F32x16 get(const float* p) const { return load(p); }
  MM_INLINE void put(float* p, F32x16 x) const { store(p, x); }
};
struct Part {
  Tail tail;
  MM_INLINE F32x16 get(const float* p) const { return loadTail(p, tail); }
  MM_INLINE void put(float* p, F32x16 x) const { storeTail(p, x, tail); }
};

// update.at(access, i) for i = 0, 16, ... below n.
template <class Update>
MM_INLINE void forEachSixteen(int64_t n, const Update& update) {
  const int64_t whole = n & ~int64_t{15};
  for (int64_t i = 0; i < whole; i += 16) update.at(Whole{}, i);
  if (whole < n) update.at(Part{tailOf(n - whole)}, whole);
}

struct SgdUpdate {
  const Sgd& s;
  F32x16 minusRate;
  template <class Access>
  MM_INLINE void at(Access lanes, int64_t i) const {
    lanes.put(s.param + i, lanes.get(s.param + i) + minusRate * lanes.get(s.grad + i));
  }
};

struct SgdMomentumUpdate {
  const SgdMomentum& s;
  F32x16 minusRate, momentum, oneMinusDampening, weightDecay;
  template <class Access>
  MM_INLINE void at(Access lanes, int64_t i) const {
    const F32x16 p = lanes.get(s.param + i);
    const F32x16 g = fma(weightDecay, p, lanes.get(s.grad + i));
    if (s.buf == nullptr) {
      lanes.put(s.param + i, fma(minusRate, g, p));
      return;
    }
    const F32x16 b = fma(oneMinusDampening, g, momentum * lanes.get(s.buf + i));
    lanes.put(s.buf + i, b);
    lanes.put(s.param + i, fma(minusRate, s.nesterov ? fma(momentum, b, g) : b, p));
  }
};

struct AdamWUpdate {
  const AdamW& s;
  F32x16 decay, oneMinusBeta1, beta2, oneMinusBeta2, root, eps, minusStep;
  template <class Access>
  MM_INLINE void at(Access lanes, int64_t i) const {
    const F32x16 g = lanes.get(s.grad + i);
    const F32x16 before = lanes.get(s.avg + i);
    const F32x16 avg = fma(oneMinusBeta1, g - before, before);
    const F32x16 sq = lanes.get(s.sq + i) * beta2 + (oneMinusBeta2 * g) * g;
    lanes.put(s.avg + i, avg);
    lanes.put(s.sq + i, sq);
    lanes.put(s.param + i,
              lanes.get(s.param + i) * decay + (minusStep * avg) / (sqrt(sq) / root + eps));
  }
};

void sgd(const Sgd& s) { forEachSixteen(s.n, SgdUpdate{s, broadcast(-*s.rate)}); }

void sgdMomentum(const SgdMomentum& s) {
  const float* x = s.scalars;
  forEachSixteen(s.n, SgdMomentumUpdate{s, broadcast(x[0]), broadcast(x[1]), broadcast(x[2]),
                                        broadcast(x[3])});
}

void adamw(const AdamW& s) {
  const float* x = s.scalars;
  forEachSixteen(s.n,
                 AdamWUpdate{s, broadcast(x[0]), broadcast(x[1]), broadcast(x[2]), broadcast(x[3]),
                             broadcast(x[4]), broadcast(x[5]), broadcast(x[6])});
}
