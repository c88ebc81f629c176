// The kernels without Node: sanitizers, debuggers and emulated CPUs can run this. Exit code 0:
// every set gives the same bits.
#include "../parallel.h"
#include "fault.h"
#include "harness.h"
#include "race.h"
#include "replay.h"

namespace mm::test {

uint64_t digest = 14695981039346656037u;
int failures = 0;

void check(bool ok, const char* what, const char* isa) {
  if (ok) return;
  if (++failures <= 20) std::printf("FAIL %s (%s)\n", what, isa);
}

void same(const Words& expected, const Words& got, const char* what, const char* isa) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (word(expected[i]) == word(got[i])) continue;
    if (failures < 20)
      std::printf("word %zu of %zu: expected %.9g, got %.9g\n", i, expected.size(), expected[i],
                  got[i]);
    check(false, what, isa);
    return;
  }
}

}  // namespace mm::test

int main(int count, char** arguments) {
  using namespace mm::test;
  if (count == 3 && std::strcmp(arguments[1], "race") == 0) return race(arguments[2]);
  if (count == 3 && std::strcmp(arguments[1], "fault") == 0) return fault(arguments[2]);
  if (count > 1) return replay(arguments[1], count > 2 ? std::atoi(arguments[2]) : 1);
  testThreadsRefused();
  mm::makeThreads(3);
  testParallel();
  testFloatEnvironment();
  testGemm();
  testStrided();
  testReduce();
  testRows();
  testLinearLoss();
  testEmbeddingLinear();
  testAccuracy();
  std::printf("sets:");
  for (const mm::KernelTable* const* k = mm::supportedKernels(); *k != nullptr; ++k)
    std::printf(" %s", (*k)->isa);
  std::printf("\ndigest: %016llx\n%s\n", static_cast<unsigned long long>(digest),
              failures == 0 ? "ok" : "FAILED");
  return failures == 0 ? 0 : 1;
}
