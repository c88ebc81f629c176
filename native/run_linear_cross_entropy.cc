// The linear layer under a cross-entropy, tile by tile. Threads share tiles, except for the
// gradient of x, whose sums run over all tiles: there they share its rows.
#include <algorithm>

#include "run.h"
#include "scratch.h"
#include "share.h"

namespace mm {

namespace {

// Rows of a tile: one block of the sums over rows. Its half a MiB, slice of weight and gradient
// share L2 (128 and 64 were 3 and 9 % slower).
constexpr int64_t kTileRows = kSumBlock;

int64_t roundUp(int64_t n, int64_t unit) { return (n + unit - 1) / unit * unit; }

// What the threads of one call share, forward or backward.
struct Pass {
  const KernelTable& kernels;
  const LinearLoss& loss;
  const Team team;
  int threads;
  int64_t tiles, tileRows;
  int64_t row = 0, rows = 0, firstTile = 0;  // backward: where the pass is
  int64_t pitch = 0;                         // forward: of blockMax and blockSum
  float* z = nullptr;                        // a tile per thread
  float* blockMax = nullptr;
  float* blockSum = nullptr;
  double* biasSums = nullptr;
  float* weightGroups = nullptr;  // backward: [inner, kSoftmaxBlock] per thread (Gemm::group) ...
  float* xGroups = nullptr;       // ... and [rows, inner]

  Pass(const KernelTable& k, const LinearLoss& l, int threads, double flopsPerLogit)
      : kernels(k), loss(l), team(threads, work(l.rows, l.cols, flopsPerLogit)) {
    tiles = (l.cols + kSoftmaxBlock - 1) / kSoftmaxBlock;
    this->threads = static_cast<int>(std::min<int64_t>(team.threads(), tiles));
    // Whole strips of sixteen rows: lossTile writes its maxima and sums by the strip.
    tileRows = std::min(roundUp(l.rows, 16), kTileRows);
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

// A thread's share of the rows: the sums of their gradient go on over the tiles that are ready.
void rowsTask(void* context, int thread) {
  const Pass& p = *static_cast<const Pass*>(context);
  const int64_t from = p.rows * thread / p.threads, to = p.rows * (thread + 1) / p.threads;
  if (from == to) return;
  for (int i = 0; i < p.threads && p.firstTile + i < p.tiles; ++i) {
    const LossTile t = p.tile(i, p.firstTile + i);
    Gemm g = {};
    g.m = to - from;
    g.n = p.loss.inner;
    g.k = t.cols;
    g.a = t.z + from * kTilePitch;
    g.aRow = kTilePitch;
    g.aCol = 1;
    g.b = p.loss.weight + t.column;
    g.bRow = 1;
    g.bCol = p.loss.cols;
    g.out = p.loss.gradX + (p.row + from) * p.loss.inner;
    g.outRow = p.loss.inner;
    g.before = t.column;
    g.more = t.column + t.cols < p.loss.cols;
    g.group = p.xGroups + (p.row + from) * p.loss.inner;
    g.groupRow = p.loss.inner;
    p.kernels.gemm(g);
  }
}

}  // namespace

int64_t run(const KernelTable& k, const LinearCrossEntropy& l, int threads) {
  const int64_t bad = firstOutside(l.targets, l.rows, 0, l.cols);
  if (bad >= 0 || l.rows == 0) return bad;
  Pass p(k, l, threads, 2.0 * static_cast<double>(l.inner) + kFlopsPerTranscendental);
  p.pitch = roundUp(l.rows, 16);
  const Scratch scratch(p.threads * p.tileRows * kTilePitch + 2 * p.tiles * p.pitch);
  if (scratch.words == nullptr) return kNoMemory;
  p.z = scratch.words;
  p.blockMax = p.z + p.threads * p.tileRows * kTilePitch;
  p.blockSum = p.blockMax + p.tiles * p.pitch;
  parallel(p.threads, forwardTask, &p);
  k.lossRows({&l, p.tiles, p.pitch, p.blockMax, p.blockSum});
  return -1;
}

int64_t run(const KernelTable& k, const LinearCrossEntropyBackward& l, int threads) {
  const int64_t bad = firstOutside(l.targets, l.rows, 0, l.cols);
  if (bad >= 0) return bad;
  Pass p(k, l, threads, 6.0 * static_cast<double>(l.inner) + kFlopsPerTranscendental);
  const int64_t biasWords = p.threads * 2 * kSoftmaxBlock;  // doubles
  const int64_t tileWords = p.threads * p.tileRows * kTilePitch;
  const int64_t weightWords = l.rows > kSumGroup ? p.threads * l.inner * kSoftmaxBlock : 0;
  const int64_t xWords = l.cols > kSumGroup ? l.rows * l.inner : 0;
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

}  // namespace mm
