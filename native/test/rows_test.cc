// gatherRows, scatterAddRows, softmax, crossEntropy and the optimizers.
#include <algorithm>
#include <cmath>

#include "harness.h"

namespace mm::test {

namespace {

std::vector<int32_t> randomIndices(Random& random, int64_t n, int64_t low, int64_t high) {
  std::vector<int32_t> index(static_cast<size_t>(n));
  for (int32_t& i : index) i = static_cast<int32_t>(random.between(low, high));
  return index;
}

struct Table {
  int64_t n, rows, width;
};

void testEmbedding(Random& random, Table shape) {
  const int64_t n = shape.n, rows = shape.rows, width = shape.width;
  const Words table = randomWords(random, rows * width, true);
  std::vector<int32_t> index = randomIndices(random, n, -rows, rows - 1);
  const Words out = randomWords(random, n * width + 3, false);
  Words expected = out;
  for (int64_t p = 0; p < n; ++p) {
    const int64_t row = index[p] < 0 ? index[p] + rows : index[p];
    std::copy_n(table.data() + row * width, width, expected.data() + p * width);
  }
  const Words gathered =
      onEverySet("gatherRows", out, [&](const KernelTable& kernels, Words& to, int threads) {
        check(run(kernels,
                  GatherRows{n, rows, width, width, -rows, table.data(), index.data(), to.data()},
                  threads) == -1,
              "gatherRows", kernels.isa);
      });
  same(expected, gathered, "gatherRows", "plain loop");

  const Words a = randomWords(random, n * width, false);
  expected = table;
  std::vector<std::vector<int64_t>> positions(static_cast<size_t>(rows));
  for (int64_t p = 0; p < n; ++p) positions[index[p] < 0 ? index[p] + rows : index[p]].push_back(p);
  for (int64_t row = 0; row < rows; ++row) {
    const std::vector<int64_t>& from = positions[row];
    for (int64_t j = 0; j < width; ++j) {
      float& x = expected[row * width + j];
      x = blockedSum(static_cast<int64_t>(from.size()), x,
                     [&](int64_t first, int64_t last, float chain) {
                       for (int64_t q = first; q < last; ++q) chain += a[from[q] * width + j];
                       return chain;
                     });
    }
  }
  const Words added =
      onEverySet("scatterAddRows", table, [&](const KernelTable& kernels, Words& to, int threads) {
        const ScatterAddRows s = {n,        rows,         width,     width,
                                  a.data(), index.data(), to.data(), nullptr};
        check(run(kernels, s, threads) == -1, "scatterAddRows", kernels.isa);
      });
  same(expected, added, "scatterAddRows", "plain loop");

  // A bad index is found before anything is written.
  const int64_t bad = random.below(n);
  index[bad] = static_cast<int32_t>(random.below(2) ? rows : -rows - 1);
  onEverySet("scatterAddRows, bad index", table,
             [&](const KernelTable& kernels, Words& to, int threads) {
               const ScatterAddRows s = {n,        rows,         width,     width,
                                         a.data(), index.data(), to.data(), nullptr};
               check(run(kernels, s, threads) == bad, "the position of a bad index", kernels.isa);
               same(table, to, "nothing written", kernels.isa);
             });
}

struct Logits {
  int64_t rows, cols;
};

void testSoftmax(Random& random, Logits shape, bool special) {
  const int64_t rows = shape.rows, cols = shape.cols;
  const Words a = randomWords(random, rows * cols, special);
  const Words out = randomWords(random, rows * cols + 5, false);
  for (const bool log : {false, true}) {
    onEverySet(log ? "logSoftmax" : "softmax", out,
               [&](const KernelTable& kernels, Words& to, int threads) {
                 run(kernels, Softmax{rows, cols, a.data(), to.data(), log}, threads);
               });
  }
  const std::vector<int32_t> targets = randomIndices(random, rows, 0, cols - 1);
  const float scale = random.ordinary();
  const Words both = randomWords(random, rows * cols + rows + 5, false);
  const Words got =
      onEverySet("crossEntropy", both, [&](const KernelTable& kernels, Words& to, int threads) {
        const CrossEntropy c = {rows,  cols,      a.data(),        targets.data(),
                                scale, to.data(), to.data() + rows};
        check(run(kernels, c, threads) == -1, "crossEntropy", kernels.isa);
      });
  if (special) return;
  for (int64_t r = 0; r < rows; ++r) {
    const float* x = &a[r * cols];
    double sum = 0;
    const double largest = *std::max_element(x, x + cols);
    for (int64_t j = 0; j < cols; ++j) sum += std::exp(x[j] - largest);
    const double loss = std::log(sum) - (x[targets[r]] - largest);
    check(std::fabs(got[r] - loss) <= 1e-5 * (1 + std::fabs(loss)), "loss against double",
          "baseline");
  }
}

}  // namespace

void testRows() {
  Random random(4);
  for (int i = 0; i < 200; ++i)
    testEmbedding(random, {random.between(1, 40), random.between(1, 30), random.between(1, 40)});
  testEmbedding(random, {300, 50, 600});  // above the threads' threshold
  // Rows with more terms than a block and than a group.
  for (int i = 0; i < 12; ++i)
    testEmbedding(random, {random.between(257, 900), random.between(1, 3), random.between(1, 90)});
  testEmbedding(random, {9000, 3, 20});
  testEmbedding(random, {9000, 1, 100});
  testEmbedding(random, {9000, 3, 0});  // columns there are none of take no scratch
  for (int i = 0; i < 300; ++i)
    testSoftmax(random, {random.between(1, 9), random.between(1, 70)}, i % 3 == 0);
  testSoftmax(random, {300, 301}, false);
  for (const int64_t n : {0, 1, 16, 37, 100001}) {
    const Words grad = randomWords(random, n, true);
    const Words param = randomWords(random, n + 3, true);
    const float rate = 0.1f;
    Words expected = param;
    for (int64_t i = 0; i < n; ++i) {
      const float step = -rate * grad[i];
      expected[i] = param[i] + step;
    }
    const Words got =
        onEverySet("sgd", param, [&](const KernelTable& kernels, Words& to, int threads) {
          run(kernels, Sgd{n, to.data(), grad.data(), &rate}, threads);
        });
    same(expected, got, "sgd", "plain loop");

    // State and parameter one after the other in one memory, so that both are compared.
    const Words both = randomWords(random, 2 * n + 3, false);
    const float momentum[] = {-0.1f, 0.9f, 1.0f, 0.01f};
    expected = both;
    for (int64_t i = 0; i < n; ++i) {
      const float g = std::fmaf(momentum[3], both[i], grad[i]);
      const float rest = momentum[1] * both[n + i];
      expected[n + i] = std::fmaf(momentum[2], g, rest);
      expected[i] = std::fmaf(momentum[0], std::fmaf(momentum[1], expected[n + i], g), both[i]);
    }
    const Words moved =
        onEverySet("sgdMomentum", both, [&](const KernelTable& kernels, Words& to, int threads) {
          run(kernels, SgdMomentum{n, to.data(), grad.data(), to.data() + n, momentum, true},
              threads);
        });
    same(expected, moved, "sgdMomentum", "plain loop");
    Words kept = both;
    for (int64_t i = 0; i < n; ++i)
      kept[i] = std::fmaf(momentum[0], std::fmaf(momentum[3], both[i], grad[i]), both[i]);
    const Words decayed = onEverySet(
        "sgdMomentum without buf", both, [&](const KernelTable& kernels, Words& to, int threads) {
          run(kernels, SgdMomentum{n, to.data(), grad.data(), nullptr, momentum, false}, threads);
        });
    same(kept, decayed, "sgdMomentum without buf", "plain loop");

    Words three = randomWords(random, 3 * n + 3, false);
    for (int64_t i = 2 * n; i < 3 * n; ++i) three[i] = std::fabs(three[i]);
    const float adam[] = {0.999f, 0.1f, 0.99f, 0.01f, 0.3f, 1e-8f, -0.02f};
    expected = three;
    for (int64_t i = 0; i < n; ++i) {
      const float avg = std::fmaf(adam[1], grad[i] - three[n + i], three[n + i]);
      const float kept = three[2 * n + i] * adam[2], fresh = adam[3] * grad[i] * grad[i];
      const float sq = kept + fresh;
      const float p = three[i] * adam[0],
                  step = adam[6] * avg / (std::sqrt(sq) / adam[4] + adam[5]);
      expected[n + i] = avg;
      expected[2 * n + i] = sq;
      expected[i] = p + step;
    }
    const Words adapted =
        onEverySet("adamw", three, [&](const KernelTable& kernels, Words& to, int threads) {
          run(kernels, AdamW{n, to.data(), grad.data(), to.data() + n, to.data() + 2 * n, adam},
              threads);
        });
    same(expected, adapted, "adamw", "plain loop");
  }
}

}  // namespace mm::test
