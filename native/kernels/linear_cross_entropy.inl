// Cross-entropy of x * weight + bias in tiles of the vocabulary: a tile's logits live in the cache,
// are used and forgotten, and are computed again for the gradient. That is a third more
// multiplications than keeping them, and yet quicker: [256, 16383] logits are 17 MB.
//
// A tile is as wide as a block of the softmax's sums and holds whole blocks of the products' sums,
// which go on from tile to tile (Gemm::before): the results are those of gemm, crossEntropy and
// sum, bit for bit.

// The logits of the tile's rows from the `skip`-th on.
void tileLogits(const LossTile& t, int64_t skip) {
  const LinearLoss& l = *t.loss;
  Gemm g = {};
  g.m = t.rows - skip;
  g.n = t.cols;
  g.k = l.inner;
  g.a = l.x + (t.row + skip) * l.inner;
  g.aRow = l.inner;
  g.aCol = 1;
  g.b = l.weight + t.column;
  g.bRow = l.cols;
  g.bCol = 1;
  g.bias = l.bias + t.column;
  g.out = t.z + skip * kTilePitch;
  g.outRow = kTilePitch;
  gemm(g);
}

// gradWeight has a place for the logits of the first `inner` rows until its own numbers come: those
// need no second product. How many of these rows are in a tile; the backward pass, whose tiles may
// be larger or smaller, finds those of its first tile only.
MM_INLINE int64_t keptRows(const LossTile& t) {
  const int64_t left = t.loss->kept ? t.loss->inner - t.row : 0;
  return left < 0 ? 0 : left < t.rows ? left : t.rows;
}

void lossTile(const LossTile& t) {
  const LinearLoss& l = *t.loss;
  const Columns c = columns(t.cols);
  tileLogits(t, 0);
  for (int64_t r = 0; r < keptRows(t); ++r)
    copyRow(t.cols, t.z + r * kTilePitch, 1, l.gradWeight + (t.row + r) * l.cols + t.column, 1);
  for (int64_t row = 0; row < t.rows; row += kStripRows) {
    Strip strip;
    strip.rows = stripRows(row, t.rows);
    const float* z = t.z + row * kTilePitch;
    rowMaxima(strip, c, z, kTilePitch);
    expSums(strip, c, z, kTilePitch, nullptr);
    store(t.blockMax + t.row + row, load(strip.largest));
    store(t.blockSum + t.row + row, load(strip.sum));
    for (int r = 0; r < strip.rows; ++r, z += kTilePitch) {
      const int64_t i = t.row + row + r, target = l.targets[i] - l.first - t.column;
      if (target >= 0 && target < t.cols) t.targetLogit[i] = z[target];  // for lossRows
    }
  }
}

void lossRows(const LossRows& s) {
  const LinearLoss& l = *s.loss;
  for (int64_t row = 0; row < l.rows; row += kStripRows) {
    Strip strip;
    strip.rows = stripRows(row, l.rows);
    const float* blockMax = s.blockMax + row;
    const float* blockSum = s.blockSum + row;
    F32x16 m = broadcast(kLowest);
    for (int64_t b = 0; b < s.blocks; ++b) m = atLeast(m, load(blockMax + b * s.pitch));
    store(strip.largest, m);
    store(strip.sum, load(blockSum));
    if (s.blocks > 1) {
      BlockSums sums;
      for (int64_t b = 0; b < s.blocks; ++b)
        sums.add(b, blockMax + b * s.pitch, blockSum + b * s.pitch, strip.largest);
      sums.totals(strip.sum);
    }
    float logs[kStripRows];
    store(logs, log(load(strip.sum)));
    for (int r = 0; r < strip.rows; ++r) {
      float& loss = l.loss[row + r];
      loss = logs[r] - (loss - strip.largest[r]);
      l.stats[row + r] = strip.largest[r];
      l.stats[l.rows + row + r] = strip.sum[r];
    }
  }
}

// One row's gradient of the logits.
MM_INLINE void gradientRow(const LossTile& t, const Columns& c, int64_t row, const float* logits,
                           float* out) {
  const LinearLoss& l = *t.loss;
  const int64_t i = t.row + row, target = l.targets[i] - l.first - t.column;
  const F32x16 m = broadcast(l.stats[i]), s = broadcast(l.stats[l.rows + i]);
  const F32x16 scale = broadcast(l.scale), up = broadcast(l.upstream[i * l.upstreamStride]);
  const bool here = target >= 0 && target < t.cols;
  const F32x16 atTarget =
      here ? (exp(broadcast(logits[target]) - m) / s - broadcast(1.0f)) * scale * up : zero();
  for (int64_t j = 0; j < c.whole; j += 16)
    store(out + j, exp(load(logits + j) - m) / s * scale * up);
  if (c.whole < c.count)
    storeTail(out + c.whole, exp(loadTail(logits + c.whole, c.tail) - m) / s * scale * up, c.tail);
  if (here) storeTail(out + target, atTarget, tailOf(1));
}

// z becomes the gradient of the logits, and its columns are added to biasSums: by eight rows, so
// that a sum is not in memory for each.
void gradientRows(const LossTile& t, const Columns& c) {
  const LinearLoss& l = *t.loss;
  const int64_t kept = t.row > 0 ? 0 : keptRows(t);
  constexpr int64_t kRows = 8;
  for (int64_t row = 0; row < t.rows; row += kRows) {
    const int64_t rows = t.rows - row < kRows ? t.rows - row : kRows;
    float* z = t.z + row * kTilePitch;
    for (int64_t r = 0; r < rows; ++r) {
      float* out = z + r * kTilePitch;
      gradientRow(t, c, row + r,
                  row + r < kept ? l.gradWeight + (row + r) * l.cols + t.column : out, out);
    }
    for (int64_t j = 0; j < c.count; j += 16) {
      F64x16 sum;
      __builtin_memcpy(&sum, t.biasSums + j, sizeof sum);
      for (int64_t r = 0; r < rows; ++r)
        sum = add(sum, j < c.whole ? load(z + r * kTilePitch + j)
                                   : loadTail(z + r * kTilePitch + j, c.tail));
      __builtin_memcpy(t.biasSums + j, &sum, sizeof sum);
    }
  }
}

void lossGradientTile(const LossTile& t) {
  const LinearLoss& l = *t.loss;
  const Columns c = columns(t.cols);
  tileLogits(t, t.row > 0 ? 0 : keptRows(t));
  if (t.row == 0) {
    for (int64_t j = 0; j < kSoftmaxBlock; ++j) t.biasSums[j] = 0.0;
  }
  gradientRows(t, c);
  if (t.row + t.rows == l.rows) {
    for (int64_t j = 0; j < t.cols; ++j)
      l.gradBias[t.column + j] = static_cast<float>(t.biasSums[j]);
  }
  Gemm g = {};
  g.m = l.inner;
  g.n = t.cols;
  g.k = t.rows;
  g.a = l.x + t.row * l.inner;
  g.aRow = 1;
  g.aCol = l.inner;
  g.b = t.z;
  g.bRow = kTilePitch;
  g.bCol = 1;
  g.out = l.gradWeight + t.column;
  g.outRow = l.cols;
  g.before = t.row;
  g.more = t.row + t.rows < l.rows;
  g.group = t.weightGroup;
  g.groupRow = kSoftmaxBlock;
  gemm(g);
}
