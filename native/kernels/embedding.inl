// Rows of a table: the embedding and its gradient. The indices have been checked (native/run.cc).

MM_INLINE int64_t rowOf(int32_t index, int64_t rows) { return index < 0 ? index + rows : index; }

void gatherRows(const GatherRows& g) {
  for (int64_t p = 0; p < g.n; ++p)
    copyRow(g.width, g.table + rowOf(g.index[p], g.rows) * g.pitch, 1, g.out + p * g.width, 1);
}

void scatterAddRows(const ScatterAddRows& s) {
  for (int64_t p = 0; p < s.n; ++p) {
    float* to = s.table + rowOf(s.index[p], s.rows) * s.pitch;
    binaryRow<Add>(s.width, to, 1, s.a + p * s.pitch, 1, to, 1);
  }
}
