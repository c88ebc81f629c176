// The first layer over tokens: finds which tokens occur at each position, and shares the columns of
// their products (kernels/embedding_linear.inl) among threads.
#include <cstring>

#include "run.h"
#include "scratch.h"
#include "share.h"

namespace mm {

namespace {

// 16 MiB of products: as many positions as fit are done at once.
constexpr int64_t kMostProductWords = 4 << 20;
constexpr int64_t kVector = 16;

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
    seen_ = take<uint64_t>(2 * seenWords());
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
    if (found.first == 0) std::memset(seen_, 0, static_cast<size_t>(seenWords()) * sizeof *seen_);
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
  int64_t seenWords() const { return (layer_.rows + 63) / 64; }

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
    for (int64_t i = 0; i < layer_.n; ++i)
      seen_[index[i * step] >> 6] |= uint64_t{1} << (index[i * step] & 63);
    int32_t row = found.base[j];
    for (int64_t w = 0; w < seenWords(); ++w) {
      for (uint64_t bits = seen_[w]; bits != 0; bits &= bits - 1) {
        const int32_t token = static_cast<int32_t>(64 * w + __builtin_ctzll(bits));
        slot_[token] = row;
        found.token[row++] = token;
      }
      seen_[w] = 0;
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
  uint64_t* seen_ = nullptr;  // a bit per row of the table
  int32_t* slot_ = nullptr;   // which row of `found` a token has
};

TokenProducts sliceProducts(const TokenProducts& p, int64_t from, int64_t to) {
  return {p.layer, p.tokens, from, to - from};
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

double flopsOf(const EmbeddingLayer& layer, const Tokens& tokens, double flopsPerOutput) {
  const double products = work(tokens.rows(), layer.width * layer.cols, 2.0);
  const double added = work(layer.n * tokens.found.positions, layer.cols, kFlopsPerWord);
  return products + added + work(layer.n, layer.cols, flopsPerOutput);
}

}  // namespace

int64_t run(const KernelTable& k, const EmbeddingLinear& e, int threads) {
  const int64_t bad = firstOutside(e.index, e.n * e.positions, 0, e.rows);
  if (bad >= 0 || e.n == 0 || e.cols == 0) return bad;
  Tokens tokens(e, false);
  const Scratch scratch(tokens.use(nullptr));
  if (scratch.words == nullptr) return kNoMemory;
  tokens.use(scratch.words);
  const double flops = e.activation == Activation::kTanh ? kFlopsPerTranscendental : 0;
  while (tokens.find(k)) {
    share(TokenProducts{&e, &tokens.found, 0, e.cols}, k.addTokenProducts, sliceProducts, e.cols,
          kVector, threads, flopsOf(e, tokens, flops));
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
    const double flops = flopsOf(e, tokens, 0);
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
