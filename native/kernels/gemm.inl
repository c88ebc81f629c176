// out = act(A * B + bias), each output a blocked sum of fused multiply-adds (lib/backend/sums.ts).
//
// Register tiles of kGemmRows x kGemmVectors * 16 outputs compute one block of the sums: A is read
// by scalar broadcast with any strides, a column block of B either in place (adjacent columns) or
// from a packed panel on the stack. So a block of B, 256 x 48 floats = 48 KiB on AVX-512 and 16 KiB
// elsewhere, stays in L1/L2 for all rows, and A's columns in L2. Packing and the split of m and n
// change no bit.

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
  bool add;  // the block is added to what is in `out` ...
  // ... and before that to this. Here and below null: nothing, its rows 0 apart.
  const float* group;
  int64_t groupRow;
  // Only in the last block of k.
  const float* bias;
  const float* y;
  int64_t yRow;
  bool tanh;
  Tail tail;  // of the last vector

  // The tile below.
  MM_INLINE void advance(int64_t rows) {
    a += rows * aRow;
    out += rows * outRow;
    group += rows * groupRow;
    y += rows * yRow;
  }
};

MM_INLINE void prefetchRows(const float* p, int64_t row, int rows, int vectors) {
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < vectors; ++j) __builtin_prefetch(p + i * row + 16 * j);
  }
}

// acc = what is in memory + acc
template <int kRows, int kVectors, bool kHasTail>
MM_INLINE void addRows(const float* p, int64_t row, const Tail& tail,
                       F32x16 (&acc)[kRows][kVectors]) {
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) {
      const float* from = p + i * row + 16 * j;
      acc[i][j] = (kHasTail && j == kVectors - 1 ? loadTail(from, tail) : load(from)) + acc[i][j];
    }
  }
}

template <int kRows, int kVectors, bool kHasTail, bool kMaskB>
void tile(const Tile& t) {
  F32x16 acc[kRows][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) acc[i][j] = zero();
  }
  // What is needed at the end is on its way while the chains run.
  if (t.add) {
    prefetchRows(t.out, t.outRow, kRows, kVectors);
    if (t.group != nullptr) prefetchRows(t.group, t.groupRow, kRows, kVectors);
  }
  if (t.y != nullptr) prefetchRows(t.y, t.yRow, kRows, kVectors);
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
  if (__builtin_expect(t.add, false)) {
    if (t.group != nullptr) addRows<kRows, kVectors, kHasTail>(t.group, t.groupRow, tail, acc);
    addRows<kRows, kVectors, kHasTail>(t.out, t.outRow, tail, acc);
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
        const float* from = t.y + i * t.yRow + 16 * j;
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

// A part of a product: terms from p on, columns from `column` on (at most a tile wide).
struct ColumnBlock {
  int64_t p, k;
  int64_t column, n;
  bool pack;
  int64_t ahead;  // terms after these, whose part of A the memory is to send meanwhile
};

// The first tile of a column block, for one block of the sums: the terms from p on. `b`: the first
// of them in B or its panel.
MM_INLINE Tile firstTile(const Gemm& g, const ColumnBlock& c, int64_t p, const float* b) {
  Tile t;
  t.k = g.k - p < kSumBlock ? g.k - p : kSumBlock;
  t.a = g.a + p * g.aCol;
  t.aRow = g.aRow;
  t.aCol = g.aCol;
  t.b = b;
  t.bRow = c.pack ? kPanelWidth : g.bRow;
  t.tail = tailOf((c.n - 1) % 16 + 1);
  const bool last = p + t.k == g.k && !g.more;
  t.bias = last && g.bias != nullptr ? g.bias + c.column : nullptr;
  t.y = last && g.y != nullptr ? g.y + c.column : nullptr;
  t.yRow = t.y == nullptr ? 0 : g.outRow;
  t.tanh = last && g.activation == Activation::kTanh;
  // The first group's sum grows in `out`, a later one's in `group` until it is complete.
  const int64_t before = g.before + p;
  const bool begins = before % kSumGroup == 0;
  const bool ends = (before + t.k) % kSumGroup == 0 || last;
  const bool inGroup = before >= kSumGroup && !(begins && ends);
  const bool toGroup = inGroup && !ends;
  t.add = toGroup ? !begins : before > 0;
  t.out = toGroup ? g.group + c.column : g.out + c.column;
  t.outRow = toGroup ? g.groupRow : g.outRow;
  t.group = inGroup && ends ? g.group + c.column : nullptr;
  t.groupRow = t.group == nullptr ? 0 : g.groupRow;
  return t;
}

// A's columns of `terms` terms from p on, which lie in rows.
MM_INLINE void fetchAhead(const Gemm& g, int64_t p, int64_t terms) {
  for (const float* a = g.a + p * g.aCol; terms > 0; --terms, a += g.aCol) {
    for (int64_t i = 0; i < g.m; i += 16) __builtin_prefetch(a + i, 0, 2);
  }
}

// Every row of a column block: one block of the sums, or two. `panel` is memory for its part of B.
void gemmColumns(const Gemm& g, const ColumnBlock& c, float* panel) {
  const int64_t vectors = (c.n + 15) / 16;
  const int64_t tiles = (g.m + kGemmRows - 1) / kGemmRows;
  const Edge edge = c.n % 16 == 0 ? Edge::kNone : c.pack ? Edge::kStoreOnly : Edge::kLoadAndStore;
  const float* b = g.b + c.p * g.bRow + c.column * g.bCol;
  if (c.pack) {
    packPanel(b, g.bRow, g.bCol, c.k, c.n, panel);
    b = panel;
  }
  const int blocks = c.k > kSumBlock ? 2 : 1;
  Tile block[2];
  block[0] = firstTile(g, c, c.p, b);
  if (blocks == 2) block[1] = firstTile(g, c, c.p + kSumBlock, b + kSumBlock * block[0].bRow);
  int64_t row = 0, sent = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    if (c.ahead > 0) {
      const int64_t to = c.ahead * (i + 1) / tiles;
      fetchAhead(g, c.p + c.k + sent, to - sent);
      sent = to;
    }
    // Even shares: 9 rows are 5 + 4, not 8 + 1.
    const int64_t rows = g.m * (i + 1) / tiles - row;
    for (int j = 0; j < blocks; ++j) {
      Tile& t = block[j];
      findTile<kGemmRows>(rows, vectors, edge)(t);
      if (t.tanh) tanhRows(t.out, t.outRow, rows, c.n);
      t.advance(rows);
    }
    row += rows;
  }
}

// Terms in steps of `depth`: one block of the sums or two. `panel`: kPanelWidth * depth words,
// 64-byte aligned.
void gemmPanels(const Gemm& g, float* panel, int64_t depth) {
  const int64_t vectors = (g.n + 15) / 16;
  const int64_t blocks = (vectors + kGemmVectors - 1) / kGemmVectors;
  const bool partial = g.n % 16 != 0;
  const bool many = g.m >= kPackFromTiles * kGemmRows;
  // A tile reads few words of each row of a transposed A, which no hardware foresees.
  const bool far = g.far && g.aRow == 1;
  int64_t p = 0;
  do {  // once also for k = 0, whose sum is 0
    const int64_t k = g.k - p < depth ? g.k - p : depth;
    const int64_t left = g.k - p - k;
    int64_t from = 0;
    for (int64_t i = 0; i < blocks; ++i) {
      const int64_t to = vectors * (i + 1) / blocks;
      const int64_t column = from * 16;
      const int64_t n = (to == vectors ? g.n : to * 16) - column;
      const bool pack = g.bCol != 1 || many || (!kMaskedLoads && partial && to == vectors);
      const int64_t ahead = !far || i > 0 ? 0 : left < depth ? left : depth;
      gemmColumns(g, {p, k, column, n, pack, ahead}, panel);
      from = to;
    }
    p += k;
  } while (p < g.k);
}
