// Kernel number -> arguments -> checks -> command. Arguments are read in the order of the kernel
// table (lib/backend/kernel-table.ts).
#include "call.h"

namespace mm {

namespace {

// These return false if there is nothing to compute, or an exception is pending.

bool prepare(Call& c, Gemm& g) {
  g.m = c.size("m");
  g.n = c.size("n");
  g.k = c.size("k");
  g.aRow = c.whole("aRow");
  g.aCol = c.whole("aCol");
  g.bRow = c.whole("bRow");
  g.bCol = c.whole("bCol");
  g.outRow = c.whole("outRow");
  g.activation = c.choice<Activation>("activation");
  if (g.outRow < g.n && g.m > 1) c.fail("rows overlap", "out");
  if (!c.ok() || g.m == 0 || g.n == 0) return false;
  const int64_t aShape[] = {g.m, g.k}, aStrides[] = {g.aRow, g.aCol};
  const int64_t bShape[] = {g.k, g.n}, bStrides[] = {g.bRow, g.bCol};
  const int64_t outShape[] = {g.m, g.n}, outStrides[] = {g.outRow, 1};
  const Extent out = c.strided(2, outShape, outStrides);
  g.a = c.operand("a", c.strided(2, aShape, aStrides));
  g.b = c.operand("b", c.strided(2, bShape, bStrides));
  g.bias = c.optional("bias", c.contiguous(1, g.n));
  g.out = c.operand("out", out);
  g.y = c.optional("y", out);
  g.before = g.groupRow = 0;
  g.more = false;
  g.group = nullptr;
  g.far = g.m * g.k > kFarWords;
  return c.ok();
}

// Everything of a strided kernel but its operation.
bool prepareStrided(Call& c, Strided& s, bool binary) {
  // Of the 32 sizes and strides only the first `rank` of each are set.
  s.rank = c.sizes("shape", s.shape);
  bool sameRank = c.wholes("aStrides", s.aStride) == s.rank;
  if (binary) sameRank = c.wholes("bStrides", s.bStride) == s.rank && sameRank;
  sameRank = c.wholes("outStrides", s.outStride) == s.rank && sameRank;
  if (!sameRank) c.fail("expected a stride per dimension", "shape");
  int64_t elements = 1;
  for (int d = 0; d < s.rank; ++d) {
    if (!binary) s.bStride[d] = 0;
    // No more elements than `out` spans words (below): this bounds the work too.
    if (__builtin_mul_overflow(elements, s.shape[d], &elements))
      c.fail("too many elements", "shape");
  }
  const bool empty = elements == 0;
  for (int d = 0; d < s.rank; ++d) {
    if (!empty && s.outStride[d] == 0 && s.shape[d] > 1)
      c.fail("an output cannot have a stride of 0", "out");
  }
  if (s.rank == 0) {  // a scalar is one row of one
    s.rank = 1;
    s.shape[0] = 1;
    s.aStride[0] = s.bStride[0] = s.outStride[0] = 1;
  }
  const Extent out = c.strided(s.rank, s.shape, s.outStride);
  if (elements > out.high - out.low) c.fail("strides of the output overlap", "out");
  if (!c.ok() || empty) return false;
  s.a = c.operand("a", c.strided(s.rank, s.shape, s.aStride));
  s.b = binary ? c.operand("b", c.strided(s.rank, s.shape, s.bStride)) : nullptr;
  s.out = c.operand("out", out);
  return c.ok();
}

bool prepare(Call& c, Unary& u) {
  u.op = c.choice<UnaryOp>("op");
  return prepareStrided(c, u, false);
}

bool prepare(Call& c, Binary& b) {
  b.op = c.choice<BinaryOp>("op");
  return prepareStrided(c, b, true);
}

bool prepare(Call& c, Copy& copy) { return prepareStrided(c, copy, false); }

bool prepare(Call& c, Fill& f) {
  f.n = c.size("n");
  f.value = c.real("value");
  f.out = c.operand("out", c.contiguous(1, f.n));
  return c.ok();
}

// The output's extent; an empty one: nothing to compute.
Extent prepareReduce(Call& c, Reduce& r) {
  r.outer = c.size("outer");
  r.reduce = c.size("reduce");
  r.inner = r.pitch = c.size("inner");
  r.alongRows = r.inner == 1;
  r.index = nullptr;
  int64_t words = 0;
  if (__builtin_mul_overflow(r.outer * r.inner, r.reduce, &words)) c.fail("too many elements", "a");
  const Extent outs = c.contiguous(r.outer, r.inner);
  if (!c.ok() || outs.high == 0) return {0, 0};
  r.a = c.operand("a", {0, words});
  r.out = c.operand("out", outs);
  return outs;
}

bool prepare(Call& c, Sum& s) { return prepareReduce(c, s).high != 0 && c.ok(); }

bool prepare(Call& c, Max& m) {
  const Extent outs = prepareReduce(c, m);
  if (outs.high == 0) return false;
  if (m.reduce == 0) c.fail("expected at least one element", "reduce");
  m.index = reinterpret_cast<int32_t*>(c.operand("index", outs));
  return c.ok();
}

bool prepare(Call& c, CumSum& s) {
  s.outer = c.size("outer");
  s.reduce = c.size("reduce");
  s.inner = s.pitch = c.size("inner");
  int64_t words = 0;
  if (__builtin_mul_overflow(s.outer * s.inner, s.reduce, &words)) c.fail("too many elements", "a");
  if (!c.ok()) return false;
  s.a = c.operand("a", {0, words});
  s.out = c.operand("out", {0, words});
  s.reverse = c.flag("reverse");
  return words != 0 && c.ok();
}

bool prepare(Call& c, GatherRows& g) {
  g.n = c.size("n");
  g.rows = c.size("rows");
  g.width = c.size("width");
  g.pitch = c.size("tableRow");
  g.low = c.flag("fromEnd") ? -g.rows : 0;
  if (!c.ok()) return false;
  const int64_t shape[] = {g.rows, g.width}, strides[] = {g.pitch, 1};
  const Extent index = c.contiguous(1, g.n), out = c.contiguous(g.n, g.width);
  g.table = c.operand("table", c.strided(2, shape, strides));
  g.index = c.indices("index", index);
  g.out = c.operand("out", out);
  c.mustNotOverlap(g.out, out, g.index, index, "out");
  return c.ok();
}

bool prepare(Call& c, ScatterAddRows& s) {
  s.scratch = nullptr;
  s.n = c.size("n");
  s.rows = c.size("rows");
  s.width = s.pitch = c.size("width");
  if (!c.ok()) return false;
  const Extent index = c.contiguous(1, s.n), table = c.contiguous(s.rows, s.width);
  s.a = c.operand("a", c.contiguous(s.n, s.width));
  s.index = c.indices("index", index);
  s.table = c.operand("table", table);
  c.mustNotOverlap(s.table, table, s.index, index, "table");
  return c.ok();
}

bool prepare(Call& c, Softmax& s) {
  s.rows = c.size("rows");
  s.cols = c.size("cols");
  s.log = c.flag("log");
  if (!c.ok()) return false;
  const Extent all = c.contiguous(s.rows, s.cols);
  s.a = c.operand("a", all);
  s.out = c.operand("out", all);
  return c.ok() && s.cols > 0;
}

bool prepare(Call& c, CrossEntropy& x) {
  x.rows = c.size("rows");
  x.cols = c.size("cols");
  x.scale = c.real("scale");
  if (!c.ok()) return false;
  const Extent all = c.contiguous(x.rows, x.cols), row = c.contiguous(1, x.rows);
  x.logits = c.operand("logits", all);
  x.targets = c.indices("targets", row);
  x.loss = c.operand("loss", row);
  x.grad = c.operand("grad", all);
  c.mustNotOverlap(x.loss, row, x.targets, row, "loss");
  c.mustNotOverlap(x.grad, all, x.targets, row, "grad");
  return c.ok();
}

bool prepare(Call& c, Sgd& s) {
  s.n = c.size("n");
  if (!c.ok()) return false;
  s.param = c.operand("param", c.contiguous(1, s.n));
  s.grad = c.operand("grad", c.contiguous(1, s.n));
  s.rate = c.operand("rate", {0, 1});
  return c.ok();
}

bool prepare(Call& c, SgdMomentum& s) {
  s.n = c.size("n");
  s.nesterov = c.flag("nesterov");
  if (!c.ok()) return false;
  const Extent all = c.contiguous(1, s.n);
  s.param = c.operand("param", all);
  s.grad = c.operand("grad", all);
  s.buf = c.optional("buf", all);
  s.scalars = c.operand("scalars", {0, 4});
  return c.ok();
}

bool prepare(Call& c, AdamW& s) {
  s.n = c.size("n");
  if (!c.ok()) return false;
  const Extent all = c.contiguous(1, s.n);
  s.param = c.operand("param", all);
  s.grad = c.operand("grad", all);
  s.avg = c.operand("avg", all);
  s.sq = c.operand("sq", all);
  s.scalars = c.operand("scalars", {0, 7});
  return c.ok();
}

// The extents of a linear layer under a loss.
struct LossExtents {
  Extent x, weight, bias, row, stats;
  LossExtents(Call& c, const LinearLoss& l)
      : x(c.contiguous(l.rows, l.inner)),
        weight(c.contiguous(l.inner, l.cols)),
        bias(c.contiguous(1, l.cols)),
        row(c.contiguous(1, l.rows)),
        stats(c.contiguous(2, l.rows)) {}
};

void prepareSizes(Call& c, LinearLoss& l) {
  l = {};
  l.rows = c.size("rows");
  l.inner = c.size("inner");
  l.cols = c.size("cols");
}

// The operands that both passes read.
void prepareInputs(Call& c, LinearLoss& l, const LossExtents& extents) {
  l.x = c.operand("x", extents.x);
  l.weight = c.operand("weight", extents.weight);
  l.bias = c.operand("bias", extents.bias);
  l.targets = c.indices("targets", extents.row);
}

bool prepare(Call& c, LinearCrossEntropy& l) {
  prepareSizes(c, l);
  if (!c.ok()) return false;
  const LossExtents extents(c, l);
  prepareInputs(c, l, extents);
  l.loss = c.operand("loss", extents.row);
  l.stats = c.operand("stats", extents.stats);
  l.gradWeight = c.optional("spare", extents.weight);
  l.kept = l.gradWeight != nullptr;
  c.mustNotOverlap(l.loss, extents.row, l.targets, extents.row, "loss");
  c.mustNotOverlap(l.stats, extents.stats, l.targets, extents.row, "stats");
  if (l.kept) c.mustNotOverlap(l.gradWeight, extents.weight, l.targets, extents.row, "spare");
  return c.ok();
}

void prepareUpstream(Call& c, LinearLoss& l) {
  l.kept = c.flag("kept");
  l.scale = c.real("scale");
  l.upstreamStride = c.flag("upstreamStride") ? 1 : 0;
}

// What the backward pass of a whole layer and that of a shard read and write beside their inputs.
void prepareGradients(Call& c, LinearLoss& l, const LossExtents& extents) {
  l.gradWeight = c.operand("gradWeight", extents.weight);
  l.gradBias = c.operand("gradBias", extents.bias);
  c.mustNotOverlap(l.gradWeight, extents.weight, l.targets, extents.row, "gradWeight");
  c.mustNotOverlap(l.gradBias, extents.bias, l.targets, extents.row, "gradBias");
}

bool prepare(Call& c, LinearCrossEntropyBackward& l) {
  prepareSizes(c, l);
  prepareUpstream(c, l);
  if (!c.ok()) return false;
  const LossExtents extents(c, l);
  prepareInputs(c, l, extents);
  l.stats = c.operand("stats", extents.stats);
  l.upstream = c.operand("upstream", l.upstreamStride == 0 ? Extent{0, 1} : extents.row);
  l.gradX = c.operand("gradX", extents.x);
  c.mustNotOverlap(l.gradX, extents.x, l.targets, extents.row, "gradX");
  prepareGradients(c, l, extents);
  return c.ok();
}

// A shard that is none of its layer's columns gives numbers without meaning, in its own memory.
void prepareShard(Call& c, LinearShard& l) {
  l.first = c.size("first");
  l.classes = c.size("classes");
}

// [blocks, 3, pitch] of a layer's columns.
Extent blocksExtent(Call& c, int64_t rows, int64_t cols) {
  return c.contiguous(3 * ((cols + kSoftmaxBlock - 1) / kSoftmaxBlock), blockPitch(rows));
}

bool prepare(Call& c, LinearShardBlocks& l) {
  prepareSizes(c, l);
  prepareShard(c, l);
  if (!c.ok()) return false;
  const LossExtents extents(c, l);
  const Extent blocks = blocksExtent(c, l.rows, l.cols);
  prepareInputs(c, l, extents);
  l.blocks = c.operand("blocks", blocks);
  l.gradWeight = c.optional("spare", extents.weight);
  l.kept = l.gradWeight != nullptr;
  c.mustNotOverlap(l.blocks, blocks, l.targets, extents.row, "blocks");
  if (l.kept) c.mustNotOverlap(l.gradWeight, extents.weight, l.targets, extents.row, "spare");
  return c.ok();
}

bool prepare(Call& c, BlockLosses& b) {
  b.rows = c.size("rows");
  b.classes = c.size("classes");
  if (!c.ok()) return false;
  const Extent row = c.contiguous(1, b.rows), stats = c.contiguous(2, b.rows);
  b.blocks = c.operand("blocks", blocksExtent(c, b.rows, b.classes));
  b.targets = c.indices("targets", row);
  b.loss = c.operand("loss", row);
  b.stats = c.operand("stats", stats);
  c.mustNotOverlap(b.loss, row, b.targets, row, "loss");
  c.mustNotOverlap(b.stats, stats, b.targets, row, "stats");
  return c.ok();
}

bool prepare(Call& c, LinearShardBackward& l) {
  prepareSizes(c, l);
  prepareShard(c, l);
  prepareUpstream(c, l);
  if (!c.ok()) return false;
  const LossExtents extents(c, l);
  const Extent parts = c.contiguous(shardParts(l.first, l.cols) * l.rows, l.inner);
  prepareInputs(c, l, extents);
  l.stats = c.operand("stats", extents.stats);
  l.upstream = c.operand("upstream", l.upstreamStride == 0 ? Extent{0, 1} : extents.row);
  l.parts = c.operand("parts", parts);
  c.mustNotOverlap(l.parts, parts, l.targets, extents.row, "parts");
  prepareGradients(c, l, extents);
  return c.ok();
}

// The extents of an embedding's layer.
struct EmbeddingExtents {
  Extent table, index, weight, out;
  EmbeddingExtents(Call& c, const EmbeddingLayer& e)
      : table(c.contiguous(e.rows, e.width)),
        index(c.contiguous(e.n, e.positions)),
        weight(c.contiguous(e.positions * e.width, e.cols)),
        out(c.contiguous(e.n, e.cols)) {}
};

void prepareSizes(Call& c, EmbeddingLayer& e) {
  e.n = c.size("n");
  e.positions = c.size("positions");
  e.rows = c.size("rows");
  e.width = c.size("width");
  e.cols = c.size("cols");
  if (e.positions == 0) c.fail("expected at least one", "positions");
  // So that the products of sizes below cannot overflow.
  if (e.positions * e.width > INT32_MAX) c.fail("too many inputs", "width");
}

void prepareInputs(Call& c, EmbeddingLayer& e, const EmbeddingExtents& extents) {
  e.table = c.operand("table", extents.table);
  e.index = c.indices("index", extents.index);
  e.weight = c.operand("weight", extents.weight);
}

bool prepare(Call& c, EmbeddingLinear& e) {
  prepareSizes(c, e);
  e.activation = c.choice<Activation>("activation");
  if (!c.ok()) return false;
  const EmbeddingExtents extents(c, e);
  prepareInputs(c, e, extents);
  e.bias = c.operand("bias", c.contiguous(1, e.cols));
  e.out = c.operand("out", extents.out);
  c.mustNotOverlap(e.out, extents.out, e.index, extents.index, "out");
  return c.ok();
}

bool prepare(Call& c, EmbeddingLinearBackward& e) {
  prepareSizes(c, e);
  if (!c.ok()) return false;
  const EmbeddingExtents extents(c, e);
  prepareInputs(c, e, extents);
  e.grad = c.operand("grad", extents.out);
  e.gradTable = c.optional("gradTable", extents.table);
  e.gradWeight = c.optional("gradWeight", extents.weight);
  if (e.gradTable != nullptr)
    c.mustNotOverlap(e.gradTable, extents.table, e.index, extents.index, "gradTable");
  if (e.gradWeight != nullptr)
    c.mustNotOverlap(e.gradWeight, extents.weight, e.index, extents.index, "gradWeight");
  return c.ok();
}

struct Entry {
  const char* name;
  bool (*prepare)(Call&, Command&);
};
constexpr Entry kEntries[] = {
#define MM_KERNEL(Arguments, name) \
  {#name, [](Call& call, Command& command) { return prepare(call, command.name); }},
#include "../kernels.def"
};

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

Text signature(int32_t kernel) {
  Call::Names names;
  Call call(names);
  Command command;
  kEntries[kernel].prepare(call, command);
  Text text;
  text << kEntries[kernel].name << names.operands.c_str() << " |" << names.values.c_str();
  return text;
}

}  // namespace mm
