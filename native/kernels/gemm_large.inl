// Products whose A is so large that a block of its columns does not stay in the second cache: every
// panel of B would fetch it again. Here a block of A is copied and multiplied by all panels before
// the next one. B's panels are packed anew for each block of A, under 2 %.

// A block of 256 rows of 512 numbers and a panel of B are two thirds of a second cache of 1 MiB;
// blocks of 256 numbers also fetch and store `out` from further away, 5 %.
constexpr int64_t kBlockRows = 256;
constexpr int64_t kBlockDepth = 2 * kSumBlock;
// 16 words more, so that the rows of a tile do not fall into the same set of the first cache.
constexpr int64_t kBlockPitch = kBlockDepth + 16;
// Measured: up to here (1.25 MiB of A) the copy costs more than it saves, and with fewer panels
// than these as well.
constexpr int64_t kLargeRows = 1280;
constexpr int64_t kLargePanels = 4;

MM_INLINE bool isLarge(const Gemm& g) {
  return g.m > kLargeRows && g.k >= kSumBlock && g.n >= kLargePanels * kPanelWidth;
}

void copyBlock(const Gemm& g, int64_t p, int64_t depth, float* to) {
  Strided s = {};
  s.rank = 2;
  s.shape[0] = g.m;
  s.shape[1] = depth;
  s.aStride[0] = g.aRow;
  s.aStride[1] = g.aCol;
  s.outStride[0] = kBlockPitch;
  s.outStride[1] = 1;
  s.a = g.a + p * g.aCol;
  s.out = to;
  copy(s);
}

// f(part) for blocks of rows of the product, even shares in whole tiles.
template <class Function>
MM_INLINE void forEachRowBlock(const Gemm& g, const Function& f) {
  const int64_t blocks = (g.m + kBlockRows - 1) / kBlockRows;
  int64_t row = 0;
  for (int64_t i = 0; i < blocks; ++i) {
    const int64_t end = i + 1 == blocks ? g.m : g.m * (i + 1) / blocks / kGemmRows * kGemmRows;
    Gemm part = g;
    part.m = end - row;
    part.a = g.a + row * g.aRow;
    part.out = g.out + row * g.outRow;
    part.y = g.y == nullptr ? nullptr : g.y + row * g.outRow;
    part.group = g.group == nullptr ? nullptr : g.group + row * g.groupRow;
    f(part);
    row = end;
  }
}

// `memory`: a block of A, a panel of B, and without Gemm::group the groups of a block's rows.
constexpr int64_t kMostBlockRows = kBlockRows + kGemmRows;
constexpr int64_t kBlockWords = kMostBlockRows * kBlockPitch;
constexpr int64_t kLargePanelWords = kBlockDepth * kPanelWidth;

void gemmLarge(const Gemm& g, float* memory) {
  float* const panel = memory + kBlockWords;
  float* const group = panel + kLargePanelWords;
  forEachRowBlock(g, [&](const Gemm& rows) {
    for (int64_t p = 0; p < g.k; p += kBlockDepth) {
      Gemm part = rows;
      part.k = g.k - p < kBlockDepth ? g.k - p : kBlockDepth;
      part.before = g.before + p;
      part.more = g.more || p + part.k < g.k;
      copyBlock(rows, p, part.k, memory);
      part.a = memory;
      part.aRow = kBlockPitch;
      part.aCol = 1;
      part.b = g.b + p * g.bRow;
      if (part.group == nullptr) {
        part.group = group;
        part.groupRow = g.n;
      }
      gemmPanels(part, panel, kBlockDepth);
    }
  });
}

void gemm(const Gemm& g) {
  const bool groups = g.k > kSumGroup && g.group == nullptr;
  if (isLarge(g)) {
    const Scratch scratch(kBlockWords + kLargePanelWords + (groups ? kMostBlockRows * g.n : 0));
    if (scratch.words != nullptr) return gemmLarge(g, scratch.words);
  }
  alignas(64) float panel[kSumBlock * kPanelWidth];
  if (!groups) return gemmPanels(g, panel, kSumBlock);
  const Scratch scratch(g.m * g.n);
  Gemm part = g;
  part.group = scratch.words;
  part.groupRow = g.n;
  if (scratch.words != nullptr) return gemmPanels(part, panel, kSumBlock);
  // Without memory, a tile after the other.
  alignas(64) float group[kGemmRows * kPanelWidth];
  part.group = group;
  part.groupRow = kPanelWidth;
  for (int64_t row = 0; row < g.m; row += kGemmRows) {
    part.m = g.m - row < kGemmRows ? g.m - row : kGemmRows;
    part.a = g.a + row * g.aRow;
    for (int64_t column = 0; column < g.n; column += kPanelWidth) {
      const int64_t at = row * g.outRow + column;
      part.n = g.n - column < kPanelWidth ? g.n - column : kPanelWidth;
      part.b = g.b + column * g.bCol;
      part.bias = g.bias == nullptr ? nullptr : g.bias + column;
      part.out = g.out + at;
      part.y = g.y == nullptr ? nullptr : g.y + at;
      gemmPanels(part, panel, kSumBlock);
    }
  }
}
