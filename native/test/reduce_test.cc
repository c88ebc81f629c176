// sum, max and cumsum against the contract, written as plain loops.
#include "harness.h"

namespace mm::test {

namespace {

float laneSum(const float* x, int64_t n) {
  double lane[16] = {};
  for (int64_t i = 0; i < n; ++i) lane[i % 16] += x[i];
  for (int width = 8; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lane[l] += lane[l + width];
  }
  return static_cast<float>(lane[0]);
}

struct Shape {
  int64_t outer, reduce, inner;
};

void testShape(Random& random, Shape shape, bool special) {
  const int64_t outer = shape.outer, reduce = shape.reduce, inner = shape.inner;
  Words a = randomWords(random, outer * reduce * inner, special);
  if (random.below(2)) {
    for (float& x : a) x = static_cast<float>(random.between(-2, 2));  // ties
  }
  const int64_t n = outer * inner;
  Reduce r = {outer, reduce, inner, inner, inner == 1, a.data(), nullptr, nullptr};
  const Words out = randomWords(random, 2 * n + 3, false);
  const Words sums =
      onEverySet("sum", out, [&](const KernelTable& kernels, Words& to, int threads) {
        Reduce call = r;
        call.out = to.data();
        run(kernels, Sum{call}, threads);
      });
  Words expected = out;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      double chain = 0;
      for (int64_t p = 0; p < reduce; ++p) chain += a[(o * reduce + p) * inner + i];
      expected[o * inner + i] =
          inner == 1 ? laneSum(a.data() + o * reduce, reduce) : static_cast<float>(chain);
    }
  }
  same(expected, sums, "sum", "plain loop");
  if (reduce == 0) return;
  const bool reverse = random.below(2) == 1;
  const Words blank = randomWords(random, outer * reduce * inner + 3, false);
  const Words running =
      onEverySet("cumsum", blank, [&](const KernelTable& kernels, Words& to, int threads) {
        run(kernels, CumSum{outer, reduce, inner, inner, a.data(), to.data(), reverse}, threads);
      });
  expected = blank;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      double chain = 0;
      for (int64_t k = 0; k < reduce; ++k) {
        const int64_t p = (o * reduce + (reverse ? reduce - 1 - k : k)) * inner + i;
        chain += a[p];
        expected[p] = static_cast<float>(chain);
      }
    }
  }
  same(expected, running, "cumsum", "plain loop");
  const Words maxima =
      onEverySet("max", out, [&](const KernelTable& kernels, Words& to, int threads) {
        Reduce call = r;
        call.out = to.data();
        call.index = reinterpret_cast<int32_t*>(to.data() + n);
        run(kernels, Max{call}, threads);
      });
  expected = out;
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t i = 0; i < inner; ++i) {
      const float* x = &a[o * reduce * inner + i];
      int32_t best = 0;
      for (int64_t p = 1; p < reduce; ++p) {
        if (x[best * inner] != x[best * inner]) break;
        if (x[p * inner] > x[best * inner] || x[p * inner] != x[p * inner])
          best = static_cast<int32_t>(p);
      }
      expected[o * inner + i] = x[best * inner];
      std::memcpy(&expected[n + o * inner + i], &best, sizeof best);
    }
  }
  same(expected, maxima, "max", "plain loop");
}

}  // namespace

void testReduce() {
  Random random(3);
  for (int i = 0; i < 300; ++i)
    testShape(random, {random.between(1, 6), random.below(70), 1}, i % 3 == 0);
  for (int i = 0; i < 300; ++i)
    testShape(random, {random.between(1, 4), random.below(9), random.between(1, 50)}, i % 3 == 0);
  testShape(random, {1, 300, 501}, false);  // above the threads' threshold
  testShape(random, {501, 300, 1}, false);
  testShape(random, {40, 300, 17}, false);
}

}  // namespace mm::test
