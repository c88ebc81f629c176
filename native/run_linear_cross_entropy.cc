// The linear layer under a cross-entropy, tile by tile. Threads share tiles, except for the
// gradient of x, whose sums run over all tiles: there they share its rows.
#include <algorithm>
#include <cstring>

#include "run.h"
#include "scratch.h"
#include "share.h"

namespace mm {

namespace {

// Rows of a tile: one block of the sums over rows. Its half a MiB, slice of weight and gradient
// share L2 (128 and 64 were 3 and 9 % slower).
constexpr int64_t kTileRows = kSumBlock;

double forwardFlops(const LinearLoss& l) {
  return 2.0 * static_cast<double>(l.inner) + kFlopsPerTranscendental;
}

// What the threads of one call share, forward or backward.
struct Pass {
  const KernelTable& kernels;
  const LinearLoss& loss;
  const Team team;
  int threads;
  int64_t tiles, tileRows;
  int64_t row = 0, rows = 0, firstTile = 0;  // backward: where the pass is
  float* z = nullptr;                        // a tile per thread
  int64_t pitch = 0;                         // forward: from tile to tile of blockMax, blockSum
  float* blockMax = nullptr;
  float* blockSum = nullptr;
  float* targetLogit = nullptr;  // forward: of the losses, or of a shard's first tile
  float* parts = nullptr;        // backward: of a shard
  double* biasSums = nullptr;
  float* weightGroups = nullptr;  // backward: [inner, kSoftmaxBlock] per thread (Gemm::group) ...
  float* xGroups = nullptr;       // ... and [rows, inner]

  Pass(const KernelTable& k, const LinearLoss& l, int threads, double flopsPerLogit)
      : kernels(k), loss(l), team(threads, work(l.rows, l.cols, flopsPerLogit)) {
    tiles = (l.cols + kSoftmaxBlock - 1) / kSoftmaxBlock;
    this->threads = static_cast<int>(std::min<int64_t>(team.threads(), tiles));
    // Whole strips of sixteen rows: lossTile writes its maxima and sums by the strip.
    tileRows = std::min(blockPitch(l.rows), kTileRows);
  }

  LossTile tile(int thread, int64_t number) const {
    const int64_t column = number * kSoftmaxBlock;
    LossTile t = {};
    t.loss = &loss;
    t.column = column;
    t.cols = std::min(loss.cols - column, kSoftmaxBlock);
    t.z = z + thread * tileRows * kTilePitch;
    return t;
  }
};

void forwardTask(void* context, int thread) {
  const Pass& p = *static_cast<const Pass*>(context);
  for (int64_t n = p.tiles * thread / p.threads; n < p.tiles * (thread + 1) / p.threads; ++n) {
    LossTile t = p.tile(thread, n);
    t.blockMax = p.blockMax + n * p.pitch;
    t.blockSum = p.blockSum + n * p.pitch;
    t.targetLogit = p.targetLogit;
    if (p.targetLogit != p.loss.loss) {  // a shard's: 0 where the target is in another tile
      t.targetLogit += n * p.pitch;
      std::memset(t.targetLogit, 0, static_cast<size_t>(blockPitch(p.loss.rows)) * sizeof(float));
    }
    for (; t.row < p.loss.rows; t.row += t.rows) {
      t.rows = std::min(p.tileRows, p.loss.rows - t.row);
      p.kernels.lossTile(t);
    }
  }
}

// A thread's tile: its logits again, their gradient, and from it those of bias and weight.
void tileTask(void* context, int thread) {
  const Pass& p = *static_cast<const Pass*>(context);
  if (p.firstTile + thread >= p.tiles) return;
  LossTile t = p.tile(thread, p.firstTile + thread);
  t.row = p.row;
  t.rows = p.rows;
  t.biasSums = p.biasSums + thread * kSoftmaxBlock;
  t.weightGroup = p.weightGroups + thread * p.loss.inner * kSoftmaxBlock;
  p.kernels.lossGradientTile(t);
}

// Terms of the gradient of x: `count` columns of a tile from the `skip`-th on, which the sums in
// `out` have `before` terms before.
void addTerms(const Pass& p, const LossTile& t, int64_t from, int64_t to, int64_t skip,
              int64_t count, int64_t before, float* out) {
  Gemm g = {};
  g.m = to - from;
  g.n = p.loss.inner;
  g.k = count;
  g.a = t.z + from * kTilePitch + skip;
  g.aRow = kTilePitch;
  g.aCol = 1;
  g.b = p.loss.weight + t.column + skip;
  g.bRow = 1;
  g.bCol = p.loss.cols;
  g.out = out + (p.row + from) * p.loss.inner;
  g.outRow = p.loss.inner;
  g.before = before;
  g.more = t.column + t.cols < p.loss.cols;
  g.group = p.xGroups + (p.row + from) * p.loss.inner;
  g.groupRow = p.loss.inner;
  p.kernels.gemm(g);
}

// The same for a tile of a shard, whose groups of sums stay apart; of a group that begins in
// another shard the blocks do.
void addToParts(const Pass& p, const LossTile& t, int64_t from, int64_t to) {
  const int64_t words = p.loss.rows * p.loss.inner, first = p.loss.first;
  const int64_t chains = shardChains(first, p.loss.cols);
  const int64_t own = t.column - chains * kSumBlock;  // from the shard's first whole group
  if (own >= 0) {
    addTerms(p, t, from, to, 0, t.cols, own % kSumGroup,
             p.parts + (chains + own / kSumGroup) * words);
    return;
  }
  for (int64_t skip = 0; skip < t.cols; skip += kSumBlock)
    addTerms(p, t, from, to, skip, std::min(t.cols - skip, kSumBlock), 0,
             p.parts + (t.column + skip) / kSumBlock * words);
}

// A thread's share of the rows: the sums of their gradient go on over the tiles that are ready.
void rowsTask(void* context, int thread) {
  const Pass& p = *static_cast<const Pass*>(context);
  const int64_t from = p.rows * thread / p.threads, to = p.rows * (thread + 1) / p.threads;
  if (from == to) return;
  for (int i = 0; i < p.threads && p.firstTile + i < p.tiles; ++i) {
    const LossTile t = p.tile(i, p.firstTile + i);
    if (p.parts != nullptr) {
      addToParts(p, t, from, to);
    } else {
      addTerms(p, t, from, to, 0, t.cols, t.column, p.loss.gradX);
    }
  }
}

}  // namespace

int64_t run(const KernelTable& k, const LinearCrossEntropy& l, int threads) {
  const int64_t bad = firstOutside(l.targets, l.rows, 0, l.cols);
  if (bad >= 0 || l.rows == 0) return bad;
  Pass p(k, l, threads, forwardFlops(l));
  p.pitch = blockPitch(l.rows);
  p.targetLogit = l.loss;
  const Scratch scratch(p.threads * p.tileRows * kTilePitch + 2 * p.tiles * p.pitch);
  if (scratch.words == nullptr) return kNoMemory;
  p.z = scratch.words;
  p.blockMax = p.z + p.threads * p.tileRows * kTilePitch;
  p.blockSum = p.blockMax + p.tiles * p.pitch;
  parallel(p.threads, forwardTask, &p);
  k.lossRows({&l, p.tiles, p.pitch, p.blockMax, p.blockSum});
  return -1;
}

int64_t run(const KernelTable& k, const LinearShardBlocks& l, int threads) {
  const int64_t bad = firstOutside(l.targets, l.rows, 0, l.classes);
  if (bad >= 0 || l.rows == 0 || l.cols == 0) return bad;
  Pass p(k, l, threads, forwardFlops(l));
  const Scratch scratch(p.threads * p.tileRows * kTilePitch);
  if (scratch.words == nullptr) return kNoMemory;
  p.z = scratch.words;
  const int64_t pitch = blockPitch(l.rows);
  p.pitch = 3 * pitch;
  p.blockMax = l.blocks;
  p.blockSum = l.blocks + pitch;
  p.targetLogit = l.blocks + 2 * pitch;
  parallel(p.threads, forwardTask, &p);
  return -1;
}

int64_t run(const KernelTable& k, const BlockLosses& b, int) {
  const int64_t bad = firstOutside(b.targets, b.rows, 0, b.classes);
  if (bad >= 0 || b.rows == 0) return bad;
  const int64_t pitch = blockPitch(b.rows), tiles = (b.classes + kSoftmaxBlock - 1) / kSoftmaxBlock;
  for (int64_t i = 0; i < b.rows; ++i)
    b.loss[i] = b.blocks[(3 * (b.targets[i] / kSoftmaxBlock) + 2) * pitch + i];
  LinearLoss l = {};
  l.rows = b.rows;
  l.loss = b.loss;
  l.stats = b.stats;
  k.lossRows({&l, tiles, 3 * pitch, b.blocks, b.blocks + pitch});
  return -1;
}

namespace {

// The gradients of a layer whose targets are within range; `parts`: of a shard.
int64_t runBackward(const KernelTable& k, const LinearLoss& l, float* parts, int threads) {
  Pass p(k, l, threads, 6.0 * static_cast<double>(l.inner) + kFlopsPerTranscendental);
  p.parts = parts;
  const int64_t biasWords = p.threads * 2 * kSoftmaxBlock;  // doubles
  const int64_t tileWords = p.threads * p.tileRows * kTilePitch;
  const int64_t weightWords = l.rows > kSumGroup ? p.threads * l.inner * kSoftmaxBlock : 0;
  const int64_t xWords = parts == nullptr && l.cols > kSumGroup ? l.rows * l.inner : 0;
  const Scratch scratch(biasWords + tileWords + weightWords + xWords);
  if (scratch.words == nullptr) return kNoMemory;
  p.biasSums = reinterpret_cast<double*>(scratch.words);
  p.z = scratch.words + biasWords;
  p.weightGroups = p.z + tileWords;
  p.xGroups = p.weightGroups + weightWords;
  for (p.firstTile = 0; p.firstTile < p.tiles; p.firstTile += p.threads) {
    p.row = 0;
    do {  // once also without rows, for gradients of 0
      p.rows = std::min(p.tileRows, l.rows - p.row);
      parallel(p.threads, tileTask, &p);
      parallel(p.threads, rowsTask, &p);
      p.row += p.rows;
    } while (p.row < l.rows);
  }
  return -1;
}

}  // namespace

int64_t run(const KernelTable& k, const LinearCrossEntropyBackward& l, int threads) {
  const int64_t bad = firstOutside(l.targets, l.rows, 0, l.cols);
  return bad >= 0 ? bad : runBackward(k, l, nullptr, threads);
}

int64_t run(const KernelTable& k, const LinearShardBackward& l, int threads) {
  const int64_t bad = firstOutside(l.targets, l.rows, 0, l.classes);
  if (bad >= 0 || l.cols == 0) return bad;
  return runBackward(k, l, l.parts, threads);
}

}  // namespace mm
