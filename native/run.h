// Runs one kernel call on up to `threads` threads. The split is over outputs, never over a
// reduction: it changes no bit.
#pragma once

#include "kernels/arguments.h"

namespace mm {

void runGemm(const KernelTable&, const Gemm&, int threads);
void runUnary(const KernelTable&, UnaryOp, const Strided&, int threads);
void runBinary(const KernelTable&, BinaryOp, const Strided&, int threads);
void runCopy(const KernelTable&, const Strided&, int threads);
void runFill(const KernelTable&, const Fill&, int threads);
void runSum(const KernelTable&, const Reduce&, int threads);
void runMax(const KernelTable&, const Reduce&, int threads);
void runSoftmax(const KernelTable&, const Softmax&, int threads);
void runSgd(const KernelTable&, const Sgd&, int threads);
void runSgdMomentum(const KernelTable&, const SgdMomentum&, int threads);
void runAdamW(const KernelTable&, const AdamW&, int threads);

// These return -1, or the first position whose index or target is out of range; then nothing has
// been written.
int64_t runGatherRows(const KernelTable&, const GatherRows&, int threads);
int64_t runScatterAddRows(const KernelTable&, const ScatterAddRows&, int threads);
int64_t runCrossEntropy(const KernelTable&, const CrossEntropy&, int threads);
int64_t firstOutside(const int32_t* index, int64_t n, int64_t low, int64_t high);

// These return -1, the first row whose target is out of range, or kNoMemory for their scratch.
constexpr int64_t kNoMemory = -2;
int64_t runLinearCrossEntropy(const KernelTable&, const LinearLoss&, int threads);
int64_t runLinearCrossEntropyBackward(const KernelTable&, const LinearLoss&, int threads);

}  // namespace mm
