// out[r * outRow + c] = a[c * aCol + r] for r < rows, c < cols.
//
// Squares of 32 x 32 (two times 4 KiB: in L1, with whole cache lines on both sides) are transposed
// by register blocks. The last block of a side begins kTransposeBlock before its end and writes
// some words a second time, instead of leaving an edge to do word by word.
void transpose(int64_t rows, int64_t cols, const float* a, int64_t aCol, float* out,
               int64_t outRow) {
  constexpr int64_t kSquare = 32;
  if (rows < kTransposeBlock || cols < kTransposeBlock) {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < cols; ++c) out[r * outRow + c] = a[c * aCol + r];
    }
    return;
  }
  for (int64_t r0 = 0; r0 < rows; r0 += kSquare) {
    const int64_t r1 = r0 + kSquare < rows ? r0 + kSquare : rows;
    for (int64_t c0 = 0; c0 < cols; c0 += kSquare) {
      const int64_t c1 = c0 + kSquare < cols ? c0 + kSquare : cols;
      for (int64_t i = r0; i < r1; i += kTransposeBlock) {
        const int64_t r = i + kTransposeBlock <= rows ? i : rows - kTransposeBlock;
        for (int64_t j = c0; j < c1; j += kTransposeBlock) {
          const int64_t c = j + kTransposeBlock <= cols ? j : cols - kTransposeBlock;
          transposeBlock(a + c * aCol + r, aCol, out + r * outRow + c, outRow);
        }
      }
    }
  }
}
