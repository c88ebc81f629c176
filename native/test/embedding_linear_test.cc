// The first layer over tokens: the contract's loops, and the same bits on every set.
#include <algorithm>
#include <cmath>
#include <map>

#include "harness.h"

namespace mm::test {

namespace {

struct Sizes {
  int64_t n, positions, rows, width, cols;
};

struct Layer {
  Sizes s;
  Words table, weight, bias, grad;
  std::vector<int32_t> index;

  Layer(Random& random, const Sizes& sizes, bool special)
      : s(sizes),
        table(randomWords(random, s.rows * s.width, special)),
        weight(randomWords(random, s.positions * s.width * s.cols, special)),
        bias(randomWords(random, s.cols, special)),
        grad(randomWords(random, s.n * s.cols, special)),
        index(static_cast<size_t>(s.n * s.positions)) {
    for (int32_t& i : index) i = static_cast<int32_t>(random.below(s.rows));
  }

  EmbeddingLayer arguments() const {
    return {s.n, s.positions, s.rows, s.width, s.cols, table.data(), index.data(), weight.data()};
  }
  float weightAt(int64_t j, int64_t e, int64_t h) const {
    return weight[(j * s.width + e) * s.cols + h];
  }

  // Before the activation, by the contract.
  Words forward() const {
    Words out(static_cast<size_t>(s.n * s.cols));
    for (int64_t i = 0; i < s.n; ++i) {
      for (int64_t h = 0; h < s.cols; ++h) {
        float sum = 0.0f;
        for (int64_t j = 0; j < s.positions; ++j) {
          const float* row = table.data() + index[i * s.positions + j] * s.width;
          const float product =
              blockedSum(s.width, 0.0f, [&](int64_t from, int64_t to, float chain) {
                for (int64_t e = from; e < to; ++e)
                  chain = std::fmaf(row[e], weightAt(j, e, h), chain);
                return chain;
              });
          sum = j == 0 ? product + bias[h] : sum + product;
        }
        out[i * s.cols + h] = sum;
      }
    }
    return out;
  }

  // gradTable, then gradWeight.
  Words backward() const {
    const int64_t tableWords = s.rows * s.width;
    Words out(static_cast<size_t>(tableWords + s.positions * s.width * s.cols));
    for (int64_t j = 0; j < s.positions; ++j) {
      std::map<int32_t, std::vector<int64_t>> examples;
      for (int64_t i = 0; i < s.n; ++i) examples[index[i * s.positions + j]].push_back(i);
      std::vector<int32_t> tokens;
      std::vector<Words> sums;
      for (const auto& entry : examples) {
        const std::vector<int64_t>& list = entry.second;
        tokens.push_back(entry.first);
        Words sum(static_cast<size_t>(s.cols));
        for (int64_t h = 0; h < s.cols; ++h) {
          sum[h] = blockedSum(static_cast<int64_t>(list.size()), 0.0f,
                              [&](int64_t from, int64_t to, float chain) {
                                for (int64_t q = from; q < to; ++q)
                                  chain += grad[list[q] * s.cols + h];
                                return chain;
                              });
        }
        sums.push_back(sum);
      }
      for (int64_t e = 0; e < s.width; ++e) {
        for (int64_t h = 0; h < s.cols; ++h) {
          out[tableWords + (j * s.width + e) * s.cols + h] =
              blockedSum(static_cast<int64_t>(tokens.size()), 0.0f,
                         [&](int64_t from, int64_t to, float chain) {
                           for (int64_t u = from; u < to; ++u)
                             chain = std::fmaf(table[tokens[u] * s.width + e], sums[u][h], chain);
                           return chain;
                         });
        }
        for (size_t u = 0; u < tokens.size(); ++u) {
          out[tokens[u] * s.width + e] +=
              blockedSum(s.cols, 0.0f, [&](int64_t from, int64_t to, float chain) {
                for (int64_t h = from; h < to; ++h)
                  chain = std::fmaf(sums[u][h], weightAt(j, e, h), chain);
                return chain;
              });
        }
      }
    }
    return out;
  }
};

void testLayer(Random& random, const Sizes& s, bool special) {
  Layer layer(random, s, special);
  const int64_t outputs = s.n * s.cols, tableWords = s.rows * s.width;
  const int64_t weightWords = s.positions * s.width * s.cols;
  const Words guard = randomWords(random, std::max(outputs, tableWords + weightWords) + 19, false);

  EmbeddingLinear forward = {};
  static_cast<EmbeddingLayer&>(forward) = layer.arguments();
  forward.bias = layer.bias.data();
  for (const Activation activation : {Activation::kNone, Activation::kTanh}) {
    forward.activation = activation;
    const Words got =
        onEverySet("embeddingLinear", guard, [&](const KernelTable& k, Words& to, int threads) {
          forward.out = to.data();
          check(run(k, forward, threads) == -1, "embeddingLinear", k.isa);
        });
    if (activation == Activation::kTanh) continue;
    Words expected = guard;
    std::copy_n(layer.forward().data(), outputs, expected.data());
    same(expected, got, "embeddingLinear", "plain loop");
  }

  EmbeddingLinearBackward backward = {};
  static_cast<EmbeddingLayer&>(backward) = layer.arguments();
  backward.grad = layer.grad.data();
  const Words got = onEverySet(
      "embeddingLinearBackward", guard, [&](const KernelTable& k, Words& to, int threads) {
        backward.gradTable = to.data();
        backward.gradWeight = to.data() + tableWords;
        check(run(k, backward, threads) == -1, "embeddingLinearBackward", k.isa);
      });
  Words expected = guard;
  std::copy_n(layer.backward().data(), tableWords + weightWords, expected.data());
  same(expected, got, "embeddingLinearBackward", "plain loop");

  // One gradient alone is that of both.
  onEverySet("embeddingLinearBackward, table only", guard,
             [&](const KernelTable& k, Words& to, int threads) {
               backward.gradTable = to.data();
               backward.gradWeight = nullptr;
               run(k, backward, threads);
               check(std::equal(to.begin(), to.begin() + tableWords, got.begin(),
                                [](float a, float b) { return word(a) == word(b); }),
                     "the table's gradient alone", k.isa);
             });

  if (s.n == 0) return;
  const int64_t bad = random.below(s.n * s.positions);
  layer.index[bad] = static_cast<int32_t>(random.below(2) ? s.rows : -1);
  onEverySet("embeddingLinear, bad index", guard,
             [&](const KernelTable& k, Words& to, int threads) {
               forward.out = to.data();
               backward.gradTable = to.data();
               backward.gradWeight = to.data() + tableWords;
               check(run(k, forward, threads) == bad, "the position of a bad index", k.isa);
               check(run(k, backward, threads) == bad, "the position of a bad index", k.isa);
               same(guard, to, "nothing written", k.isa);
             });
}

}  // namespace

void testEmbeddingLinear() {
  Random random(6);
  for (int i = 0; i < 150; ++i) {
    testLayer(random,
              {random.between(0, 40), random.between(1, 5), random.between(1, 70),
               random.between(0, 20), random.between(0, 150)},
              i % 3 == 0);
  }
  testLayer(random, {2100, 2, 3, 5, 130}, false);     // more than a group of examples of a token
  testLayer(random, {600, 3, 400, 9, 40}, false);     // more than a block of tokens
  testLayer(random, {5, 2, 4, 300, 20}, false);       // more than a block of features
  testLayer(random, {5, 2, 4, 7, 600}, false);        // more than a block of columns
  testLayer(random, {40, 300, 6, 2, 17}, false);      // a token at many positions
  testLayer(random, {700, 4, 900, 30, 512}, false);   // above the threads' threshold
  testLayer(random, {5000, 3, 5000, 1, 700}, false);  // positions that are done one after the other
}

}  // namespace mm::test
