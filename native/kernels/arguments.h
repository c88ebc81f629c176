// The arguments of every kernel. The arithmetic is specified once, in lib/backend/kernels.ts.
//
// Pointers are to 32-bit words; strides and pitches count words. Nothing here is checked: the
// border (native/napi) has done it.
#pragma once

#include <cstdint>

namespace mm {

constexpr int kMaxRank = 8;

enum class UnaryOp : int32_t {
#define MM_UNARY(Op, cost) k##Op,
#include "../kernels.def"
  kCount
};
enum class BinaryOp : int32_t {
#define MM_BINARY(Op, cost) k##Op,
#include "../kernels.def"
  kCount
};
enum class Activation : int32_t { kNone, kTanh, kCount };

// Blocked sums (SUM_BLOCK and SUM_GROUP of lib/backend/sums.ts).
constexpr int64_t kSumBlock = 256;
constexpr int64_t kSumGroup = 2048;

struct Gemm {
  int64_t m, n, k;
  const float* a;
  int64_t aRow, aCol;
  const float* b;
  int64_t bRow, bCol;
  const float* bias;  // null: none
  float* out;
  int64_t outRow;
  Activation activation;
  const float* y;  // null, or laid out as `out`: the product is the gradient of a tanh that gave y
  // A product may come in pieces of k, one call after the other; all zero for a whole one.
  int64_t before;  // terms in the pieces before: whole blocks
  bool more;       // pieces follow; then this one ends with a whole block too
  float* group;    // [m, n], rows groupRow apart: the sums of the group that is not complete; used
  int64_t groupRow;  // beyond the first group. Null: a whole product finds its own memory
  bool far;          // A is read from memory, not from a cache
};

// A of more words than these, 4 MiB, lies beyond the second cache.
constexpr int64_t kFarWords = 1 << 20;

struct Strided {
  int rank;
  int64_t shape[kMaxRank];
  int64_t aStride[kMaxRank];
  int64_t bStride[kMaxRank];  // 0 unless binary
  int64_t outStride[kMaxRank];
  const float* a;
  const float* b;
  float* out;
};
struct Copy : Strided {};
struct Unary : Strided {
  UnaryOp op;
};
struct Binary : Strided {
  BinaryOp op;
};

struct Fill {
  int64_t n;
  float value;
  float* out;
};

// a[o, r, i] = a[(o * reduce + r) * pitch + i], out[o, i] = out[o * pitch + i]; pitch >= inner when
// threads share the inner axis.
struct Reduce {
  int64_t outer, reduce, inner, pitch;
  bool alongRows;  // the contract's "inner == 1": sixteen-lane sums. `inner` may also be 1 for a
                   // thread that has one column of a wider axis; this is false then
  const float* a;
  float* out;
  int32_t* index;  // max only
};
struct Sum : Reduce {};
struct Max : Reduce {};

// out[o, r, i] = out[(o * reduce + r) * pitch + i], as a.
struct CumSum {
  int64_t outer, reduce, inner, pitch;
  const float* a;
  float* out;
  bool reverse;
};

// Rows of `table` are `pitch` apart.
struct GatherRows {
  int64_t n, rows, width, pitch;
  int64_t low;  // of indices: -rows where they may count from the end, or 0
  const float* table;
  const int32_t* index;
  float* out;
};

// Rows of `a` and `table` are `pitch` apart; a thread adds `width` of their columns.
struct ScatterAddRows {
  int64_t n, rows, width, pitch;
  const float* a;
  const int32_t* index;
  float* table;
  float* scratch;  // longSumWords(s) words of a thread's own; null where n <= kSumBlock
};
// How many rows can have more than a block of terms.
constexpr int64_t longRows(int64_t n) { return n / (kSumBlock + 1); }
inline int64_t longSumWords(const ScatterAddRows& s) {
  return 2 * s.rows + longRows(s.n) * (2 * s.width + 1);
}

// The columns of a softmax's sums that share a maximum (SOFTMAX_BLOCK of lib/backend/sums.ts), and
// of a tile of the linear layer under a loss.
constexpr int64_t kSoftmaxBlock = 512;

// The first layer of a network of tokens: n examples of `positions` indices into `table`
// [rows, width], whose rows, side by side, weight [positions * width, cols] multiplies.
struct EmbeddingLayer {
  int64_t n, positions, rows, width, cols;
  const float* table;
  const int32_t* index;  // [n, positions]
  const float* weight;
};
struct EmbeddingLinear : EmbeddingLayer {
  const float* bias;
  float* out;
  Activation activation;
};
struct EmbeddingLinearBackward : EmbeddingLayer {
  const float* grad;
  float* gradTable;   // null: not asked for
  float* gradWeight;  // null: not asked for
};

// The tokens that occur at some of the layer's positions, each once per position: row r is that of
// token[r], at position `first` + j for base[j] <= r < base[j + 1].
struct TokenRows {
  int64_t first, positions;
  int32_t* base;
  int32_t* token;    // ascending within a position
  int32_t* row;      // [n, positions]: which row an example has there
  int32_t* start;    // backward: row r is that of the examples from start[r] to below start[r + 1]
  int32_t* example;  // ... in this list, in ascending order
  float* features;   // [rows, width], of the table
  float* products;   // [rows, pitch]: features * weight, or the sums of the examples' gradients
  int64_t pitch;     // whole vectors
};

// Examples [from, to) of the layer.
struct TokenProducts {
  const EmbeddingLinear* layer;
  const TokenRows* tokens;
  int64_t from, to;
};
// `cols` columns of the layer from `column`, which is a multiple of 16.
struct TokenGradients {
  const EmbeddingLinearBackward* layer;
  const TokenRows* tokens;
  int64_t column, cols;
};

struct Softmax {
  int64_t rows, cols;
  const float* a;
  float* out;
  bool log;
};

struct CrossEntropy {
  int64_t rows, cols;
  const float* logits;
  const int32_t* targets;
  float scale;
  float* loss;
  float* grad;
};

struct Sgd {
  int64_t n;
  float* param;
  const float* grad;
  const float* rate;
};

struct SgdMomentum {
  int64_t n;
  float* param;
  const float* grad;
  float* buf;            // null: nothing is kept
  const float* scalars;  // four
  bool nesterov;
};

struct AdamW {
  int64_t n;
  float* param;
  const float* grad;
  float* avg;
  float* sq;
  const float* scalars;  // seven
};

// Cross-entropy of x [rows, inner] * weight [inner, cols] + bias.
struct LinearLoss {
  int64_t rows, inner, cols;
  const float* x;
  const float* weight;
  const float* bias;
  const int32_t* targets;
  float* loss;   // forward only
  float* stats;  // [2, rows]: m and S; the forward pass writes, the backward pass reads them
  // Whether gradWeight carries logits from one pass to the other: the forward pass stores them
  // there (it is the contract's `spare`; false: there is none), the backward pass finds them.
  bool kept;
  // Backward only.
  float scale;
  const float* upstream;   // one factor per row ...
  int64_t upstreamStride;  // ... or with 0, one for all
  float* gradX;
  float* gradWeight;
  float* gradBias;
  // Of a shard: its first column among all, a whole number of tiles from the first.
  int64_t first;
};
struct LinearCrossEntropy : LinearLoss {};
struct LinearCrossEntropyBackward : LinearLoss {};

// Columns `first` to below first + cols of a linear layer of `classes` columns.
struct LinearShard : LinearLoss {
  int64_t classes;
};
struct LinearShardBlocks : LinearShard {
  float* blocks;  // [tiles, 3, blockPitch(rows)]: maxima, sums, the target's logit
};
struct LinearShardBackward : LinearShard {
  float* parts;  // [shardParts(first, cols), rows, inner]: sums of gradX
};

// The losses of all shards' blocks together.
struct BlockLosses {
  int64_t rows, classes;
  const float* blocks;
  const int32_t* targets;
  float* loss;
  float* stats;
};

// Words per number of a block: its rows, in whole strips of sixteen.
constexpr int64_t blockPitch(int64_t rows) { return (rows + 15) / 16 * 16; }

// The sums that a shard's columns add to gradX (lib/backend/layers/shards.ts): the columns before
// the first group of its own come in chains of kSumBlock, the others in groups.
constexpr int64_t shardChains(int64_t first, int64_t cols) {
  const int64_t lead = (kSumGroup - first % kSumGroup) % kSumGroup;
  return ((lead < cols ? lead : cols) + kSumBlock - 1) / kSumBlock;
}
constexpr int64_t shardParts(int64_t first, int64_t cols) {
  const int64_t chains = shardChains(first, cols), left = cols - chains * kSumBlock;
  return chains + (left > 0 ? (left + kSumGroup - 1) / kSumGroup : 0);
}

// Rows of a tile in memory: 16 words more than a block, so that they do not all fall into the same
// few sets of the cache.
constexpr int64_t kTilePitch = kSoftmaxBlock + 16;

// `rows` rows from `row`, `cols` columns from `column`.
struct LossTile {
  const LinearLoss* loss;
  int64_t row, rows, column, cols;
  float* z;  // [rows, kTilePitch]: logits, then gradients
  // Forward: the block's maximum and sum of each row.
  float* blockMax;
  float* blockSum;
  float* targetLogit;  // [rows of the loss], where the target is in the tile
  // Backward: [kSoftmaxBlock], what the rows before these have added to gradBias; and
  // [inner, kSoftmaxBlock], the groups of gradWeight's sums (Gemm::group).
  double* biasSums;
  float* weightGroup;
};

// Maxima and sums of all blocks, [blocks, pitch], pitch a multiple of 16.
struct LossRows {
  const LinearLoss* loss;
  int64_t blocks, pitch;
  const float* blockMax;
  const float* blockSum;
};

// One instruction set's kernels. Immutable; chosen once per process (simd/dispatch.h).
struct KernelTable {
  const char* isa;
  int64_t gemmRows, gemmCols;  // the register tile: threads share a product in multiples of it
  void (*unary[static_cast<int>(UnaryOp::kCount)])(const Strided&);
  void (*binary[static_cast<int>(BinaryOp::kCount)])(const Strided&);
#define MM_LOOP(Arguments, name) void (*name)(const Arguments&);
#include "../kernels.def"
  double (*fmaPeak)(int64_t rounds, const float* lanes, float* out);
};

}  // namespace mm
