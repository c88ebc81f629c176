// Sums, maxima and running sums over the middle axis of [outer, reduce, inner].

float sumRow(const float* a, int64_t n) {
  F64x16 s = zeroSums();
  const int64_t whole = n & ~int64_t{15};
  for (int64_t i = 0; i < whole; i += 16) s = add(s, load(a + i));
  // The missing lanes add +0, which changes no sum: a lane that began at +0 is never -0.
  if (whole < n) s = add(s, loadTail(a + whole, tailOf(n - whole)));
  return total(s);
}

// kVectors * 16 neighbouring columns: a column's chain is its own, so several hide each other's
// latency.
template <int kVectors>
MM_INLINE void sumColumns(const float* a, int64_t reduce, int64_t pitch, float* out) {
  F64x16 s[kVectors];
#pragma GCC unroll 4
  for (int j = 0; j < kVectors; ++j) s[j] = zeroSums();
  for (int64_t p = 0; p < reduce; ++p) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) s[j] = add(s[j], load(a + p * pitch + 16 * j));
  }
#pragma GCC unroll 4
  for (int j = 0; j < kVectors; ++j) store(out + 16 * j, rounded(s[j]));
}

void sum(const Reduce& r) {
  for (int64_t o = 0; o < r.outer; ++o) {
    if (r.alongRows) {
      r.out[o] = sumRow(r.a + o * r.reduce, r.reduce);
      continue;
    }
    const float* a = r.a + o * r.reduce * r.pitch;
    float* out = r.out + o * r.pitch;
    int64_t i = 0;
    for (; i + 64 <= r.inner; i += 64) sumColumns<4>(a + i, r.reduce, r.pitch, out + i);
    for (; i + 16 <= r.inner; i += 16) sumColumns<1>(a + i, r.reduce, r.pitch, out + i);
    if (i < r.inner) {
      const Tail tail = tailOf(r.inner - i);
      F64x16 s = zeroSums();
      for (int64_t p = 0; p < r.reduce; ++p) s = add(s, loadTail(a + p * r.pitch + i, tail));
      storeTail(out + i, rounded(s), tail);
    }
  }
}

void maxRow(const float* a, int64_t n, float* out, int32_t* index) {
  // The largest value first, then its position: two quick passes instead of lanes of positions.
  const F32x16 lowest = broadcast(-__builtin_inff());
  F32x16 best = lowest;
  bool nan = false;
  for (int64_t i = 0; i < n && !nan; i += 16) {
    const int64_t count = n - i < 16 ? n - i : 16;
    const F32x16 x =
        count == 16 ? load(a + i) : firstLanes(loadStrided(a + i, 1, count), tailOf(count), lowest);
    nan = any(isNaN(x));
    best = atLeast(best, x);
  }
  const float wanted = largest(best);
  int64_t p = 0;
  while (nan ? a[p] == a[p] : a[p] != wanted) ++p;
  *out = a[p];
  *index = static_cast<int32_t>(p);
}

void max(const Reduce& r) {
  for (int64_t o = 0; o < r.outer; ++o) {
    if (r.alongRows) {
      maxRow(r.a + o * r.reduce, r.reduce, r.out + o, r.index + o);
      continue;
    }
    const float* a = r.a + o * r.reduce * r.pitch;
    for (int64_t i = 0; i < r.inner; i += 16) {
      const int64_t count = r.inner - i < 16 ? r.inner - i : 16;
      F32x16 best = loadStrided(a + i, 1, count);
      F32x16 at = zero();  // int32 positions
      for (int64_t p = 1; p < r.reduce; ++p) {
        const F32x16 x = loadStrided(a + p * r.pitch + i, 1, count);
        // A number beats a smaller one, NaN beats a number, nothing beats NaN.
        const M16 better = (best < x) | (isNaN(x) & (best == best));
        best = select(better, x, best);
        at = select(better, value(broadcastInt(static_cast<int32_t>(p))), at);
      }
      storeStrided(r.out + o * r.pitch + i, 1, count, best);
      storeStrided(reinterpret_cast<float*>(r.index + o * r.pitch + i), 1, count, at);
    }
  }
}

void cumsum(const CumSum& c) {
  const int64_t step = c.reverse ? -c.pitch : c.pitch;
  for (int64_t o = 0; o < c.outer; ++o) {
    const int64_t first = (o * c.reduce + (c.reverse ? c.reduce - 1 : 0)) * c.pitch;
    int64_t i = 0;
    for (; i + 16 <= c.inner; i += 16) {
      F64x16 s = zeroSums();
      for (int64_t r = 0, p = first + i; r < c.reduce; ++r, p += step) {
        s = add(s, load(c.a + p));
        store(c.out + p, rounded(s));
      }
    }
    for (; i < c.inner; ++i) {
      double s = 0;
      for (int64_t r = 0, p = first + i; r < c.reduce; ++r, p += step) {
        s += c.a[p];
        c.out[p] = static_cast<float>(s);
      }
    }
  }
}
