// softmax, log-softmax and cross-entropy with its gradient.
//
// Rows go in strips of sixteen, phase by phase: within a phase they are independent, so the
// latencies of one row's max, sum and division hide behind the others', and one `log` serves
// sixteen rows. Sums are taken by blocks of columns, each about its own maximum, so that
// linear_cross_entropy.inl, which never has a whole row, gets the same bits.

constexpr int kStripRows = 16;
// Where maxima begin: a block of -inf alone then sums to 0, not to NaN.
constexpr float kLowest = -3.4028234663852886e38f;

struct Strip {
  int rows;
  float largest[kStripRows] = {};  // m
  float sum[kStripRows] = {};      // S
};

struct Columns {
  int64_t count, whole;  // whole: those in full vectors
  Tail tail;
};

MM_INLINE Columns columns(int64_t count) {
  return {count, count & ~int64_t{15}, tailOf(count & 15)};
}
MM_INLINE int stripRows(int64_t row, int64_t rows) {
  return static_cast<int>(rows - row < kStripRows ? rows - row : kStripRows);
}

// m = the largest x of each row. NaN needs no care here: it makes every exp sum, so every output of
// its row, NaN.
MM_INLINE void rowMaxima(Strip& strip, const Columns& c, const float* x, int64_t pitch) {
  const F32x16 lowest = broadcast(kLowest);
  for (int r = 0; r < strip.rows; ++r, x += pitch) {
    F32x16 best = lowest;
    for (int64_t i = 0; i < c.whole; i += 16) best = atLeast(best, load(x + i));
    if (c.whole < c.count)
      best = atLeast(best, firstLanes(loadTail(x + c.whole, c.tail), c.tail, lowest));
    strip.largest[r] = largest(best);
  }
}

// S = the sixteen-lane sum of exp(x - m) of each row; the exponentials go to `out` unless it is
// null.
MM_INLINE void expSums(Strip& strip, const Columns& c, const float* x, int64_t pitch, float* out) {
  for (int r = 0; r < strip.rows; ++r, x += pitch) {
    const F32x16 m = broadcast(strip.largest[r]);
    F64x16 s = zeroSums();
    for (int64_t i = 0; i < c.whole; i += 16) {
      const F32x16 e = exp(load(x + i) - m);
      if (out != nullptr) store(out + i, e);
      s = add(s, e);
    }
    if (c.whole < c.count) {
      const F32x16 e = exp(loadTail(x + c.whole, c.tail) - m);
      if (out != nullptr) storeTail(out + c.whole, e, c.tail);
      s = add(s, firstLanes(e, c.tail, zero()));
    }
    strip.sum[r] = total(s);
    if (out != nullptr) out += pitch;
  }
}

// Sixteen rows' sums over blocks, each about the block's own maximum, put together about m: a
// sixteen-lane sum over the blocks.
struct BlockSums {
  double lane[16][kStripRows] = {};

  MM_INLINE void add(int64_t block, const float* blockMax, const float* blockSum, const float* m) {
    float part[kStripRows];
    store(part, load(blockSum) * exp(load(blockMax) - load(m)));
    for (int r = 0; r < kStripRows; ++r) lane[block & 15][r] += static_cast<double>(part[r]);
  }
  MM_INLINE void totals(float* out) {
    for (int half = 8; half > 0; half /= 2) {
      for (int l = 0; l < half; ++l) {
        for (int r = 0; r < kStripRows; ++r) lane[l][r] += lane[l + half][r];
      }
    }
    for (int r = 0; r < kStripRows; ++r) out[r] = static_cast<float>(lane[0][r]);
  }
};

// m and S of rows of more than one block.
void manyBlocks(Strip& strip, const float* x, int64_t cols) {
  BlockSums sums;
  for (int64_t block = 0, column = 0; column < cols; ++block, column += kSoftmaxBlock) {
    const Columns c = columns(cols - column < kSoftmaxBlock ? cols - column : kSoftmaxBlock);
    Strip part;
    part.rows = strip.rows;
    rowMaxima(part, c, x + column, cols);
    expSums(part, c, x + column, cols, nullptr);
    sums.add(block, part.largest, part.sum, strip.largest);
  }
  sums.totals(strip.sum);
}

// m and S of each row. kStored: the rows are one block, whose exponentials are stored in `out`
// unless it is null.
template <bool kStored>
MM_INLINE void rowSums(Strip& strip, const Columns& c, const float* x, float* out) {
  rowMaxima(strip, c, x, c.count);
  if (kStored) {
    expSums(strip, c, x, c.count, out);
  } else {
    manyBlocks(strip, x, c.count);
  }
}

template <bool kStored>
void softmaxRows(const Softmax& s) {
  const Columns c = columns(s.cols);
  for (int64_t row = 0; row < s.rows; row += kStripRows) {
    Strip strip;
    strip.rows = stripRows(row, s.rows);
    const float* x = s.a + row * s.cols;
    float* out = s.out + row * s.cols;
    rowSums<kStored>(strip, c, x, s.log ? nullptr : out);
    float logs[kStripRows];
    store(logs, log(load(strip.sum)));
    for (int r = 0; r < strip.rows; ++r, x += s.cols, out += s.cols) {
      const F32x16 m = broadcast(strip.largest[r]), l = broadcast(logs[r]),
                   d = broadcast(strip.sum[r]);
      for (int64_t i = 0; i < c.whole; i += 16) {
        store(out + i,
              s.log ? (load(x + i) - m) - l : (kStored ? load(out + i) : exp(load(x + i) - m)) / d);
      }
      if (c.whole == c.count) continue;
      const int64_t i = c.whole;
      const F32x16 y = loadTail(x + i, c.tail) - m;
      storeTail(out + i, s.log ? y - l : (kStored ? loadTail(out + i, c.tail) : exp(y)) / d,
                c.tail);
    }
  }
}

void softmax(const Softmax& s) {
  (s.cols <= kSoftmaxBlock ? softmaxRows<true> : softmaxRows<false>)(s);
}

template <bool kStored>
void crossEntropyRows(const CrossEntropy& c) {
  const F32x16 scale = broadcast(c.scale);
  const Columns all = columns(c.cols);
  for (int64_t row = 0; row < c.rows; row += kStripRows) {
    Strip strip;
    strip.rows = stripRows(row, c.rows);
    const float* x = c.logits + row * c.cols;
    float* grad = c.grad + row * c.cols;
    rowSums<kStored>(strip, all, x, grad);
    float logs[kStripRows];
    store(logs, log(load(strip.sum)));
    for (int r = 0; r < strip.rows; ++r, x += c.cols, grad += c.cols) {
      const int64_t target = c.targets[row + r];
      const float shifted = x[target] - strip.largest[r];
      c.loss[row + r] = logs[r] - shifted;
      const float atTarget =
          ((kStored ? grad[target] : expOf(shifted)) / strip.sum[r] - 1.0f) * c.scale;
      const F32x16 m = broadcast(strip.largest[r]), s = broadcast(strip.sum[r]);
      for (int64_t i = 0; i < all.whole; i += 16)
        store(grad + i, (kStored ? load(grad + i) : exp(load(x + i) - m)) / s * scale);
      if (all.whole < all.count) {
        const int64_t i = all.whole;
        storeTail(grad + i,
                  (kStored ? loadTail(grad + i, all.tail) : exp(loadTail(x + i, all.tail) - m)) /
                      s * scale,
                  all.tail);
      }
      grad[target] = atTarget;
    }
  }
}

void crossEntropy(const CrossEntropy& c) {
  (c.cols <= kSoftmaxBlock ? crossEntropyRows<true> : crossEntropyRows<false>)(c);
}
