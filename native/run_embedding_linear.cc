// The first layer over tokens: finds which tokens occur at each position, and shares columns of
// their products, examples and columns of gradients (kernels/embedding_linear.inl) among threads.
#include <cstring>

#include "run.h"
#include "scratch.h"
#include "share.h"

namespace mm {

namespace {

// 16 MiB of products: as many positions as fit are done at once.
constexpr int64_t kMostProductWords = 4 << 20;
constexpr int64_t kVector = 16;
// Marks that are looked at together.
constexpr int64_t kMarks = 8;

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// Rows of a multiple of 512 words would fall into the same few sets of the cache.
int64_t pitchOf(int64_t cols) {
  const int64_t words = (cols + kVector - 1) / kVector * kVector;
  return words % 512 == 0 ? words + kVector : words;
}

// Memory for a range of positions, and the search for their tokens.
class Tokens {
 public:
  Tokens(const EmbeddingLayer& layer, bool backward)
      : layer_(layer), backward_(backward), pitch_(pitchOf(layer.cols)) {
    const int64_t rowsPerPosition = smaller(layer.n, layer.rows);
    const int64_t productWords = (rowsPerPosition * pitch_) + 1;
    most_ = smaller(layer.positions, kMostProductWords / productWords + 1);
    rows_ = most_ * rowsPerPosition;
  }

  // Lays everything out in `memory`; returns how many words that takes, also where it is null.
  int64_t use(float* memory) {
    memory_ = memory;
    used_ = 0;
    const int64_t indices = layer_.n * most_;
    seen_ = take<uint8_t>(2 * seenWords());
    found.products = take<float>(rows_ * pitch_);
    found.features = take<float>(rows_ * layer_.width);
    found.pitch = pitch_;
    slot_ = take<int32_t>(layer_.rows);
    found.base = take<int32_t>(most_ + 1);
    found.token = take<int32_t>(rows_);
    found.row = take<int32_t>(indices);
    if (backward_) {
      found.start = take<int32_t>(rows_ + 1);
      found.example = take<int32_t>(indices);
      tableRows = take<float>(rows_ * layer_.width);
    }
    return used_;
  }

  // The tokens of the next positions, and their features; false: there are no more positions.
  bool find(const KernelTable& k) {
    found.first += found.positions;
    if (found.first == layer_.positions) return false;
    found.positions = smaller(most_, layer_.positions - found.first);
    if (found.first == 0) std::memset(seen_, 0, static_cast<size_t>(kMarks * seenWords()));
    found.base[0] = 0;
    for (int64_t j = 0; j < found.positions; ++j) findAt(j);
    if (backward_) listExamples();
    k.gatherRows({rows(), layer_.rows, layer_.width, layer_.width, 0, layer_.table, found.token,
                  found.features});
    return true;
  }

  int64_t rows() const { return found.base[found.positions]; }

  TokenRows found = {};
  float* tableRows = nullptr;  // backward: [rows, width], gradients of the table's rows

 private:
  int64_t seenWords() const { return (layer_.rows + kMarks - 1) / kMarks; }

  // On a cache line.
  template <class T>
  T* take(int64_t words) {
    T* const taken = memory_ == nullptr ? nullptr : reinterpret_cast<T*>(memory_ + used_);
    used_ += (words + kVector - 1) / kVector * kVector;
    return taken;
  }

  void findAt(int64_t j) {
    const int64_t step = layer_.positions, to = found.positions;
    const int32_t* const index = layer_.index + found.first + j;
    for (int64_t i = 0; i < layer_.n; ++i) seen_[index[i * step]] = 1;
    int32_t row = found.base[j];
    for (int64_t from = 0; from < layer_.rows; from += kMarks) {
      uint64_t marks;
      std::memcpy(&marks, seen_ + from, sizeof marks);
      if (marks == 0) continue;
      const int64_t end = smaller(from + kMarks, layer_.rows);
      for (int64_t token = from; token < end; ++token) {
        if (seen_[token] == 0) continue;
        slot_[token] = row;
        found.token[row++] = static_cast<int32_t>(token);
      }
      std::memset(seen_ + from, 0, kMarks);
    }
    found.base[j + 1] = row;
    for (int64_t i = 0; i < layer_.n; ++i) found.row[i * to + j] = slot_[index[i * step]];
  }

  // By counting: how many examples each row has, where its list begins, the lists.
  void listExamples() {
    const int64_t positions = found.positions, all = layer_.n * positions;
    int32_t* const start = found.start;
    std::memset(start, 0, static_cast<size_t>(rows() + 1) * sizeof *start);
    for (int64_t p = 0; p < all; ++p) ++start[found.row[p]];
    int32_t before = 0;
    for (int64_t r = 0; r < rows(); ++r) {
      before += start[r];
      start[r] = before;
    }
    start[rows()] = before;
    // From the last example on, each start moves from the end of its list to its beginning.
    for (int64_t i = layer_.n - 1; i >= 0; --i) {
      for (int64_t j = 0; j < positions; ++j)
        found.example[--start[found.row[i * positions + j]]] = static_cast<int32_t>(i);
    }
  }

  const EmbeddingLayer& layer_;
  const bool backward_;
  const int64_t pitch_;
  int64_t most_, rows_;  // positions at once, and the most rows that they have
  float* memory_ = nullptr;
  int64_t used_ = 0;
  // A byte per row of the table: marking one does not wait for the one before it, as a bit would.
  uint8_t* seen_ = nullptr;
  int32_t* slot_ = nullptr;  // which row of `found` a token has
};

// Columns [from, to) of the products of the tokens' features and weights, the first position's with
// the bias.
struct ProductColumns {
  const KernelTable* kernels;
  const EmbeddingLinear* layer;
  const TokenRows* tokens;
  int64_t from, to;
};
ProductColumns sliceColumns(const ProductColumns& p, int64_t from, int64_t to) {
  return {p.kernels, p.layer, p.tokens, from, to};
}
void multiplyColumns(const ProductColumns& p) {
  const EmbeddingLinear& layer = *p.layer;
  const TokenRows& found = *p.tokens;
  for (int64_t j = 0; j < found.positions; ++j) {
    Gemm g = {};
    g.m = found.base[j + 1] - found.base[j];
    g.n = p.to - p.from;
    g.k = layer.width;
    g.a = found.features + found.base[j] * layer.width;
    g.aRow = layer.width;
    g.aCol = 1;
    g.b = layer.weight + (found.first + j) * layer.width * layer.cols + p.from;
    g.bRow = layer.cols;
    g.bCol = 1;
    g.bias = found.first + j == 0 ? layer.bias + p.from : nullptr;
    g.out = found.products + found.base[j] * found.pitch + p.from;
    g.outRow = found.pitch;
    p.kernels->gemm(g);
  }
}

TokenProducts sliceProducts(const TokenProducts& p, int64_t from, int64_t to) {
  return {p.layer, p.tokens, from, to};
}
TokenGradients sliceGradients(const TokenGradients& p, int64_t from, int64_t to) {
  return {p.layer, p.tokens, from, to - from};
}

// Rows [from, to) of the gradients of the table's rows: the sums * weight^T.
struct TableRows {
  const KernelTable* kernels;
  const EmbeddingLayer* layer;
  const Tokens* tokens;
  int64_t from, to;
};
TableRows sliceRows(const TableRows& t, int64_t from, int64_t to) {
  return {t.kernels, t.layer, t.tokens, from, to};
}
void multiplyRows(const TableRows& t) {
  const int64_t width = t.layer->width, cols = t.layer->cols;
  const TokenRows& found = t.tokens->found;
  for (int64_t j = 0; j < found.positions; ++j) {
    const int64_t begin = found.base[j], end = found.base[j + 1];
    const int64_t from = begin > t.from ? begin : t.from, to = smaller(end, t.to);
    if (from >= to) continue;
    Gemm g = {};
    g.m = to - from;
    g.n = width;
    g.k = cols;
    g.a = found.products + from * found.pitch;
    g.aRow = found.pitch;
    g.aCol = 1;
    g.b = t.layer->weight + (found.first + j) * width * cols;
    g.bRow = 1;
    g.bCol = cols;
    g.out = t.tokens->tableRows + from * width;
    g.outRow = width;
    t.kernels->gemm(g);
  }
}

// One position after the other: each adds once to a row of the table.
int64_t addRows(const KernelTable& k, const EmbeddingLinearBackward& e, const Tokens& tokens,
                int threads) {
  for (int64_t j = 0; j < tokens.found.positions; ++j) {
    const int64_t from = tokens.found.base[j], rows = tokens.found.base[j + 1] - from;
    const ScatterAddRows add = {rows,
                                e.rows,
                                e.width,
                                e.width,
                                tokens.tableRows + from * e.width,
                                tokens.found.token + from,
                                e.gradTable,
                                nullptr};
    if (run(k, add, threads) == kNoMemory) return kNoMemory;
  }
  return -1;
}

double flopsOfProducts(const EmbeddingLayer& layer, const Tokens& tokens) {
  return work(tokens.rows(), layer.width * layer.cols, 2.0);
}
double flopsOfSums(const EmbeddingLayer& layer, const Tokens& tokens) {
  return work(layer.n * tokens.found.positions, layer.cols, kFlopsPerWord);
}

}  // namespace

int64_t run(const KernelTable& k, const EmbeddingLinear& e, int threads) {
  const int64_t bad = firstOutside(e.index, e.n * e.positions, 0, e.rows);
  if (bad >= 0 || e.n == 0 || e.cols == 0) return bad;
  Tokens tokens(e, false);
  const Scratch scratch(tokens.use(nullptr));
  if (scratch.words == nullptr) return kNoMemory;
  tokens.use(scratch.words);
  const double activation = e.activation == Activation::kTanh ? kFlopsPerTranscendental : 0;
  while (tokens.find(k)) {
    share(ProductColumns{&k, &e, &tokens.found, 0, e.cols}, multiplyColumns, sliceColumns, e.cols,
          kVector, threads, flopsOfProducts(e, tokens));
    // Whole cache lines for each thread.
    share(TokenProducts{&e, &tokens.found, 0, e.n}, k.addTokenProducts, sliceProducts, e.n, kVector,
          threads, flopsOfSums(e, tokens) + work(e.n, e.cols, activation));
  }
  return -1;
}

int64_t run(const KernelTable& k, const EmbeddingLinearBackward& e, int threads) {
  const int64_t bad = firstOutside(e.index, e.n * e.positions, 0, e.rows);
  if (bad >= 0) return bad;
  if (e.gradTable != nullptr) run(k, Fill{e.rows * e.width, 0.0f, e.gradTable}, threads);
  if (e.cols == 0 || e.width == 0) return -1;
  Tokens tokens(e, true);
  const Scratch scratch(tokens.use(nullptr));
  if (scratch.words == nullptr) return kNoMemory;
  tokens.use(scratch.words);
  while (tokens.find(k)) {
    const double flops = flopsOfProducts(e, tokens) + flopsOfSums(e, tokens);
    share(TokenGradients{&e, &tokens.found, 0, e.cols}, k.sumTokenGradients, sliceGradients, e.cols,
          kVector, threads, flops);
    if (e.gradTable == nullptr) continue;
    share(TableRows{&k, &e, &tokens, 0, tokens.rows()}, multiplyRows, sliceRows, tokens.rows(), 1,
          threads, work(tokens.rows(), e.width * e.cols, 2.0));
    if (addRows(k, e, tokens, threads) == kNoMemory) return kNoMemory;
  }
  return -1;
}

}  // namespace mm
