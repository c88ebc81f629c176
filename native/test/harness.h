// Runs one case on every instruction set and compares words: inputs, results and the guard words
// around them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "../run.h"
#include "../simd/dispatch.h"

namespace mm::test {

// xorshift64*: the same cases everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717u;
  }
  int64_t below(int64_t n) {
    return static_cast<int64_t>((next() >> 33) % static_cast<uint64_t>(n));
  }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  // Mostly ordinary numbers, some of every special kind.
  float value() {
    constexpr float kSpecial[] = {0.0f,
                                  -0.0f,
                                  1e-45f,
                                  -1e-45f,
                                  1.1754942e-38f,
                                  1.17549435e-38f,
                                  3.4028235e38f,
                                  -3.4028235e38f,
                                  1.0f,
                                  -1.0f,
                                  __builtin_inff(),
                                  -__builtin_inff(),
                                  __builtin_nanf("")};
    if (below(24) == 0) return kSpecial[below(sizeof kSpecial / sizeof kSpecial[0])];
    return ordinary();
  }
  float ordinary() {
    const float unit = static_cast<float>(next() >> 40) * 0x1p-23f - 1.0f;
    return below(4) == 0 ? unit * 40.0f : below(8) == 0 ? unit * 1e-30f : unit;
  }

 private:
  uint64_t state_;
};

using Words = std::vector<float>;

inline uint32_t word(float x) {
  uint32_t w;
  std::memcpy(&w, &x, sizeof w);
  return x != x ? 0x7fc00000u : w;  // NaN counts as one value
}

inline Words randomWords(Random& random, int64_t n, bool special) {
  Words w(static_cast<size_t>(n));
  for (float& x : w) x = special ? random.value() : random.ordinary();
  return w;
}

// The contract's blocked sum of n terms: chain(from, to, start) is the chain of those terms that
// begins with `start`, `first` being where the first one begins.
template <class Chain>
float blockedSum(int64_t n, float first, Chain chain) {
  constexpr int64_t kBlock = 256, kGroup = 2048;
  float total = 0.0f;
  for (int64_t g = 0; g == 0 || g < n; g += kGroup) {
    const int64_t end = n < g + kGroup ? n : g + kGroup;
    float group = 0.0f;
    for (int64_t b = g; b == g || b < end; b += kBlock) {
      const float block = chain(b, end < b + kBlock ? end : b + kBlock, b == 0 ? first : 0.0f);
      group = b == g ? block : group + block;
    }
    total = g == 0 ? group : total + group;
  }
  return total;
}

// The digest of all results so far: equal on every architecture.
extern uint64_t digest;
extern int failures;
// What onEverySet has compared: names of kernels, with what is special about a case.
extern std::set<std::string> compared;

void check(bool ok, const char* what, const char* isa);
void same(const Words& expected, const Words& got, const char* what, const char* isa);

// run(kernels, out, threads) on every set, into copies of `out`; all must equal the baseline's,
// which is returned.
template <class Run>
Words onEverySet(const char* what, const Words& out, Run run) {
  compared.insert(what);
  Words expected = out;
  run(*findKernels("baseline"), expected, 1);
  for (const float x : expected) digest = (digest ^ word(x)) * 1099511628211u;
  for (const KernelTable* const* k = supportedKernels(); *k != nullptr; ++k) {
    for (int threads = 1; threads <= 3; threads += 2) {
      Words got = out;
      run(**k, got, threads);
      same(expected, got, what, (*k)->isa);
    }
  }
  return expected;
}

void testThreadsRefused();  // before any thread is made: it forks
void testParallel();
void testFloatEnvironment();
void testGemm();
void testStrided();
void testReduce();
void testRows();
void testLinearLoss();
void testEmbeddingLinear();
void testAccuracy();

}  // namespace mm::test
