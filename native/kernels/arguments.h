// The arguments of every kernel. The arithmetic is specified once, in lib/backend/kernels.ts.
//
// Pointers are to 32-bit words; strides and pitches count words. Nothing here is checked: the border (native/napi) has done it.
#pragma once

#include <cstdint>

namespace mm {

constexpr int kMaxRank = 8;

enum class UnaryOp : int32_t { kNeg, kExp, kLog, kTanh, kSqrt, kToFloat, kCount };
enum class BinaryOp : int32_t { kAdd, kSub, kMul, kDiv, kTanhBackward, kCount };
enum class Activation : int32_t { kNone, kTanh, kCount };

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
};

struct Strided {
  int rank;
  int64_t shape[kMaxRank];
  int64_t aStride[kMaxRank];
  int64_t bStride[kMaxRank];  // binary only
  int64_t outStride[kMaxRank];
  const float* a;
  const float* b;
  float* out;
};

struct Fill {
  int64_t n;
  float value;
  float* out;
};

// a[o, r, i] = a[(o * reduce + r) * pitch + i], out[o, i] = out[o * pitch + i]; pitch >= inner when threads share the inner axis.
struct Reduce {
  int64_t outer, reduce, inner, pitch;
  bool rows;  // the contract's "inner == 1": sixteen-lane sums, also where a thread's share of a wider inner axis is one column: false
  const float* a;
  float* out;
  int32_t* index;  // max only
};

struct GatherRows {
  int64_t n, rows, width;
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

// One instruction set's kernels. Immutable; chosen once per process (simd/dispatch.h).
struct KernelTable {
  const char* isa;
  int64_t gemmRows, gemmCols;  // the register tile: threads share a product in multiples of it
  void (*gemm)(const Gemm&);
  void (*unary[static_cast<int>(UnaryOp::kCount)])(const Strided&);
  void (*binary[static_cast<int>(BinaryOp::kCount)])(const Strided&);
  void (*copy)(const Strided&);
  void (*fill)(const Fill&);
  void (*sum)(const Reduce&);
  void (*max)(const Reduce&);
  void (*gatherRows)(const GatherRows&);
  void (*scatterAddRows)(const ScatterAddRows&);
  void (*softmax)(const Softmax&);
  void (*crossEntropy)(const CrossEntropy&);
  void (*sgd)(const Sgd&);
  double (*fmaPeak)(int64_t rounds, const float* lanes, float* out);
};

}  // namespace mm
