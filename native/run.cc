// How each kernel is shared among threads, and what it checks first. Gemm and the losses of a
// linear layer have files of their own.
#include "run.h"

#include "scratch.h"
#include "share.h"

namespace mm {

namespace {

// Words of a cache line: no two threads write to one. Elementwise work is shared along the longest
// dimension.
constexpr int64_t kLine = 16;

int longest(const Strided& s) {
  int axis = 0;
  for (int d = 1; d < s.rank; ++d) {
    if (s.shape[d] > s.shape[axis]) axis = d;
  }
  return axis;
}

Strided sliceStrided(const Strided& s, int64_t from, int64_t to) {
  const int axis = longest(s);
  Strided part = s;
  part.shape[axis] = to - from;
  part.a += from * s.aStride[axis];
  part.b += from * s.bStride[axis];
  part.out += from * s.outStride[axis];
  return part;
}

// Where the time of an elementwise operation goes: to the words that it moves, or to polynomials
// such as that of exp.
enum ElementCost { kWords, kPolynomial };

constexpr ElementCost kUnaryCost[] = {
#define MM_UNARY(Op, cost) cost,
#include "kernels.def"
};
constexpr ElementCost kBinaryCost[] = {
#define MM_BINARY(Op, cost) cost,
#include "kernels.def"
};

double flopsPerElement(ElementCost cost, int words) {
  return cost == kPolynomial ? kFlopsPerTranscendental : words * kFlopsPerWord;
}

int64_t shareStrided(const Strided& s, void (*kernel)(const Strided&), int threads,
                     double flopsPerElement) {
  double elements = 1;
  for (int d = 0; d < s.rank; ++d) elements *= static_cast<double>(s.shape[d]);
  const int axis = longest(s);
  return share(s, kernel, sliceStrided, s.shape[axis], axis == s.rank - 1 ? kLine : 1, threads,
               elements * flopsPerElement);
}

Reduce sliceOuter(const Reduce& r, int64_t from, int64_t to) {
  Reduce part = r;
  part.outer = to - from;
  part.a += from * r.reduce * r.pitch;
  part.out += from * r.pitch;
  part.index += r.index == nullptr ? 0 : from * r.pitch;
  return part;
}

Reduce sliceInner(const Reduce& r, int64_t from, int64_t to) {
  Reduce part = r;
  part.inner = to - from;
  part.a += from;
  part.out += from;
  part.index += r.index == nullptr ? 0 : from;
  return part;
}

int64_t shareReduce(const Reduce& r, void (*kernel)(const Reduce&), int threads) {
  const double flops = work(r.outer * r.inner, r.reduce, kFlopsPerWord);
  if (r.outer >= r.inner) {
    return share(r, kernel, sliceOuter, r.outer, 1, threads, flops);
  } else {
    return share(r, kernel, sliceInner, r.inner, kLine, threads, flops);
  }
}

CumSum sliceCumSumOuter(const CumSum& c, int64_t from, int64_t to) {
  CumSum part = c;
  part.outer = to - from;
  part.a += from * c.reduce * c.pitch;
  part.out += from * c.reduce * c.pitch;
  return part;
}

CumSum sliceCumSumInner(const CumSum& c, int64_t from, int64_t to) {
  CumSum part = c;
  part.inner = to - from;
  part.a += from;
  part.out += from;
  return part;
}

Fill sliceFill(const Fill& f, int64_t from, int64_t to) {
  return {to - from, f.value, f.out + from};
}

GatherRows sliceGather(const GatherRows& g, int64_t from, int64_t to) {
  GatherRows part = g;
  part.n = to - from;
  part.index += from;
  part.out += from * g.width;
  return part;
}

ScatterAddRows sliceScatter(const ScatterAddRows& s, int64_t from, int64_t to) {
  ScatterAddRows part = s;
  part.width = to - from;
  part.a += from;
  part.table += from;
  part.scratch += s.scratch == nullptr ? 0 : from / kLine * longSumWords(s);
  return part;
}

Softmax sliceSoftmax(const Softmax& s, int64_t from, int64_t to) {
  Softmax part = s;
  part.rows = to - from;
  part.a += from * s.cols;
  part.out += from * s.cols;
  return part;
}

CrossEntropy sliceCrossEntropy(const CrossEntropy& c, int64_t from, int64_t to) {
  CrossEntropy part = c;
  part.rows = to - from;
  part.logits += from * c.cols;
  part.targets += from;
  part.loss += from;
  part.grad += from * c.cols;
  return part;
}

Sgd sliceSgd(const Sgd& s, int64_t from, int64_t to) {
  return {to - from, s.param + from, s.grad + from, s.rate};
}

SgdMomentum sliceSgdMomentum(const SgdMomentum& s, int64_t from, int64_t to) {
  SgdMomentum part = s;
  part.n = to - from;
  part.param += from;
  part.grad += from;
  part.buf += s.buf == nullptr ? 0 : from;
  return part;
}

AdamW sliceAdamW(const AdamW& s, int64_t from, int64_t to) {
  AdamW part = s;
  part.n = to - from;
  part.param += from;
  part.grad += from;
  part.avg += from;
  part.sq += from;
  return part;
}

}  // namespace

int64_t firstOutside(const int32_t* index, int64_t n, int64_t low, int64_t high) {
  for (int64_t i = 0; i < n; ++i) {
    if (index[i] < low || index[i] >= high) return i;
  }
  return -1;
}

int64_t run(const KernelTable& k, const Unary& s, int threads) {
  const int op = static_cast<int>(s.op);
  return shareStrided(s, k.unary[op], threads, flopsPerElement(kUnaryCost[op], 2));
}

int64_t run(const KernelTable& k, const Binary& s, int threads) {
  const int op = static_cast<int>(s.op);
  return shareStrided(s, k.binary[op], threads, flopsPerElement(kBinaryCost[op], 3));
}

int64_t run(const KernelTable& k, const Copy& s, int threads) {
  return shareStrided(s, k.copy, threads, 2 * kFlopsPerWord);
}

int64_t run(const KernelTable& k, const Fill& f, int threads) {
  return share(f, k.fill, sliceFill, f.n, kLine, threads, work(f.n, 1, kFlopsPerWord));
}

int64_t run(const KernelTable& k, const Sum& r, int threads) {
  return shareReduce(r, k.sum, threads);
}

int64_t run(const KernelTable& k, const Max& r, int threads) {
  return shareReduce(r, k.max, threads);
}

int64_t run(const KernelTable& k, const CumSum& c, int threads) {
  const double flops = work(c.outer * c.inner, c.reduce, 2 * kFlopsPerWord);
  if (c.outer >= c.inner) {
    return share(c, k.cumsum, sliceCumSumOuter, c.outer, 1, threads, flops);
  } else {
    return share(c, k.cumsum, sliceCumSumInner, c.inner, kLine, threads, flops);
  }
}

int64_t run(const KernelTable& k, const Softmax& s, int threads) {
  return share(s, k.softmax, sliceSoftmax, s.rows, 1, threads,
               work(s.rows, s.cols, kFlopsPerTranscendental));
}

int64_t run(const KernelTable& k, const Sgd& s, int threads) {
  return share(s, k.sgd, sliceSgd, s.n, kLine, threads, work(s.n, 1, 3 * kFlopsPerWord));
}

int64_t run(const KernelTable& k, const SgdMomentum& s, int threads) {
  return share(s, k.sgdMomentum, sliceSgdMomentum, s.n, kLine, threads,
               work(s.n, 1, 5 * kFlopsPerWord));
}

// Seven words moved; two divisions and a root take longer than that.
int64_t run(const KernelTable& k, const AdamW& s, int threads) {
  return share(s, k.adamw, sliceAdamW, s.n, kLine, threads, work(s.n, 1, 7 * kFlopsPerWord));
}

int64_t run(const KernelTable& k, const GatherRows& g, int threads) {
  const int64_t bad = firstOutside(g.index, g.n, g.low, g.rows);
  if (bad >= 0) return bad;
  return share(g, k.gatherRows, sliceGather, g.n, 1, threads,
               work(g.n, g.width, 2 * kFlopsPerWord));
}

int64_t run(const KernelTable& k, const ScatterAddRows& s, int threads) {
  const int64_t bad = firstOutside(s.index, s.n, -s.rows, s.rows);
  if (bad >= 0 || s.width == 0) return bad;
  ScatterAddRows call = s;
  const Scratch scratch(s.n > kSumBlock ? (s.width + kLine - 1) / kLine * longSumWords(s) : 0);
  if (s.n > kSumBlock) {
    if (scratch.words == nullptr) return kNoMemory;
    call.scratch = scratch.words;
  }
  return share(call, k.scatterAddRows, sliceScatter, s.width, kLine, threads,
               work(s.n, s.width, 3 * kFlopsPerWord));
}

int64_t run(const KernelTable& k, const CrossEntropy& c, int threads) {
  const int64_t bad = firstOutside(c.targets, c.rows, 0, c.cols);
  if (bad >= 0) return bad;
  return share(c, k.crossEntropy, sliceCrossEntropy, c.rows, 1, threads,
               work(c.rows, c.cols, kFlopsPerTranscendental));
}

}  // namespace mm
