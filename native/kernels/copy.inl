// out[i...] = a[i...] for any 32-bit words, and fill. Words pass through vector registers, which keep every bit pattern.

void copyRow(int64_t n, const float* a, int64_t aStride, float* out, int64_t outStride) {
  int64_t i = 0;
  if (aStride == 1 && outStride == 1) {
    for (; i + 16 <= n; i += 16) store(out + i, load(a + i));
  }
  for (; i < n; i += 16) {
    const int64_t count = n - i < 16 ? n - i : 16;
    storeStrided(out + i * outStride, outStride, count, loadStrided(a + i * aStride, aStride, count));
  }
}

// out[r * outRow + c] = a[c * aCol + r]: squares of 32 x 32 (two times 4 KiB, in L1 with whole cache lines on both sides), transposed by
// register blocks; the edges word by word.
void transpose(int64_t rows, int64_t cols, const float* a, int64_t aCol, float* out, int64_t outRow) {
  constexpr int64_t kSquare = 32;
  const int64_t blockedRows = rows - rows % kBlock;
  const int64_t blockedCols = cols - cols % kBlock;
  for (int64_t r0 = 0; r0 < blockedRows; r0 += kSquare) {
    const int64_t r1 = r0 + kSquare < blockedRows ? r0 + kSquare : blockedRows;
    for (int64_t c0 = 0; c0 < blockedCols; c0 += kSquare) {
      const int64_t c1 = c0 + kSquare < blockedCols ? c0 + kSquare : blockedCols;
      for (int64_t r = r0; r < r1; r += kBlock) {
        for (int64_t c = c0; c < c1; c += kBlock) transposeBlock(a + c * aCol + r, aCol, out + r * outRow + c, outRow);
      }
    }
  }
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = r < blockedRows ? blockedCols : 0; c < cols; ++c) out[r * outRow + c] = a[c * aCol + r];
  }
}

void copy(const Strided& given) {
  Strided s = given;
  Odometer odometer;
  const int last = s.rank - 1;
  const int row = last - 1;
  if (last > 0 && s.aStride[row] == 1 && s.aStride[last] != 1 && s.outStride[last] == 1) {
    do {
      transpose(s.shape[row], s.shape[last], s.a, s.aStride[last], s.out, s.outStride[row]);
    } while (odometer.next(s, row));
    return;
  }
  do {
    copyRow(s.shape[last], s.a, s.aStride[last], s.out, s.outStride[last]);
  } while (odometer.next(s, last));
}

void fill(const Fill& f) {
  const F16 x = broadcast(f.value);
  const int64_t whole = f.n & ~int64_t{15};
  for (int64_t i = 0; i < whole; i += 16) store(f.out + i, x);
  if (whole < f.n) storeTail(f.out + whole, x, tailOf(f.n - whole));
}
