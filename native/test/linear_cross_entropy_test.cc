// The linear layer under a cross-entropy, tile by tile, against the kernels that hold all logits:
// the same bits.
#include "harness.h"

namespace mm::test {

namespace {

struct Layer {
  int64_t rows, inner, cols;
};

void testLayer(Random& random, Layer shape, bool special, bool moves = false) {
  const int64_t rows = shape.rows, inner = shape.inner, cols = shape.cols;
  const Words x = randomWords(random, rows * inner, special);
  const Words weight = randomWords(random, inner * cols, special);
  const Words bias = randomWords(random, cols, false);
  std::vector<int32_t> targets(static_cast<size_t>(rows));
  for (int32_t& t : targets) t = static_cast<int32_t>(random.below(cols));
  targets[0] = 0;
  const bool each = random.below(2) == 0, kept = moves || random.below(2) == 0,
             others = moves || random.below(2) == 0;
  const Words upstream = randomWords(random, rows, false);
  const float scale = random.ordinary();

  // loss, stats, gradX, gradWeight, gradBias in one piece, with guards behind.
  const int64_t at[] = {0, rows, 3 * rows, 3 * rows + rows * inner,
                        3 * rows + rows * inner + inner * cols};
  const Words out = randomWords(random, at[4] + cols + 19, false);
  const Words got = onEverySet(
      "linearCrossEntropy, linearCrossEntropyBackward", out,
      [&](const KernelTable& kernels, Words& to, int threads) {
        LinearLoss l = {};
        l.rows = rows;
        l.inner = inner;
        l.cols = cols;
        l.x = x.data();
        l.weight = weight.data();
        l.bias = bias.data();
        l.targets = targets.data();
        l.loss = to.data();
        l.stats = to.data() + at[1];
        l.scale = scale;
        l.upstream = upstream.data();
        l.upstreamStride = each ? 1 : 0;
        l.gradX = to.data() + at[2];
        l.gradWeight = to.data() + at[3];
        l.gradBias = to.data() + at[4];
        l.kept = kept;
        check(run(kernels, LinearCrossEntropy{l}, threads) == -1, "linearCrossEntropy",
              kernels.isa);
        // Also on another number of threads than the forward pass: what was kept is there for both.
        check(run(kernels, LinearCrossEntropyBackward{l}, others ? 4 - threads : threads) == -1,
              "linearCrossEntropyBackward", kernels.isa);
        targets[0] = static_cast<int32_t>(cols);
        check(run(kernels, LinearCrossEntropy{l}, threads) == 0, "the position of a bad target",
              kernels.isa);
        check(run(kernels, LinearCrossEntropyBackward{l}, threads) == 0,
              "the position of a bad target, backward", kernels.isa);
        targets[0] = 0;
      });

  const KernelTable& kernels = *findKernels("baseline");
  Words z(static_cast<size_t>(rows * cols)), g(z.size()), expected = out;
  Gemm product = {
      rows,        cols,     inner, x.data(),          inner,   1, weight.data(), cols,    1,
      bias.data(), z.data(), cols,  Activation::kNone, nullptr, 0, false,         nullptr, 0,
      false};
  run(kernels, product, 1);
  run(kernels, CrossEntropy{rows, cols, z.data(), targets.data(), scale, expected.data(), g.data()},
      1);
  for (int64_t i = 0; i < rows * cols; ++i) g[i] *= upstream[each ? i / cols : 0];
  product = {rows,
             inner,
             cols,
             g.data(),
             cols,
             1,
             weight.data(),
             1,
             cols,
             nullptr,
             &expected[at[2]],
             inner,
             Activation::kNone,
             nullptr,
             0,
             false,
             nullptr,
             0,
             false};
  run(kernels, product, 1);
  product = {inner,
             cols,
             rows,
             x.data(),
             1,
             inner,
             g.data(),
             cols,
             1,
             nullptr,
             &expected[at[3]],
             cols,
             Activation::kNone,
             nullptr,
             0,
             false,
             nullptr,
             0,
             false};
  run(kernels, product, 1);
  run(kernels, Sum{{1, rows, cols, cols, false, g.data(), &expected[at[4]], nullptr}}, 1);
  for (int64_t i = rows; i < 3 * rows; ++i)
    expected[i] = got[i];  // m and S, which crossEntropy keeps to itself
  same(expected, got, "linearCrossEntropy", "gemm and crossEntropy");
}

// A layer in shards of whole blocks, put together: the bits of the layer as one.
void testShards(Random& random, Layer shape) {
  const int64_t rows = shape.rows, inner = shape.inner, cols = shape.cols;
  const Words x = randomWords(random, rows * inner, false);
  const Words weight = randomWords(random, inner * cols, false);
  const Words bias = randomWords(random, cols, false);
  const Words upstream = randomWords(random, 1, false);
  std::vector<int32_t> targets(static_cast<size_t>(rows));
  for (int32_t& t : targets) t = static_cast<int32_t>(random.below(cols));
  const bool kept = random.below(2) == 0;
  std::vector<int64_t> starts = {0};
  for (int64_t at = kSoftmaxBlock; at < cols; at += kSoftmaxBlock) {
    if (random.below(3) == 0) starts.push_back(at);
  }
  starts.push_back(cols);

  LinearLoss l = {};
  l.rows = rows;
  l.inner = inner;
  l.x = x.data();
  l.targets = targets.data();
  l.kept = kept;
  l.scale = random.ordinary();
  l.upstream = upstream.data();
  // loss, stats, gradX, gradWeight, gradBias.
  const int64_t at[] = {0, rows, 3 * rows, 3 * rows + rows * inner,
                        3 * rows + rows * inner + inner * cols};
  const Words out = randomWords(random, at[4] + cols, false);
  const Words expected =
      onEverySet("linearCrossEntropy", out, [&](const KernelTable& k, Words& to, int threads) {
        LinearLoss whole = l;
        whole.cols = cols;
        whole.weight = weight.data();
        whole.bias = bias.data();
        whole.loss = to.data();
        whole.stats = to.data() + at[1];
        whole.gradX = to.data() + at[2];
        whole.gradWeight = to.data() + at[3];
        whole.gradBias = to.data() + at[4];
        run(k, LinearCrossEntropy{whole}, threads);
        run(k, LinearCrossEntropyBackward{whole}, threads);
      });
  const Words got = onEverySet(
      "linearShardBlocks, blockLosses, linearShardBackward", out,
      [&](const KernelTable& k, Words& to, int threads) {
        const int64_t tiles = (cols + kSoftmaxBlock - 1) / kSoftmaxBlock, pitch = blockPitch(rows);
        Words blocks(static_cast<size_t>(3 * tiles * pitch));
        std::vector<Words> ownWeight, ownGradient;
        Words sums, group;
        auto shardOf = [&](size_t i) {
          LinearShard s = {};
          static_cast<LinearLoss&>(s) = l;
          s.first = starts[i];
          s.cols = starts[i + 1] - starts[i];
          s.classes = cols;
          s.weight = ownWeight[i].data();
          s.bias = bias.data() + s.first;
          s.gradWeight = ownGradient[i].data();
          s.stats = to.data() + at[1];
          s.gradBias = to.data() + at[4] + s.first;
          return s;
        };
        for (size_t i = 0; i + 1 < starts.size(); ++i) {
          const int64_t own = starts[i + 1] - starts[i];
          Words columns(static_cast<size_t>(inner * own));
          for (int64_t r = 0; r < inner; ++r)
            for (int64_t c = 0; c < own; ++c)
              columns[r * own + c] = weight[r * cols + starts[i] + c];
          ownWeight.push_back(columns);
          ownGradient.push_back(Words(columns.size()));
          LinearShardBlocks s = {shardOf(i), &blocks[3 * starts[i] / kSoftmaxBlock * pitch]};
          check(run(k, s, threads) == -1, "linearShardBlocks", k.isa);
        }
        run(k, BlockLosses{rows, cols, blocks.data(), targets.data(), to.data(), to.data() + at[1]},
            threads);
        // The groups' sums, each complete before it is added to those before it.
        int64_t before = 0;
        auto add = [](Words& a, const float* b) {
          for (size_t j = 0; j < a.size(); ++j) a[j] += b[j];
        };
        auto close = [&] {
          if (sums.empty()) {
            sums = group;
          } else {
            add(sums, group.data());
          }
        };
        for (size_t i = 0; i + 1 < starts.size(); ++i) {
          const LinearShard shard = shardOf(i);
          const int64_t count = shardParts(shard.first, shard.cols), n = rows * inner;
          Words parts(static_cast<size_t>(count * n));
          LinearShardBackward s = {shard, parts.data()};
          check(run(k, s, threads) == -1, "linearShardBackward", k.isa);
          for (int64_t p = 0, from = shard.first; p < count; ++p) {
            if (from / kSumGroup != before / kSumGroup) {
              close();
              group.clear();
            }
            if (group.empty()) {
              group.assign(parts.begin() + p * n, parts.begin() + (p + 1) * n);
            } else {
              add(group, &parts[p * n]);
            }
            before = from;
            from = p < shardChains(shard.first, shard.cols) ? from + kSumBlock
                                                            : (from / kSumGroup + 1) * kSumGroup;
          }
          for (int64_t r = 0; r < inner; ++r)
            for (int64_t c = 0; c < shard.cols; ++c)
              to[at[3] + r * cols + shard.first + c] = ownGradient[i][r * shard.cols + c];
        }
        close();
        for (int64_t j = 0; j < rows * inner; ++j) to[at[2] + j] = sums[j];
      });
  same(expected, got, "shards", "linearCrossEntropy");
}

}  // namespace

void testLinearLoss() {
  Random random(6);
  for (int i = 0; i < 60; ++i)
    testLayer(random, {random.between(1, 40), random.between(1, 20), random.between(1, 70)},
              i % 4 == 0);
  for (int i = 0; i < 6; ++i)
    testLayer(random, {random.between(1, 40), random.between(1, 20), random.between(500, 1100)},
              i % 3 == 0);
  testLayer(random, {300, 20, 530}, false);  // two blocks of rows, two tiles
  testLayer(random, {200, 190, 1100}, false,
            true);  // more inputs than a tile of three threads has rows, fewer than one thread's
  testLayer(random, {33, 40, 8705}, false);  // 18 tiles: more than lanes
  testLayer(random, {2500, 3, 70}, false);   // sums over rows of more than one group
  testLayer(random, {270, 5, 4700}, false);  // and over columns
  for (int i = 0; i < 8; ++i)
    testShards(random, {random.between(1, 40), random.between(1, 9), 5000});
  testShards(random, {270, 5, 4700});
}

}  // namespace mm::test
