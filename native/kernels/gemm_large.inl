// Products whose A is so large that a block of its columns does not stay in the second cache: every
// panel of B would fetch it again. Here a block of A is copied and multiplied by all panels before
// the next one. B's panels are packed anew for each block of A, under 2 %.

// 256 rows of 512 numbers and a panel of B are two thirds of a second cache of 1 MiB; deeper blocks
// also fetch and store `out` less often.
constexpr int64_t kBlockRows = 256;
constexpr int64_t kBlockDepth = 512;
// 16 words more, so that the rows of a tile do not fall into the same set of the first cache.
constexpr int64_t kBlockPitch = kBlockDepth + 16;
constexpr int64_t kBlockWords = (kBlockRows + kGemmRows) * kBlockPitch;
// Measured: up to here (1.25 MiB of A) the copy costs more than it saves, and with fewer panels
// than these as well.
constexpr int64_t kLargeRows = 1280;
constexpr int64_t kLargePanels = 4;

MM_INLINE bool isLarge(const Gemm& g) {
  return g.m > kLargeRows && g.k >= kPanelDepth && g.n >= kLargePanels * kPanelWidth;
}

void copyBlock(const Gemm& g, int64_t row, int64_t rows, int64_t p, int64_t depth, float* to) {
  Strided s = {};
  s.rank = 2;
  s.shape[0] = rows;
  s.shape[1] = depth;
  s.aStride[0] = g.aRow;
  s.aStride[1] = g.aCol;
  s.outStride[0] = kBlockPitch;
  s.outStride[1] = 1;
  s.a = g.a + row * g.aRow + p * g.aCol;
  s.out = to;
  copy(s);
}

void gemmLarge(const Gemm& g, float* block) {
  float* const panel = block + kBlockWords;
  const int64_t blocks = (g.m + kBlockRows - 1) / kBlockRows;
  for (int64_t p = 0; p < g.k; p += kBlockDepth) {
    const int64_t depth = g.k - p < kBlockDepth ? g.k - p : kBlockDepth;
    const bool last = p + depth == g.k;
    int64_t row = 0;
    for (int64_t i = 0; i < blocks; ++i) {
      // Even shares in whole tiles.
      const int64_t end = i + 1 == blocks ? g.m : g.m * (i + 1) / blocks / kGemmRows * kGemmRows;
      copyBlock(g, row, end - row, p, depth, block);
      Gemm part = g;
      part.m = end - row;
      part.k = depth;
      part.a = block;
      part.aRow = kBlockPitch;
      part.aCol = 1;
      part.b = g.b + p * g.bRow;
      part.bias = last ? g.bias : nullptr;
      part.out = g.out + row * g.outRow;
      part.y = last && g.y != nullptr ? g.y + row * g.outRow : nullptr;
      part.activation = last ? g.activation : Activation::kNone;
      part.resume = g.resume || p > 0;
      gemmPanels(part, panel, kBlockDepth);
      row = end;
    }
  }
}

void gemm(const Gemm& g) {
  if (isLarge(g)) {
    const Scratch scratch(kBlockWords + kBlockDepth * kPanelWidth);
    if (scratch.words != nullptr) return gemmLarge(g, scratch.words);
  }
  alignas(64) float panel[kPanelDepth * kPanelWidth];
  gemmPanels(g, panel, kPanelDepth);
}
