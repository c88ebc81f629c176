// What one core can do at most: as many independent chains of fused multiply-adds as the gemm tile
// has, in registers, with no memory between them. Returns the floating-point operations done.
// `lanes` are 16 different numbers (equal chains would be computed once), `out` gets 16, so that no
// chain can be left out.
double fmaPeak(int64_t rounds, const float* lanes, float* out) {
  constexpr int kChains = kGemmRows * kGemmVectors;
  const F32x16 x = broadcast(lanes[0]), y = broadcast(lanes[1]);
  F32x16 chain[kChains];
#pragma GCC unroll 32
  for (int i = 0; i < kChains; ++i) chain[i] = load(lanes) + broadcast(static_cast<float>(i));
  for (int64_t r = 0; r < rounds; ++r) {
#pragma GCC unroll 32
    for (int i = 0; i < kChains; ++i) chain[i] = fma(x, y, chain[i]);
  }
  F32x16 sum = zero();
#pragma GCC unroll 32
  for (int i = 0; i < kChains; ++i) sum = sum + chain[i];
  store(out, sum);
  return 2.0 * 16 * kChains * static_cast<double>(rounds);
}
