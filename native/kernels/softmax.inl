// softmax, log-softmax and cross-entropy with its gradient, row by row.

// m = the largest x of the row. NaN needs no care here: it makes every exp sum, so every output of the row, NaN.
MM_INLINE F16 rowMax(const float* x, int64_t n) {
  const F16 lowest = broadcast(-__builtin_inff());
  const int64_t whole = n & ~int64_t{15};
  F16 best = lowest;
  for (int64_t i = 0; i < whole; i += 16) best = atLeast(best, load(x + i));
  if (whole < n) {
    const Tail tail = tailOf(n - whole);
    best = atLeast(best, firstLanes(loadTail(x + whole, tail), tail, lowest));
  }
  float lane[16];
  store(lane, best);
  for (int width = 8; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lane[l] = lane[l + width] > lane[l] ? lane[l + width] : lane[l];
  }
  return broadcast(lane[0]);
}

// S = the sixteen-lane sum of exp(x - m); the exponentials are also stored when `out` is not null.
MM_INLINE float expSum(const float* x, int64_t n, F16 m, float* out) {
  const int64_t whole = n & ~int64_t{15};
  D16 s = zeroSums();
  for (int64_t i = 0; i < whole; i += 16) {
    const F16 e = exp(load(x + i) - m);
    if (out != nullptr) store(out + i, e);
    s = add(s, e);
  }
  if (whole < n) {
    const Tail tail = tailOf(n - whole);
    const F16 e = exp(loadTail(x + whole, tail) - m);
    if (out != nullptr) storeTail(out + whole, e, tail);
    s = add(s, firstLanes(e, tail, zero()));
  }
  return total(s);
}

void softmax(const Softmax& s) {
  const int64_t n = s.cols;
  const int64_t whole = n & ~int64_t{15};
  const Tail tail = tailOf(n - whole);
  for (int64_t r = 0; r < s.rows; ++r) {
    const float* x = s.a + r * n;
    float* out = s.out + r * n;
    const F16 m = rowMax(x, n);
    if (s.log) {
      const F16 l = log(broadcast(expSum(x, n, m, nullptr)));
      for (int64_t i = 0; i < whole; i += 16) store(out + i, (load(x + i) - m) - l);
      if (whole < n) storeTail(out + whole, (loadTail(x + whole, tail) - m) - l, tail);
    } else {
      const F16 d = broadcast(expSum(x, n, m, out));
      for (int64_t i = 0; i < whole; i += 16) store(out + i, load(out + i) / d);
      if (whole < n) storeTail(out + whole, loadTail(out + whole, tail) / d, tail);
    }
  }
}

void crossEntropy(const CrossEntropy& c) {
  const int64_t n = c.cols;
  const int64_t whole = n & ~int64_t{15};
  const Tail tail = tailOf(n - whole);
  const F16 scale = broadcast(c.scale);
  for (int64_t r = 0; r < c.rows; ++r) {
    const float* x = c.logits + r * n;
    float* grad = c.grad + r * n;
    const int64_t target = c.targets[r];
    const F16 m = rowMax(x, n);
    const float shifted = x[target] - first(m);
    const F16 s = broadcast(expSum(x, n, m, grad));
    c.loss[r] = first(log(s)) - shifted;
    const float expected = (grad[target] / first(s) - 1.0f) * c.scale;
    for (int64_t i = 0; i < whole; i += 16) store(grad + i, load(grad + i) / s * scale);
    if (whole < n) storeTail(grad + whole, loadTail(grad + whole, tail) / s * scale, tail);
    grad[target] = expected;
  }
}
