#include "command.h"

#include "run.h"

namespace mm {

int64_t execute(const KernelTable& k, const Command& c, int threads) {
  switch (c.kernel) {
    case Kernel::kGemm:
      runGemm(k, c.gemm, threads);
      break;
    case Kernel::kUnary:
      runUnary(k, c.unary, c.strided, threads);
      break;
    case Kernel::kBinary:
      runBinary(k, c.binary, c.strided, threads);
      break;
    case Kernel::kCopy:
      runCopy(k, c.strided, threads);
      break;
    case Kernel::kFill:
      runFill(k, c.fill, threads);
      break;
    case Kernel::kSum:
      runSum(k, c.reduce, threads);
      break;
    case Kernel::kMax:
      runMax(k, c.reduce, threads);
      break;
    case Kernel::kGatherRows:
      return runGatherRows(k, c.gatherRows, threads);
    case Kernel::kScatterAddRows:
      return runScatterAddRows(k, c.scatterAddRows, threads);
    case Kernel::kSoftmax:
      runSoftmax(k, c.softmax, threads);
      break;
    case Kernel::kCrossEntropy:
      return runCrossEntropy(k, c.crossEntropy, threads);
    case Kernel::kSgd:
      runSgd(k, c.sgd, threads);
      break;
    case Kernel::kSgdMomentum:
      runSgdMomentum(k, c.sgdMomentum, threads);
      break;
    case Kernel::kAdamW:
      runAdamW(k, c.adamw, threads);
      break;
    case Kernel::kLinearCrossEntropy:
      return runLinearCrossEntropy(k, c.linearLoss, threads);
    case Kernel::kLinearCrossEntropyBackward:
      return runLinearCrossEntropyBackward(k, c.linearLoss, threads);
    case Kernel::kCount:
      break;
  }
  return -1;
}

}  // namespace mm
