// Rows of a table: the embedding and its gradient. The indices have been checked (native/run.cc).

MM_INLINE int64_t rowOf(int32_t index, int64_t rows) { return index < 0 ? index + rows : index; }

void gatherRows(const GatherRows& g) {
  for (int64_t p = 0; p < g.n; ++p)
    copyRow(g.width, g.table + rowOf(g.index[p], g.rows) * g.pitch, 1, g.out + p * g.width, 1);
}

MM_INLINE void addRow(const Columns& c, const float* a, float* to) {
#pragma GCC unroll 4
  for (int64_t i = 0; i < c.whole; i += 16) store(to + i, load(to + i) + load(a + i));
  if (c.whole == c.count) return;
  storeTail(to + c.whole, loadTail(to + c.whole, c.tail) + loadTail(a + c.whole, c.tail), c.tail);
}

// The rows of the table with more than a block of terms. The table holds in turn the chain of a
// row's first block, the sum of its first group, and the sum of all its groups; `block` and `group`
// hold those that are not complete.
struct LongSums {
  static constexpr int32_t kBlock = kSumBlock, kBlocks = kSumGroup / kSumBlock;
  const ScatterAddRows& s;
  const Columns& columns;
  int32_t* terms;  // [rows], so far
  int32_t* slot;   // [rows]: which of the sums below is a long row's
  int32_t* row;    // [slots]
  float* block;    // [slots, width]
  float* group;
  int32_t slots = 0;

  LongSums(const ScatterAddRows& args, const Columns& c) : s(args), columns(c) {
    const int64_t most = longRows(s.n);
    block = s.scratch;
    group = block + most * s.width;
    terms = reinterpret_cast<int32_t*>(group + most * s.width);
    slot = terms + s.rows;
    row = slot + s.rows;
    __builtin_memset(terms, 0, static_cast<size_t>(s.rows) * sizeof *terms);
  }

  MM_INLINE float* tableRow(int64_t r) const { return s.table + r * s.pitch; }

  // Where row r's next term is added.
  MM_INLINE float* next(int64_t r) {
    const int32_t before = terms[r]++;
    if (before < kBlock) return tableRow(r);
    if (before % kBlock == 0) startBlock(r, before / kBlock);
    return block + slot[r] * s.width;
  }

  void startBlock(int64_t r, int32_t number) {
    if (number == 1) {
      row[slots] = static_cast<int32_t>(r);
      slot[r] = slots++;
    } else {
      endBlock(r, number - 1, false);
    }
    float* const chain = block + slot[r] * s.width;
    for (int64_t j = 0; j < s.width; ++j) chain[j] = 0.0f;
  }

  void endBlock(int64_t r, int32_t number, bool last) {
    const float* const chain = block + slot[r] * s.width;
    if (number < kBlocks) return addRow(columns, chain, tableRow(r));
    float* const sum = group + slot[r] * s.width;
    if (number % kBlocks == 0) {
      copyRow(s.width, chain, 1, sum, 1);
    } else {
      addRow(columns, chain, sum);
    }
    if (last || number % kBlocks == kBlocks - 1) addRow(columns, sum, tableRow(r));
  }

  void finish() {
    for (int32_t i = 0; i < slots; ++i) endBlock(row[i], (terms[row[i]] - 1) / kBlock, true);
  }
};

void scatterAddRows(const ScatterAddRows& s) {
  // While no row can have more than a block of terms, they are added to the table itself. Rows are
  // counted by their last eight bits.
  const Columns c = columns(s.width);
  const bool counted = s.n > kSumBlock;
  uint16_t seen[256] = {};
  int64_t p = 0;
  for (; p < s.n; ++p) {
    const int64_t row = rowOf(s.index[p], s.rows);
    if (counted && ++seen[row & 255] > kSumBlock) break;
    addRow(c, s.a + p * s.pitch, s.table + row * s.pitch);
  }
  if (p == s.n) return;
  LongSums sums(s, c);
  for (int64_t q = 0; q < p; ++q) ++sums.terms[rowOf(s.index[q], s.rows)];
  for (; p < s.n; ++p) addRow(c, s.a + p * s.pitch, sums.next(rowOf(s.index[p], s.rows)));
  sums.finish();
}
