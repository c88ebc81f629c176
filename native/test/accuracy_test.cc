// The errors of exp, log and tanh against double, in units of the last place, and their values at
// the ends.
#include <cmath>

#include "harness.h"

namespace mm::test {

namespace {

double ulps(float got, double exact) {
  const float near = static_cast<float>(exact);
  if (got == near || (std::isnan(near) && std::isnan(got))) return 0;
  if (!std::isfinite(near) || !std::isfinite(got)) return HUGE_VAL;
  if (near == 0.0f) return std::fabs(got) / 1.4e-45;
  int exponent;
  std::frexp(near, &exponent);
  const double unit = std::ldexp(1.0, exponent - 24 < -149 ? -149 : exponent - 24);
  return std::fabs(got - exact) / unit;
}

void measure(const char* name, UnaryOp op, double (*exact)(double), double bound, const Words& x) {
  const int64_t n = static_cast<int64_t>(x.size());
  const Words got = onEverySet(name, x, [&](const KernelTable& kernels, Words& to, int threads) {
    Strided s = {};
    s.rank = 1;
    s.shape[0] = n;
    s.aStride[0] = s.outStride[0] = 1;
    s.a = x.data();
    s.out = to.data();
    run(kernels, Unary{s, op}, threads);
  });
  double worst = 0;
  float at = 0;
  for (int64_t i = 0; i < n; ++i) {
    const double error = ulps(got[i], exact(x[i]));
    if (error > worst) {
      worst = error;
      at = x[i];
    }
  }
  std::printf("%-5s worst %.3f ulp at %.9g (bound %.1f)\n", name, worst, at, bound);
  check(worst < bound, name, "baseline");
}

}  // namespace

void testAccuracy() {
  Random random(5);
  Words exps, logs, tanhs;
  for (int i = 0; i < 300000; ++i) {
    const float unit = static_cast<float>(random.next() >> 40) * 0x1p-24f;
    exps.push_back(unit * 194.0f - 104.5f);
    tanhs.push_back((unit * 2 - 1) * (i % 2 ? 11.0f : 0.6f));
    const uint32_t positive = static_cast<uint32_t>(random.below(0x7f800000));
    float x;
    std::memcpy(&x, &positive, sizeof x);
    logs.push_back(i % 2 ? x : 0.5f + unit);
  }
  for (const float x :
       {0.0f, -0.0f, 1e-45f, -1e-40f, 88.7228f, 88.73f, 89.0f, 1e30f, -87.3f, -103.9f, -104.0f,
        -1e30f, __builtin_inff(), -__builtin_inff(), __builtin_nanf("")}) {
    exps.push_back(x);
    logs.push_back(x);
    tanhs.push_back(x);
  }
  measure("exp", UnaryOp::kExp, std::exp, 1.0, exps);
  measure("log", UnaryOp::kLog, std::log, 1.0, logs);
  measure("tanh", UnaryOp::kTanh, std::tanh, 3.0, tanhs);
}

}  // namespace mm::test
