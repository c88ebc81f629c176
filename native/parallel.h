// Shares the work of a kernel call among threads.
#pragma once

#include <cstdint>

namespace mm {

// A parallel call costs 2-3 us on a quiet machine and 100 us and more when a core is taken, and
// leaves its outputs in several caches, which the next call pays; a core does about 100 FLOP/ns. So
// one thread per 3 MFLOP (30 us), which means none below 6 MFLOP. Checks for races set it lower, so
// that every kernel is shared, also where that saves no time.
#if !defined(MM_FLOPS_PER_THREAD)
#define MM_FLOPS_PER_THREAD 3e6
constexpr bool kAlwaysShares = false;
#else
constexpr bool kAlwaysShares = true;
#endif
constexpr double kFlopsPerThread = MM_FLOPS_PER_THREAD;
// The other kernels are counted in the FLOP they could have done instead: moving a word costs a
// core 0.15 ns within L2 (~27 GB/s).
constexpr double kFlopsPerWord = 15;
// exp, log and tanh: about 25 operations, two of them divisions, per lane.
constexpr double kFlopsPerTranscendental = 60;

// 1 makes no helpers: for tools that take memory which threads hold to the end for a leak.
#if !defined(MM_MOST_THREADS)
#define MM_MOST_THREADS 256
#endif
constexpr int kMostThreads = MM_MOST_THREADS;

// The threads of a kernel call of `flops`, while it lasts: how many of `threads` are worth starting
// for it, as far as one knows from its size and from what helpers saved lately (time_account.h).
class Team {
 public:
  Team(int threads, double flops);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return threads_; }

 private:
  const double flops_;
  int threads_;
  bool measured_ = false;
  int64_t began_ = 0;
};

// Makes helpers, threads that stay, until `parallel` has `threads` threads with its caller. Returns
// how many it has, at most `threads`: fewer where the system refuses to make more.
int makeThreads(int threads);

// task(context, i) once for each i < n, on the caller's thread and on helpers that are free. With
// fewer helpers than n - 1, or none, the tasks are the same: which thread runs one changes no bit.
void parallel(int n, void (*task)(void*, int), void* context);

}  // namespace mm
