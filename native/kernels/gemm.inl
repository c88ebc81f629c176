// out = act(A * B + bias) with one fused chain over k per output, in order.
//
// Register tiles of kGemmRows x kGemmVectors * 16 outputs: A is read by scalar broadcast with any
// strides, a column block of B either in place (adjacent columns) or from a packed panel on the
// stack. Between blocks of k the chain rests in `out` as float, which is what it is in the
// register: blocking, packing and the split of m and n change no bit.

// Panel: 256 x 48 floats = 48 KiB on AVX-512, 16 KiB elsewhere; the tile's loads of B stay in L1/L2
// and A's block of k in L2.
constexpr int64_t kPanelDepth = 256;
constexpr int kPanelWidth = kGemmVectors * 16;
// Packing B costs about 6 cycles per row of the panel; the tiles above it spend kGemmRows *
// kGemmVectors cycles on that row each. From 8 tiles on it is under 3 % and pays by unit-stride,
// TLB-friendly loads.
constexpr int64_t kPackFromTiles = 8;

struct Tile {
  int64_t k;
  const float* a;
  int64_t aRow, aCol;
  const float* b;
  int64_t bRow;
  float* out;
  int64_t outRow;
  const float* bias;  // null: none, or not the last block of k
  const float* y;     // likewise; laid out as out
  bool resume;        // the chains go on from what is in `out`
  Tail tail;          // of the last vector
};

template <int kRows, int kVectors, bool kHasTail, bool kMaskB>
void tile(const Tile& t) {
  F32x16 acc[kRows][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) {
      const float* from = t.out + i * t.outRow + 16 * j;
      acc[i][j] = !t.resume                       ? zero()
                  : kHasTail && j == kVectors - 1 ? loadTail(from, t.tail)
                                                  : load(from);
    }
  }
  if (t.y != nullptr) {  // on its way while the chains run
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kVectors; ++j) __builtin_prefetch(t.y + i * t.outRow + 16 * j);
    }
  }
  const float* a = t.a;
  const float* b = t.b;
  const int64_t aRow = t.aRow, aCol = t.aCol, bRow = t.bRow;
  const Tail tail = t.tail;
  for (int64_t p = 0; p < t.k; ++p) {
    F32x16 row[kVectors];
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j)
      row[j] = kMaskB && j == kVectors - 1 ? loadTail(b + 16 * j, tail) : load(b + 16 * j);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      const F32x16 x = broadcast(a[i * aRow]);
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; ++j) acc[i][j] = fma(x, row[j], acc[i][j]);
    }
    a += aCol;
    b += bRow;
  }
#pragma GCC unroll 4
  for (int j = 0; j < kVectors; ++j) {
    const bool last = kHasTail && j == kVectors - 1;
    if (t.bias != nullptr) {
      const F32x16 bias = last ? loadTail(t.bias + 16 * j, tail) : load(t.bias + 16 * j);
#pragma GCC unroll 8
      for (int i = 0; i < kRows; ++i) acc[i][j] = acc[i][j] + bias;
    }
    if (t.y != nullptr) {
#pragma GCC unroll 8
      for (int i = 0; i < kRows; ++i) {
        const float* from = t.y + i * t.outRow + 16 * j;
        acc[i][j] = TanhBackward::of(acc[i][j], last ? loadTail(from, tail) : load(from));
      }
    }
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      float* to = t.out + i * t.outRow + 16 * j;
      if (last) {
        storeTail(to, acc[i][j], tail);
      } else {
        store(to, acc[i][j]);
      }
    }
  }
}

using TileFunction = void (*)(const Tile&);
enum class Edge {
  kNone,
  kStoreOnly,
  kLoadAndStore
};  // which accesses of a block with a partial last vector need the mask

template <int kRows, int kVectors>
MM_INLINE TileFunction tileFor(Edge edge) {
  switch (edge) {
    case Edge::kNone:
      return tile<kRows, kVectors, false, false>;
    case Edge::kStoreOnly:
      return tile<kRows, kVectors, true, false>;
    default:
      return tile<kRows, kVectors, true, kMaskedLoads>;
  }
}

template <int kRows>
TileFunction findTile(int64_t rows, int64_t vectors, Edge edge) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return findTile<kRows - 1>(rows, vectors, edge);
  }
  if constexpr (kGemmVectors >= 3) {
    if (vectors == 3) return tileFor<kRows, 3>(edge);
  }
  if constexpr (kGemmVectors >= 2) {
    if (vectors == 2) return tileFor<kRows, 2>(edge);
  }
  return tileFor<kRows, 1>(edge);
}

// panel[p * kPanelWidth + j] = b[p * bRow + j * bCol] for p < k, j < n; the rest of the last vector
// is zero.
void packPanel(const float* b, int64_t bRow, int64_t bCol, int64_t k, int64_t n, float* panel) {
  const int64_t whole = n & ~int64_t{15};
  const Tail tail = tailOf(n - whole);
  if (bCol == 1) {
    for (int64_t p = 0; p < k; ++p) {
      for (int64_t j = 0; j < whole; j += 16)
        store(panel + p * kPanelWidth + j, load(b + p * bRow + j));
      if (whole < n) store(panel + p * kPanelWidth + whole, loadTail(b + p * bRow + whole, tail));
    }
    return;
  }
  if (whole < n) {
    for (int64_t p = 0; p < k; ++p) store(panel + p * kPanelWidth + whole, zero());
  }
  if (bRow == 1) {
    transpose(k, n, b, bCol, panel, kPanelWidth);
    return;
  }
  for (int64_t p = 0; p < k; ++p) {
    for (int64_t j = 0; j < n; ++j) panel[p * kPanelWidth + j] = b[p * bRow + j * bCol];
  }
}

// Here rather than in the tile: 24 inlined tanh per tile would be 50 times its code, and the
// outputs are still in L1.
void tanhRows(float* out, int64_t outRow, int64_t rows, int64_t n) {
  const int64_t whole = n & ~int64_t{15};
  const Tail tail = tailOf(n - whole);
  for (int64_t i = 0; i < rows; ++i, out += outRow) {
    for (int64_t j = 0; j < whole; j += 16) store(out + j, tanh(load(out + j)));
    if (whole < n) storeTail(out + whole, tanh(loadTail(out + whole, tail)), tail);
  }
}

// One column block (at most a tile wide) over every row. `panel` holds `panelDepth` rows of it.
void gemmColumns(const Gemm& g, int64_t column, int64_t n, bool pack, float* panel,
                 int64_t panelDepth) {
  const int64_t vectors = (n + 15) / 16;
  const int64_t rest = n - (vectors - 1) * 16;
  const int64_t tiles = (g.m + kGemmRows - 1) / kGemmRows;
  const Edge edge = rest == 16 ? Edge::kNone : pack ? Edge::kStoreOnly : Edge::kLoadAndStore;
  const int64_t depth = pack ? panelDepth : g.k;
  const bool activate = g.activation == Activation::kTanh;
  const float* bias = g.bias == nullptr ? nullptr : g.bias + column;
  int64_t p = 0;
  do {  // once also for k = 0, whose chain is 0
    const int64_t k = g.k - p < depth ? g.k - p : depth;
    const bool last = p + k == g.k;
    const float* b = g.b + p * g.bRow + column * g.bCol;
    if (pack) packPanel(b, g.bRow, g.bCol, k, n, panel);
    Tile t = {k,
              g.a + p * g.aCol,
              g.aRow,
              g.aCol,
              pack ? panel : b,
              pack ? kPanelWidth : g.bRow,
              g.out + column,
              g.outRow,
              last ? bias : nullptr,
              nullptr,
              g.resume || p > 0,
              tailOf(rest)};
    int64_t row = 0;
    for (int64_t i = 0; i < tiles; ++i) {
      // Even shares: 9 rows are 5 + 4, not 8 + 1.
      const int64_t rows = g.m * (i + 1) / tiles - row;
      t.a = g.a + p * g.aCol + row * g.aRow;
      t.out = g.out + column + row * g.outRow;
      if (last && g.y != nullptr) t.y = g.y + column + row * g.outRow;
      findTile<kGemmRows>(rows, vectors, edge)(t);
      if (last && activate) tanhRows(t.out, g.outRow, rows, n);
      row += rows;
    }
    p += k;
  } while (p < g.k);
}

// `panel`: kPanelWidth * panelDepth words, 64-byte aligned.
void gemmPanels(const Gemm& g, float* panel, int64_t panelDepth) {
  const int64_t vectors = (g.n + 15) / 16;
  const int64_t blocks = (vectors + kGemmVectors - 1) / kGemmVectors;
  const bool partial = g.n % 16 != 0;
  const bool many = g.m >= kPackFromTiles * kGemmRows;
  int64_t from = 0;
  for (int64_t i = 0; i < blocks; ++i) {
    const int64_t to = vectors * (i + 1) / blocks;
    const int64_t column = from * 16;
    const int64_t n = (to == vectors ? g.n : to * 16) - column;
    const bool pack = g.bCol != 1 || many || (!kMaskedLoads && partial && to == vectors);
    gemmColumns(g, column, n, pack, panel, panelDepth);
    from = to;
  }
}
