// gemm against the contract's own loop: one blocked sum of std::fma per output.
#include <cmath>

#include "harness.h"

namespace mm::test {

namespace {

constexpr int64_t kGuard = 19;

struct Shape {  // filled in braces: function arguments have no order of evaluation, and every
                // machine must draw the same cases
  int64_t m, n, k;
};

void testShape(Random& random, Shape shape, bool special) {
  const int64_t m = shape.m, n = shape.n, k = shape.k;
  // Row-major, transposed, or with gaps both ways.
  auto layout = [&random](int64_t rows, int64_t cols, int64_t* row, int64_t* col) {
    const int64_t kind = random.below(3);
    const int64_t gap = random.below(3);
    *row = kind == 1 ? 1 : kind == 0 ? cols + gap : 2 * cols + 1;
    *col = kind == 1 ? rows + gap : kind == 0 ? 1 : 2;
    return (rows * *row + cols * *col) + 1;
  };
  Gemm g = {};
  g.m = m;
  g.n = n;
  g.k = k;
  const Words a = randomWords(random, layout(m, k, &g.aRow, &g.aCol), special);
  const Words b = randomWords(random, layout(k, n, &g.bRow, &g.bCol), special);
  const Words bias = randomWords(random, n, special);
  g.a = a.data();
  g.b = b.data();
  g.bias = random.below(2) ? bias.data() : nullptr;
  g.outRow = n + random.below(5);
  const int64_t after = random.below(4);
  g.activation = after == 0 ? Activation::kTanh : Activation::kNone;
  const Words y = randomWords(random, (m - 1) * g.outRow + n, special);
  g.y = after == 1 ? y.data() : nullptr;
  g.far = random.below(2) == 0;
  const Words out = randomWords(random, (m - 1) * g.outRow + n + 2 * kGuard, false);
  const Words got =
      onEverySet("gemm", out, [&](const KernelTable& kernels, Words& to, int threads) {
        Gemm call = g;
        call.out = to.data() + kGuard;
        run(kernels, call, threads);
      });
  if (g.activation == Activation::kTanh || m * n * k > 600000) return;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      float sum = blockedSum(k, 0.0f, [&](int64_t from, int64_t to, float chain) {
        for (int64_t p = from; p < to; ++p)
          chain = std::fma(a[i * g.aRow + p * g.aCol], b[p * g.bRow + j * g.bCol], chain);
        return chain;
      });
      if (g.bias != nullptr) sum += bias[j];
      if (g.y != nullptr) sum *= std::fma(-y[i * g.outRow + j], y[i * g.outRow + j], 1.0f);
      check(word(sum) == word(got[kGuard + i * g.outRow + j]), "gemm against std::fma", "baseline");
    }
  }
}

// So large that blocks of A are copied: against the same kernel on few rows at a time, where none
// are.
void testLarge(Random& random, int64_t k, bool transposed) {
  const int64_t m = 1301, n = 4 * 48 + 7, few = 100;
  const Words a = randomWords(random, m * k, false), b = randomWords(random, k * n, false),
              bias = randomWords(random, n, false);
  Gemm g = {};
  g.m = m;
  g.n = n;
  g.k = k;
  g.a = a.data();
  g.aRow = transposed ? 1 : k;
  g.aCol = transposed ? m : 1;
  g.b = b.data();
  g.bRow = n;
  g.bCol = 1;
  g.bias = bias.data();
  g.outRow = n;
  const Words y = randomWords(random, m * n, false);
  if (transposed) {
    g.y = y.data();
  } else {
    g.activation = Activation::kTanh;
  }
  const Words out = randomWords(random, m * n, false);
  onEverySet("large gemm", out, [&](const KernelTable& kernels, Words& to, int threads) {
    Gemm call = g;
    call.out = to.data();
    run(kernels, call, threads);
    Words pieces = out;
    for (int64_t row = 0; row < m; row += few) {
      Gemm part = g;
      part.m = m - row < few ? m - row : few;
      part.a += row * g.aRow;
      part.y += g.y == nullptr ? 0 : row * n;
      part.out = pieces.data() + row * n;
      kernels.gemm(part);
    }
    check(pieces == to, "large gemm against few rows", kernels.isa);
  });
}

}  // namespace

void testGemm() {
  Random random(1);
  for (int i = 0; i < 400; ++i)
    testShape(random, {random.between(1, 40), random.between(1, 70), random.below(40)}, i % 4 == 0);
  for (int i = 0; i < 20; ++i)
    testShape(random, {random.between(60, 150), random.between(1, 120), random.between(1, 60)},
              i % 4 == 0);
  for (int i = 0; i < 6; ++i)
    testShape(random, {random.between(1, 70), random.between(1, 50), random.between(500, 600)},
              false);
  for (const int64_t k : {255, 256, 257, 512, 2047, 2048, 2049, 2304, 2305, 4096, 4097, 6500})
    testShape(random, {random.between(1, 5), random.between(1, 50), k}, k % 2 != 0);
  // Rows in several blocks, and groups that threads share.
  for (const int64_t k : {4096, 6200}) testShape(random, {270, 20, k}, false);
  for (int i = 0; i < 3; ++i)
    testShape(random, {97, 131, 110}, false);  // above the threads' threshold
  for (int i = 0; i < 2; ++i) testShape(random, {9, 555, 300}, false);
  testLarge(random, 256, false);
  testLarge(random, 2400, true);  // with groups
}

}  // namespace mm::test
