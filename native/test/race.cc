#include "race.h"

#include "../parallel.h"
#include "harness.h"
#include "meet.h"

namespace mm::test {

namespace {

struct AtOnce : Meeting {
  void (*const task)(void*, int);

  explicit AtOnce(void (*t)(void*, int)) : Meeting(2), task(t) {}
  static void run(void* context, int i) {
    auto& both = *static_cast<AtOnce*>(context);
    both.meet();
    both.task(nullptr, i);
  }
};

}  // namespace

int race(const char* kernel) {
  static const KernelTable& k = *findKernels(std::getenv("MM_ISA"));
  constexpr int64_t n = 48;
  static Words a(n * n, 1.0f), b(n * n, 2.0f), out(n * n, 3.0f);
  static float rate = 0.1f;
  struct Seed {
    const char* name;
    void (*task)(void*, int);
  };
  constexpr Seed kSeeds[] = {
      {"fill", [](void*, int) { k.fill({n * n, 1.0f, out.data()}); }},
      {"copy",
       [](void*, int) { k.copy({1, {n * n}, {1}, {}, {1}, a.data(), nullptr, out.data()}); }},
      {"sum", [](void*, int) { k.sum({1, n, n, n, false, a.data(), out.data(), nullptr}); }},
      {"sgd", [](void*, int) { k.sgd({n * n, out.data(), a.data(), &rate}); }},
      {"gemm",
       [](void*, int) {
         k.gemm({n, n, n, a.data(), n, 1, b.data(), n, 1, nullptr, out.data(), n, Activation::kNone,
                 nullptr, 0, false, nullptr, 0, false});
       }},
  };
  for (const Seed& seed : kSeeds) {
    if (std::strcmp(seed.name, kernel) != 0) continue;
    if (makeThreads(2) < 2) return 1;
    AtOnce both(seed.task);
    parallel(2, AtOnce::run, &both);
    return 0;
  }
  std::fprintf(stderr, "race: no such kernel: %s\n", kernel);
  return 1;
}

}  // namespace mm::test
