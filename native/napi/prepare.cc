// Kernel number -> arguments -> checks -> command. The layout of `control` per kernel is shared
// with lib/backend/native.ts.
#include "call.h"

namespace mm {

namespace {

// The offsets of operands 0-4 are control[0..5); the rest begins here (of the losses, at
// kLossFirst).
constexpr int kFirst = 5;
// Strided kernels: rank, operation, shape, strides of a, b, out.
constexpr int kShape = 8, kAStride = 16, kBStride = 24, kOutStride = 32;

float* floats(void* p) { return static_cast<float*>(p); }
int32_t* ints(void* p) { return static_cast<int32_t*>(p); }

bool prepareGemm(Call& c, Command& command) {
  Gemm& g = command.gemm;
  g.bias = g.y = nullptr;
  g.resume = false;
  g.m = c.size(kFirst, "m");
  g.n = c.size(kFirst + 1, "n");
  g.k = c.size(kFirst + 2, "k");
  g.aRow = c.number(kFirst + 3);
  g.aCol = c.number(kFirst + 4);
  g.bRow = c.number(kFirst + 5);
  g.bCol = c.number(kFirst + 6);
  g.outRow = c.number(kFirst + 7);
  g.activation = c.choice<Activation>(kFirst + 8, "activation");
  const bool hasBias = c.number(kFirst + 9) != 0, hasY = c.number(kFirst + 10) != 0;
  if (g.outRow < g.n && g.m > 1) c.fail("rows overlap", "out");
  if (!c.ok() || g.m == 0 || g.n == 0) return false;
  const int64_t aShape[] = {g.m, g.k}, aStrides[] = {g.aRow, g.aCol};
  const int64_t bShape[] = {g.k, g.n}, bStrides[] = {g.bRow, g.bCol};
  const int64_t outShape[] = {g.m, g.n}, outStrides[] = {g.outRow, 1};
  const Extent a = c.strided(2, aShape, aStrides), b = c.strided(2, bShape, bStrides),
               out = c.strided(2, outShape, outStrides);
  g.a = floats(c.operand(0, 0, "a", a));
  g.b = floats(c.operand(1, 1, "b", b));
  g.out = floats(c.operand(2, 2, "out", out));
  if (hasBias) g.bias = floats(c.operand(3, 3, "bias", c.contiguous(1, g.n)));
  if (hasY) g.y = floats(c.operand(4, 4, "y", out));
  return c.ok();
}

struct StridedCall {
  Strided& s;  // of its 32 sizes and strides, only the first `rank` of each are set
  bool empty = false;
  Extent a, b, out;

  StridedCall(Call& c, Strided& strided, bool binary) : s(strided) {
    const int64_t rank = c.size(kFirst, "rank");
    if (rank > kMaxRank) c.fail("more than 8 dimensions", "rank");
    if (!c.ok()) return;
    int64_t elements = 1;
    for (int d = 0; d < rank; ++d) {
      s.shape[d] = c.size(kShape + d, "shape");
      s.aStride[d] = c.number(kAStride + d);
      s.bStride[d] = binary ? c.number(kBStride + d) : 0;
      s.outStride[d] = c.number(kOutStride + d);
      empty = empty || s.shape[d] == 0;
      // No more elements than `out` spans words (below): this bounds the work too.
      if (__builtin_mul_overflow(elements, s.shape[d], &elements))
        c.fail("too many elements", "shape");
    }
    for (int d = 0; d < rank; ++d) {
      if (!empty && s.outStride[d] == 0 && s.shape[d] > 1)
        c.fail("an output cannot have a stride of 0", "out");
    }
    s.rank = static_cast<int>(rank);
    s.a = s.b = s.out = nullptr;
    if (rank == 0) {  // a scalar is one row of one
      s.rank = 1;
      s.shape[0] = 1;
      s.aStride[0] = s.bStride[0] = s.outStride[0] = 1;
    }
    a = c.strided(s.rank, s.shape, s.aStride);
    if (binary) b = c.strided(s.rank, s.shape, s.bStride);
    out = c.strided(s.rank, s.shape, s.outStride);
    if (elements > out.high - out.low) c.fail("strides of the output overlap", "out");
  }
};

bool prepareCopy(Call& c, Command& command) {
  StridedCall u(c, command.strided, false);
  if (!c.ok() || u.empty) return false;
  u.s.a = floats(c.operand(0, 0, "a", u.a));
  u.s.out = floats(c.operand(1, 1, "out", u.out));
  return c.ok();
}

bool prepareUnary(Call& c, Command& command) {
  command.unary = c.choice<UnaryOp>(kFirst + 1, "operation");
  return prepareCopy(c, command);
}

bool prepareBinary(Call& c, Command& command) {
  command.binary = c.choice<BinaryOp>(kFirst + 1, "operation");
  StridedCall b(c, command.strided, true);
  if (!c.ok() || b.empty) return false;
  b.s.a = floats(c.operand(0, 0, "a", b.a));
  b.s.b = floats(c.operand(1, 1, "b", b.b));
  b.s.out = floats(c.operand(2, 2, "out", b.out));
  return c.ok();
}

bool prepareFill(Call& c, Command& command) {
  Fill& f = command.fill;
  f = {c.size(kFirst, "n"), c.scalar(kFirst + 1), nullptr};
  f.out = floats(c.operand(0, 0, "out", c.contiguous(1, f.n)));
  return c.ok();
}

bool prepareReduce(Call& c, Reduce& r, bool max) {
  r = {};
  r.outer = c.size(kFirst, "outer");
  r.reduce = c.size(kFirst + 1, "reduce");
  r.inner = r.pitch = c.size(kFirst + 2, "inner");
  r.alongRows = r.inner == 1;
  int64_t words = 0;
  if (__builtin_mul_overflow(r.outer * r.inner, r.reduce, &words)) c.fail("too many elements", "a");
  if (max && r.reduce == 0) c.fail("expected at least one element", "reduce");
  const Extent outs = c.contiguous(r.outer, r.inner);
  if (!c.ok() || outs.high == 0) return false;
  r.a = floats(c.operand(0, 0, "a", {0, words}));
  r.out = floats(c.operand(1, 1, "out", outs));
  if (max) r.index = ints(c.operand(2, 2, "index", outs));
  return c.ok();
}

bool prepareSum(Call& c, Command& command) { return prepareReduce(c, command.reduce, false); }
bool prepareMax(Call& c, Command& command) { return prepareReduce(c, command.reduce, true); }

bool prepareGatherRows(Call& c, Command& command) {
  GatherRows& g = command.gatherRows;
  g = {c.size(kFirst, "n"),
       c.size(kFirst + 1, "rows"),
       c.size(kFirst + 2, "width"),
       c.size(kFirst + 3, "tableRow"),
       nullptr,
       nullptr,
       nullptr};
  if (!c.ok()) return false;
  const int64_t shape[] = {g.rows, g.width}, strides[] = {g.pitch, 1};
  const Extent index = c.contiguous(1, g.n), out = c.contiguous(g.n, g.width);
  g.table = floats(c.operand(0, 0, "table", c.strided(2, shape, strides)));
  g.index = c.indices(1, 1, "index", index);
  g.out = floats(c.operand(2, 2, "out", out));
  c.mustNotOverlap(g.out, out, g.index, index, "out");
  return c.ok();
}

bool prepareScatterAddRows(Call& c, Command& command) {
  ScatterAddRows& s = command.scatterAddRows;
  s = {c.size(kFirst, "n"),
       c.size(kFirst + 1, "rows"),
       c.size(kFirst + 2, "width"),
       0,
       nullptr,
       nullptr,
       nullptr};
  s.pitch = s.width;
  if (!c.ok()) return false;
  const Extent index = c.contiguous(1, s.n), table = c.contiguous(s.rows, s.width);
  s.a = floats(c.operand(0, 0, "a", c.contiguous(s.n, s.width)));
  s.index = c.indices(1, 1, "index", index);
  s.table = floats(c.operand(2, 2, "table", table));
  c.mustNotOverlap(s.table, table, s.index, index, "table");
  return c.ok();
}

bool prepareSoftmax(Call& c, Command& command) {
  Softmax& s = command.softmax;
  s = {c.size(kFirst, "rows"), c.size(kFirst + 1, "cols"), nullptr, nullptr,
       c.number(kFirst + 2) != 0};
  if (!c.ok()) return false;
  const Extent all = c.contiguous(s.rows, s.cols);
  s.a = floats(c.operand(0, 0, "a", all));
  s.out = floats(c.operand(1, 1, "out", all));
  return c.ok() && s.cols > 0;
}

bool prepareCrossEntropy(Call& c, Command& command) {
  CrossEntropy& x = command.crossEntropy;
  x.rows = c.size(kFirst, "rows");
  x.cols = c.size(kFirst + 1, "cols");
  x.scale = c.scalar(kFirst + 2);
  if (!c.ok()) return false;
  const Extent all = c.contiguous(x.rows, x.cols), row = c.contiguous(1, x.rows);
  x.logits = floats(c.operand(0, 0, "logits", all));
  x.targets = c.indices(1, 1, "targets", row);
  x.loss = floats(c.operand(2, 2, "loss", row));
  x.grad = floats(c.operand(3, 3, "grad", all));
  c.mustNotOverlap(x.loss, row, x.targets, row, "loss");
  c.mustNotOverlap(x.grad, all, x.targets, row, "grad");
  return c.ok();
}

bool prepareSgd(Call& c, Command& command) {
  Sgd& s = command.sgd;
  s = {c.size(kFirst, "n"), nullptr, nullptr, nullptr};
  if (!c.ok()) return false;
  s.param = floats(c.operand(0, 0, "param", c.contiguous(1, s.n)));
  s.grad = floats(c.operand(1, 1, "grad", c.contiguous(1, s.n)));
  s.rate = floats(c.operand(2, 2, "rate", {0, 1}));
  return c.ok();
}

bool prepareSgdMomentum(Call& c, Command& command) {
  SgdMomentum& s = command.sgdMomentum;
  s = {c.size(kFirst, "n"), nullptr, nullptr, nullptr, nullptr, c.number(kFirst + 1) != 0};
  const bool hasBuf = c.number(kFirst + 2) != 0;
  if (!c.ok()) return false;
  const Extent all = c.contiguous(1, s.n);
  s.param = floats(c.operand(0, 0, "param", all));
  s.grad = floats(c.operand(1, 1, "grad", all));
  s.scalars = floats(c.operand(2, 2, "scalars", {0, 4}));
  if (hasBuf) s.buf = floats(c.operand(3, 3, "buf", all));
  return c.ok();
}

bool prepareAdamW(Call& c, Command& command) {
  AdamW& s = command.adamw;
  s = {c.size(kFirst, "n"), nullptr, nullptr, nullptr, nullptr, nullptr};
  if (!c.ok()) return false;
  const Extent all = c.contiguous(1, s.n);
  s.param = floats(c.operand(0, 0, "param", all));
  s.grad = floats(c.operand(1, 1, "grad", all));
  s.avg = floats(c.operand(2, 2, "avg", all));
  s.sq = floats(c.operand(3, 3, "sq", all));
  s.scalars = floats(c.operand(4, 4, "scalars", {0, 7}));
  return c.ok();
}

// Nine operands: their offsets take the first nine words.
constexpr int kLossFirst = 9;

// The sizes and the operands that both passes read.
bool prepareLoss(Call& c, LinearLoss& l) {
  l = {};
  l.rows = c.size(kLossFirst, "rows");
  l.inner = c.size(kLossFirst + 1, "inner");
  l.cols = c.size(kLossFirst + 2, "cols");
  l.kept = c.number(kLossFirst + 3) != 0;
  l.scale = c.scalar(kLossFirst + 4);
  l.upstreamStride = c.number(kLossFirst + 5) != 0 ? 1 : 0;
  if (!c.ok()) return false;
  l.x = floats(c.operand(0, 0, "x", c.contiguous(l.rows, l.inner)));
  l.weight = floats(c.operand(1, 1, "weight", c.contiguous(l.inner, l.cols)));
  l.bias = floats(c.operand(2, 2, "bias", c.contiguous(1, l.cols)));
  l.targets = c.indices(3, 3, "targets", c.contiguous(1, l.rows));
  l.stats = floats(c.operand(4, 4, "stats", c.contiguous(2, l.rows)));
  return c.ok();
}

bool prepareLinearCrossEntropy(Call& c, Command& command) {
  LinearLoss& l = command.linearLoss;
  if (!prepareLoss(c, l)) return false;
  const Extent row = c.contiguous(1, l.rows), stats = c.contiguous(2, l.rows),
               weight = c.contiguous(l.inner, l.cols);
  l.loss = floats(c.operand(5, 5, "loss", row));
  if (l.kept) l.gradWeight = floats(c.operand(6, 6, "spare", weight));
  c.mustNotOverlap(l.loss, row, l.targets, row, "loss");
  c.mustNotOverlap(l.stats, stats, l.targets, row, "stats");
  if (l.kept) c.mustNotOverlap(l.gradWeight, weight, l.targets, row, "spare");
  return c.ok();
}

bool prepareLinearCrossEntropyBackward(Call& c, Command& command) {
  LinearLoss& l = command.linearLoss;
  if (!prepareLoss(c, l)) return false;
  const Extent row = c.contiguous(1, l.rows), x = c.contiguous(l.rows, l.inner),
               weight = c.contiguous(l.inner, l.cols);
  const Extent bias = c.contiguous(1, l.cols);
  l.upstream = floats(c.operand(5, 5, "upstream", l.upstreamStride == 0 ? Extent{0, 1} : row));
  l.gradX = floats(c.operand(6, 6, "gradX", x));
  l.gradWeight = floats(c.operand(7, 7, "gradWeight", weight));
  l.gradBias = floats(c.operand(8, 8, "gradBias", bias));
  c.mustNotOverlap(l.gradX, x, l.targets, row, "gradX");
  c.mustNotOverlap(l.gradWeight, weight, l.targets, row, "gradWeight");
  c.mustNotOverlap(l.gradBias, bias, l.targets, row, "gradBias");
  return c.ok();
}

struct Entry {
  const char* name;
  bool (*prepare)(Call&, Command&);
};
// In the order of Kernel.
constexpr Entry kEntries[] = {
    {"gemm", prepareGemm},
    {"unary", prepareUnary},
    {"binary", prepareBinary},
    {"copy", prepareCopy},
    {"fill", prepareFill},
    {"sum", prepareSum},
    {"max", prepareMax},
    {"gatherRows", prepareGatherRows},
    {"scatterAddRows", prepareScatterAddRows},
    {"softmax", prepareSoftmax},
    {"crossEntropy", prepareCrossEntropy},
    {"sgd", prepareSgd},
    {"sgdMomentum", prepareSgdMomentum},
    {"adamw", prepareAdamW},
    {"linearCrossEntropy", prepareLinearCrossEntropy},
    {"linearCrossEntropyBackward", prepareLinearCrossEntropyBackward},
};
static_assert(sizeof kEntries / sizeof kEntries[0] == static_cast<size_t>(Kernel::kCount),
              "an entry per kernel");

}  // namespace

bool prepare(napi_env env, int32_t kernel, const int32_t* control, const napi_value* buffers,
             Command& command) {
  if (kernel < 0 || kernel >= static_cast<int32_t>(Kernel::kCount)) {
    Call(env, "run", control, buffers).fail("no such kernel", "number");
    return false;
  }
  Call call(env, kEntries[kernel].name, control, buffers);
  command.kernel = static_cast<Kernel>(kernel);
  return kEntries[kernel].prepare(call, command);
}

}  // namespace mm
