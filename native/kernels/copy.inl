// out[i...] = a[i...] for any 32-bit words, and fill. Words pass through vector registers, which
// keep every bit pattern.

struct Same {
  static MM_INLINE F32x16 of(F32x16 a) { return a; }
};

void copyRow(int64_t n, const float* a, int64_t aStride, float* out, int64_t outStride) {
  unaryRow<Same>(n, a, aStride, out, outStride);
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
  const F32x16 x = broadcast(f.value);
  const int64_t whole = f.n & ~int64_t{15};
  for (int64_t i = 0; i < whole; i += 16) store(f.out + i, x);
  if (whole < f.n) storeTail(f.out + whole, x, tailOf(f.n - whole));
}
