// A kernel call as data: what the border has checked, and what a plan keeps to run again.
#pragma once

#include "kernels/arguments.h"

namespace mm {

// The order is the kernels' numbering, shared with lib/backend/control.ts.
enum class Kernel : int32_t {
  kGemm,
  kUnary,
  kBinary,
  kCopy,
  kFill,
  kSum,
  kMax,
  kGatherRows,
  kScatterAddRows,
  kSoftmax,
  kCrossEntropy,
  kSgd,
  kSgdMomentum,
  kAdamW,
  kLinearCrossEntropy,
  kLinearCrossEntropyBackward,
  kCount,
  kNothing = kCount  // in a plan: a call with nothing to compute
};

// Left uninitialised by intent: clearing 300 bytes would cost as much as a small call.
struct Command {
  Kernel kernel;
  union {
    Gemm gemm;
    struct {
      Strided strided;
      UnaryOp unary;
      BinaryOp binary;
    };
    Fill fill;
    Reduce reduce;
    GatherRows gatherRows;
    ScatterAddRows scatterAddRows;
    Softmax softmax;
    CrossEntropy crossEntropy;
    Sgd sgd;
    SgdMomentum sgdMomentum;
    AdamW adamw;
    LinearLoss linearLoss;
  };
};

// Runs it; -1, the first position whose index or target is out of range, or kNoMemory (run.h).
int64_t execute(const KernelTable&, const Command&, int threads);

}  // namespace mm
