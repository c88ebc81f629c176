// softmax, log-softmax and cross-entropy with its gradient.
//
// Rows go in groups of sixteen, phase by phase: within a phase they are independent, so the latencies of one row's max, sum and division
// hide behind the others', and one `log` serves sixteen rows.

constexpr int kGroup = 16;

struct RowGroup {
  int64_t cols, whole;  // whole: the columns in full vectors
  Tail tail;
  int rows;
  float largest[kGroup];   // m
  float sum[kGroup] = {};  // S
};

// m = the largest x of each row. NaN needs no care here: it makes every exp sum, so every output of its row, NaN.
MM_INLINE void rowMaxima(RowGroup& g, const float* x) {
  const F16 lowest = broadcast(-__builtin_inff());
  for (int r = 0; r < g.rows; ++r, x += g.cols) {
    F16 best = lowest;
    for (int64_t i = 0; i < g.whole; i += 16) best = atLeast(best, load(x + i));
    if (g.whole < g.cols) best = atLeast(best, firstLanes(loadTail(x + g.whole, g.tail), g.tail, lowest));
    g.largest[r] = largest(best);
  }
}

// S = the sixteen-lane sum of exp(x - m) of each row; the exponentials go to `out` unless it is null.
MM_INLINE void expSums(RowGroup& g, const float* x, float* out) {
  for (int r = 0; r < g.rows; ++r, x += g.cols) {
    const F16 m = broadcast(g.largest[r]);
    D16 s = zeroSums();
    for (int64_t i = 0; i < g.whole; i += 16) {
      const F16 e = exp(load(x + i) - m);
      if (out != nullptr) store(out + i, e);
      s = add(s, e);
    }
    if (g.whole < g.cols) {
      const F16 e = exp(loadTail(x + g.whole, g.tail) - m);
      if (out != nullptr) storeTail(out + g.whole, e, g.tail);
      s = add(s, firstLanes(e, g.tail, zero()));
    }
    g.sum[r] = total(s);
    if (out != nullptr) out += g.cols;
  }
}

MM_INLINE RowGroup groupAt(int64_t row, int64_t rows, int64_t cols) {
  RowGroup g;
  g.cols = cols;
  g.whole = cols & ~int64_t{15};
  g.tail = tailOf(cols - g.whole);
  g.rows = static_cast<int>(rows - row < kGroup ? rows - row : kGroup);
  return g;
}

void softmax(const Softmax& s) {
  for (int64_t row = 0; row < s.rows; row += kGroup) {
    RowGroup g = groupAt(row, s.rows, s.cols);
    const float* x = s.a + row * s.cols;
    float* out = s.out + row * s.cols;
    rowMaxima(g, x);
    expSums(g, x, s.log ? nullptr : out);
    float logs[kGroup];
    store(logs, log(load(g.sum)));
    for (int r = 0; r < g.rows; ++r, x += g.cols, out += g.cols) {
      const F16 m = broadcast(g.largest[r]), l = broadcast(logs[r]), d = broadcast(g.sum[r]);
      for (int64_t i = 0; i < g.whole; i += 16) store(out + i, s.log ? (load(x + i) - m) - l : load(out + i) / d);
      if (g.whole == g.cols) continue;
      const int64_t i = g.whole;
      storeTail(out + i, s.log ? (loadTail(x + i, g.tail) - m) - l : loadTail(out + i, g.tail) / d, g.tail);
    }
  }
}

void crossEntropy(const CrossEntropy& c) {
  const F16 scale = broadcast(c.scale);
  for (int64_t row = 0; row < c.rows; row += kGroup) {
    RowGroup g = groupAt(row, c.rows, c.cols);
    const float* x = c.logits + row * c.cols;
    float* grad = c.grad + row * c.cols;
    rowMaxima(g, x);
    expSums(g, x, grad);
    float logs[kGroup];
    store(logs, log(load(g.sum)));
    for (int r = 0; r < g.rows; ++r, x += g.cols, grad += g.cols) {
      const int64_t target = c.targets[row + r];
      c.loss[row + r] = logs[r] - (x[target] - g.largest[r]);
      const float atTarget = (grad[target] / g.sum[r] - 1.0f) * c.scale;
      const F16 s = broadcast(g.sum[r]);
      for (int64_t i = 0; i < g.whole; i += 16) store(grad + i, load(grad + i) / s * scale);
      if (g.whole < g.cols) storeTail(grad + g.whole, loadTail(grad + g.whole, g.tail) / s * scale, g.tail);
      grad[target] = atTarget;
    }
  }
}
