// A product on several threads: they share its rows, its columns, or the groups of its sums.
#include "run.h"
#include "scratch.h"
#include "share.h"

namespace mm {

namespace {

// 16 MiB of scratch.
constexpr double kMostGroupWords = 4 << 20;

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

// A product whose terms are shared: each thread computes groups of its sums, which are then added
// in order. Better than shares of the rows where there are few of them: A and B are read once.
struct SharedTerms {
  const KernelTable& kernels;
  const Gemm& gemm;
  int64_t groups;
  int threads;
  float* sums;  // of each group but the first, whose are in `out`

  static void task(void* context, int i) {
    const SharedTerms& s = *static_cast<const SharedTerms*>(context);
    const Gemm& g = s.gemm;
    for (int64_t group = i; group < s.groups; group += s.threads) {
      const int64_t from = group * kSumGroup;
      Gemm part = g;
      part.k = g.k - from < kSumGroup ? g.k - from : kSumGroup;
      part.a += from * g.aCol;
      part.b += from * g.bRow;
      if (group > 0) {
        part.out = s.sums + (group - 1) * g.m * g.n;
        part.outRow = g.n;
      }
      s.kernels.gemm(part);
    }
  }

  void addGroups() const {
    Strided s = {};
    s.rank = 2;
    s.shape[0] = gemm.m;
    s.shape[1] = gemm.n;
    s.aStride[0] = s.outStride[0] = gemm.outRow;
    s.bStride[0] = gemm.n;
    s.aStride[1] = s.bStride[1] = s.outStride[1] = 1;
    s.a = s.out = gemm.out;
    for (int64_t group = 1; group < groups; ++group) {
      s.b = sums + (group - 1) * gemm.m * gemm.n;
      kernels.binary[static_cast<int>(BinaryOp::kAdd)](s);
    }
  }
};

// The share of the work that the thread with most of it has.
double largestShare(int64_t units, int threads) {
  return static_cast<double>((units + threads - 1) / threads) / static_cast<double>(units);
}

// False: not worth it, and nothing is done.
bool shareTerms(const KernelTable& k, const Gemm& g, int64_t tiles, int threads) {
  const int64_t groups = (g.k + kSumGroup - 1) / kSumGroup;
  const bool plain = g.bias == nullptr && g.y == nullptr && g.activation == Activation::kNone;
  if (groups < 2 || !plain) return false;
  if (largestShare(groups, threads) >= largestShare(tiles, threads)) return false;
  if (static_cast<double>(groups - 1) * static_cast<double>(g.m) * static_cast<double>(g.n) >
      kMostGroupWords)
    return false;
  const Scratch scratch((groups - 1) * g.m * g.n);
  if (scratch.words == nullptr) return false;
  SharedTerms s = {k, g, groups, threads, scratch.words};
  parallel(threads, SharedTerms::task, &s);
  s.addGroups();
  return true;
}

}  // namespace

int64_t run(const KernelTable& k, const Gemm& g, int threads) {
  const double flops =
      2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  const Team team(threads, flops);
  if (team.threads() == 1) {
    k.gemm(g);
    return -1;
  }
  const int64_t rowTiles = (g.m + k.gemmRows - 1) / k.gemmRows;
  const int64_t columnTiles = (g.n + k.gemmCols - 1) / k.gemmCols;
  const bool byColumns = columnTiles > rowTiles;  // the side with more tiles shares more evenly
  if (shareTerms(k, g, byColumns ? columnTiles : rowTiles, team.threads())) return -1;
  // That both pack all of B when rows are shared costs under 1 % (kernels/gemm.inl).
  if (byColumns) {
    return share(g, k.gemm, sliceColumns, g.n, k.gemmCols, team);
  } else {
    return share(g, k.gemm, sliceRows, g.m, k.gemmRows, team);
  }
}

}  // namespace mm
