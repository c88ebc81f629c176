// Every task once, whoever runs it: for many numbers of tasks, with helpers awake and asleep, with
// two callers at once, and where the system refuses to make threads.
#include "../parallel.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

namespace mm::test {

namespace {

constexpr int kMost = 40;

// How often each task ran. On the stack of one call: a helper that came late would write into the
// next call's, which lies in the same place.
struct Counts {
  int of[kMost] = {};

  static void task(void* context, int i) { ++static_cast<Counts*>(context)->of[i]; }

  static bool eachOnce(int n) {
    Counts counts;
    parallel(n, task, &counts);
    bool once = true;
    for (int i = 0; i < kMost; ++i) once = once && counts.of[i] == (i < n ? 1 : 0);
    return once;
  }
};

// Calls one after another; now and then helpers have the time to fall asleep.
bool rounds(uint64_t seed, int count) {
  Random random(seed);
  bool once = true;
  for (int i = 0; i < count; ++i) {
    once = once && Counts::eachOnce(static_cast<int>(random.below(kMost + 1)));
    if (random.below(100) == 0) usleep(1000);
  }
  return once;
}

// In a process of its own, whose user may have few threads: more and more, until all can be made.
int refused() {
  bool someOfThem = false;
  for (rlim_t limit = 1; limit < 2000; limit += 5) {
    const rlimit few = {limit, 2000};
    if (setrlimit(RLIMIT_NPROC, &few) != 0) return 2;
    const int made = makeThreads(64);
    if (limit == 1 && made != 1) return 2;
    if (!rounds(limit, 200)) return 1;
    if (made == 64) return someOfThem ? 0 : 1;
    someOfThem = someOfThem || made > 1;
    // What the rest of the process needs can still be made.
    pthread_t others[4];
    int count = 0;
    const auto nothing = [](void*) -> void* { return nullptr; };
    while (count < 4 && pthread_create(&others[count], nullptr, nothing, nullptr) == 0) ++count;
    for (int i = 0; i < count; ++i) pthread_join(others[i], nullptr);
    if (made > 1 && count < 4) return 3;
  }
  return 1;
}

}  // namespace

void testThreadsRefused() {
  // DRD ends where a thread cannot be made.
#if defined(__linux__) && !defined(MM_VALGRIND)
  if (kMostThreads == 1) return;
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    // Root has no limit. A user of its own: the limit counts all threads of a user.
    const auto user = static_cast<uid_t>(20000 + getpid() % 20000);
    _exit(getuid() == 0 && setuid(user) != 0 ? 2 : refused());
  }
  int status = 0;
  waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  if (code == 2) std::printf("skipped: threads refused: no limit of threads (RLIMIT_NPROC) here\n");
  check(code == 0 || code == 2, code == 3 ? "threads left to others" : "threads refused", "any");
#endif
}

void testParallel() {
  check(rounds(1, 3000), "each task once", "any");
  // The second caller finds the helpers taken.
  pthread_t other;
  const auto call = [](void* once) -> void* {
    *static_cast<bool*>(once) = rounds(2, 3000);
    return nullptr;
  };
  bool once = false;
  if (pthread_create(&other, nullptr, call, &once) != 0)
    return check(false, "a second caller", "any");
  check(rounds(3, 3000), "each task once, beside a second caller", "any");
  pthread_join(other, nullptr);
  check(once, "each task once, as the second caller", "any");
}

}  // namespace mm::test
