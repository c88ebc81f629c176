#include "parallel.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#if defined(__APPLE__)
#include <dlfcn.h>
#endif

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "annotate.h"
#include "float_environment.h"
#include "old_glibc.h"
#include "time_account.h"

namespace mm {

namespace {

// How long a thread waits awake before it goes to sleep: waking it takes about as long, and so does
// what a step computes on one thread between two shared calls. One that never slept would slow a
// shared machine.
constexpr int64_t kPatience = 50'000;  // ns

// The deepest kernel has 50 KiB on the stack.
constexpr size_t kStackBytes = 256 * 1024;

// Threads left to the rest of the process where there is a limit: libuv, which makes four at the
// first asynchronous call, ends the process where it cannot.
constexpr int kSpareThreads = 4;

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Helpers run this file's code until the process ends, also after the last worker that loaded it.
// On Linux a flag of the linker says so (binding.gyp).
void keepLoaded(const void* within) {
#if defined(__APPLE__)
  Dl_info info;
  if (dladdr(within, &info) != 0) dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
#else
  (void)within;
#endif
}

int64_t nanoseconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// Waits awake; whether the condition came true.
template <class Condition>
bool cameTrue(Condition condition) {
  if (condition()) return true;
  const int64_t end = nanoseconds() + kPatience;
  do {
    for (int i = 0; i < 8; ++i) {
      if (condition()) return true;
      pause();
    }
  } while (nanoseconds() < end);
  return false;
}

// The helpers, and the one call that they help with. Tasks are taken by whoever comes first, the
// caller too: it waits only for tasks that a helper has begun, never for a helper to be scheduled.
class Pool {
 public:
  int make(int wanted);
  void run(int n, void (*task)(void*, int), void* context);

 private:
  // The number of tasks in the high half, the next one to take in the low half. In one word, so
  // that a task is always one of the call that is on: a helper that comes late, with what it saw of
  // an earlier call, takes a task of this one or none.
  using Tickets = uint64_t;
  static bool areLeft(Tickets t) { return static_cast<uint32_t>(t) < (t >> 32); }

  static void* help(void* number);
  void work();
  void sleep();
  void wake(int helpers);
  void await();

  // Memory orders are the strictest throughout: sleeping relies on it (`sleep` and `wake`, `work`
  // and `await`: each writes its own word, then reads the other's), and a call takes microseconds.
  alignas(64) std::atomic<Tickets> tickets_{0};
  void (*task_)(void*, int) = nullptr;  // read only by who holds a ticket: it does not change then
  void* context_ = nullptr;
  alignas(64) std::atomic<int> unfinished_{0};
  std::atomic<bool> awaited_{false};  // the caller sleeps until unfinished_ is 0
  alignas(64) std::atomic<int> asleep_{0};
  std::atomic<int> helpers_{0};
  std::atomic<bool> taken_{false};
  // Held by who makes threads, until those that are too many have ended: another maker would change
  // which they are.
  pthread_mutex_t making_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t called_ = PTHREAD_COND_INITIALIZER;
  pthread_cond_t finished_ = PTHREAD_COND_INITIALIZER;
};

// Never destroyed: helpers use it until the process ends.
Pool pool;

// Of the environment that measures a call; others meanwhile have no helpers, which are taken.
TimeAccount account;
std::atomic<bool> measuring{false};

int Pool::make(int wanted) {
  if (wanted >= kMostThreads) wanted = kMostThreads - 1;
  if (helpers_.load() >= wanted) return wanted;
  MM_ATOMIC(tickets_);
  MM_ATOMIC(unfinished_);
  MM_ATOMIC(awaited_);
  MM_ATOMIC(asleep_);
  MM_ATOMIC(helpers_);
  MM_ATOMIC(taken_);
  keepLoaded(this);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return helpers_.load();
  pthread_mutex_lock(&making_);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  // Signals are for the threads of the process that had them, whose handlers may need more stack.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);

  pthread_t made[kMostThreads];
  pthread_mutex_lock(&lock_);  // new helpers wait for it, to be told whether they are to stay
  const int old = helpers_.load();
  int count = old;
  while (count < wanted) {
    void* number = reinterpret_cast<void*>(static_cast<intptr_t>(count));
    if (pthread_create(&made[count], &attributes, help, number) != 0) break;
    ++count;
  }
  int kept = count;
  if (count < wanted) kept = count - kSpareThreads > old ? count - kSpareThreads : old;
  helpers_.store(kept);
  pthread_mutex_unlock(&lock_);
  for (int i = kept; i < count; ++i) pthread_join(made[i], nullptr);
  pthread_mutex_unlock(&making_);

  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return kept < wanted ? kept : wanted;
}

void* Pool::help(void* number) {
  pthread_mutex_lock(&pool.lock_);
  const bool stays = reinterpret_cast<intptr_t>(number) < pool.helpers_.load();
  pthread_mutex_unlock(&pool.lock_);
  if (!stays) return nullptr;
  const DefaultFloatEnvironment floats;
  for (;;) {
    pool.work();
    if (!cameTrue([] { return areLeft(pool.tickets_.load()); })) pool.sleep();
  }
}

void Pool::run(int n, void (*task)(void*, int), void* context) {
  if (n < 2 || helpers_.load() == 0 || taken_.exchange(true)) {  // taken: by another environment
    for (int i = 0; i < n; ++i) task(context, i);
    return;
  }
  MM_HAPPENS_AFTER(&taken_);
  task_ = task;
  context_ = context;
  unfinished_.store(n);
  MM_HAPPENS_BEFORE(&tickets_);
  tickets_.store(static_cast<Tickets>(n) << 32);
  wake(n - 1);
  work();
  await();
  MM_HAPPENS_BEFORE(&taken_);
  taken_.store(false);
}

// Runs tasks for as long as some are left.
void Pool::work() {
  while (areLeft(tickets_.load())) {
    const Tickets ticket = tickets_.fetch_add(1);
    if (!areLeft(ticket)) return;
    MM_HAPPENS_AFTER(&tickets_);
    task_(context_, static_cast<int>(static_cast<uint32_t>(ticket)));
    MM_HAPPENS_BEFORE(&unfinished_);
    if (unfinished_.fetch_sub(1) == 1 && awaited_.load()) {
      pthread_mutex_lock(&lock_);
      pthread_cond_signal(&finished_);
      pthread_mutex_unlock(&lock_);
    }
  }
}

void Pool::sleep() {
  pthread_mutex_lock(&lock_);
  asleep_.fetch_add(1);
  while (!areLeft(tickets_.load())) pthread_cond_wait(&called_, &lock_);
  asleep_.fetch_sub(1);
  pthread_mutex_unlock(&lock_);
}

// Wakes as many as are needed beside those that are awake.
void Pool::wake(int helpers) {
  const int asleep = asleep_.load();
  if (asleep == 0) return;
  const int needed = helpers - (helpers_.load() - asleep);
  if (needed <= 0) return;
  pthread_mutex_lock(&lock_);
  if (needed >= asleep) {
    pthread_cond_broadcast(&called_);
  } else {
    for (int i = 0; i < needed; ++i) pthread_cond_signal(&called_);
  }
  pthread_mutex_unlock(&lock_);
}

// Returns when every task is finished.
void Pool::await() {
  if (!cameTrue([this] { return unfinished_.load() == 0; })) {
    pthread_mutex_lock(&lock_);
    awaited_.store(true);
    while (unfinished_.load() != 0) pthread_cond_wait(&finished_, &lock_);
    awaited_.store(false);
    pthread_mutex_unlock(&lock_);
  }
  MM_HAPPENS_AFTER(&unfinished_);
}

}  // namespace

Team::Team(int threads, double flops) : flops_(flops), threads_(1) {
  if (threads == 1 || flops < 2 * kFlopsPerThread) return;
  const double useful = flops / kFlopsPerThread;
  const int most = useful < threads ? static_cast<int>(useful) : threads;
  if (kAlwaysShares) {
    threads_ = most;
    return;
  }
  if (measuring.exchange(true)) return;
  measured_ = true;
  began_ = nanoseconds();
  if (account.wantsHelpers(flops, began_)) threads_ = most;
}

Team::~Team() {
  if (!measured_) return;
  account.add(flops_, threads_ > 1, began_, nanoseconds());
  measuring.store(false);
}

int makeThreads(int threads) { return 1 + pool.make(threads - 1); }

void parallel(int n, void (*task)(void*, int), void* context) { pool.run(n, task, context); }

}  // namespace mm
