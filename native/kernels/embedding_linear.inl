// The first layer over tokens, folded: each token that occurs at a position is multiplied once,
// however many examples have it there. native/run_embedding_linear.cc finds those tokens.

// Columns are added in blocks of vectors: that many chains side by side, in registers.
constexpr int kTokenVectors = kMaskedLoads ? 7 : 4;
// Examples whose outputs are in the first cache still when tanh is applied to them.
constexpr int64_t kTokenExamples = 32;

// One block of columns, for all examples: out (+)= the products of the example's tokens, in order
// of positions. `resume`: the sums of earlier positions are in `out`.
struct TokenAdd {
  const TokenRows* tokens;
  const int32_t* row;
  const float* products;
  int64_t n;
  bool resume;
  float* out;
  int64_t outRow;
  Tail tail;  // of the last vector
};

template <int kVectors, bool kHasTail>
void addProducts(const TokenAdd& t) {
  const int64_t positions = t.tokens->positions, pitch = t.tokens->pitch;
  const int32_t* row = t.row;
  float* out = t.out;
  for (int64_t i = 0; i < t.n; ++i, row += positions, out += t.outRow) {
    F32x16 sum[kVectors];
    const float* const first = t.resume ? out : t.products + row[0] * pitch;
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const bool masked = kHasTail && v == kVectors - 1;
      sum[v] = masked ? loadTail(first + 16 * v, t.tail) : load(first + 16 * v);
    }
    for (int64_t j = t.resume ? 0 : 1; j < positions; ++j) {
      const float* const product = t.products + row[j] * pitch;
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[v] = sum[v] + load(product + 16 * v);
    }
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      if (kHasTail && v == kVectors - 1) {
        storeTail(out + 16 * v, sum[v], t.tail);
      } else {
        store(out + 16 * v, sum[v]);
      }
    }
  }
}

// One block of columns, for all rows: sums = the blocked sums of their examples' gradients.
struct TokenSum {
  const TokenRows* tokens;
  const float* grad;
  int64_t gradRow;
  float* sums;
  Tail tail;  // of the last vector
};

// chain = the gradients of the examples from `from` to below `to` of the list, from 0
template <int kVectors, bool kHasTail>
MM_INLINE void chainGradients(const TokenSum& t, int64_t from, int64_t to,
                              F32x16 (&chain)[kVectors]) {
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) chain[v] = zero();
  for (int64_t q = from; q < to; ++q) {
    const float* const grad = t.grad + t.tokens->example[q] * t.gradRow;
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      const bool masked = kHasTail && v == kVectors - 1;
      chain[v] = chain[v] + (masked ? loadTail(grad + 16 * v, t.tail) : load(grad + 16 * v));
    }
  }
}

template <int kVectors>
MM_INLINE void addTo(float* sum, const F32x16 (&x)[kVectors], bool first) {
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) store(sum + 16 * v, first ? x[v] : load(sum + 16 * v) + x[v]);
}

template <int kVectors, bool kHasTail>
void sumGradients(const TokenSum& t) {
  const int64_t rows = t.tokens->base[t.tokens->positions];
  const int32_t* const start = t.tokens->start;
  float* sum = t.sums;
  // The columns beyond the last one are 0, or their neighbours': nothing reads them.
  for (int64_t r = 0; r < rows; ++r, sum += t.tokens->pitch) {
    F32x16 chain[kVectors];
    if (__builtin_expect(start[r + 1] - start[r] <= kSumBlock, true)) {
      chainGradients<kVectors, kHasTail>(t, start[r], start[r + 1], chain);
      addTo<kVectors>(sum, chain, true);
      continue;
    }
    for (int64_t g = start[r]; g < start[r + 1]; g += kSumGroup) {
      const int64_t end = start[r + 1] - g < kSumGroup ? start[r + 1] : g + kSumGroup;
      alignas(64) float group[16 * kVectors] = {};
      for (int64_t b = g; b < end; b += kSumBlock) {
        const int64_t last = end - b < kSumBlock ? end : b + kSumBlock;
        chainGradients<kVectors, kHasTail>(t, b, last, chain);
        addTo<kVectors>(group, chain, b == g);
      }
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) chain[v] = load(group + 16 * v);
      addTo<kVectors>(sum, chain, g == start[r]);
    }
  }
}

// f(column, vectors, whether the last one is partial) for blocks of at most `most` vectors, in even
// shares.
template <class Function>
MM_INLINE void forEachColumnBlock(int64_t cols, int64_t most, const Function& f) {
  const int64_t vectors = (cols + 15) / 16;
  const int64_t blocks = (vectors + most - 1) / most;
  int64_t from = 0;
  for (int64_t i = 0; i < blocks; ++i) {
    const int64_t to = vectors * (i + 1) / blocks;
    f(16 * from, to - from, to == vectors && cols % 16 != 0);
    from = to;
  }
}

template <int kVectors>
auto addProductsFor(int64_t vectors, bool partial) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return addProductsFor<kVectors - 1>(vectors, partial);
  }
  return partial ? addProducts<kVectors, true> : addProducts<kVectors, false>;
}
template <int kVectors>
auto sumGradientsFor(int64_t vectors, bool partial) {
  if constexpr (kVectors > 1) {
    if (vectors < kVectors) return sumGradientsFor<kVectors - 1>(vectors, partial);
  }
  return partial ? sumGradients<kVectors, true> : sumGradients<kVectors, false>;
}

void addTokenProducts(const TokenProducts& p) {
  const EmbeddingLinear& layer = *p.layer;
  const TokenRows& t = *p.tokens;
  const bool tanh =
      layer.activation == Activation::kTanh && t.first + t.positions == layer.positions;
  const Tail tail = tailOf(layer.cols & 15);
  for (int64_t i = p.from; i < p.to; i += kTokenExamples) {
    const int64_t n = p.to - i < kTokenExamples ? p.to - i : kTokenExamples;
    float* const out = layer.out + i * layer.cols;
    forEachColumnBlock(layer.cols, kTokenVectors,
                       [&](int64_t column, int64_t vectors, bool partial) {
                         addProductsFor<kTokenVectors>(
                             vectors, partial)({&t, t.row + i * t.positions, t.products + column, n,
                                                t.first > 0, out + column, layer.cols, tail});
                       });
    if (tanh) tanhRows(out, layer.cols, n, layer.cols);
  }
}

void sumTokenGradients(const TokenGradients& p) {
  const EmbeddingLinearBackward& layer = *p.layer;
  const TokenRows& t = *p.tokens;
  float* const sums = t.products + p.column;
  const Tail tail = tailOf(p.cols & 15);
  // A block of columns for all positions: its gradients, up to 1 MiB, stay in the second cache.
  const int64_t most = layer.n > 2048 ? 4 : kTokenVectors;
  forEachColumnBlock(p.cols, most, [&](int64_t column, int64_t vectors, bool partial) {
    sumGradientsFor<kTokenVectors>(
        vectors, partial)({&t, layer.grad + p.column + column, layer.cols, sums + column, tail});
  });
  if (layer.gradWeight == nullptr) return;
  for (int64_t j = 0; j < t.positions; ++j) {
    Gemm g = {};
    g.m = layer.width;
    g.n = p.cols;
    g.k = t.base[j + 1] - t.base[j];
    g.a = t.features + t.base[j] * layer.width;
    g.aRow = 1;
    g.aCol = layer.width;
    g.b = sums + t.base[j] * t.pitch;
    g.bRow = t.pitch;
    g.bCol = 1;
    g.out = layer.gradWeight + (t.first + j) * layer.width * layer.cols + p.column;
    g.outRow = layer.cols;
    gemm(g);
  }
}
