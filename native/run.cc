#include "run.h"

#include "parallel.h"

namespace mm {

namespace {

// Work on [0, extent) shared in multiples of `unit`; slice(args, from, to) gives a thread its part.
template <class Args>
struct Share {
  const Args& args;
  void (*kernel)(const Args&);
  Args (*slice)(const Args&, int64_t from, int64_t to);
  int64_t extent, unit;
  int threads;

  static void task(void* context, int i) {
    const Share& s = *static_cast<const Share*>(context);
    const int64_t units = (s.extent + s.unit - 1) / s.unit;
    const int64_t from = units * i / s.threads * s.unit;
    const int64_t end = units * (i + 1) / s.threads * s.unit;
    const int64_t to = end < s.extent ? end : s.extent;
    if (from < to) s.kernel(s.slice(s.args, from, to));
  }
};

// Returns -1, which is what a kernel returns that found no index out of range.
template <class Args>
int64_t share(const Args& args, void (*kernel)(const Args&),
              Args (*slice)(const Args&, int64_t, int64_t), int64_t extent, int64_t unit,
              int threads, double flops) {
  Share<Args> s = {args, kernel, slice, extent, unit, threadsFor(threads, flops)};
  if (s.threads == 1) {
    kernel(args);
  } else {
    parallel(s.threads, Share<Args>::task, &s);
  }
  return -1;
}

// In double: an estimate must not overflow.
double work(int64_t rows, int64_t cols, double flops) {
  return static_cast<double>(rows) * static_cast<double>(cols) * flops;
}

// Elementwise work is shared along the longest dimension; a cache line of outputs is one thread's.
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
  const int64_t words = from * c.reduce * c.pitch;
  return {to - from, c.reduce, c.inner, c.pitch, c.a + words, c.out + words, c.reverse};
}

CumSum sliceCumSumInner(const CumSum& c, int64_t from, int64_t to) {
  return {c.outer, c.reduce, to - from, c.pitch, c.a + from, c.out + from, c.reverse};
}

Gemm sliceRows(const Gemm& g, int64_t from, int64_t to) {
  Gemm part = g;
  part.m = to - from;
  part.a += from * g.aRow;
  part.y += g.y == nullptr ? 0 : from * g.outRow;
  part.out += from * g.outRow;
  return part;
}

Gemm sliceColumns(const Gemm& g, int64_t from, int64_t to) {
  Gemm part = g;
  part.n = to - from;
  part.b += from * g.bCol;
  part.bias += g.bias == nullptr ? 0 : from;
  part.y += g.y == nullptr ? 0 : from;
  part.out += from;
  return part;
}

Fill sliceFill(const Fill& f, int64_t from, int64_t to) {
  return {to - from, f.value, f.out + from};
}

GatherRows sliceGather(const GatherRows& g, int64_t from, int64_t to) {
  return {to - from, g.rows,  g.width,        g.pitch,
          g.low,     g.table, g.index + from, g.out + from * g.width};
}

ScatterAddRows sliceScatter(const ScatterAddRows& s, int64_t from, int64_t to) {
  return {s.n, s.rows, to - from, s.pitch, s.a + from, s.index, s.table + from};
}

Softmax sliceSoftmax(const Softmax& s, int64_t from, int64_t to) {
  return {to - from, s.cols, s.a + from * s.cols, s.out + from * s.cols, s.log};
}

CrossEntropy sliceCrossEntropy(const CrossEntropy& c, int64_t from, int64_t to) {
  return {to - from, c.cols,        c.logits + from * c.cols, c.targets + from,
          c.scale,   c.loss + from, c.grad + from * c.cols};
}

Sgd sliceSgd(const Sgd& s, int64_t from, int64_t to) {
  return {to - from, s.param + from, s.grad + from, s.rate};
}

SgdMomentum sliceSgdMomentum(const SgdMomentum& s, int64_t from, int64_t to) {
  return {to - from, s.param + from, s.grad + from, s.buf == nullptr ? nullptr : s.buf + from,
          s.scalars, s.nesterov};
}

AdamW sliceAdamW(const AdamW& s, int64_t from, int64_t to) {
  return {to - from, s.param + from, s.grad + from, s.avg + from, s.sq + from, s.scalars};
}

}  // namespace

int64_t firstOutside(const int32_t* index, int64_t n, int64_t low, int64_t high) {
  for (int64_t i = 0; i < n; ++i) {
    if (index[i] < low || index[i] >= high) return i;
  }
  return -1;
}

int64_t run(const KernelTable& k, const Gemm& g, int threads) {
  const double flops =
      2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  // The side with more tiles shares more evenly. That both pack all of B when rows are shared costs
  // under 1 % (kernels/gemm.inl).
  if (g.n / k.gemmCols > g.m / k.gemmRows) {
    return share(g, k.gemm, sliceColumns, g.n, k.gemmCols, threads, flops);
  } else {
    return share(g, k.gemm, sliceRows, g.m, k.gemmRows, threads, flops);
  }
}

int64_t run(const KernelTable& k, const Unary& s, int threads) {
  const bool costly = s.op == UnaryOp::kExp || s.op == UnaryOp::kLog || s.op == UnaryOp::kTanh ||
                      s.op == UnaryOp::kSigmoid || s.op == UnaryOp::kGelu ||
                      s.op == UnaryOp::kGeluTanh;
  return shareStrided(s, k.unary[static_cast<int>(s.op)], threads,
                      costly ? kFlopsPerTranscendental : 2 * kFlopsPerWord);
}

int64_t run(const KernelTable& k, const Binary& s, int threads) {
  const bool costly = s.op == BinaryOp::kPow || s.op == BinaryOp::kGeluBackward ||
                      s.op == BinaryOp::kGeluTanhBackward;
  return shareStrided(s, k.binary[static_cast<int>(s.op)], threads,
                      costly ? kFlopsPerTranscendental : 3 * kFlopsPerWord);
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
  if (bad >= 0) return bad;
  return share(s, k.scatterAddRows, sliceScatter, s.width, kLine, threads,
               work(s.n, s.width, 3 * kFlopsPerWord));
}

int64_t run(const KernelTable& k, const CrossEntropy& c, int threads) {
  const int64_t bad = firstOutside(c.targets, c.rows, 0, c.cols);
  if (bad >= 0) return bad;
  return share(c, k.crossEntropy, sliceCrossEntropy, c.rows, 1, threads,
               work(c.rows, c.cols, kFlopsPerTranscendental));
}

}  // namespace mm
