// Every task once, whoever runs it: for many numbers of tasks, with helpers awake and asleep, with
// two callers at once, within a task, and where the system refuses to make threads. And when
// helpers are called at all.
#include "../parallel.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "../time_account.h"
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

// Tasks that call `parallel` themselves: the helpers are taken, so each runs its own.
bool eachOnceWithin() {
  struct Inner {
    std::atomic<int> once{0};
    static void task(void* context, int) {
      if (Counts::eachOnce(5)) static_cast<Inner*>(context)->once.fetch_add(1);
    }
  } inner;
  parallel(4, Inner::task, &inner);
  return inner.once.load() == 4;
}

// One helper begins a task and is then stopped, until the caller has done all the others.
bool otherTasksAreDone() {
  struct Stopped {
    const pthread_t caller = pthread_self();
    std::atomic<bool> isOne{false}, waitedInVain{false};
    std::atomic<int> done{0};
    static void task(void* context, int) {
      auto& s = *static_cast<Stopped*>(context);
      const bool helps = pthread_equal(pthread_self(), s.caller) == 0;
      // A second on, so that a caller that waits for it fails the check and not the whole run.
      if (helps && !s.isOne.exchange(true)) {
        for (int i = 0; i < 1000 && s.done.load() < kMost - 1; ++i) usleep(1000);
        if (s.done.load() < kMost - 1) s.waitedInVain.store(true);
      }
      s.done.fetch_add(1);
    }
  } s;
  parallel(kMost, Stopped::task, &s);
  return s.done.load() == kMost && !s.waitedInVain.load();
}

// A machine on which a call of `kAlone` takes what `with` says where helpers take part. Returns the
// share of time in which they were called.
constexpr int64_t kAlone = 50'000;
constexpr double kFlops = 1e7;
template <class With>
double shareHelped(TimeAccount& account, int64_t& now, int64_t duration, With with) {
  int64_t helped = 0;
  for (const int64_t end = now + duration; now < end;) {
    const bool wants = account.wantsHelpers(kFlops, now);
    const int64_t took = wants ? with() : kAlone;
    account.add(kFlops, wants, now, now + took);
    now += took + 1000;
    helped += wants ? took : 0;
  }
  return static_cast<double>(helped) / static_cast<double>(duration);
}

void testTimeAccount() {
  constexpr int64_t second = 1'000'000'000;
  TimeAccount account;
  int64_t now = 1;
  const auto halves = [] { return kAlone / 2; };
  shareHelped(account, now, second, halves);
  check(shareHelped(account, now, second, halves) > 0.9, "helpers that help are called", "any");
  // Three milliseconds lost in every 200 calls of 25 us.
  const auto hitches = [calls = 0]() mutable {
    return kAlone / 2 + (++calls % 200 == 0 ? 3'000'000 : 0);
  };
  check(shareHelped(account, now, second, hitches) > 0.9, "a hitch now and then", "any");
  // A helper that loses its core for 3 ms in every fourth call; one that is always late.
  const auto loses = [calls = 0]() mutable {
    return kAlone / 2 + (++calls % 4 == 0 ? 3'000'000 : 0);
  };
  shareHelped(account, now, second, loses);
  check(shareHelped(account, now, 10 * second, loses) < 0.05, "a helper without a core", "any");
  const auto late = [] { return kAlone * 5 / 4; };
  check(shareHelped(account, now, 10 * second, late) < 0.15, "a helper that is late", "any");
  shareHelped(account, now, second, halves);
  check(shareHelped(account, now, second, halves) > 0.9, "helpers are called again", "any");
  // The process was stopped for an hour in the first call without helpers.
  TimeAccount stopped;
  while (stopped.wantsHelpers(kFlops, now)) stopped.add(kFlops, true, now, now + kAlone / 2);
  stopped.add(kFlops, false, now, now + 3600 * second);
  now += 3600 * second;
  shareHelped(stopped, now, 10 * second, late);
  check(shareHelped(stopped, now, 10 * second, late) < 0.15, "a long stop says nothing", "any");
  // It was stopped with them.
  bool wasStopped = false;
  shareHelped(account, now, 2 * second, [&wasStopped] {
    const bool first = !wasStopped;
    wasStopped = true;
    return first ? 3600 * second : kAlone / 2;
  });
  shareHelped(account, now, 2 * second, halves);
  check(shareHelped(account, now, second, halves) > 0.9, "helpers after a long stop", "any");
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
  testTimeAccount();
  check(rounds(1, 3000), "each task once", "any");
  for (int i = 0; i < 100; ++i) {
    check(eachOnceWithin(), "each task once, within a task", "any");
    check(otherTasksAreDone(), "the caller waits for no task that it could do", "any");
  }
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
