// The kernels without Node: sanitizers, debuggers and emulated CPUs can run this. Exit code 0:
// every set gives the same bits.
#include <algorithm>
#include <cctype>

#include "../parallel.h"
#include "fault.h"
#include "harness.h"
#include "race.h"
#include "replay.h"

namespace mm::test {

uint64_t digest = 14695981039346656037u;
int failures = 0;
std::set<std::string> compared;

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

// Whether a case's name holds that of a kernel as a whole word.
bool names(const std::string& what, const std::string& kernel) {
  const auto isLetter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (size_t at = what.find(kernel); at != std::string::npos; at = what.find(kernel, at + 1)) {
    const size_t end = at + kernel.size();
    if ((at == 0 || !isLetter(what[at - 1])) && (end == what.size() || !isLetter(what[end])))
      return true;
  }
  return false;
}

// Every kernel of the contract, and every operation, was among the cases.
void checkCoverage() {
  constexpr const char* kKernels[] = {
#define MM_KERNEL(Arguments, name) #name,
#define MM_UNARY(Op, cost) "unary " #Op,
#define MM_BINARY(Op, cost) "binary " #Op,
#include "../kernels.def"
  };
  for (const char* kernel : kKernels) {
    check(std::any_of(compared.begin(), compared.end(),
                      [&](const std::string& what) { return names(what, kernel); }),
          kernel, "no case in native/test");
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
  checkCoverage();
  std::printf("sets:");
  for (const mm::KernelTable* const* k = mm::supportedKernels(); *k != nullptr; ++k)
    std::printf(" %s", (*k)->isa);
  std::printf("\ndigest: %016llx\n%s\n", static_cast<unsigned long long>(digest),
              failures == 0 ? "ok" : "FAILED");
  return failures == 0 ? 0 : 1;
}
